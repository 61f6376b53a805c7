/* Retention: what the log will have deleted when. */
#include "kafka/retention.h"
#include "kafka/model.h"

#include <math.h>
#include <string.h>

enum { WINDOW_MS = 3600000 }; /* of the moves that make a pace: one to two hours */

/* ---- the pace of a log's start ---- */

void kafka_retention_pace_add(struct kafka_retention_pace *p, int64_t ms, int64_t offset)
{
    if (!p->seen || offset < p->offset) {
        *p = (struct kafka_retention_pace){.seen = true, .offset = offset};
        return;
    }
    if (offset == p->offset)
        return;
    p->offset = offset;
    if (p->moves++ == 0) {
        p->from_ms = p->later_ms = ms;
        p->from_offset = p->later_offset = offset;
    } else if (ms - p->later_ms >= WINDOW_MS) {
        p->from_ms = p->later_ms;
        p->from_offset = p->later_offset;
        p->later_ms = ms;
        p->later_offset = offset;
    }
}

bool kafka_retention_pace_rate(const struct kafka_retention_pace *p, int64_t now_ms, double *rate)
{
    if (p->moves < 2 || now_ms <= p->from_ms)
        return false;
    *rate = (double)(p->offset - p->from_offset) * 1000 / (double)(now_ms - p->from_ms);
    return *rate > 0;
}

/* ---- time to loss ---- */

/* Two digits, towards zero: an estimate that changes with every look tells nothing more. */
static double two_digits(double seconds)
{
    if (seconds < 1 || isinf(seconds))
        return seconds < 1 ? 0 : seconds;
    double unit = pow(10, floor(log10(seconds)) - 1);
    unit = unit < 1 ? 1 : unit;
    return floor(seconds / unit) * unit;
}

/* By the time that records are kept. */
static enum quality by_time(const struct kafka_retention *r, const struct kafka_standing *s, double *seconds)
{
    *seconds = (double)INFINITY;
    if (!r->known)
        return QUALITY_UNKNOWN;
    if (!r->deletes || r->ms == KAFKA_CONFIG_UNLIMITED)
        return QUALITY_EXACT;
    if (r->ms == KAFKA_CONFIG_UNTOLD || (s->lag && s->lag_s_quality == QUALITY_UNKNOWN))
        return QUALITY_UNKNOWN;
    double left = (double)r->ms / 1000 - (s->lag ? s->lag_s : 0);
    *seconds = left > 0 ? left : 0; /* whole segments go, so that a record may outlive its time */
    return s->lag && s->lag_s_quality == QUALITY_GE ? QUALITY_LE : QUALITY_EST;
}

enum quality kafka_retention_loss(const struct kafka_retention *r, const struct kafka_retention_pace *pace,
                                  const struct kafka_standing *s, double *seconds)
{
    double rate, time_s;
    *seconds = 0;
    if (s->margin < 0)
        return QUALITY_EXACT;
    enum quality q = by_time(r, s, &time_s);
    bool paced = kafka_retention_pace_rate(pace, s->now_ms, &rate);
    double pace_s = paced ? (double)s->margin / rate : (double)INFINITY;
    bool for_size = r->known && r->deletes && r->bytes != KAFKA_CONFIG_UNLIMITED;
    if (!q && !paced)
        return QUALITY_UNKNOWN;
    *seconds = two_digits(q && time_s < pace_s ? time_s : pace_s);
    if (paced)
        return q == QUALITY_LE ? QUALITY_LE : QUALITY_EST;
    if (for_size) /* nothing was deleted yet while we looked */
        return isinf(time_s) ? QUALITY_UNKNOWN : QUALITY_LE;
    return q;
}

/* ---- topics ---- */

static bool names(const char *policy, const char *word)
{
    size_t len = strlen(word);
    for (const char *p = policy; p; p = strchr(p, ',')) {
        p += strspn(p, ", ");
        if (strncmp(p, word, len) == 0 && (p[len] == '\0' || p[len] == ',' || p[len] == ' '))
            return true;
    }
    return false;
}

static void limit_cell(struct kafka_item *it, size_t column, int64_t limit)
{
    kafka_item_real(it, column, limit == KAFKA_CONFIG_UNLIMITED ? (double)INFINITY : (double)limit,
                    limit == KAFKA_CONFIG_UNTOLD ? QUALITY_UNKNOWN : QUALITY_EXACT);
}

static void apply_config(struct kafka_model_topic *t, const struct kafka_topic_config *from)
{
    if (from->fault != KAFKA_FAULT_NONE && from->fault != KAFKA_FAULT_DENIED)
        return; /* as it was */
    t->retention = (struct kafka_retention){
        .known = from->cleanup_policy != NULL,
        .compacts = from->cleanup_policy && names(from->cleanup_policy, "compact"),
        .deletes = from->cleanup_policy && names(from->cleanup_policy, "delete"),
        .ms = from->retention_ms,
        .bytes = from->retention_bytes,
    };
    kafka_item_text(&t->item, TOPICS_CLEANUP_POLICY, from->cleanup_policy, QUALITY_EXACT);
    limit_cell(&t->item, TOPICS_RETENTION_MS, from->retention_ms);
    limit_cell(&t->item, TOPICS_RETENTION_BYTES, from->retention_bytes);
}

void kafka_retention_apply(struct kafka_model *m, const struct kafka_round *r)
{
    for (size_t i = 0; i < r->nconfigs; i++) {
        struct kafka_model_topic *t = kafka_model_topic(m, r->configs[i].topic);
        if (t->present)
            apply_config(t, &r->configs[i]);
    }
}

/* ---- partitions of groups ---- */

void kafka_retention_cells(struct kafka_model_commit *c, const struct kafka_model_partition *p,
                           struct kafka_model_share *share)
{
    static const struct kafka_retention_pace still = {.seen = true};
    const struct kafka_retention_pace *pace = p ? kafka_model_seldom(p).pace : NULL;
    struct kafka_item *it = &c->item;
    bool led = p && p->leader >= 0, known = led && c->committed >= 0 && p->start >= 0;
    struct kafka_standing s = {.lag = share->lag,
                               .lag_s = share->lag_s,
                               .lag_s_quality = share->lag_s_quality,
                               .margin = known ? c->committed - p->start : 0,
                               .now_ms = p ? p->time.mono_us / 1000 : 0};
    enum quality stale = p && p->fault ? QUALITY_STALE : QUALITY_EXACT;
    share->margin = s.margin;
    share->margin_quality = known ? stale : QUALITY_UNKNOWN;
    kafka_item_int(it, GROUP_PARTITIONS_MARGIN, s.margin, share->margin_quality);
    share->loss_quality = QUALITY_UNKNOWN;
    share->loss_s = 0;
    if (known && share->lag_quality)
        share->loss_quality = kafka_retention_loss(&c->topic->retention, pace ? pace : &still, &s, &share->loss_s);
    if (share->loss_quality == QUALITY_EST)
        share->loss_s = kafka_item_fine(share->loss_s);
    kafka_item_real(it, GROUP_PARTITIONS_LOSS_S, share->loss_s, share->loss_quality);
}

void kafka_retention_add(struct kafka_retention_least *l, const struct kafka_model_share *share)
{
    l->partitions++;
    if (share->margin_quality && (l->margins++ == 0 || share->margin < l->margin))
        l->margin = share->margin;
    if (!share->loss_quality)
        return;
    if (l->losses++ == 0 || share->loss_s < l->loss_s)
        l->loss_s = share->loss_s;
    l->loss_le |= share->loss_quality == QUALITY_LE;
    l->loss_est |= share->loss_quality != QUALITY_EXACT;
}

void kafka_retention_group_cells(struct kafka_item *it, const struct kafka_retention_least *l)
{
    kafka_item_int(it, GROUPS_MARGIN, l->margin,
                   !l->margins                  ? QUALITY_UNKNOWN
                   : l->margins < l->partitions ? QUALITY_LE
                                                : QUALITY_EXACT);
    bool some = l->losses < l->partitions;
    enum quality q = !l->losses           ? QUALITY_UNKNOWN
                     : some || l->loss_le ? QUALITY_LE
                     : l->loss_est        ? QUALITY_EST
                                          : QUALITY_EXACT;
    if (q == QUALITY_LE && isinf(l->loss_s))
        q = QUALITY_UNKNOWN; /* a bound of everything is none */
    if (q && l->loss_s <= 0)
        q = QUALITY_EXACT; /* it cannot be less */
    kafka_item_real(it, GROUPS_LOSS_S, l->loss_s, q);
}
