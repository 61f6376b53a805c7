/* Instant rates of counters. */
#include "prom/rate.h"

#include <math.h>

bool prom_rate_instant(double before, int64_t before_us, double now, int64_t now_us, double *ret)
{
    double increase = now < before ? now : now - before;
    if (now_us <= before_us || isnan(increase))
        return false;
    *ret = increase / ((double)(now_us - before_us) / 1e6); /* rounded as PromQL rounds it */
    return true;
}
