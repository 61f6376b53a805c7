/* The answer to "is anything wrong?" in one line, and what belongs around it. */
#include "ui/status.h"
#include "ui/keymap.h"
#include "ui/page.h"
#include "ui/problem.h"
#include "ui/record_page.h"

#include "ui/template.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/vec.h"

#include <math.h>
#include <string.h>

enum { STATUS_RESTARTED_MS = 30000, STATUS_SKEW_S = 10 };

/* ---- notices ---- */

static void add_age(struct str *s, int64_t now_ms, int64_t since_ms)
{
    int64_t ms = now_ms - since_ms;
    format_duration(s, ms < 1000 ? 0.5 : (double)(ms / 1000));
}

static void notice(struct status_notices *n, enum severity severity, struct str *text)
{
    vec_push(n, ((struct status_notice){severity, str_take(text)}));
}

/* An error behind the address that it begins with, where the source's name has that, too. */
static const char *behind_address(const char *error, const char *source)
{
    size_t scheme = strncmp(error, "http://", 7) == 0 ? 7 : strncmp(error, "https://", 8) == 0 ? 8 : 0;
    size_t len = strcspn(error + scheme, "/ ");
    char *address = mem_memdup(error + scheme, len);
    const char *rest = scheme && len && strstr(source, address) ? strstr(error + scheme + len, ": ") : NULL;
    free(address);
    return rest ? rest + 2 : error;
}

/* "kafka:prod-eu failed: connection refused; its rows are 2 m 9 s old" */
static void source_notice(const struct context *ctx, const struct row *r, enum severity severity,
                          struct status_notices *ret)
{
    struct str s = {0};
    str_printf(&s, "%s %s", row_text(r, "source"), row_text(r, "state"));
    if (*row_text(r, "error"))
        str_printf(&s, ": %s", behind_address(row_text(r, "error"), row_text(r, "source")));
    struct value ok = row_cell(r, "last_ok");
    if (severity == SEVERITY_WRONG && ok.quality != QUALITY_UNKNOWN) {
        str_add(&s, "; its rows are ");
        add_age(&s, ctx->format.now_ms, ok.i);
        str_add(&s, " old");
    } else if (severity == SEVERITY_WRONG) {
        str_add(&s, "; nothing was read from it yet");
    }
    notice(ret, severity, &s);
}

static void skew_notice(const struct context *ctx, const struct row *r, struct status_notices *ret)
{
    struct value v = row_cell(r, "clock_skew_s");
    if (v.quality == QUALITY_UNKNOWN || !(fabs(v.d) > STATUS_SKEW_S) || !isfinite(v.d))
        return;
    struct str s = {0};
    str_printf(&s, "%s: the brokers' clock is ", row_text(r, "cluster"));
    format_duration(&s, floor(fabs(v.d)));
    str_printf(&s, " %s this machine's: ages are off by that", v.d > 0 ? "ahead of" : "behind");
    (void)ctx;
    notice(ret, SEVERITY_WARNING, &s);
}

static int compare_notices(const void *pa, const void *pb)
{
    const struct status_notice *a = pa, *b = pb;
    if (a->severity != b->severity)
        return a->severity < b->severity ? 1 : -1;
    return strcmp(a->text, b->text);
}

void status_notices(const struct context *ctx, const struct status *st, struct status_notices *ret)
{
    struct str s = {0};
    memset(ret, 0, sizeof *ret);
    const struct table *sources = ctx->store ? store_find(ctx->store, "sources") : NULL;
    for (const struct row *r = sources ? table_first(sources) : NULL; r; r = row_next(r)) {
        enum severity severity = verdicts_row(ctx->verdicts, ctx, sources, r, NULL);
        if (severity > SEVERITY_FINE && context_in_scope(ctx, sources, r))
            source_notice(ctx, r, severity, ret);
    }
    const struct table *clusters = ctx->store ? store_find(ctx->store, "clusters") : NULL;
    for (const struct row *r = clusters ? table_first(clusters) : NULL; r; r = row_next(r)) {
        if (context_in_scope(ctx, clusters, r))
            skew_notice(ctx, r, ret);
    }
    if (ret->n > 1)
        qsort(ret->items, ret->n, sizeof *ret->items, compare_notices);
    if (st->lost) {
        str_add(&s, st->lost);
        if (ctx->store) {
            str_add(&s, "; this picture is ");
            add_age(&s, st->now_ms, st->lost_ms);
            str_add(&s, " old");
        }
        notice(ret, SEVERITY_WRONG, &s);
    } else if (st->restarted_ms && st->now_ms - st->restarted_ms < STATUS_RESTARTED_MS) {
        str_add(&s, "collector restarted ");
        add_age(&s, st->now_ms, st->restarted_ms);
        str_add(&s, " ago");
        notice(ret, SEVERITY_WARNING, &s);
    }
    if (st->lost && ret->n > 1) { /* first of all, whatever the sources said when they could */
        struct status_notice last = ret->items[ret->n - 1];
        memmove(ret->items + 1, ret->items, (ret->n - 1) * sizeof last);
        ret->items[0] = last;
    }
}

void status_notices_done(struct status_notices *n)
{
    for (size_t i = 0; i < n->n; i++)
        free(n->items[i].text);
    vec_done(n);
}

void status_draw_notices(const struct context *ctx, const struct status_notices *n, struct cells *c, struct rect box)
{
    for (int i = 0; i < box.h && (size_t)i < n->n; i++) {
        size_t left = n->n - (size_t)i;
        if (i == box.h - 1 && left > 1) {
            const struct view_def *all = views_find("sources");
            uint32_t key = keymap_view_key(ctx->keys, all);
            char name[16];
            cells_printf(c, box.x + 2, box.y + i, box.w - 2, ROLE_DIM, "%zu more: %s shows all sources", left,
                         key ? input_name(key, name) : all->name);
            break;
        }
        severity_put(c, box.x, box.y + i, n->items[i].severity, false);
        cells_text(c, box.x + 2, box.y + i, box.w - 2, severity_role(n->items[i].severity), n->items[i].text);
    }
}

/* ---- header ---- */

/* Pieces of a line, of which the least important go when it is too long. */
struct piece {
    enum role role;
    int priority; /* 0 stays */
    int gap;      /* blanks before it */
    struct str text;
    bool right; /* belongs to the right end */
};

enum { PIECES = 16 };

static struct str *piece(struct piece *p, int *n, enum role role, int priority, int gap, bool right)
{
    p[*n] = (struct piece){.role = role, .priority = priority, .gap = gap, .right = right};
    return &p[(*n)++].text;
}

/* Cells that the pieces not yet gone take; the first one needs no gap. */
static int pieces_width(const struct piece *p, const bool *gone, int n, bool right)
{
    int total = 0;
    bool first = !right;
    for (int i = 0; i < n; i++) {
        if (gone[i] || (right && !p[i].right))
            continue;
        total += (first ? 0 : p[i].gap) + (int)text_width(str_text(&p[i].text), p[i].text.len);
        first = false;
    }
    return total;
}

/* Returns what is left free between the left pieces and the right ones. */
static struct rect draw_pieces(struct piece *p, int n, struct cells *c, struct rect box)
{
    bool gone[PIECES] = {false};
    while (pieces_width(p, gone, n, false) > box.w) {
        int least = -1;
        for (int i = 0; i < n; i++) {
            if (!gone[i] && p[i].priority > 0 && (least < 0 || p[i].priority > p[least].priority))
                least = i;
        }
        if (least < 0)
            break;
        gone[least] = true;
    }
    int right = pieces_width(p, gone, n, true);
    int x = box.x, end = box.x + box.w;
    struct rect room = {box.x, box.y, 0, 1};
    bool first = true, turned = false;
    for (int i = 0; i < n; i++) {
        if (!gone[i]) {
            if (p[i].right && !turned && end - right > x) {
                room.w = end - right - room.x;
                x = end - right;
            }
            turned |= p[i].right;
            x += first ? 0 : p[i].gap;
            x += cells_text(c, x, box.y, end - x, p[i].role, str_text(&p[i].text));
            first = false;
            room.x = turned ? room.x : x;
        }
        str_done(&p[i].text);
    }
    return room;
}

/* "✗ audit-archive  30.2 k messages deleted before it read them  1 shows all", if there is room for a good part of it. */
static void draw_worst(const struct context *ctx, const struct table *t, const struct row *r, struct cells *c,
                       struct rect room)
{
    enum { GAP = 3, SIGN = 2, LEAST = 20, AMPLE = 48 };

    int x = room.x + GAP, end = room.x + room.w - GAP;
    const char *shows = end - x >= AMPLE ? " shows all" : " all";
    if (!r || end - x < LEAST)
        return;
    uint32_t code = keymap_view_key(ctx->keys, views_at(0));
    struct str say = {0}, key = {0};
    char buf[16];
    if (code)
        str_add(&key, input_name(code, buf));
    int hint = code ? 2 + (int)text_width(str_text(&key), key.len) + (int)strlen(shows) : 0;
    problem_name(t, r, strcmp(table_name(t), "groups") == 0, &say); /* most are */
    enum severity s = verdicts_problem(ctx->verdicts, ctx, t, r, NULL);
    severity_put(c, x, room.y, s, context_stale(ctx, row_owner(r)));
    x += SIGN;
    x += cells_text(c, x, room.y, end - hint - x, ROLE_STRONG, str_text(&say)) + 2;
    str_clear(&say);
    problem_say(ctx, t, r, &say);
    if (end - hint - x >= LEAST) /* half a number says less than none */
        x += cells_text(c, x, room.y, end - hint - x, ROLE_TEXT, str_text(&say)) + 2;
    x += cells_text(c, x, room.y, end - x, ROLE_KEY, str_text(&key));
    if (code)
        cells_text(c, x, room.y, end - x, ROLE_DIM, shows);
    str_done(&say);
    str_done(&key);
}

static void clusters_text(const struct context *ctx, struct str *s)
{
    const struct table *t = ctx->store ? store_find(ctx->store, "clusters") : NULL;
    const struct row *r = t ? table_first(t) : NULL;
    if (ctx->cluster) {
        str_printf(s, "%s only", ctx->cluster);
        return;
    }
    if (!r)
        return;
    /* the first by name, so that it does not change with who was written last */
    const char *least = row_text(r, "cluster");
    for (; r; r = row_next(r)) {
        if (strcmp(row_text(r, "cluster"), least) < 0)
            least = row_text(r, "cluster");
    }
    str_add(s, least);
    if (table_nrows(t) > 1)
        str_printf(s, " +%zu", table_nrows(t) - 1);
}

/* Rows of the tables that are always read, by severity; groups and services that are fine. */
static void count_all(const struct context *ctx, size_t counts[SEVERITY_COUNT], size_t *groups, size_t *services)
{
    *groups = *services = 0;
    memset(counts, 0, SEVERITY_COUNT * sizeof *counts);
    for (size_t i = 0; ctx->store && views_base(i); i++) {
        const struct table *t = store_find(ctx->store, views_base(i)->table);
        size_t some[SEVERITY_COUNT];
        if (!t)
            continue;
        verdicts_count(ctx->verdicts, ctx, t, some);
        for (int s = SEVERITY_WARNING; s < SEVERITY_COUNT; s++)
            counts[s] += some[s];
        if (strcmp(views_base(i)->table, "groups") == 0)
            *groups = some[SEVERITY_FINE];
        if (strcmp(views_base(i)->table, "services") == 0)
            *services = some[SEVERITY_FINE];
    }
}

/* How many sources there are, how many answer, and of clusters the age of the oldest of what these gave and how often
 * that one is read, in seconds; NaN: nobody knows. */
static void count_sources(const struct context *ctx, size_t *all, size_t *live, int64_t *oldest, double *interval_s)
{
    const struct table *t = ctx->store ? store_find(ctx->store, "sources") : NULL;
    *all = *live = 0;
    *oldest = INT64_MAX;
    *interval_s = NAN;
    for (const struct row *r = t ? table_first(t) : NULL; r; r = row_next(r)) {
        const char *state = row_text(r, "state");
        if (!context_in_scope(ctx, t, r))
            continue;
        ++*all;
        if (strcmp(state, "ok") != 0 && strcmp(state, "partial") != 0)
            continue;
        ++*live;
        struct value v = row_cell(r, "last_ok");
        bool reads = strcmp(row_text(r, "kind"), "drift") != 0; /* which streams: its rounds tell nothing of its age */
        if (v.quality == QUALITY_UNKNOWN || v.i >= *oldest || !*row_text(r, "cluster") || !reads)
            continue;
        *oldest = v.i;
        v = row_cell(r, "interval_s");
        *interval_s = v.quality == QUALITY_UNKNOWN ? NAN : v.d;
    }
}

/* Datasets of which nothing is known yet: to be well is another thing. */
static void add_unjudged(const struct context *ctx, struct piece *p, int *n)
{
    const struct table *t = ctx->store ? store_find(ctx->store, "datasets") : NULL;
    const char *name = NULL;
    size_t some = 0;
    for (const struct row *r = t ? table_first(t) : NULL; r; r = row_next(r)) {
        const char *state = row_text(r, "state");
        bool unjudged = strcmp(state, "NO-REF") == 0 || strcmp(state, "LOW-N") == 0;
        some += unjudged && context_in_scope(ctx, t, r);
        name = unjudged ? row_text(r, "dataset") : name;
    }
    if (some == 1)
        str_printf(piece(p, n, ROLE_WARN, 3, 2, false), "%s not judged yet", name);
    else if (some)
        str_printf(piece(p, n, ROLE_WARN, 3, 2, false), "%zu datasets not judged yet", some);
}

static void add_counts(const struct context *ctx, struct piece *p, int *n)
{
    size_t counts[SEVERITY_COUNT], groups, services;
    count_all(ctx, counts, &groups, &services);
    size_t fine = groups ? groups : services; /* the first say enough where there are both */
    bool any = counts[SEVERITY_WRONG] || counts[SEVERITY_WARNING];
    if (counts[SEVERITY_WRONG])
        str_printf(piece(p, n, ROLE_BAD, 0, 2, false), "%zu wrong", counts[SEVERITY_WRONG]);
    if (counts[SEVERITY_WARNING])
        str_printf(piece(p, n, ROLE_WARN, 0, 2, false), "%zu warning%s", counts[SEVERITY_WARNING],
                   counts[SEVERITY_WARNING] == 1 ? "" : "s");
    if (!any && fine && !ctx->detached)
        str_add(piece(p, n, ROLE_OK, 0, 2, false), "all well");
    if (!any && !fine && !ctx->detached && !ctx->loading)
        str_printf(piece(p, n, ROLE_DIM, 2, 2, false), "nothing wrong%s",
                   context_watches(ctx, (const char *const[]){"kafka", NULL}) ? ", no groups" : "");
    if (fine)
        str_printf(piece(p, n, ROLE_DIM, ctx->paused ? 7 : 2, 2, false), "%zu %s%s fine", fine,
                   groups ? "group" : "service", fine == 1 ? "" : "s");
    if (!any && !ctx->detached)
        add_unjudged(ctx, p, n);
}

void status_summary(const struct context *ctx, struct str *out)
{
    size_t counts[SEVERITY_COUNT], groups, services;
    count_all(ctx, counts, &groups, &services);
    if (!counts[SEVERITY_WRONG] && !counts[SEVERITY_WARNING])
        return;
    size_t before = out->len;
    clusters_text(ctx, out);
    str_add(out, out->len > before ? ": " : "");
    if (counts[SEVERITY_WRONG])
        str_printf(out, "%zu wrong%s", counts[SEVERITY_WRONG], counts[SEVERITY_WARNING] ? ", " : "");
    if (counts[SEVERITY_WARNING])
        str_printf(out, "%zu warning%s", counts[SEVERITY_WARNING], counts[SEVERITY_WARNING] == 1 ? "" : "s");
}

static void add_sources(const struct context *ctx, const struct status *st, bool often, struct piece *p, int *n)
{
    size_t all, live;
    int64_t oldest;
    double interval_s;
    count_sources(ctx, &all, &live, &oldest, &interval_s);
    if (ctx->detached) {
        str_add(piece(p, n, ROLE_BAD, 0, 2, true), ctx->store || st->lost ? "no collector" : "connecting");
        return;
    }
    if (all == 0) {
        str_add(piece(p, n, ROLE_DIM, 0, 2, true), "reading \xe2\x80\xa6");
        return;
    }
    str_printf(piece(p, n, live == all ? ROLE_DIM : ROLE_BAD, 0, 2, true), "%zu of %zu live", live, all);
    if (oldest != INT64_MAX) {
        struct str *age = piece(p, n, ROLE_DIM, 3, 0, true);
        str_add(age, ", ");
        add_age(age, ctx->format.now_ms, oldest);
        str_add(age, " ago");
    }
    if (often && isfinite(interval_s)) { /* goes first: it hardly ever changes */
        struct str *every = piece(p, n, ROLE_DIM, 8, 0, true);
        str_add(every, ", every ");
        format_duration(every, interval_s);
    }
}

void status_header(const struct context *ctx, const struct status *st, const struct view *v, struct cells *c,
                   struct rect box)
{
    struct piece p[PIECES];
    char buf[16];
    int n = 0;
    str_add(piece(p, &n, ROLE_STRONG, 6, 0, false), "icetop");
    struct str clusters = {0};
    clusters_text(ctx, &clusters);
    if (clusters.len)
        str_add(piece(p, &n, ctx->cluster ? ROLE_LINK : ROLE_TEXT, ctx->cluster ? 0 : 4, 2, false),
                str_text(&clusters));
    str_done(&clusters);
    str_printf(
        piece(p, &n, ROLE_DIM, ctx->paused ? 1 : 5, 2, false), "%s%s",
        clock_format(ctx->paused ? ctx->format.now_ms : st->now_ms, ctx->format.utc, "%H:%M:%S", buf, sizeof buf),
        ctx->format.utc ? "Z" : "");
    int before = n;
    add_counts(ctx, p, &n);
    if (n > before)
        p[before].gap = 4;
    if (ctx->paused)
        str_printf(piece(p, &n, ROLE_WARN, 0, 2, true), "paused, %zu change%s since", st->changes,
                   st->changes == 1 ? "" : "s");
    else if (ctx->since_mark)
        str_printf(piece(p, &n, ROLE_WARN, 0, 2, true), "\xce\x94 since %s",
                   clock_format(mark_time_ms(ctx->mark), ctx->format.utc, "%H:%M:%S", buf, sizeof buf));
    else if (st->chosen && st->interval_ms)
        str_printf(piece(p, &n, ROLE_DIM, 4, 2, true), "drawn every %d s", st->interval_ms / 1000);
    if (st->via && !ctx->detached) { /* the first word stays longer than the rest */
        size_t word = strcspn(st->via, " ");
        str_bytes(piece(p, &n, ROLE_LINK, 4, 2, true), st->via, word);
        str_add(piece(p, &n, ROLE_DIM, 9, 0, true), st->via + word);
    }
    const struct table *t = NULL; /* a view that lists what is wrong says it itself */
    const struct row *worst = v->def->overview ? NULL : verdicts_worst(ctx->verdicts, ctx, &t);
    add_sources(ctx, st, !worst, p, &n);
    draw_worst(ctx, t, worst, c, draw_pieces(p, n, c, box));
}

/* ---- crumbs ---- */

static int draw_path(const struct view *v, struct cells *c, int x, int y, int end)
{
    if (v->parent) {
        x = draw_path(v->parent, c, x, y, end);
        x += cells_text(c, x, y, end - x, ROLE_DIM, " \xe2\x80\xba ");
    }
    return x + cells_text(c, x, y, end - x, v->parent ? ROLE_STRONG : ROLE_BAR, v->title);
}

/* "12 of 41: lag > 10, by lag"; of a filter that nobody typed now it is said. */
static void list_text(const struct table_view *list, struct str *s)
{
    const char *filter = table_view_filter_text(list);
    if (*filter)
        str_printf(s, "%s%zu of %zu: %s", table_view_filter_kept(list) ? "kept filter, " : "", table_view_matched(list),
                   table_view_total(list), filter);
    const char *group = table_view_grouped(list), *opened = table_view_opened_group(list);
    if (opened)
        str_printf(s, "%s%s: %s", s->len ? ", " : "", group, opened);
    else if (group)
        str_printf(s, "%sgrouped by %s", s->len ? ", " : "", group);
    for (size_t level = 0; level < table_view_sort_levels(list); level++) {
        for (int i = 0; table_view_column(list, (size_t)i); i++) {
            const struct column *c = table_view_column(list, (size_t)i);
            if (table_view_sort_level(list, i) == (int)level)
                str_printf(s, "%s%s", !level && s->len ? ", by " : level ? ", " : "by ", c->title ? c->title : c->name);
        }
    }
    if (table_view_tagged_only(list))
        str_printf(s, "%smarked only", s->len ? ", " : "");
    if (table_view_inverted(list))
        str_printf(s, "%sinverted", s->len ? ", " : "");
}

/* What is wrong with the row the view is about, or, where nothing is, what is to be remarked of it. A view that tells of its
 * row in words says it there. Appended. */
static enum severity add_verdict(const struct view *v, const struct context *ctx, const struct table *t,
                                 const struct row *r, struct str *out)
{
    if (v->def->words.table)
        return SEVERITY_FINE;
    enum severity severity = verdicts_row(ctx->verdicts, ctx, t, r, out);
    if (severity == SEVERITY_FINE && v->def->remark)
        template_say(out, v->def->remark, t, r, &ctx->format);
    return severity;
}

enum { VERDICT_LINES = 2 };

/* Lines that this sentence takes behind its sign, of which there may be so many. */
static int verdict_lines(const char *text, int width)
{
    int lines = 0;
    for (; *text && lines < VERDICT_LINES; lines++) {
        text += page_break(text, width);
        text += strspn(text, " ");
    }
    return lines;
}

static void draw_verdict(const struct context *ctx, const struct row *r, enum severity severity, const char *text,
                         struct cells *c, struct rect box)
{
    enum { SIGN = 2 };
    bool stale = context_stale(ctx, row_owner(r));
    enum role role = stale ? ROLE_DIM : severity > SEVERITY_FINE ? severity_role(severity) : ROLE_TEXT;
    if (box.w <= SIGN || box.h < 1)
        return;
    if (severity > SEVERITY_FINE)
        severity_put(c, box.x, box.y, severity, stale);
    for (int y = 0; y < box.h && *text; y++) {
        size_t n = y + 1 < box.h ? page_break(text, box.w - SIGN) : strlen(text);
        char *line = mem_memdup(text, n);
        cells_text(c, box.x + SIGN, box.y + y, box.w - SIGN, role, line);
        free(line);
        text += n;
        text += strspn(text, " ");
    }
}

static void draw_summary(const struct view *v, const struct context *ctx, const struct table *t, const struct row *r,
                         struct cells *c, int x, int y, int end)
{
    struct str s = {0};
    if (v->def->summary)
        template_say(&s, v->def->summary, t, r, &ctx->format);
    cells_text(c, x, y, end - x, ROLE_DIM, str_text(&s));
    str_done(&s);
}

int status_crumbs_lines(const struct view *v, const struct context *ctx, int width)
{
    struct str s = {0};
    const struct row *r = view_subject(v, ctx);
    int lines = 1;
    if (!r && !v->subject.nkeys && !v->failed.code) { /* a list of everything: its heading says what it is */
        list_text(view_filtered(v), &s);
        lines = s.len > 0;
    } else if (r) {
        add_verdict(v, ctx, store_find(ctx->store, v->def->subject), r, &s);
        lines = 1 + verdict_lines(str_text(&s), width > 2 ? width - 2 : 1);
    }
    str_done(&s);
    return lines;
}

void status_crumbs(const struct view *v, const struct context *ctx, struct cells *c, struct rect box)
{
    if (box.h < 1)
        return;
    int end = box.x + box.w;
    struct str s = {0};
    int x = draw_path(v, c, box.x, box.y, end) + 2;
    const struct row *r = view_subject(v, ctx);
    if (r) {
        const struct table *t = store_find(ctx->store, v->def->subject);
        bool below = box.h > 1;
        enum severity severity = add_verdict(v, ctx, t, r, &s);
        if (below)
            draw_verdict(ctx, r, severity, str_text(&s), c, (struct rect){box.x, box.y + 1, box.w, box.h - 1});
        else if (severity > SEVERITY_FINE)
            draw_verdict(ctx, r, severity, str_text(&s), c, (struct rect){x, box.y, end - x, 1});
        if (below || severity == SEVERITY_FINE)
            draw_summary(v, ctx, t, r, c, x, box.y, end);
        str_clear(&s);
    } else if (v->failed.code) {
        cells_text(c, x, box.y, end - x, ROLE_BAD, v->failed.text);
    } else if (v->subject.nkeys) {
        cells_text(c, x, box.y, end - x, ROLE_DIM, ctx->loading ? "reading \xe2\x80\xa6" : "is not there any more");
    }
    list_text(view_filtered(v), &s);
    int w = (int)text_width(str_text(&s), s.len);
    w = w > box.w / 2 ? box.w / 2 : w;
    if (w) {
        cells_fill(c, end - w - 2, box.y, w + 2, 1, ROLE_TEXT, ' ');
        cells_text(c, end - w, box.y, w, table_view_filter_kept(view_filtered(v)) ? ROLE_WARN : ROLE_LINK,
                   str_text(&s));
    }
    str_done(&s);
}

/* ---- footer ---- */

/* Is there something for the key to do here? */
static bool useful(const struct key_binding *b, const struct view *v, const struct context *ctx, unsigned context)
{
    const struct table *findings = ctx->store ? store_find(ctx->store, "findings") : NULL;
    if (b->action == ACTION_EXPLAIN)
        return context == KEYS_LIST && findings && table_nrows(findings) > 0;
    if (context != KEYS_LIST)
        return true;
    const struct table *t;
    const char *open;
    switch (b->action) {
    case ACTION_OPEN:
        return view_selected(v, ctx, &t, &open) != NULL;
    case ACTION_UP:
        return v->parent != NULL || *table_view_filter_text(view_filtered(v)) ||
               table_view_opened_group(view_filtered(v));
    case ACTION_PANE:
        return v->npanes > 1;
    case ACTION_INSPECT:
        return view_selected(v, ctx, &t, &open) != NULL;
    case ACTION_LOOK: {
        const struct row *r = view_selected(v, ctx, &t, &open);
        return r && record_page_fits(t) && row_cell(r, "partition").quality != QUALITY_UNKNOWN;
    }
    default:
        return true;
    }
}

static const struct key_binding *by_footer(const struct keymap *m, int place, unsigned context)
{
    const struct key_binding *best = NULL;
    for (size_t i = 0; keymap_at(m, i); i++) {
        const struct key_binding *b = keymap_at(m, i);
        if (b->footer > place && (b->keys[0] || b->twice) && (b->contexts & context) &&
            (!best || b->footer < best->footer))
            best = b;
    }
    return best;
}

static int draw_key(struct cells *c, int x, int y, int end, const char *key, const char *label)
{
    x += cells_text(c, x, y, end - x, ROLE_KEY, key);
    return x + 1 + cells_text(c, x + 1, y, end - x - 1, ROLE_DIM, label) + 2;
}

static int key_width(const char *key, const char *label)
{
    return (int)(text_width(key, strlen(key)) + 1 + text_width(label, strlen(label)));
}

/* Is the name one of the words? */
static bool is_among(const char *name, const char *words)
{
    size_t n = strlen(name);
    for (; words && *words; words += strspn(words, " ")) {
        size_t len = strcspn(words, " ");
        if (len == n && memcmp(words, name, n) == 0)
            return true;
        words += len;
    }
    return false;
}

enum nearness { NEAR, FOR_ALL, FAR, WHATEVER };

static enum nearness nearness(const struct view *v, const struct view_def *d)
{
    return is_among(v->def->name, d->near) ? NEAR : d->near ? FAR : d->kinds || d->overview ? FOR_ALL : WHATEVER;
}

/* The views that have a key and something to show, as far as they fit: those that are so near this one. */
static int draw_some_views(const struct view *v, const struct context *ctx, enum nearness near, struct cells *c, int x,
                           int y, int end)
{
    char buf[16];
    const struct keymap *m = ctx->keys;
    for (size_t i = 0; views_at(i); i++) {
        const struct view_def *d = views_at(i);
        if (!keymap_view_key(m, d) || d == v->def || nearness(v, d) != near ||
            (near != NEAR && !context_watches(ctx, d->kinds)))
            continue;
        const char *key = input_name(keymap_view_key(m, d), buf);
        if (x + key_width(key, d->title) > end)
            continue;
        x = draw_key(c, x, y, end, key, d->title);
    }
    return x;
}

static int draw_views(const struct view *v, const struct context *ctx, struct cells *c, int x, int y, int end)
{
    x = draw_some_views(v, ctx, NEAR, c, x, y, end);
    x = draw_some_views(v, ctx, FOR_ALL, c, x, y, end);
    if (v->def->overview)
        x = draw_some_views(v, ctx, FAR, c, x, y, end);
    return draw_some_views(v, ctx, WHATEVER, c, x, y, end);
}

void status_footer(const struct view *v, const struct context *ctx, const struct status *st, unsigned context,
                   struct cells *c, struct rect box)
{
    enum { FOOTER_VIEWS = 9, FOOTER_LAST = 90 };
    if (box.h < 1)
        return;
    if (st->message) {
        cells_text(c, box.x, box.y, box.w, ROLE_TEXT, st->message);
        return;
    }
    char buf[16];
    const struct keymap *m = ctx->keys;
    const struct key_binding *help = keymap_of(m, ACTION_HELP);
    int end = box.x + box.w;
    int reserved = key_width(keymap_name(m, ACTION_HELP, buf), help->label);
    if (box.w >= 100) /* and the way out */
        reserved += 2 + key_width(keymap_name(m, ACTION_QUIT, buf), keymap_of(m, ACTION_QUIT)->label);
    int x = box.x;
    bool views = false;
    int most = end - reserved - 2;
    for (const struct key_binding *b = by_footer(m, 0, context); b; b = by_footer(m, b->footer, context)) {
        const char *key = keymap_name(m, b->action, buf);
        if (b->footer > FOOTER_VIEWS && !views && context == KEYS_LIST) {
            int half = box.w >= 100 ? most - key_width(key, b->label) - 2 : box.x + box.w * 6 / 10;
            x = draw_views(v, ctx, c, x, box.y, half < most ? half : most);
            views = true;
        }
        if (b->footer >= FOOTER_LAST)
            most = end;
        if (!useful(b, v, ctx, context) || x + key_width(key, b->label) > most)
            continue;
        x = draw_key(c, x, box.y, end, key, context == KEYS_CHOOSER && b->action == ACTION_OPEN ? "choose" : b->label);
    }
}
