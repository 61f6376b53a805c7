/* Java's modified UTF-8, which DataOutput.writeUTF writes: U+0000 is C0 80, what is beyond U+FFFF two surrogates of three
 * bytes each (Java SE, java.io.DataInput, "Modified UTF-8"). */
#ifndef AVRO_MUTF8_H
#define AVRO_MUTF8_H

#include "base/str.h"

/* True if the bytes mean the same as UTF-8 does, as nearly all do: nothing needs to be decoded. */
bool avro_mutf8_is_utf8(const void *bytes, size_t len);

/* Appends the text as UTF-8. A surrogate alone becomes U+FFFD; other bytes stay as they are, so that what is no UTF-8 is
 * found by who reads it next. */
void avro_mutf8_decode(struct str *out, const void *bytes, size_t len);

#endif
