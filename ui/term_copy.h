/* The clipboard's escape sequence. Part of ui/term.h. */
#ifndef UI_TERM_COPY_H
#define UI_TERM_COPY_H

#include "base/error.h"
#include "base/str.h"

/* Appends OSC 52 with the text in base64 (RFC 4648); ERR_LIMIT for more than terminals take, 74,994
 * bytes of base64. */
int term_copy_sequence(struct str *out, const char *text, size_t len, struct error *err);

#endif
