/* Unicode for terminals: what is safe to print, how wide it is, how to cut it. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* True for well-formed UTF-8 (no surrogates, no overlong forms). */
bool text_is_utf8(const void *bytes, size_t len);

/* Appends a form of raw bytes that no terminal can be harmed by: C0, DEL and C1 controls,
 * bidirectional and zero-width controls, line and paragraph separators and unassigned code points
 * become '?'-like U+FFFD, bytes that are no UTF-8 become "\xHH". Combining marks stay, at most two
 * on a base. The result is UTF-8 and never empty unless len is 0. */
void text_safe(struct str *out, const void *raw, size_t len);

/* The same for words within a line: line ends and tabs are blanks. */
void text_safe_line(struct str *out, const char *raw, size_t len);

/* Decodes one code point at s (len > 0), which must be UTF-8 as text_safe leaves it; returns its
 * byte length, 1 and U+FFFD for anything malformed. */
size_t text_decode(const char *s, size_t len, uint32_t *code);
/* Encodes into buf (4 bytes at least), returns the length. */
size_t text_encode(uint32_t code, char *buf);
/* Columns of one code point: 0 combining, 1, or 2 wide (utf8proc's East Asian widths). */
int text_code_width(uint32_t code);
/* Columns of safe text. */
size_t text_width(const char *s, size_t len);
/* Bytes of the longest prefix of safe text that fits `columns`; *used (may be NULL) gets its width.
 */
size_t text_fit(const char *s, size_t len, size_t columns, size_t *used);

/* Shell-like glob over whole bytes: * ? [a-z] [!x] \c. Case counts. */
bool text_glob(const char *pattern, const char *text);

/* True for the same text, or none twice. */
bool text_same(const char *a, const char *b);
/* Is this its end? */
bool text_ends(const char *text, const char *end);

/* "-1234567" → "-1,234,567" appended. */
void text_group_digits(struct str *out, int64_t value);

/* Appends ASCII text broken at blanks into lines of at most width columns, each after indent blanks. */
void text_wrap(struct str *out, const char *text, int indent, int width);
/* Appends a JSON string of these bytes: 1 byte as it is, 2 with a backslash, 6 as \u00XX. What is no UTF-8 stays as it is. */
void text_json(struct str *out, const char *s, size_t len);
/* Appends text with what scdoc takes for mark-up escaped. */
void text_scdoc(struct str *out, const char *text);

#endif
