/* Integers and times of the text formats, as Go reads them in base 10, without `_` and without hexadecimal; other numbers are
 * read by base/number.h. */
#ifndef PROM_TEXT_NUMBER_H
#define PROM_TEXT_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* [+-] digits. ERR_INVALID: no integer; ERR_LIMIT: beyond int64. */
int prom_text_number_integer(const char *s, size_t len, int64_t *ret);

/* Seconds as OpenMetrics' times are written: a number that is neither infinite nor NaN. ERR_INVALID, ERR_LIMIT as above. */
int prom_text_number_seconds(const char *s, size_t len, double *ret);
/* To the nearest millisecond; what int64 cannot hold becomes its last or its second value (the first is PROM_TEXT_NO_TIME). */
int64_t prom_text_number_ms(double seconds);

#endif
