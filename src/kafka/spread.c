/* Measures of unevenness. */
#include "kafka/spread.h"

#include <math.h>

void kafka_spread_add(struct kafka_spread *s, double v)
{
    s->n++;
    s->sum += v;
    s->squares += v * v;
    s->max = v > s->max ? v : s->max;
}

/* Of n numbers with these sums; rounding must not make it the root of something negative. */
static double deviation(double n, double sum, double squares)
{
    double variance = squares / n - sum / n * (sum / n);
    return variance > 0 ? sqrt(variance) : 0;
}

static bool tells(const struct kafka_spread *s, double least)
{
    return s->n >= 2 && s->sum > 0 && s->sum / (double)s->n >= least;
}

bool kafka_spread_cv(const struct kafka_spread *s, double least, double *cv)
{
    if (!tells(s, least))
        return false;
    double n = (double)s->n;
    *cv = round(deviation(n, s->sum, s->squares) / (s->sum / n) * 100) / 100;
    return true;
}

bool kafka_spread_par(const struct kafka_spread *s, double least, double *par)
{
    if (!tells(s, least))
        return false;
    *par = round(s->max / (s->sum / (double)s->n) * 100) / 100;
    return true;
}

bool kafka_spread_sticks_out(const struct kafka_spread *s, double v, double sigmas, double times)
{
    if (s->n < 3)
        return false;
    double others = (double)s->n - 1, sum = s->sum - v;
    double mean = sum / others;
    return v > mean + sigmas * deviation(others, sum, s->squares - v * v) && v > times * mean;
}
