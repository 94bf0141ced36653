/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * wall.h - the numbers of Landlock: rights over files, scopes, and which version of the kernel's has them.
 *
 * Of our own, because the headers of distributions lag behind their kernels. landlock(7).
 */
#ifndef PINFOLD_PLAN_WALL_H
#define PINFOLD_PLAN_WALL_H

#include <stdint.h>

enum {
	/* Version 1 knows no way to allow renames and links across directories, so it forbids them all. */
	WALL_OLDEST = 2,
	WALL_NEWEST = 7 /* Linux 6.15; of later ones nothing is used */
};

#define WALL_EXECUTE (UINT64_C(1) << 0)
#define WALL_WRITE_FILE (UINT64_C(1) << 1)
#define WALL_READ_FILE (UINT64_C(1) << 2)
#define WALL_READ_DIR (UINT64_C(1) << 3)
#define WALL_REMOVE_DIR (UINT64_C(1) << 4)
#define WALL_REMOVE_FILE (UINT64_C(1) << 5)
#define WALL_MAKE_CHAR (UINT64_C(1) << 6)
#define WALL_MAKE_DIR (UINT64_C(1) << 7)
#define WALL_MAKE_REG (UINT64_C(1) << 8)
#define WALL_MAKE_SOCK (UINT64_C(1) << 9)
#define WALL_MAKE_FIFO (UINT64_C(1) << 10)
#define WALL_MAKE_BLOCK (UINT64_C(1) << 11)
#define WALL_MAKE_SYM (UINT64_C(1) << 12)
#define WALL_REFER (UINT64_C(1) << 13)	   /* version 2, Linux 5.19 */
#define WALL_TRUNCATE (UINT64_C(1) << 14)  /* version 3, Linux 6.2 */
#define WALL_IOCTL_DEV (UINT64_C(1) << 15) /* version 5, Linux 6.10 */

/* What a rule for something that is no directory may give. */
#define WALL_OF_FILES (WALL_EXECUTE | WALL_WRITE_FILE | WALL_READ_FILE | WALL_TRUNCATE | WALL_IOCTL_DEV)

/* Rights that go together. MAKE_BLOCK is in none: nobody in a user namespace can make a disk. */
#define WALL_READ (WALL_READ_FILE | WALL_READ_DIR)
#define WALL_WRITE (WALL_WRITE_FILE | WALL_TRUNCATE)
#define WALL_MAKE                                                                                            \
	(WALL_REMOVE_DIR | WALL_REMOVE_FILE | WALL_MAKE_CHAR | WALL_MAKE_DIR | WALL_MAKE_REG |               \
	 WALL_MAKE_SOCK | WALL_MAKE_FIFO | WALL_MAKE_SYM | WALL_REFER)

/* Version 6, Linux 6.12. */
#define WALL_SCOPE_ABSTRACT (UINT64_C(1) << 0)
#define WALL_SCOPE_SIGNAL (UINT64_C(1) << 1)

#endif
