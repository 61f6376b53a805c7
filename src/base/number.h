/* Decimal numbers as texts have them, read and written. */
#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

#include <stddef.h>

/* All of len bytes: [+-] digits with or without a point, exponent; [+-]inf, [+-]infinity, nan in any case. The nearest double,
 * whatever the locale. ERR_INVALID: no number; ERR_LIMIT: beyond what a double holds. Short ones take some nanoseconds. */
int number_read(const char *s, size_t len, double *ret);

enum { NUMBER_BYTES = 32 };

/* The fewest of 15 to 17 significant digits that read back as the same double, as printf's %g writes them; returns how many bytes. */
size_t number_shortest(double v, char buf[NUMBER_BYTES]);

#endif
