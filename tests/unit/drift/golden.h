/* Sketches that the package wrote, from their files. */
#ifndef TESTS_UNIT_DRIFT_GOLDEN_H
#define TESTS_UNIT_DRIFT_GOLDEN_H

#include "base/str.h"

/* Appends the bytes of tests/data/drift/sketches/NAME.sk. Fails if there is no such file. */
void golden_read(const char *name, struct str *out);
/* Fails unless the bytes are those that the hexadecimal digits say. */
void golden_hex(const struct str *bytes, const char *hex);

#endif
