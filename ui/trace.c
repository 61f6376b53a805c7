/* Waterfalls: reads the bars of a row, finds the scale of time, and draws one bar a line. */
#include "ui/trace.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/vec.h"
#include "expr/expr.h"
#include "ui/template.h"

#include <stdlib.h>
#include <string.h>

enum { GAP = 2, SIGN = 2, LABEL_MAX = 32, TRACK_MIN = 16, TICK_MIN = 9, FIXED = 4, TICKS = 64 };

struct trace {
    const struct view_trace *def;
    char *where[VIEWS_BARS];       /* of the row that is followed; NULL: none is */
    int subscriptions[VIEWS_BARS]; /* valid where subscribed */
    bool subscribed;
};

/* One bar on its way to the screen. */
struct bar {
    const struct view_bars *def;
    const struct table *table;
    const struct row *row;
    enum severity severity;
    int64_t after; /* milliseconds; below 0: it is open */
};

/* One drawing. */
struct drawing {
    const struct trace *t;
    const struct context *ctx;
    const struct table *table;
    const struct row *row;
    VEC(struct bar) bars; /* in the order they are drawn */
    size_t left_out;
    int64_t limit, elapsed, now, span; /* milliseconds from the start; below 0: unknown */
    int label, x, width;               /* of labels; of the track */
};

struct trace *trace_new(const struct view_trace *def)
{
    struct trace *t = mem_new(struct trace);
    t->def = def;
    return t;
}

static void forget(struct trace *t)
{
    for (int i = 0; i < VIEWS_BARS; i++) {
        free(t->where[i]);
        t->where[i] = NULL;
    }
}

void trace_free(struct trace *t)
{
    if (t)
        forget(t);
    free(t);
}

void trace_hide(struct trace *t, const struct context *ctx)
{
    for (int i = 0; i < VIEWS_BARS && t->subscribed && ctx->data.ops; i++)
        if (t->where[i])
            ctx->data.ops->unsubscribe(ctx->data.self, t->subscriptions[i]);
    t->subscribed = false;
    if (ctx->data.ops)
        ctx->data.ops->forget(ctx->data.self, t);
    forget(t);
}

/* A collector without these tables has no bars; its lists say so. */
static void failed(void *arg, int id, const struct error *err)
{
    (void)arg;
    (void)id;
    (void)err;
}

void trace_follow(struct trace *t, const struct context *ctx, const struct table *table, const struct row *r)
{
    struct str where = {0};
    bool followed = table && r && template_where(&where, t->def->same, table, r) == 0;
    bool same = followed ? t->where[0] && strcmp(t->where[0], str_text(&where)) == 0 : !t->where[0];
    if (!same || (followed && !t->subscribed)) {
        trace_hide(t, ctx);
        for (int i = 0; i < VIEWS_BARS && t->def->bars[i].table && followed; i++) {
            t->where[i] = mem_strdup(str_text(&where));
            const struct stream_query q = {.table = t->def->bars[i].table, .where = t->where[i]};
            if (ctx->data.ops)
                t->subscriptions[i] = ctx->data.ops->subscribe(ctx->data.self, &q, failed, t);
        }
        t->subscribed = followed;
    }
    str_done(&where);
}

/* ---- what there is to draw ---- */

static int64_t number(const struct row *r, const char *column)
{
    struct value v = column ? row_cell(r, column) : value_unknown();
    return v.quality == QUALITY_UNKNOWN ? -1 : v.i;
}

static int64_t after_of(const struct row *r, const char *column)
{
    int64_t ms = number(r, column);
    bool unknown = row_cell(r, column).quality == QUALITY_UNKNOWN;
    return unknown ? -1 : ms > 0 ? ms : 0; /* clocks of two machines: an answer is not before the question */
}

static void find_bars(struct drawing *d, int i)
{
    const struct view_bars *def = &d->t->def->bars[i];
    const struct table *t = d->t->where[i] ? store_find(d->ctx->store, def->table) : NULL;
    struct expr *where = NULL;
    struct error err;
    size_t at;
    if (!t || expr_parse(d->t->where[i], &where, &at, &err) || expr_bind(where, t, &at, &err)) {
        expr_free(where);
        return;
    }
    for (const struct row *r = table_first(t); r; r = row_next(r)) {
        if (!expr_matches(where, r, d->ctx->format.now_ms))
            continue;
        vec_push(&d->bars, ((struct bar){.def = def, .table = t, .row = r, .after = after_of(r, def->after)}));
    }
    expr_free(where);
}

static int by_key(const void *a, const void *b)
{
    const struct bar *x = a, *y = b;
    if (x->def != y->def)
        return x->def < y->def ? -1 : 1;
    for (size_t i = 0; i < table_nkeys(x->table); i++) {
        int c = value_compare(table_column(x->table, i)->type, row_get(x->row, i), row_get(y->row, i));
        if (c)
            return c;
    }
    return 0;
}

/* What deserves a look first: what is wrong, what is open, what took longest. */
static int by_weight(const void *a, const void *b)
{
    const struct bar *x = a, *y = b;
    if (x->severity != y->severity)
        return x->severity > y->severity ? -1 : 1;
    if ((x->after < 0) != (y->after < 0))
        return x->after < 0 ? -1 : 1;
    return x->after != y->after ? (x->after > y->after ? -1 : 1) : by_key(a, b);
}

static void sort(struct drawing *d, int (*compare)(const void *, const void *))
{
    if (d->bars.n > 1)
        qsort(d->bars.items, d->bars.n, sizeof *d->bars.items, compare);
}

static void make(struct drawing *d, const struct trace *t, const struct context *ctx, const struct table *table,
                 const struct row *r)
{
    *d = (struct drawing){.t = t, .ctx = ctx, .table = table, .row = r, .limit = -1, .elapsed = -1, .now = -1};
    for (int i = 0; i < VIEWS_BARS && t->def->bars[i].table; i++)
        find_bars(d, i);
    d->limit = number(r, t->def->limit);
    d->elapsed = after_of(r, t->def->elapsed);
    int64_t started = number(r, t->def->started);
    if (d->elapsed < 0 && started >= 0 && ctx->format.now_ms > started)
        d->now = ctx->format.now_ms - started;
    /* What is drawn is no older than its limit and some more: of a cycle that never ended now says nothing. */
    if (d->limit > 0 && d->now > 4 * d->limit)
        d->now = -1;
    d->span = d->limit > d->elapsed ? d->limit : d->elapsed;
    d->span = d->now > d->span ? d->now : d->span;
    for (size_t i = 0; i < d->bars.n; i++)
        d->span = d->bars.items[i].after > d->span ? d->bars.items[i].after : d->span;
    d->span = d->span + d->span / 8 > 100 ? d->span + d->span / 8 : 100;
}

/* How bad each bar is, and all in the order of their keys: only for who draws them. */
static void judge(struct drawing *d)
{
    for (size_t i = 0; i < d->bars.n; i++) {
        struct bar *b = &d->bars.items[i];
        b->severity = verdicts_row(d->ctx->verdicts, d->ctx, b->table, b->row, NULL);
    }
    sort(d, by_key);
}

int trace_height(const struct trace *t, const struct context *ctx, const struct table *table, const struct row *r)
{
    if (!table || !r)
        return 0;
    struct drawing d;
    make(&d, t, ctx, table, r);
    int lines = FIXED + (int)(d.bars.n < 1000 ? d.bars.n : 1000);
    vec_done(&d.bars);
    return lines;
}

/* ---- drawing ---- */

static int column_of(const struct drawing *d, int64_t ms)
{
    if (ms >= d->span)
        return d->width - 1;
    return ms <= 0 ? 0 : (int)((double)ms / (double)d->span * (d->width - 1) + 0.5);
}

static void say(const struct drawing *d, const char *template, const struct table *t, const struct row *r,
                struct str *out)
{
    struct format_options o = d->ctx->format;
    o.ascii = d->ctx->graph == GRAPH_ASCII;
    template_say(out, template, t, r, &o);
}

static void draw_axis(const struct drawing *d, struct cells *c, int y)
{
    static const int64_t steps[] = {1,      2,       5,       10,      20,       50,       100,     200,    500,
                                    1000,   2000,    5000,    10000,   15000,    30000,    60000,   120000, 300000,
                                    600000, 1800000, 3600000, 7200000, 21600000, 43200000, 86400000};
    size_t i = 0, n = sizeof steps / sizeof *steps;
    while (i + 1 < n && (double)steps[i] / (double)d->span * d->width < TICK_MIN)
        i++;
    for (int64_t at = 0, k = 0; at < d->span && k < TICKS; at += steps[i], k++) {
        struct str s = {0};
        if (steps[i] >= 1000 && at > 0)
            format_duration(&s, (double)at / 1000);
        else if (at > 0)
            str_printf(&s, at % 1000 || at < 1000 ? "%lld ms" : "%lld s",
                       (long long)(at % 1000 || at < 1000 ? at : at / 1000));
        else
            str_add(&s, "0");
        int x = column_of(d, at), room = d->width - x;
        if ((int)s.len <= room)
            cells_text(c, d->x + x, y, room, ROLE_DIM, str_text(&s));
        str_done(&s);
    }
}

static void draw_limit(const struct drawing *d, struct cells *c, int y)
{
    if (d->limit >= 0 && d->limit < d->span)
        cells_glyph(c, d->x + column_of(d, d->limit), y, ROLE_WARN, 0x250a, ':');
}

/* Words beside a mark: to the right of it, or where they do not fit there, to the left, over the bar. */
static void draw_words(const struct drawing *d, struct cells *c, int x, int y, enum role role, const char *text)
{
    int width = (int)text_width(text, strlen(text)), right = d->width - x - GAP;
    if (width <= 0)
        return;
    if (width <= right || right >= x - 1)
        cells_text(c, d->x + x + GAP, y, right, role, text);
    else
        cells_text(c, d->x + (x - 1 - width > 0 ? x - 1 - width : 0), y, x - 1 < width ? x - 1 : width, role, text);
}

/* Where an open bar ends: now, or at the right edge where that is past. */
static int open_end(const struct drawing *d)
{
    return d->elapsed < 0 && d->now >= 0 ? column_of(d, d->now) : d->width - 1;
}

/* A bar from the start to a moment; or, open, as far as time has come. */
static void draw_track(const struct drawing *d, struct cells *c, int y, int64_t after, enum role role, bool bar)
{
    int end = after < 0 ? open_end(d) : column_of(d, after);
    for (int x = 0; x < end && bar; x++)
        cells_glyph(c, d->x + x, y, role, after < 0 && x == 0 ? 0x251c : 0x2500, after < 0 && x == 0 ? '|' : '-');
    draw_limit(d, c, y);
    if (after < 0)
        cells_glyph(c, d->x + end, y, role, 0x25b7, '>');
    else
        cells_glyph(c, d->x + end, y, role, 0x25aa, '#');
}

static void draw_bar(const struct drawing *d, const struct bar *b, struct cells *c, int y, int left)
{
    struct str label = {0}, words = {0};
    bool stale = context_stale(d->ctx, row_owner(b->row));
    enum role role = stale ? ROLE_DIM : b->severity > SEVERITY_FINE ? severity_role(b->severity) : ROLE_CHART;
    say(d, b->def->label, b->table, b->row, &label);
    say(d, b->def->say, b->table, b->row, &words);
    severity_put(c, left, y, b->severity, stale);
    cells_text(c, left + SIGN, y, d->label, stale ? ROLE_DIM : ROLE_TEXT, str_text(&label));
    draw_track(d, c, y, b->after, role, true);
    int end = b->after < 0 ? open_end(d) : column_of(d, b->after), width = (int)text_width(str_text(&words), words.len);
    if (b->after < 0 && width + 4 <= end) /* words of what is open stand on its line */
        cells_text(c, d->x + 2, y, width, role, str_text(&words));
    else
        draw_words(d, c, end, y, b->after < 0 ? role : stale ? ROLE_DIM : ROLE_TEXT, str_text(&words));
    str_done(&label);
    str_done(&words);
}

static int label_width(const struct drawing *d, int width)
{
    int widest = 5; /* "start" */
    for (size_t i = 0; i < d->bars.n; i++) {
        struct str s = {0};
        say(d, d->bars.items[i].def->label, d->bars.items[i].table, d->bars.items[i].row, &s);
        int mine = (int)text_width(str_text(&s), s.len);
        widest = mine > widest ? mine : widest;
        str_done(&s);
    }
    int most = width / 3 < LABEL_MAX ? width / 3 : LABEL_MAX;
    return widest < most ? widest : most;
}

/* Leaves as many bars as there are lines for, those that matter, in their order. */
static void choose(struct drawing *d, int lines)
{
    size_t most = lines > 0 ? (size_t)lines : 0;
    if (d->bars.n <= most)
        return;
    most -= most > 0; /* the line that counts the others */
    sort(d, by_weight);
    d->left_out = d->bars.n - most;
    d->bars.n = most;
    sort(d, by_key);
}

/* Where the end stands, or how long it has been running. */
static void draw_end(const struct drawing *d, struct cells *c, int y, int left)
{
    struct str words = {0};
    enum severity severity = verdicts_row(d->ctx->verdicts, d->ctx, d->table, d->row, NULL);
    enum role role = severity > SEVERITY_FINE ? severity_role(severity) : ROLE_OK;
    say(d, d->t->def->end, d->table, d->row, &words);
    cells_text(c, left + SIGN, y, d->label, ROLE_TEXT, d->elapsed < 0 && d->now >= 0 ? "now" : "end");
    if (d->elapsed >= 0 || d->now >= 0) {
        int64_t at = d->elapsed >= 0 ? d->elapsed : d->now;
        draw_track(d, c, y, at, d->elapsed >= 0 ? role : ROLE_DIM, false);
        draw_words(d, c, column_of(d, at), y, role, str_text(&words));
    } else {
        draw_limit(d, c, y);
        cells_text(c, d->x, y, d->width, role, str_text(&words));
    }
    str_done(&words);
}

void trace_draw(const struct trace *t, const struct context *ctx, const struct table *table, const struct row *r,
                struct cells *c, struct rect box)
{
    struct str head = {0};
    struct drawing d;
    if (!table || !r || box.h < 1 || box.w < 1)
        return;
    make(&d, t, ctx, table, r);
    judge(&d);
    say(&d, t->def->head, table, r, &head);
    cells_text(c, box.x + SIGN, box.y, box.w - SIGN, ROLE_TITLE, str_text(&head));
    str_done(&head);
    d.label = label_width(&d, box.w);
    d.x = box.x + SIGN + d.label + GAP;
    d.width = box.x + box.w - d.x;
    if (box.h >= FIXED && d.width >= TRACK_MIN) {
        int y = box.y + 1;
        choose(&d, box.h - FIXED);
        draw_axis(&d, c, y++);
        cells_text(c, box.x + SIGN, y, d.label, ROLE_TEXT, "start");
        draw_limit(&d, c, y);
        cells_glyph(c, d.x, y++, ROLE_OK, 0x25cf, '*');
        for (size_t i = 0; i < d.bars.n; i++)
            draw_bar(&d, &d.bars.items[i], c, y++, box.x);
        if (d.left_out)
            cells_printf(c, box.x + SIGN, y++, box.w - SIGN, ROLE_DIM, "and %zu more", d.left_out);
        draw_end(&d, c, y, box.x);
    }
    vec_done(&d.bars);
}
