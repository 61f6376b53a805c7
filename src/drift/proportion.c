/* The pooled two-proportion z test. */
#include "drift/proportion.h"

#include <math.h>

enum drift_state drift_proportion_test(uint64_t of_reference, uint64_t n, uint64_t of_current, uint64_t m,
                                       struct drift_proportion *out)
{
    if (n == 0 || m == 0)
        return n == 0 ? DRIFT_STATE_NO_REFERENCE : DRIFT_STATE_NO_CURRENT;
    double rows = (double)n + (double)m, pooled = ((double)of_reference + (double)of_current) / rows;
    double error = sqrt(pooled * (1 - pooled) * (1 / (double)n + 1 / (double)m));
    out->reference = (double)of_reference / (double)n;
    out->current = (double)of_current / (double)m;
    out->z = error > 0 ? (out->reference - out->current) / error : 0;
    out->p = erfc(fabs(out->z) * M_SQRT1_2);
    return DRIFT_STATE_OK;
}
