/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * document.h - where a run says what happens: a file that is replaced as a whole, or a descriptor of the
 * caller's.
 *
 * Must guarantee: who reads the file finds a whole document of this run, or none. The program may be able to
 * write where it lies: so a document is made under a name that is not there yet, nothing is followed, and the
 * last one is written when the program has no process left.
 */
#ifndef PINFOLD_ACT_DOCUMENT_H
#define PINFOLD_ACT_DOCUMENT_H

#include <stdbool.h>

struct err;
struct plan_target;

struct document {
	const struct plan_target *target;
	int dir_fd; /* of a file's directory; -1: none */
};

/*
 * Before anything runs: is there somewhere to write to? An older file is taken away, or it would be taken for
 * this run's. Returns 0, or -1 with *err.
 */
int act_open_document(const struct plan_target *target, struct document *ret, struct err *err)
	__attribute__((warn_unused_result));
void act_close_document(struct document *document);

/*
 * Replaces what the file says, or adds to what was written to the descriptor: with may_wait as long as the
 * reader takes, without only what can be written at once. Returns 0, or -1 with *err.
 */
int act_write_document(const struct document *document, const char *text, bool may_wait, struct err *err)
	__attribute__((warn_unused_result));

#endif
