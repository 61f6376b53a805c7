/* Rules for what is wrong with a group's partition, and the words for it. */
#include "kafka/verdict.h"

#include "base/order.h"

#include <math.h>
#include <stdlib.h>

enum {
    UNREAD_MS = 60000,
    PATIENCE_MS = 60000,
    PATIENCE_INTERVALS = 4,
    PATIENCE_NEW_MS = 300000, /* of a group that was never seen to commit */
    OLD_S = 300,              /* a record of such a group that has waited for so long makes a minute enough */
    TREND_MS = 120000,
    TREND_MIN_MS = 30000,
    SAMPLES = 12,
    THIRD = SAMPLES / 3,
    MOVING_S = 30, /* of waiting, before a trend is worth a word */
    BEHIND_S = 60,
    NET_MS = 15000,
    NET_IDLE_MS = 60000,
    ARRIVING_MS = 60000,
};

const char *kafka_verdict_text(enum kafka_verdict v)
{
    static const char *const texts[] = {
        [KAFKA_VERDICT_OK] = "ok",
        [KAFKA_VERDICT_CATCHING_UP] = "catching up",
        [KAFKA_VERDICT_BEHIND] = "behind",
        [KAFKA_VERDICT_UNREAD] = "unread",
        [KAFKA_VERDICT_FALLING] = "falling behind",
        [KAFKA_VERDICT_REWOUND] = "rewound",
        [KAFKA_VERDICT_STUCK] = "stuck",
        [KAFKA_VERDICT_REBALANCING] = "rebalancing",
        [KAFKA_VERDICT_LOSING] = "losing",
    };
    return texts[v];
}

/* ---- words ---- */

void kafka_verdict_say_number(struct str *out, int64_t n)
{
    char digits[24];
    int len = snprintf(digits, sizeof digits, "%lld", (long long)n);
    for (int i = 0; i < len; i++) {
        if (i && (len - i) % 3 == 0 && digits[i - 1] != '-')
            str_char(out, ',');
        str_char(out, digits[i]);
    }
}

static const struct {
    int seconds;
    const char *text;
} steps[] = {
    {60, "1 min"},         {120, "2 min"},        {300, "5 min"},        {600, "10 min"},
    {900, "15 min"},       {1800, "30 min"},      {3600, "1 h"},         {2 * 3600, "2 h"},
    {3 * 3600, "3 h"},     {6 * 3600, "6 h"},     {12 * 3600, "12 h"},   {86400, "1 day"},
    {2 * 86400, "2 days"}, {3 * 86400, "3 days"}, {7 * 86400, "7 days"}, {30 * 86400, "30 days"},
};
enum { STEPS = sizeof steps / sizeof *steps };

void kafka_verdict_say_over(struct str *out, double seconds)
{
    int i = STEPS - 1;
    while (i >= 0 && !(seconds >= steps[i].seconds))
        i--;
    str_printf(out, i < 0 ? "under a minute" : "over %s", i < 0 ? "" : steps[i].text);
}

/* The step nearest to a duration. */
static void say_about(struct str *out, double seconds)
{
    int i = 0;
    while (i + 1 < STEPS && seconds > sqrt((double)steps[i].seconds * steps[i + 1].seconds))
        i++;
    str_printf(out, "~%s", steps[i].text);
}

/* Two digits of a positive number: 0.1, 1.2, 12, 120, 1.2 k. */
static void say_two_digits(struct str *out, double v)
{
    static const char *const units[] = {"", " k", " M", " G"};
    size_t unit = 0;
    for (; v >= 995 && unit + 1 < sizeof units / sizeof *units; unit++)
        v /= 1000;
    bool tenths = v < 9.95 && fabs(v - round(v)) >= 0.05;
    double ten = v >= 99.5 ? 10 : 1;
    str_printf(out, "%.*f%s", tenths ? 1 : 0, tenths ? v : round(v / ten) * ten, units[unit]);
}

/* A number that was said before stays until it differs by much. */
static double steady(double v, float *said)
{
    if (!(*said > 0 && v > (double)*said * 0.8 && v < (double)*said * 1.25))
        *said = (float)v;
    return (double)*said;
}

bool kafka_verdict_say_rate(struct str *out, double rate, float *said)
{
    if (!(rate >= 1.0 / 600))
        return false;
    rate = steady(rate, said);
    say_two_digits(out, rate >= 0.95 ? rate : rate * 60);
    str_add(out, rate >= 0.95 ? "/s" : "/min");
    return true;
}

/* ---- what happened ---- */

int64_t kafka_verdict_interval(const struct kafka_burrow_window *w)
{
    struct kafka_burrow_commit c[KAFKA_BURROW_COMMITS];
    size_t n = kafka_burrow_commits(w, c);
    int64_t gaps[KAFKA_BURROW_COMMITS];
    for (size_t i = 1; i < n; i++)
        gaps[i - 1] = c[i].ms - c[i - 1].ms;
    if (n < 2)
        return 0;
    qsort(gaps, n - 1, sizeof *gaps, order_int64);
    return gaps[(n - 1) / 2];
}

static bool waited(const struct kafka_verdict_case *x, double seconds)
{
    return x->lag_s_quality && x->lag_s >= seconds;
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

int64_t kafka_verdict_patience(const struct kafka_verdict_case *x)
{
    int64_t interval = kafka_verdict_interval(x->window);
    if (interval)
        return larger(PATIENCE_MS, PATIENCE_INTERVALS * interval);
    return waited(x, OLD_S) && !x->window ? PATIENCE_MS : PATIENCE_NEW_MS;
}

double kafka_verdict_arriving(const struct kafka_ring *ends, int64_t now_ms)
{
    double before, now;
    int64_t from = now_ms - ARRIVING_MS;
    if (ends->n && from < kafka_ring_point(ends, 0).ms)
        from = kafka_ring_point(ends, 0).ms;
    if (from >= now_ms || !kafka_ring_at(ends, from, &before) || !kafka_ring_at(ends, now_ms, &now))
        return 0;
    return (now - before) * 1000 / (double)(now_ms - from);
}

/* The lag at a time, as both rings have it. */
static bool lag_at(const struct kafka_verdict_case *x, int64_t ms, double *lag)
{
    double end, committed;
    if (!kafka_ring_at(x->ends, ms, &end) || !kafka_ring_at(x->commits, ms, &committed))
        return false;
    *lag = end > committed ? end - committed : 0;
    return true;
}

static double median(double *v, size_t n)
{
    qsort(v, n, sizeof *v, order_double);
    return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

/* Where the lag goes: messages a second. */
struct direction {
    bool known;
    int sign; /* 1: it grows */
    double rate;
};

static struct direction direction_of(const struct kafka_verdict_case *x, int64_t interval)
{
    int64_t least = larger(TREND_MIN_MS, 2 * interval), span = larger(TREND_MS, PATIENCE_INTERVALS * interval);
    double lags[SAMPLES], end, begin;
    while (span >= least && !lag_at(x, x->now_ms - span, &lags[0]))
        span /= 2;
    if (span < least || !kafka_ring_at(x->ends, x->now_ms, &end) || !kafka_ring_at(x->ends, x->now_ms - span, &begin))
        return (struct direction){0};
    for (int i = 0; i < SAMPLES; i++)
        if (!lag_at(x, x->now_ms - span + span * i / (SAMPLES - 1), &lags[i]))
            return (struct direction){0};
    double change = median(lags + SAMPLES - THIRD, THIRD) - median(lags, THIRD);
    double arrived = end - begin;
    double dead = fmax(arrived * (double)interval / (double)span, arrived / 100);
    dead = fmax(dead, (double)span / 60000); /* a message a minute */
    double seconds = (double)span / 1000 * (SAMPLES - THIRD) / (SAMPLES - 1);
    return (struct direction){
        .known = true,
        .sign = change > dead    ? 1
                : change < -dead ? -1
                                 : 0,
        .rate = change / seconds,
    };
}

/* The last commit that is old enough for a rate; false where none is. */
static bool begin_of_net(const struct kafka_verdict_case *x, const struct kafka_burrow_commit *c, size_t n,
                         int64_t span, int64_t *from_ms, double *committed)
{
    int64_t from = c[n - 1].ms - span;
    for (size_t i = n - 1; i-- > 0;)
        if (c[i].ms <= from) {
            *from_ms = c[i].ms;
            *committed = (double)c[i].offset;
            return true;
        }
    *from_ms = from;
    if (kafka_ring_at(x->commits, from, committed))
        return true;
    *from_ms = c[0].ms;
    *committed = (double)c[0].offset;
    return n > 1;
}

bool kafka_verdict_net_rate(const struct kafka_verdict_case *x, double *rate)
{
    struct kafka_burrow_commit c[KAFKA_BURROW_COMMITS];
    size_t n = kafka_burrow_commits(x->window, c);
    int64_t interval = kafka_verdict_interval(x->window), silent = x->now_ms - x->since_ms;
    int64_t from_ms, to_ms = x->now_ms;
    double from, begin, end;
    struct kafka_burrow_commit *on = c; /* from the last time that commits went back */
    for (size_t i = 1; i < n; i++)
        on = c[i].offset < c[i - 1].offset ? &c[i] : on;
    n -= (size_t)(on - c);
    if (x->ends->n < 2)
        return false;
    if (n == 0 || (silent > NET_IDLE_MS && silent > PATIENCE_INTERVALS * interval)) {
        if (x->commits->n < 2)
            return false;
        *rate = -kafka_verdict_arriving(x->ends, x->now_ms);
        return true;
    }
    int64_t span = larger(NET_MS, 2 * interval);
    if (!begin_of_net(x, on, n, span, &from_ms, &from))
        return false;
    if (silent <= 2 * interval || silent < NET_MS)
        to_ms = on[n - 1].ms;
    if (to_ms <= from_ms || !kafka_ring_at(x->ends, from_ms, &begin) || !kafka_ring_at(x->ends, to_ms, &end))
        return false;
    double gained = ((double)on[n - 1].offset - from) - (end - begin);
    *rate = gained * 1000 / (double)(to_ms - from_ms);
    return true;
}

/* ---- rules ---- */

/* A threshold is a little lower for what it has already been passed by. */
static double kept(const struct kafka_verdict_said *said, enum kafka_verdict v, double threshold)
{
    return said->verdict == v ? threshold * 0.8 : threshold;
}

static enum kafka_verdict say_unread(const struct kafka_verdict_case *x, struct kafka_verdict_said *said,
                                     struct str *why)
{
    if (x->readers == KAFKA_VERDICT_READERS_SIMPLE) {
        str_add(why, "no commit for ");
        kafka_verdict_say_over(why, (double)(x->now_ms - x->since_ms) / 1000);
    } else {
        str_add(why, x->readers == KAFKA_VERDICT_READERS_NONE ? "no members" : "assigned to no member");
    }
    struct str rate = {0};
    if (kafka_verdict_say_rate(&rate, kafka_verdict_arriving(x->ends, x->now_ms), &said->rate)) {
        str_printf(why, ", lag grows %s", str_text(&rate));
    } else {
        str_add(why, ", ");
        kafka_verdict_say_number(why, x->lag);
        str_add(why, " unread");
    }
    str_done(&rate);
    return KAFKA_VERDICT_UNREAD;
}

static enum kafka_verdict say_stuck(const struct kafka_verdict_case *x, double seconds, struct kafka_verdict_said *said,
                                    struct str *why)
{
    double arriving = kafka_verdict_arriving(x->ends, x->now_ms);
    if (x->lag == 1 && arriving <= 0) {
        str_add(why, "1 message waits, it may be a transaction's marker");
        return KAFKA_VERDICT_BEHIND;
    }
    str_add(why, "stuck at offset ");
    kafka_verdict_say_number(why, x->committed);
    str_add(why, " for ");
    kafka_verdict_say_over(why, seconds);
    struct str rate = {0};
    if (kafka_verdict_say_rate(&rate, arriving, &said->rate))
        str_printf(why, " while %s arrive", str_text(&rate));
    str_done(&rate);
    return KAFKA_VERDICT_STUCK;
}

/* True if commits went back; appends from where to where. What was committed beyond the end was of a log that is no more.
 */
static bool say_rewound(const struct kafka_verdict_case *x, struct str *why)
{
    struct kafka_burrow_commit c[KAFKA_BURROW_COMMITS];
    size_t n = kafka_burrow_commits(x->window, c);
    int64_t top = 0, bottom = 0, log_ms = x->ends->n ? kafka_ring_point(x->ends, 0).ms : 0;
    for (size_t i = 1; i < n; i++)
        if (c[i].offset < c[i - 1].offset && c[i - 1].offset > top && c[i - 1].offset <= x->committed + x->lag &&
            c[i - 1].ms >= log_ms) { /* else it may be of a log before this one */
            top = c[i - 1].offset;
            bottom = c[i].offset;
        }
    if (top <= x->committed)
        return false;
    str_add(why, "rewound from ");
    kafka_verdict_say_number(why, top);
    str_add(why, " to ");
    kafka_verdict_say_number(why, bottom);
    return true;
}

static enum kafka_verdict say_catching_up(const struct kafka_verdict_case *x, double gain,
                                          struct kafka_verdict_said *said, struct str *why)
{
    double eta = (double)x->lag / gain;
    str_add(why, "catching up, ");
    if (eta > 86400) {
        str_add(why, "but will take ");
        kafka_verdict_say_over(why, eta);
    } else {
        str_add(why, "done in ");
        say_about(why, steady(eta, &said->eta_s));
    }
    return KAFKA_VERDICT_CATCHING_UP;
}

/* Where the lag is and goes, of a partition that is read. */
static enum kafka_verdict judge_lag(const struct kafka_verdict_case *x, struct kafka_verdict_said *said,
                                    struct str *why)
{
    int64_t interval = kafka_verdict_interval(x->window);
    double usual_s = 2 * (double)interval / 1000;
    struct direction d = direction_of(x, interval);
    double net;
    bool net_known = kafka_verdict_net_rate(x, &net);
    if (net_known && !d.known && net > kafka_verdict_arriving(x->ends, x->now_ms) / 10)
        d = (struct direction){.sign = -1, .rate = -net}; /* soon told: it has just been seen first */
    if (d.sign > 0 && interval && waited(x, kept(said, KAFKA_VERDICT_FALLING, fmax(MOVING_S, usual_s)))) {
        str_add(why, "falls behind by ");
        double rate = net_known && net < 0                     ? -net
                      : said->verdict == KAFKA_VERDICT_FALLING ? (double)said->rate
                                                               : d.rate;
        if (!kafka_verdict_say_rate(why, rate, &said->rate))
            str_add(why, "little");
        return KAFKA_VERDICT_FALLING;
    }
    if (d.sign < 0 && !(net_known && net <= 0) &&
        waited(x, kept(said, KAFKA_VERDICT_CATCHING_UP, fmax(MOVING_S, usual_s))))
        return say_catching_up(x, -d.rate, said, why);
    if (waited(x, kept(said, KAFKA_VERDICT_BEHIND, fmax(BEHIND_S, usual_s)))) {
        str_add(why, d.known && interval ? "keeps up, but " : "");
        kafka_verdict_say_over(why, x->lag_s);
        str_add(why, " behind");
        return KAFKA_VERDICT_BEHIND;
    }
    return x->lag_s_quality == QUALITY_UNKNOWN && !d.known ? KAFKA_VERDICT_UNKNOWN : KAFKA_VERDICT_OK;
}

static enum kafka_verdict judge(const struct kafka_verdict_case *x, struct kafka_verdict_said *said, struct str *why)
{
    if (!x->lag_known || x->committed < 0)
        return KAFKA_VERDICT_UNKNOWN;
    if (x->lost > 0) {
        kafka_verdict_say_number(why, x->lost);
        str_add(why, x->lost == 1 ? " message deleted before it was read" : " messages deleted before they were read");
        return KAFKA_VERDICT_LOSING;
    }
    if (x->lag <= 0)
        return KAFKA_VERDICT_OK;
    int64_t still = x->now_ms - x->since_ms;
    bool nobody = x->readers == KAFKA_VERDICT_READERS_NONE || x->readers == KAFKA_VERDICT_READERS_UNASSIGNED;
    if (nobody && (!x->moved || still >= UNREAD_MS))
        return say_unread(x, said, why);
    double seconds = (double)still / 1000;
    if (x->lag_s_quality && x->lag_s < seconds)
        seconds = x->lag_s;
    if (seconds * 1000 >= (double)kafka_verdict_patience(x))
        return x->readers == KAFKA_VERDICT_READERS_SIMPLE ? say_unread(x, said, why) : say_stuck(x, seconds, said, why);
    if (say_rewound(x, why))
        return KAFKA_VERDICT_REWOUND;
    return judge_lag(x, said, why);
}

enum kafka_verdict kafka_verdict_of(const struct kafka_verdict_case *x, struct kafka_verdict_said *said,
                                    struct str *why)
{
    enum kafka_verdict v = judge(x, said, why);
    if (v != said->verdict && v != KAFKA_VERDICT_UNKNOWN)
        *said = (struct kafka_verdict_said){.rate = said->rate, .eta_s = said->eta_s, .verdict = (uint8_t)v};
    return v;
}
