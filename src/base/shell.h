/* Words for a POSIX shell: for commands that people paste. */
#ifndef BASE_SHELL_H
#define BASE_SHELL_H

#include "base/str.h"

/* Appends bytes as one word of a shell: bare where nothing in it is special, else in single quotes, and in $'...' (POSIX
 * 2024; bash, zsh, ksh) with octal escapes where they hold what a terminal or a paste must not get: controls, what is no
 * UTF-8, bidirectional and zero-width characters. False, and nothing is appended, where they hold a NUL, which no command
 * can be given. */
bool shell_quote(struct str *out, const void *bytes, size_t len);
/* Appends " --name word", or " --name=word" where the word begins with a dash. */
bool shell_option(struct str *out, const char *name, const void *bytes, size_t len);

#endif
