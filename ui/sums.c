/* Sums that say how good they are. */
#include "ui/sums.h"

bool sums_adds(const struct column *c)
{
    return (c->flags & COLUMN_SUM) && (c->type == COLUMN_INT || c->type == COLUMN_REAL);
}

void sums_add(struct sum *s, const struct column *c, struct value v)
{
    if (v.quality == QUALITY_UNKNOWN) {
        s->unknown++;
        return;
    }
    s->known++;
    s->negative |= c->type == COLUMN_REAL ? v.d < 0 : v.i < 0;
    s->more |= v.quality == QUALITY_GE;
    s->less |= v.quality == QUALITY_LE;
    s->about |= v.quality == QUALITY_EST;
    s->old |= v.quality == QUALITY_STALE;
    if (c->type == COLUMN_REAL) {
        s->d += v.d;
    } else if (__builtin_add_overflow(s->i, v.i, &s->i)) {
        s->i = v.i > 0 ? INT64_MAX : INT64_MIN;
        s->about = true;
    }
}

struct value sums_value(const struct sum *s, const struct column *c)
{
    if (s->known == 0)
        return value_unknown();
    struct value v = c->type == COLUMN_REAL ? value_real(s->d) : value_int(s->i);
    bool more = s->more || s->unknown > 0;
    v.quality = s->about || (s->unknown > 0 && s->negative) || (more && s->less) ? QUALITY_EST
                : more                                                           ? QUALITY_GE
                : s->less                                                        ? QUALITY_LE
                : s->old                                                         ? QUALITY_STALE
                                                                                 : QUALITY_EXACT;
    return v;
}
