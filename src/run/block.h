/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * block.h - a start that waits for its caller: --block-fd.
 *
 * When everything stands but the program, init says that it is ready, and waits. The caller does what it has
 * to do with the namespaces, which can still be opened then, and writes a byte; the supervisor reads it and
 * lets init go on.
 */
#ifndef PINFOLD_RUN_BLOCK_H
#define PINFOLD_RUN_BLOCK_H

struct err;
struct story;

enum block_answer { BLOCK_WAIT, BLOCK_GO, BLOCK_GONE };

/* In init: says that it is ready, and waits until the supervisor says go, when the caller wants it to. */
int block_report(struct story *story, struct err *err) __attribute__((warn_unused_result));

/*
 * In the supervisor, when the caller's descriptor can be read: is there a byte (BLOCK_GO), is there none
 * after all (BLOCK_WAIT), or can there never be one (BLOCK_GONE, with *err)?
 */
enum block_answer block_read(int fd, struct err *err);

/* *err for a start that a signal ended while it waited. Returns -1. */
int block_interrupted(int fd, int sig, struct err *err);

#endif
