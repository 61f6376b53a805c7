/* Instant rates of counters: from one observation to the next, with resets. */
#ifndef PROM_RATE_H
#define PROM_RATE_H

#include <stdbool.h>
#include <stdint.h>

/* How much a counter grew a second; where it is lower than before it began anew, from 0. False where no time has passed or the
 * growth is no number. As PromQL's irate works it out, which differs from its rate over a longer range. */
bool prom_rate_instant(double before, int64_t before_us, double now, int64_t now_us, double *ret);

#endif
