/* A look: rules are asked, and what they say is collected. */
#include "findings/look.h"

#include "base/mem.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* ---- what rules call ---- */

const char *findings_severity_name(enum findings_severity s)
{
    static const char *const names[] = {
        [FINDINGS_INFO] = "info", [FINDINGS_WARNING] = "warning", [FINDINGS_CRITICAL] = "critical"};
    return names[s];
}

int64_t findings_now(const struct findings_look *look)
{
    return look->now_ms;
}

/* Where a subject is that the rule does not place. */
static const char *default_cluster(const struct findings_look *look)
{
    if (look->sink)
        return look->sink->cluster;
    if (look->table && look->table->sinks.n)
        return look->table->sinks.items[0]->cluster;
    return look->table ? look->table->catalog : "";
}

static struct findings_place copy_place(const struct findings_look *look, const struct findings_place *p)
{
    struct findings_place own = {.connect = mem_strdup_opt(p->connect),
                                 .connector = mem_strdup_opt(p->connector),
                                 .worker = mem_strdup_opt(p->worker),
                                 .group = mem_strdup_opt(p->group),
                                 .topic = mem_strdup_opt(p->topic),
                                 .catalog = mem_strdup_opt(p->catalog),
                                 .table = mem_strdup_opt(p->table),
                                 .commit_id = mem_strdup_opt(p->commit_id),
                                 .task = p->task,
                                 .partition = p->partition};
    if (look->sink && !p->connector) {
        own.connector = mem_strdup_opt(look->sink->connector);
        if (!p->connect)
            own.connect = mem_strdup_opt(look->sink->connect);
    }
    if (look->table && !p->table) {
        own.table = mem_strdup_opt(look->table->table);
        if (!p->catalog)
            own.catalog = mem_strdup_opt(look->table->catalog);
    }
    return own;
}

void findings_saw(struct findings_look *look, const struct findings_saw *saw, const char *text, ...)
{
    look->dropping = look->said.n >= FINDINGS_LOOK_SAID;
    if (look->dropping) {
        look->dropped++;
        return;
    }
    struct findings_look_said said = {.rule = look->rule,
                                      .sink = look->sink,
                                      .table = look->table,
                                      .severity = saw->own_severity ? saw->severity : look->rule->page.severity,
                                      .since_ms = saw->since_ms,
                                      .hold_ms = saw->hold_ms,
                                      .cost = saw->cost,
                                      .missing = mem_strdup_opt(saw->missing),
                                      .cause = mem_strdup_opt(saw->cause)};
    const char *cluster = saw->cluster ? saw->cluster : default_cluster(look);
    said.cluster = mem_strdup(cluster ? cluster : "");
    said.subject = mem_strdup(saw->subject ? saw->subject : "");
    said.place = copy_place(look, &saw->place);
    va_list ap;
    va_start(ap, text);
    said.text = mem_vprintf(text, ap);
    va_end(ap);
    vec_push(&look->said, said);
}

/* A string of the grammar of expressions: UTF-8 stays as it is, what would end it or cannot be typed is escaped. */
static void add_quoted(struct str *out, const char *text)
{
    str_char(out, '"');
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\')
            str_printf(out, "\\%c", c);
        else if (c < 0x20 || c == 0x7f)
            str_printf(out, "\\x%02x", c);
        else
            str_char(out, (char)c);
    }
    str_char(out, '"');
}

/* Knows %s, %d, %ld and %lld (PRId64 and PRId32), and %%. */
static void add_where(struct str *out, const char *format, va_list ap)
{
    for (const char *p = format; *p; p++) {
        if (*p != '%') {
            str_char(out, *p);
            continue;
        }
        size_t longs = strspn(p + 1, "l");
        p += 1 + longs;
        if (*p == 's') {
            const char *text = va_arg(ap, const char *);
            add_quoted(out, text ? text : "");
        } else if (*p == 'd' && longs) {
            str_printf(out, "%" PRId64, longs == 1 ? (int64_t)va_arg(ap, long) : (int64_t)va_arg(ap, long long));
        } else if (*p == 'd') {
            str_printf(out, "%d", va_arg(ap, int));
        } else if (*p) {
            str_char(out, *p);
        } else {
            return;
        }
    }
}

void findings_evidence(struct findings_look *look, const char *text, int64_t time_ms, const char *table,
                       const char *where, ...)
{
    if (look->dropping || !look->said.n)
        return;
    struct findings_look_said *said = &look->said.items[look->said.n - 1];
    if (said->evidence.n >= FINDINGS_LOOK_EVIDENCE)
        return;
    struct str s = {0};
    va_list ap;
    va_start(ap, where);
    if (where)
        add_where(&s, where, ap);
    va_end(ap);
    vec_push(
        &said->evidence,
        ((struct findings_look_evidence){
            .text = mem_strdup_opt(text), .time_ms = time_ms, .table = mem_strdup_opt(table), .where = str_take(&s)}));
}

void findings_unsure(struct findings_look *look, const char *cluster, const char *subject)
{
    if (look->unsure.n >= FINDINGS_LOOK_SAID)
        return;
    if (!cluster)
        cluster = default_cluster(look);
    vec_push(&look->unsure,
             ((struct findings_look_unsure){look->rule, mem_strdup(cluster ? cluster : ""), mem_strdup(subject)}));
}

static bool worse(const struct findings_look_said *a, const struct findings_look_said *b)
{
    return a->severity != b->severity ? a->severity > b->severity : a->cost > b->cost;
}

const char *findings_causes(const struct findings_look *look)
{
    /* the text lies in the look, which nobody else changes meanwhile */
    struct str *out = &((struct findings_look *)(uintptr_t)look)->causes;
    str_clear(out);
    struct findings_look_said *named[FINDINGS_LOOK_EVIDENCE];
    size_t n = 0;
    for (size_t i = look->sink_from; look->sink && i < look->said.n; i++) {
        struct findings_look_said *said = &look->said.items[i];
        if (!said->cause || n == sizeof named / sizeof *named || (look->counts && !look->counts(look->arg, said)))
            continue;
        size_t at = n++;
        for (; at && worse(said, named[at - 1]); at--)
            named[at] = named[at - 1];
        named[at] = said;
    }
    for (size_t i = 0; i < n; i++) {
        str_printf(out, "%s%s", i ? "; " : "", named[i]->cause);
        named[i]->named_by = look->rule->page.id;
    }
    return n ? str_text(out) : NULL;
}

/* ---- asking ---- */

void findings_look_init(struct findings_look *look, int64_t now_ms)
{
    *look = (struct findings_look){.now_ms = now_ms};
}

static void said_done(struct findings_look_said *said)
{
    const struct findings_place *p = &said->place;
    const char *const texts[] = {said->cluster, said->subject, said->text,  said->missing, said->cause,
                                 p->connect,    p->connector,  p->worker,   p->group,      p->topic,
                                 p->catalog,    p->table,      p->commit_id};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free((void *)(uintptr_t)texts[i]);
    for (size_t i = 0; i < said->evidence.n; i++) {
        free(said->evidence.items[i].text);
        free(said->evidence.items[i].table);
        free(said->evidence.items[i].where);
    }
    vec_done(&said->evidence);
}

void findings_look_done(struct findings_look *look)
{
    for (size_t i = 0; i < look->said.n; i++)
        said_done(&look->said.items[i]);
    vec_done(&look->said);
    for (size_t i = 0; i < look->unsure.n; i++) {
        free(look->unsure.items[i].cluster);
        free(look->unsure.items[i].subject);
    }
    vec_done(&look->unsure);
    str_done(&look->causes);
}

static void ask_of_sink(struct findings_look *look, const struct findings_rule *rule, const struct findings_sink *sink)
{
    if (look->sink != sink)
        look->sink_from = look->said.n;
    look->rule = rule;
    look->sink = sink;
    look->table = NULL;
    if (rule->sink)
        rule->sink(look, sink);
}

static void ask_of_table(struct findings_look *look, const struct findings_rule *rule,
                         const struct findings_table *table)
{
    look->rule = rule;
    look->sink = NULL;
    look->table = table;
    if (rule->table)
        rule->table(look, table);
}

static void ask_of_world(struct findings_look *look, const struct findings_rule *rule,
                         const struct findings_world *world)
{
    look->rule = rule;
    look->sink = NULL;
    look->table = NULL;
    if (rule->world)
        rule->world(look, world);
}

void findings_look_all(struct findings_look *look, const struct findings_rule *const *families,
                       const struct findings_world *world)
{
    for (size_t i = 0; i < world->nsinks; i++) {
        look->sink = NULL;
        for (size_t f = 0; families[f]; f++)
            for (const struct findings_rule *r = families[f]; r->page.id; r++)
                ask_of_sink(look, r, world->sinks[i]);
    }
    for (size_t f = 0; families[f]; f++)
        for (const struct findings_rule *r = families[f]; r->page.id; r++) {
            for (size_t i = 0; i < world->ntables; i++)
                ask_of_table(look, r, world->tables[i]);
            ask_of_world(look, r, world);
        }
}
