/* Compares what is wrong with what was said of it last. */
#include "ui/plain.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/vec.h"
#include "ui/problem.h"
#include "ui/verdict.h"
#include "ui/views.h"

#include <stdlib.h>
#include <string.h>

enum { LINES_MOST = 100 }; /* more at once nobody listens to */

/* A row that is not fine. */
struct trouble {
    struct str key;   /* table and key: who it is */
    char *name, *say; /* "group payments", and why */
    enum severity severity;
    double weight;    /* what sorts equals */
    int64_t since_ms; /* when it was seen first */
    bool older;       /* it was so before that */
};

struct troubles {
    struct trouble *items; /* sorted by key */
    size_t n, room;
};

/* A line about a change. */
struct line {
    enum severity severity; /* that it has now */
    double weight;
    char *text;
};

struct plain {
    const struct clock *clock;
    struct context ctx;
    struct troubles known; /* as they were said last */
    bool began, waited;    /* has all been said once, and before that, that it takes a while? */
    bool lost;             /* that there is no collector was said last */
};

struct plain *plain_new(const struct clock *clock, const struct format_options *format)
{
    struct plain *p = mem_new(struct plain);
    *p = (struct plain){.clock = clock,
                        .ctx = {.format = {.utc = format->utc, .exact = format->exact},
                                .verdicts = verdicts_new(views_rules, views_nrules)}};
    return p;
}

static void drop(struct troubles *t)
{
    for (size_t i = 0; i < t->n; i++) {
        str_done(&t->items[i].key);
        free(t->items[i].name);
        free(t->items[i].say);
    }
    vec_done(t);
}

void plain_free(struct plain *p)
{
    if (!p)
        return;
    drop(&p->known);
    verdicts_free(p->ctx.verdicts);
    free(p);
}

static void begin_line(const struct plain *p, struct str *out)
{
    char buf[16];
    str_printf(out, "%s%s ", clock_format(p->ctx.format.now_ms, p->ctx.format.utc, "%H:%M:%S", buf, sizeof buf),
               p->ctx.format.utc ? "Z" : "");
}

void plain_attach(struct plain *p, struct store *store)
{
    p->ctx.store = store;
    p->ctx.epoch++;
}

void plain_detach(struct plain *p, const struct error *why, struct str *out)
{
    p->ctx.store = NULL;
    p->lost = true;
    p->ctx.format.now_ms = clock_wall_ms(p->clock);
    begin_line(p, out);
    str_printf(out, "no collector: %s; what was said before may have changed\n", why->text);
}

/* ---- what is wrong ---- */

static void add_name(struct str *out, const struct context *ctx, const struct table *t, const struct row *r)
{
    problem_name(t, r, false, out);
    if (strcmp(table_name(t), "findings") == 0) /* one may be named by several */
        str_printf(out, " (%s)", row_text(r, "id"));
    const struct table *clusters = store_find(ctx->store, "clusters");
    const char *cluster = row_text(r, "cluster");
    if (table_nkeys(t) > 1 && *cluster && clusters && table_nrows(clusters) > 1) {
        str_add(out, " of ");
        text_safe(out, cluster, strlen(cluster));
    }
}

static void add_trouble(struct plain *p, struct troubles *ret, const struct table *t, const struct row *r)
{
    struct str say = {0}, name = {0};
    enum severity s = problem_say(&p->ctx, t, r, &say);
    struct trouble made = {
        .severity = s, .weight = problem_weight(t, r), .since_ms = p->ctx.format.now_ms, .older = !p->began};
    if (s == SEVERITY_FINE) {
        str_done(&say);
        return;
    }
    add_name(&name, &p->ctx, t, r);
    made.name = str_take(&name);
    made.say = str_take(&say);
    str_add(&made.key, table_name(t));
    str_char(&made.key, '\n');
    table_key_bytes(t, r, &made.key);
    vec_push(ret, made);
}

static int compare_keys(const void *pa, const void *pb)
{
    const struct trouble *a = pa, *b = pb;
    size_t len = a->key.len < b->key.len ? a->key.len : b->key.len;
    int order = memcmp(a->key.s, b->key.s, len);
    return order ? order : (a->key.len > b->key.len) - (a->key.len < b->key.len);
}

static void find_troubles(struct plain *p, struct troubles *ret)
{
    for (size_t i = 0; views_base(i); i++) {
        const struct table *t = store_find(p->ctx.store, views_base(i)->table);
        size_t n = 0;
        const uint64_t *bad = t ? verdicts_bad(p->ctx.verdicts, &p->ctx, t, &n) : NULL;
        for (size_t k = 0; k < n; k++) {
            const struct row *r = table_by_id(t, bad[k]);
            if (r)
                add_trouble(p, ret, t, r);
        }
    }
    if (ret->n > 1)
        qsort(ret->items, ret->n, sizeof *ret->items, compare_keys);
}

/* ---- words ---- */

static const char *severity_word(enum severity s)
{
    return s == SEVERITY_WRONG ? "wrong" : s == SEVERITY_WARNING ? "warning" : "fine";
}

static void add_counts(const struct plain *p, struct str *out)
{
    size_t counts[SEVERITY_COUNT] = {0}, groups = 0;
    for (size_t i = 0; views_base(i); i++) {
        const struct table *t = store_find(p->ctx.store, views_base(i)->table);
        size_t some[SEVERITY_COUNT];
        if (!t)
            continue;
        verdicts_count(p->ctx.verdicts, &p->ctx, t, some);
        for (int s = SEVERITY_WARNING; s < SEVERITY_COUNT; s++)
            counts[s] += some[s];
        if (strcmp(views_base(i)->table, "groups") == 0)
            groups = some[SEVERITY_FINE];
    }
    if (counts[SEVERITY_WRONG] || counts[SEVERITY_WARNING])
        str_printf(out, "%zu wrong, %zu warning%s", counts[SEVERITY_WRONG], counts[SEVERITY_WARNING],
                   counts[SEVERITY_WARNING] == 1 ? "" : "s");
    else
        str_add(out, "nothing wrong");
    str_printf(out, ", %zu group%s fine", groups, groups == 1 ? "" : "s");
}

/* "; 2 of 2 sources live, read 3 s ago": the age of the oldest. */
static void add_sources(const struct plain *p, struct str *out)
{
    const struct table *t = store_find(p->ctx.store, "sources");
    int64_t oldest = INT64_MAX;
    size_t all = 0, live = 0;
    for (const struct row *r = t ? table_first(t) : NULL; r; r = row_next(r)) {
        const char *state = row_text(r, "state");
        struct value last = row_cell(r, "last_ok");
        if (strcmp(row_text(r, "kind"), "history") == 0) /* nothing that could be wrong comes from there */
            continue;
        bool answers = strcmp(state, "ok") == 0 || strcmp(state, "partial") == 0;
        all++;
        live += answers;
        if (*row_text(r, "cluster") && last.quality != QUALITY_UNKNOWN && last.i < oldest)
            oldest = last.i;
    }
    str_printf(out, "; %zu of %zu source%s live", live, all, all == 1 ? "" : "s");
    if (oldest == INT64_MAX)
        return;
    int64_t age = p->ctx.format.now_ms - oldest;
    str_add(out, ", read ");
    format_duration(out, age < 1000 ? 0.5 : (double)(age / 1000));
    str_add(out, " ago");
}

static int compare_lines(const void *pa, const void *pb)
{
    const struct line *a = pa, *b = pb;
    if (a->severity != b->severity)
        return a->severity < b->severity ? 1 : -1;
    if (a->weight < b->weight || a->weight > b->weight)
        return a->weight < b->weight ? 1 : -1;
    return strcmp(a->text, b->text);
}

struct lines {
    struct line *items;
    size_t n, room;
};

__attribute__((format(printf, 4, 5))) static void add_line(struct lines *lines, enum severity severity, double weight,
                                                           const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vec_push(lines, ((struct line){.severity = severity, .weight = weight, .text = mem_vprintf(fmt, ap)}));
    va_end(ap);
}

/* The worst first, up to a cap; frees them. */
static void say_lines(const struct plain *p, struct lines *lines, bool times, struct str *out)
{
    if (lines->n > 1)
        qsort(lines->items, lines->n, sizeof *lines->items, compare_lines);
    for (size_t i = 0; i < lines->n; i++) {
        if (i < LINES_MOST) {
            if (times)
                begin_line(p, out);
            str_printf(out, "%s\n", lines->items[i].text);
        }
        free(lines->items[i].text);
    }
    if (lines->n > LINES_MOST)
        str_printf(out, "and %zu more\n", lines->n - LINES_MOST);
    vec_done(lines);
}

static void say_all(const struct plain *p, struct str *out)
{
    struct lines lines = {0};
    begin_line(p, out);
    add_counts(p, out);
    add_sources(p, out);
    str_char(out, '\n');
    for (size_t i = 0; i < p->known.n; i++) {
        const struct trouble *t = &p->known.items[i];
        add_line(&lines, t->severity, t->weight, "%s: %s, %s", severity_word(t->severity), t->name, t->say);
    }
    say_lines(p, &lines, false, out);
}

/* ---- changes ---- */

/* It is not wrong any more, or it is not there. */
static void add_over(const struct plain *p, const struct trouble *t, struct lines *lines)
{
    struct str age = {0};
    format_duration(&age, (double)((p->ctx.format.now_ms - t->since_ms) / 1000));
    add_line(lines, SEVERITY_FINE, t->weight, "not %s any more: %s, after %s%s", severity_word(t->severity), t->name,
             t->older ? "over " : "", str_text(&age));
    str_done(&age);
}

static void add_change(const struct trouble *before, const struct trouble *now, struct lines *lines)
{
    if (!before)
        add_line(lines, now->severity, now->weight, "now %s: %s, %s", severity_word(now->severity), now->name,
                 now->say);
    else if (before->severity != now->severity)
        add_line(lines, now->severity, now->weight, "%s, now %s: %s, %s",
                 now->severity > before->severity ? "worse" : "better", severity_word(now->severity), now->name,
                 now->say);
}

static void compare(struct plain *p, struct troubles *now, struct lines *lines)
{
    const struct troubles *known = &p->known;
    size_t i = 0, k = 0;
    while (i < known->n || k < now->n) {
        int order = i == known->n ? 1 : k == now->n ? -1 : compare_keys(&known->items[i], &now->items[k]);
        if (order < 0) {
            add_over(p, &known->items[i++], lines);
            continue;
        }
        const struct trouble *before = order == 0 ? &known->items[i++] : NULL;
        if (before) {
            now->items[k].since_ms = before->since_ms;
            now->items[k].older = before->older;
        }
        add_change(before, &now->items[k++], lines);
    }
}

bool plain_say(struct plain *p, bool all, struct str *out)
{
    struct troubles now = {0};
    struct lines lines = {0};
    p->ctx.format.now_ms = clock_wall_ms(p->clock);
    if (!p->ctx.store || context_starting(&p->ctx)) {
        if (!p->waited || all) {
            begin_line(p, out);
            str_add(out, "reading; what is wrong is said as soon as it is known\n");
        }
        p->waited = true;
        return false;
    }
    find_troubles(p, &now);
    compare(p, &now, &lines);
    drop(&p->known);
    p->known = now;
    all = all || !p->began;
    bool changed = lines.n > 0 || p->lost;
    if (p->lost) {
        begin_line(p, out);
        str_add(out, "a collector answers again\n");
        p->lost = false;
    }
    if (all) {
        for (size_t i = 0; i < lines.n; i++)
            free(lines.items[i].text);
        vec_done(&lines);
        say_all(p, out);
    } else {
        say_lines(p, &lines, true, out);
    }
    if (changed && !all) {
        begin_line(p, out);
        add_counts(p, out);
        str_char(out, '\n');
    }
    p->began = true;
    return true;
}
