/* Regular expressions, by PCRE2, with a bound on what each look may cost. */
#ifndef BASE_REGEX_H
#define BASE_REGEX_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

enum regex_flag {
    REGEX_WORD = 1 << 0,  /* no expression: text that is to be found as it is, in either case */
    REGEX_WHOLE = 1 << 1, /* it has to match from beginning to end, and `.` is a line end too, as in PromQL */
    REGEX_BYTES = 1 << 2, /* pattern and subjects may be no UTF-8 */
};

enum regex_found { REGEX_NO, REGEX_YES, REGEX_TOO_DEAR };

/* Used from one thread at a time, regex_find included. */
struct regex;

/* ERR_INVALID: *offset (may be NULL) is the byte of the pattern at which it is wrong. */
int regex_new(const char *pattern, size_t len, unsigned flags, struct regex **ret, size_t *offset, struct error *err);
void regex_free(struct regex *r); /* NULL is allowed */

/* The subject must be UTF-8 unless flags say REGEX_BYTES or REGEX_WHOLE; of the latter, one that is not is not matched where
 * the bytes that are none would have to be. TOO_DEAR: a limit was hit; after 50 such subjects no further one is tried. */
enum regex_found regex_find(struct regex *r, const char *subject, size_t len);

#endif
