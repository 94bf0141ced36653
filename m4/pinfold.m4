# SPDX-License-Identifier: LGPL-2.1-or-later
# pinfold.m4 - small Autoconf helpers: add a flag if it works, read a SONAME off a linked program.

# PF_CC_FLAG(VARIABLE, FLAG): append FLAG to VARIABLE if the compiler takes it without a word.
# The flag is tried with -Werror, because clang only warns about flags that it does not know.
AC_DEFUN([PF_CC_FLAG], [
  AS_VAR_PUSHDEF([pf_cv], [pf_cv_cc_flag_$2])dnl
  AC_CACHE_CHECK([whether $CC takes $2], [pf_cv], [
    pf_saved_CFLAGS=$CFLAGS
    CFLAGS="$CFLAGS -Werror $2"
    AC_COMPILE_IFELSE([AC_LANG_PROGRAM([], [])], [AS_VAR_SET([pf_cv], [yes])], [AS_VAR_SET([pf_cv], [no])])
    CFLAGS=$pf_saved_CFLAGS])
  AS_VAR_IF([pf_cv], [yes], [AS_VAR_APPEND([$1], [" $2"])])
  AS_VAR_POPDEF([pf_cv])dnl
])

# PF_CC_FLAGS(VARIABLE, FLAGS): PF_CC_FLAG for each of a list of words.
AC_DEFUN([PF_CC_FLAGS], [m4_foreach_w([pf_flag], [$2], [PF_CC_FLAG([$1], pf_flag)])])

# PF_LD_FLAG(VARIABLE, FLAG): append FLAG to VARIABLE if a program compiled with $pf_pie_cflags links with it.
AC_DEFUN([PF_LD_FLAG], [
  AS_VAR_PUSHDEF([pf_cv], [pf_cv_ld_flag_$2])dnl
  AC_CACHE_CHECK([whether the linker takes $2], [pf_cv], [
    pf_saved_CFLAGS=$CFLAGS; pf_saved_LDFLAGS=$LDFLAGS
    CFLAGS="$CFLAGS $HARDEN_CFLAGS -Werror"; LDFLAGS="$LDFLAGS $2"
    AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])], [AS_VAR_SET([pf_cv], [yes])], [AS_VAR_SET([pf_cv], [no])])
    CFLAGS=$pf_saved_CFLAGS; LDFLAGS=$pf_saved_LDFLAGS])
  AS_VAR_IF([pf_cv], [yes], [AS_VAR_APPEND([$1], [" $2"])])
  AS_VAR_POPDEF([pf_cv])dnl
])

# PF_SONAME(MACRO, LIBRARY, FUNCTION, LINK-FLAGS, DEFAULT): define MACRO as the SONAME that a program
# linked with LINK-FLAGS needs at run time. pinfold opens such libraries itself, when it needs them.
AC_DEFUN([PF_SONAME], [
  AC_CACHE_CHECK([for the SONAME of lib$2], [pf_cv_soname_$1], [
    pf_cv_soname_$1=
    pf_saved_LIBS=$LIBS
    LIBS="$4 $LIBS"
    AC_LINK_IFELSE([AC_LANG_CALL([], [$3])],
      [pf_cv_soname_$1=`$READELF -d conftest$ac_exeext 2>/dev/null |
         sed -n 's/.*NEEDED.*@<:@@<:@@:>@\(lib$2@<:@^@:>@@:>@*\).*/\1/p' | sed 1q`])
    LIBS=$pf_saved_LIBS
    test -n "$pf_cv_soname_$1" || pf_cv_soname_$1=$5])
  AC_DEFINE_UNQUOTED([$1], ["$pf_cv_soname_$1"], [The name under which dlopen finds lib$2.])
])
