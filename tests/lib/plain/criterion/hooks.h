/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* hooks.h - ReportHook is in criterion.h here. */
#include <criterion/criterion.h>
