/* The arithmetic of lag. */
#include "kafka/lag.h"

struct kafka_lag kafka_lag_of(int64_t committed, int64_t start, int64_t end)
{
    struct kafka_lag r = {0};
    if (committed < 0)
        return r;
    if (start > committed)
        r.lost = start - committed;
    if (end < 0)
        return r;
    int64_t from = committed > start ? committed : start;
    r.known = true;
    r.lag = end > from ? end - from : 0;
    r.ahead = committed > end ? committed - end : 0;
    return r;
}
