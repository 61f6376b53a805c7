/* A value in Avro's binary encoding as JSON, for who looks what values hold before anything is wanted of them (avro/plan.h).
 *
 * Records and maps become maps, arrays lists; the branch of a union stands as it is, without its name; enums are their symbols, decimals
 * numbers, bytes and fixed texts of the same bytes, whether they are UTF-8 or not. NaN and the infinite numbers are the words NaN,
 * Infinity and -Infinity. Of the items of arrays and maps only scalars are there, as only they can be wanted. */
#ifndef AVRO_JSON_H
#define AVRO_JSON_H

#include "avro/schema.h"
#include "base/str.h"

/* Appends the value at the beginning of len bytes; *used (may be NULL) gets its length. ERR_INVALID with the byte's offset for what is no
 * such value, ERR_LIMIT for one nested too deep, or of more than max bytes of JSON; something may have been appended then. */
int avro_json_print(const struct avro_schema *schema, const void *bytes, size_t len, size_t max, struct str *out,
                    size_t *used, struct error *err);

/* Of a decimal's two's complement, the highest byte first, with `scale` digits behind the point: the number, as a double has it. */
double avro_json_decimal(const unsigned char *bytes, size_t len, int scale);

#endif
