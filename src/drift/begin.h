/* What bytes seem to be, by how they begin: for who has to say why they are no events. */
#ifndef DRIFT_BEGIN_H
#define DRIFT_BEGIN_H

#include "base/str.h"

#include <stdbool.h>

/* True for the beginning of a JSON text that is a map or a list, behind white space. */
bool drift_begin_is_json(const char *bytes, size_t len);

/* Appends "it begins with 0a 04 74 65 ..., as protobuf does": the first bytes, and the encodings that begin so, where any is known. */
void drift_begin_tell(const char *bytes, size_t len, struct str *out);

#endif
