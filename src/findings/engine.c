/* The life of findings: when rules are asked, and what comes of what they say. */
#include "findings/engine.h"

#include "connect/tables.h"
#include "derive/tables.h"
#include "drift/tables.h"
#include "findings/catalogue.h"
#include "findings/engine_internal.h"
#include "findings/tables.h"
#include "findings/words.h"
#include "iceberg/tables.h"
#include "kafka/tables.h"

#include <event2/event.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char own_name[] = "findings";

enum { KEPT = 2 * FINDINGS_LOOK_SAID };

/* What rules look at. */
static const struct table_def *const watched[] = {&source_table_sources,
                                                  &connect_table_connectors,
                                                  &connect_table_tasks,
                                                  &connect_table_commits,
                                                  &connect_table_commit_partitions,
                                                  &connect_table_commit_tables,
                                                  &connect_table_log_events,
                                                  &kafka_table_groups,
                                                  &kafka_table_members,
                                                  &kafka_table_group_partitions,
                                                  &kafka_table_topics,
                                                  &iceberg_table_tables,
                                                  &iceberg_table_snapshots,
                                                  &derive_table_queryable_partitions,
                                                  &derive_table_pending_files,
                                                  &drift_table_datasets,
                                                  &drift_table_features,
                                                  &drift_table_cohorts};

enum { WATCHED = sizeof watched / sizeof *watched };

struct findings_engine {
    struct store *store;
    const struct findings_rule *const *families;
    struct findings_gather *gather;
    struct map kept;  /* by key: struct findings_kept * */
    struct map blind; /* during a look, by findings_rows_about: the sink or table, of which something cannot be read */
    unsigned round;
    uint16_t owner;
    bool told_too_many;
    struct event *soon, *turn, *tick; /* soon: before any timer; turn: a second after the last look; NULL: no loop */
    struct store_listener *listener;
    uint64_t seen[WATCHED];
    size_t settled; /* sources whose first picture is whole, or failed */
    bool in_look;
    int64_t looked_us; /* monotonic */
};

/* ---- what is kept ---- */

static void free_kept(struct findings_kept *k)
{
    name_unref(k->id);
    name_unref(k->cluster);
    name_unref(k->subject);
    free(k->key);
    free(k->about);
    free(k);
}

static char *key_of(const char *id, const char *cluster, const char *subject)
{
    return mem_printf("%s\n%s\n%s", id, cluster, subject);
}

static struct findings_kept *find(const struct findings_engine *e, const char *id, const char *cluster,
                                  const char *subject)
{
    char *key = key_of(id, cluster, subject);
    struct findings_kept *k = map_get(&e->kept, key, strlen(key));
    free(key);
    return k;
}

static struct findings_kept *keep(struct findings_engine *e, const struct findings_look_said *said, int64_t now_ms)
{
    struct names *names = store_names(e->store);
    struct findings_kept *k = mem_new(struct findings_kept);
    *k = (struct findings_kept){.rule = said->rule,
                                .key = key_of(said->rule->page.id, said->cluster, said->subject),
                                .id = name_intern(names, said->rule->page.id, strlen(said->rule->page.id)),
                                .cluster = name_intern(names, said->cluster, strlen(said->cluster)),
                                .subject = name_intern(names, said->subject, strlen(said->subject)),
                                .first_ms = now_ms,
                                .since_ms = now_ms};
    map_put(&e->kept, k->key, strlen(k->key), k);
    return k;
}

/* ---- blindness ---- */

static void note_blind(struct findings_engine *e, const struct findings_world *world)
{
    for (size_t i = 0; i < world->nsinks; i++) {
        const struct findings_sink *s = world->sinks[i];
        if (!s->blind && !s->rest_blind)
            continue;
        char *about = findings_rows_about(s, NULL);
        map_put(&e->blind, about, strlen(about), (void *)(uintptr_t)s);
        free(about);
    }
    for (size_t i = 0; i < world->ntables; i++) {
        if (!world->tables[i]->blind)
            continue;
        char *about = findings_rows_about(NULL, world->tables[i]);
        map_put(&e->blind, about, strlen(about), (void *)(uintptr_t)world->tables[i]);
        free(about);
    }
}

/* Whether what the rule looks at of this subject cannot be read now. */
static bool is_blind(const struct findings_engine *e, const struct findings_rule *rule, const char *about)
{
    const void *at = about ? map_get(&e->blind, about, strlen(about)) : NULL;
    if (!at || !rule->sink)
        return at != NULL;
    const struct findings_sink *s = at;
    return rule->rest ? s->rest_blind : s->blind;
}

/* ---- what is said ---- */

static int64_t began(const struct findings_kept *k, const struct findings_look_said *said, int64_t now_ms)
{
    int64_t from = k ? (k->since_ms < k->first_ms ? k->since_ms : k->first_ms) : now_ms;
    from = from < now_ms ? from : now_ms;                                       /* the clock may have been set back */
    return said->since_ms > 0 && said->since_ms < from ? said->since_ms : from; /* a remote's clock may say anything */
}

static bool is_due(const struct findings_kept *k, const struct findings_look_said *said, int64_t now_ms)
{
    return now_ms - began(k, said, now_ms) >= said->hold_ms;
}

static bool counts(void *arg, const struct findings_look_said *said)
{
    const struct findings_engine *e = arg;
    const struct findings_kept *k = find(e, said->rule->page.id, said->cluster, said->subject);
    return (k && k->raised) || is_due(k, said, clock_wall_ms(store_clock(e->store)));
}

static const char *event_severity(enum findings_severity s)
{
    return s == FINDINGS_CRITICAL ? "error" : s == FINDINGS_WARNING ? "warn" : "info";
}

/* Words without their numbers, and how much shows it: what comes to it later is news. */
static uint64_t shape_of(const struct findings_look_said *said)
{
    struct str words = {0};
    str_bytes(&words, &said->evidence.n, sizeof said->evidence.n);
    for (const char *p = said->text; *p; p++)
        if (!strchr("0123456789.", *p))
            str_char(&words, *p);
    uint64_t shape = map_hash(words.s, words.len);
    str_done(&words);
    return shape;
}

/* What grows as time passes is not written at every look: who reads it, and what keeps it, would have no rest. */
static bool is_news(const struct findings_kept *k, const struct findings_look_said *said, int64_t now_ms)
{
    int64_t still = (now_ms - k->since_ms) / 30;
    still = still > FINDINGS_STILL_MS ? FINDINGS_STILL_MS : still;
    return !k->raised || said->severity != k->severity || shape_of(said) != k->shape || now_ms < k->written_ms ||
           now_ms - k->written_ms >= still;
}

static void take(struct findings_engine *e, const struct findings_look_said *said, int64_t now_ms)
{
    struct findings_kept *k = find(e, said->rule->page.id, said->cluster, said->subject);
    if (k && k->round == e->round)
        return; /* said twice */
    k = k ? k : keep(e, said, now_ms);
    free(k->about);
    k->about = findings_rows_about(said->sink, said->table);
    k->round = e->round;
    k->gone_ms = 0;
    k->since_ms = began(k, said, now_ms);
    bool blind = is_blind(e, k->rule, k->about);
    if (!blind)
        k->judged_ms = now_ms;
    if (!k->raised && !is_due(k, said, now_ms))
        return;
    if (!k->raised)
        source_event(e->store, own_name, event_severity(said->severity), said->subject, "%s: %s", said->rule->page.id,
                     said->text);
    else if (said->severity > k->severity)
        source_event(e->store, own_name, event_severity(said->severity), said->subject, "%s is %s now: %s",
                     said->rule->page.id, findings_severity_name(said->severity), said->text);
    if (is_news(k, said, now_ms)) {
        findings_rows_write(e->store, e->owner, k, said);
        k->shape = shape_of(said);
        k->written_ms = now_ms;
    }
    k->raised = true;
    k->severity = said->severity;
    findings_rows_date(e->store, k, blind);
}

/* It could not be judged: it stands as it was. */
static void hold(struct findings_engine *e, struct findings_kept *k)
{
    k->round = e->round;
    k->gone_ms = 0;
    if (k->raised)
        findings_rows_date(e->store, k, true);
}

/* It is so no more; true if it is to be forgotten. */
static bool let_go(struct findings_engine *e, struct findings_kept *k, int64_t now_ms)
{
    if (!k->raised)
        return true;
    if (!k->gone_ms)
        k->gone_ms = now_ms;
    if (now_ms >= k->gone_ms && now_ms - k->gone_ms < FINDINGS_GRACE_MS)
        return false;
    source_event(e->store, own_name, "info", k->subject->raw, "%s is over after %s: %s", k->rule->page.id,
                 findings_words_ms(k->gone_ms > k->since_ms ? k->gone_ms - k->since_ms : 0).s, k->rule->page.title);
    findings_rows_remove(e->store, k);
    return true;
}

static void settle(struct findings_engine *e, const struct findings_look *look)
{
    e->round++;
    for (size_t i = 0; i < look->said.n; i++)
        take(e, &look->said.items[i], look->now_ms);
    for (size_t i = 0; i < look->unsure.n; i++) {
        const struct findings_look_unsure *u = &look->unsure.items[i];
        struct findings_kept *k = find(e, u->rule->page.id, u->cluster, u->subject);
        if (k && k->round != e->round)
            hold(e, k);
    }
    const void *key;
    size_t len;
    void *value;
    for (size_t at = 0; map_next(&e->kept, &at, &key, &len, &value);) {
        struct findings_kept *k = value;
        if (k->round == e->round)
            continue;
        bool dropped = look->dropped && e->kept.n <= KEPT; /* it may be among what was said past the limit */
        if (dropped || is_blind(e, k->rule, k->about)) {
            hold(e, k);
        } else if (let_go(e, k, look->now_ms)) {
            map_del(&e->kept, key, len);
            free_kept(k);
        }
    }
    if (look->dropped && !e->told_too_many)
        source_event(e->store, own_name, "warn", "findings", "more than %d: the others are not kept",
                     FINDINGS_LOOK_SAID);
    e->told_too_many = look->dropped > 0;
}

void findings_engine_look(struct findings_engine *e)
{
    struct findings_look look;
    e->looked_us = clock_mono_us(store_clock(e->store));
    if (e->in_look || (findings_gather_idle(e->gather) && !e->kept.n))
        return;
    e->in_look = true;
    findings_look_init(&look, clock_wall_ms(store_clock(e->store)));
    look.counts = counts;
    look.arg = e;
    const struct findings_world *world = findings_gather_world(e->gather, look.now_ms);
    note_blind(e, world);
    findings_look_all(&look, e->families, world);
    settle(e, &look);
    map_done(&e->blind);
    findings_look_done(&look);
    e->in_look = false;
}

/* ---- when ---- */

static void look_now(struct findings_engine *e)
{
    findings_engine_look(e);
    store_commit(e->store);
}

static void on_look(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    look_now(arg);
}

static size_t settled_sources(const struct findings_engine *e)
{
    const struct table *t = store_find(e->store, source_table_sources.name);
    size_t n = 0;
    for (const struct row *r = t ? table_first(t) : NULL; r; r = row_next(r))
        n += strcmp(row_text(r, "state"), "starting") != 0;
    return n;
}

/* Has anything changed that rules look at? */
static bool has_changed(struct findings_engine *e)
{
    bool changed = false;
    for (size_t i = 0; i < WATCHED; i++) {
        const struct table *t = store_find(e->store, watched[i]->name);
        uint64_t seq = t ? table_seq(t) : 0;
        changed = changed || seq != e->seen[i];
        e->seen[i] = seq;
    }
    return changed;
}

/* A source whose first picture is whole is judged with before anybody reads that it is: who waits for the first complete
 * picture finds what is wrong in it. */
static void on_commit(struct store *s, void *arg)
{
    struct findings_engine *e = arg;
    enum { TURN_US = FINDINGS_LOOK_MS * 1000 };
    if (!has_changed(e))
        return;
    size_t settled = settled_sources(e);
    bool hurry = settled > e->settled;
    e->settled = settled;
    int64_t left = e->looked_us + TURN_US - clock_mono_us(store_clock(s));
    if (hurry) {
        event_active(e->soon, 0, 0);
    } else if (!event_pending(e->turn, EV_TIMEOUT, NULL)) {
        left = left < 0 ? 0 : left > TURN_US ? TURN_US : left;
        event_add(e->turn, &(struct timeval){.tv_usec = left % 1000000, .tv_sec = left / 1000000});
    }
}

struct findings_engine *findings_engine_new(struct event_base *base, struct store *store,
                                            const struct derive_pipeline *pipeline,
                                            const struct findings_rule *const *families)
{
    struct findings_engine *e = mem_new(struct findings_engine);
    e->store = store;
    e->families = families;
    e->gather = findings_gather_new(store, pipeline);
    e->owner = store_owner(store, own_name);
    if (base) {
        e->soon = event_new(base, -1, 0, on_look, e);
        e->turn = evtimer_new(base, on_look, e);
        e->tick = event_new(base, -1, EV_PERSIST, on_look, e);
        event_add(e->tick, &(struct timeval){.tv_sec = FINDINGS_TICK_MS / 1000});
        e->listener = store_listen(store, on_commit, e);
    }
    return e;
}

void findings_engine_free(struct findings_engine *e)
{
    if (!e)
        return;
    store_unlisten(e->store, e->listener);
    struct event *const events[] = {e->soon, e->turn, e->tick};
    for (size_t i = 0; i < sizeof events / sizeof *events; i++)
        if (events[i])
            event_free(events[i]);
    void *value;
    for (size_t at = 0; map_next(&e->kept, &at, NULL, NULL, &value);) {
        findings_rows_remove(e->store, value);
        free_kept(value);
    }
    map_done(&e->kept);
    findings_gather_free(e->gather);
    free(e);
}

void findings_engine_place(struct findings_engine *e, const struct derive_pipeline_place *place)
{
    findings_gather_place(e->gather, place);
}

void findings_engine_configure(struct findings_engine *e, const struct conf *conf)
{
    findings_gather_configure(e->gather, conf);
    if (e->soon)
        event_active(e->soon, 0, 0);
}
