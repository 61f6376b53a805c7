/* Instant rates of counters. */
#include "prom/rate.h"

#include <math.h>

double prom_rate_increase(double before, double now)
{
    return now < before ? now : now - before;
}

bool prom_rate_instant(double before, int64_t before_us, double now, int64_t now_us, double *ret)
{
    double increase = prom_rate_increase(before, now);
    if (now_us <= before_us || isnan(increase))
        return false;
    *ret = increase * 1e6 / (double)(now_us - before_us);
    return true;
}
