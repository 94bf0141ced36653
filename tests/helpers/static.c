/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * static.c - a program without a loader or a library: "static" and how many arguments it got.
 */
#include <stdio.h>

int main(int argc, char **argv)
{
	(void)argv;
	printf("static %d\n", argc);
	return 0;
}
