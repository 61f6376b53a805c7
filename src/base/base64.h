/* Bytes as base64 (RFC 4648), and back. */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include "base/str.h"

/* Appends the digits, with "=" up to whole fours. */
void base64_write(struct str *out, const void *bytes, size_t len);

/* Appends the bytes; "=" at the end may be missing. ERR_INVALID, with out as far as it was read, for what is no base64. */
int base64_read(struct str *out, const char *text, size_t len);

#endif
