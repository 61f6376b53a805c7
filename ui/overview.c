/* Problems are rows that a rule judged; everything below them is a list like any other. */
#include "ui/overview.h"

#include "ui/view.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/vec.h"

#include <string.h>

enum { OVERVIEW_KEPT = 500, SIGN = 2, NAME_MAX_WIDTH = 28 };

static int least(int a, int b)
{
    return a < b ? a : b;
}

struct problem {
    const char *table; /* of a declaration: static */
    uint64_t id;
    enum severity severity;
    int64_t lag; /* what sorts equals; 0 where there is none */
    char *name, *say;
    struct str key;
};

struct overview {
    VEC(struct problem) problems;
    size_t total;              /* with those beyond what is kept */
    size_t caught_up, unknown; /* groups */
    unsigned epoch, scope;
    uint64_t seq;
    int64_t built_ms, built_us, cost_us;
    size_t at, top;
    bool focus, moved;
    struct str key;        /* of the row the cursor is on */
    int first_line, lines; /* when last drawn */
};

struct overview *overview_new(void)
{
    struct overview *o = mem_new(struct overview);
    o->built_ms = INT64_MIN;
    return o;
}

static void clear(struct overview *o)
{
    for (size_t i = 0; i < o->problems.n; i++) {
        free(o->problems.items[i].name);
        free(o->problems.items[i].say);
        str_done(&o->problems.items[i].key);
    }
    o->problems.n = 0;
    o->total = 0;
}

void overview_free(struct overview *o)
{
    if (!o)
        return;
    clear(o);
    vec_done(&o->problems);
    str_done(&o->key);
    free(o);
}

/* ---- finding problems ---- */

static int compare_problems(const void *pa, const void *pb)
{
    const struct problem *a = pa, *b = pb;
    if (a->severity != b->severity)
        return a->severity < b->severity ? 1 : -1;
    if (a->lag != b->lag)
        return a->lag < b->lag ? 1 : -1;
    return strcmp(a->name, b->name);
}

static void add_problem(struct overview *o, const struct context *ctx, const char *name, const struct table *t,
                        const struct row *r, enum severity wanted, bool clusters)
{
    struct str say = {0}, title = {0};
    enum severity s = verdicts_row(ctx->verdicts, ctx, t, r, NULL);
    o->total += s == wanted;
    if (s != wanted || o->problems.n >= OVERVIEW_KEPT)
        return;
    verdicts_row(ctx->verdicts, ctx, t, r, &say);
    size_t last = table_nkeys(t) - 1;
    format_cell(&title, table_column(t, last), row_get(r, last), &ctx->format);
    if (clusters && last > 0 && *row_text(r, "cluster"))
        str_printf(&say, ", in %s", row_text(r, "cluster"));
    int lag = table_column_index(t, "lag");
    struct problem p = {.table = name, .id = row_id(r), .severity = s};
    if (lag >= 0 && row_get(r, (size_t)lag).quality != QUALITY_UNKNOWN)
        p.lag = row_get(r, (size_t)lag).i;
    p.name = str_take(&title);
    p.say = str_take(&say);
    str_add(&p.key, name);
    table_key_bytes(t, r, &p.key);
    vec_push(&o->problems, p);
}

static void count_groups(struct overview *o, const struct context *ctx)
{
    const struct table *t = store_find(ctx->store, "groups");
    int lag = t ? table_column_index(t, "lag") : -1;
    o->caught_up = o->unknown = 0;
    for (const struct row *r = lag >= 0 ? table_first(t) : NULL; r; r = row_next(r)) {
        struct value v = row_get(r, (size_t)lag);
        if (!context_in_scope(ctx, t, r))
            continue;
        o->caught_up += v.quality != QUALITY_UNKNOWN && v.i == 0;
        o->unknown += v.quality == QUALITY_UNKNOWN;
    }
}

/* The cursor stays on its problem, or where that was. */
static void follow(struct overview *o)
{
    for (size_t i = 0; o->moved && i < o->problems.n; i++) {
        const struct str *k = &o->problems.items[i].key;
        if (k->len == o->key.len && memcmp(k->s, o->key.s, k->len) == 0) {
            o->at = i;
            return;
        }
    }
    if (!o->moved)
        o->at = 0;
    if (o->at >= o->problems.n)
        o->at = o->problems.n ? o->problems.n - 1 : 0;
}

/* The rows of one severity in all tables that are always read. */
static void find_problems(struct overview *o, const struct context *ctx, enum severity wanted)
{
    const struct table *clusters = store_find(ctx->store, "clusters");
    bool several = clusters && table_nrows(clusters) > 1 && !ctx->cluster;
    for (size_t i = 0; views_base(i); i++) {
        const char *name = views_base(i)->table;
        const struct table *t = store_find(ctx->store, name);
        if (!t || strcmp(name, "sources") == 0) /* the notices speak of those */
            continue;
        size_t n;
        const uint64_t *bad = verdicts_bad(ctx->verdicts, ctx, t, &n);
        for (size_t k = 0; k < n; k++) {
            const struct row *r = table_by_id(t, bad[k]);
            if (r)
                add_problem(o, ctx, name, t, r, wanted, several);
        }
    }
}

static bool outdated(const struct overview *o, const struct context *ctx)
{
    int64_t now = ctx->format.now_ms;
    if (o->epoch != ctx->epoch || o->scope != ctx->scope || o->built_ms == INT64_MIN)
        return true;
    bool later = o->seq != store_seq(ctx->store) || now < o->built_ms || now >= o->built_ms + 1000;
    return later && context_afford(ctx, o->built_us, o->cost_us);
}

void overview_update(struct overview *o, const struct context *ctx)
{
    if (!ctx->store) {
        clear(o);
        return;
    }
    if (!outdated(o, ctx))
        return;
    int64_t began = clock_mono_us(store_clock(ctx->store));
    bool first = o->built_ms == INT64_MIN, empty = o->problems.n == 0;
    o->epoch = ctx->epoch;
    o->scope = ctx->scope;
    o->seq = store_seq(ctx->store);
    o->built_ms = ctx->format.now_ms;
    clear(o);
    for (enum severity s = SEVERITY_WRONG; s > SEVERITY_FINE; s--)
        find_problems(o, ctx, s);
    if (o->problems.n > 1)
        qsort(o->problems.items, o->problems.n, sizeof *o->problems.items, compare_problems);
    count_groups(o, ctx);
    follow(o);
    if (o->problems.n == 0)
        o->focus = false;
    else if ((first || empty) && !o->moved)
        o->focus = true;
    o->built_us = clock_mono_us(store_clock(ctx->store));
    o->cost_us = o->built_us - began;
}

size_t overview_count(const struct overview *o)
{
    return o->problems.n;
}

void overview_worst(const struct overview *o, struct str *out)
{
    if (o->problems.n)
        str_printf(out, "%s %s", o->problems.items[0].name, o->problems.items[0].say);
}

/* ---- the cursor ---- */

bool overview_focused(const struct overview *o)
{
    return o->focus && o->problems.n;
}

void overview_focus(struct overview *o, bool focus)
{
    o->focus = focus;
    o->moved = true;
}

static void move_to(struct overview *o, size_t at)
{
    o->at = at;
    o->moved = true;
    str_clear(&o->key);
    if (at < o->problems.n)
        str_bytes(&o->key, o->problems.items[at].key.s, o->problems.items[at].key.len);
}

void overview_enter(struct overview *o, bool last)
{
    move_to(o, last && o->problems.n ? o->problems.n - 1 : 0);
}

bool overview_action(struct overview *o, enum action action)
{
    switch (action) {
    case ACTION_ROW_DOWN:
    case ACTION_NEXT:
        if (o->at + 1 >= o->problems.n)
            return false;
        move_to(o, o->at + 1);
        return true;
    case ACTION_ROW_UP:
    case ACTION_PREVIOUS:
        if (o->at == 0)
            return false;
        move_to(o, o->at - 1);
        return true;
    case ACTION_FIRST:
    case ACTION_PAGE_UP:
    case ACTION_LAST:
    case ACTION_PAGE_DOWN:
        overview_enter(o, action == ACTION_LAST || action == ACTION_PAGE_DOWN);
        return true;
    default:
        return false;
    }
}

bool overview_click(struct overview *o, int y, bool *same)
{
    size_t at = o->top + (size_t)(y - o->first_line);
    if (y < o->first_line || y >= o->first_line + o->lines || at >= o->problems.n)
        return false;
    *same = o->focus && o->moved && o->at == at;
    o->focus = true;
    move_to(o, at);
    return true;
}

const struct row *overview_selected(const struct overview *o, const struct context *ctx, const struct table **t,
                                    const char **open)
{
    if (o->at >= o->problems.n || !ctx->store)
        return NULL;
    const struct problem *p = &o->problems.items[o->at];
    *t = store_find(ctx->store, p->table);
    *open = NULL;
    for (size_t i = 0; views_at(i); i++) {
        if (views_at(i)->subject && strcmp(views_at(i)->subject, p->table) == 0)
            *open = views_at(i)->name;
    }
    return *t ? table_by_id(*t, p->id) : NULL;
}

/* ---- drawing ---- */

static int name_width(const struct overview *o, int width)
{
    size_t most = 0;
    for (size_t i = 0; i < o->problems.n; i++) {
        const char *name = o->problems.items[i].name;
        size_t w = text_width(name, strlen(name));
        most = w > most ? w : most;
    }
    int limit = width / 3 < NAME_MAX_WIDTH ? width / 3 : NAME_MAX_WIDTH;
    return (int)most < limit ? (int)most : limit;
}

static void draw_problem(const struct overview *o, const struct context *ctx, struct cells *c, size_t i,
                         struct rect box, int y, int name)
{
    const struct problem *p = &o->problems.items[i];
    const struct table *t = store_find(ctx->store, p->table);
    const struct row *r = t ? table_by_id(t, p->id) : NULL;
    bool stale = !r || context_stale(ctx, row_owner(r));
    severity_put(c, box.x, y, p->severity, stale);
    int x = box.x + SIGN;
    cells_text(c, x, y, name, stale ? ROLE_DIM : ROLE_STRONG, p->name);
    x += name + 2;
    cells_text(c, x, y, box.x + box.w - x, stale ? ROLE_DIM : ROLE_TEXT, p->say);
    if (overview_focused(o) && i == o->at) {
        cells_select(c, box.x, y, box.w);
        c->cursor_x = box.x;
        c->cursor_y = y;
    }
}

static void draw_problems(struct overview *o, const struct context *ctx, struct cells *c, struct rect box)
{
    size_t rows = (size_t)(box.h > 0 ? box.h : 0);
    bool more = o->problems.n > rows && rows > 1;
    rows -= more;
    if (o->at < o->top)
        o->top = o->at;
    if (rows && o->at >= o->top + rows)
        o->top = o->at - rows + 1;
    if (o->top + rows > o->problems.n)
        o->top = o->problems.n > rows ? o->problems.n - rows : 0;
    o->first_line = box.y;
    o->lines = (int)rows;
    int name = name_width(o, box.w);
    for (size_t i = 0; i < rows && o->top + i < o->problems.n; i++)
        draw_problem(o, ctx, c, o->top + i, box, box.y + (int)i, name);
    if (more)
        cells_printf(c, box.x + SIGN, box.y + box.h - 1, box.w - SIGN, ROLE_DIM, "%zu more",
                     o->total - o->top - rows < o->total ? o->total - o->top - rows : 0);
}

/* What the list of those behind leaves out. */
static void draw_rest(const struct overview *o, const struct table_view *behind, size_t drawn, struct cells *c,
                      struct rect box, int y)
{
    struct str s = {0};
    size_t more = table_view_count(behind) > drawn ? table_view_count(behind) - drawn : 0;
    if (more)
        str_printf(&s, "%zu more behind", more);
    bool all = table_view_count(behind) == 0 && !o->unknown && o->caught_up > 1;
    if (o->caught_up)
        str_printf(&s, "%s%s%zu %s%s caught up", s.len ? ", " : "", all ? "all " : "", o->caught_up,
                   s.len || table_view_count(behind) == 0 ? "" : "more ", o->caught_up == 1 ? "group" : "groups");
    if (o->unknown)
        str_printf(&s, "%s%zu without a commit", s.len ? ", " : "", o->unknown);
    if (y < box.y + box.h)
        cells_text(c, box.x + SIGN, y, box.w - SIGN, ROLE_DIM, str_text(&s));
    str_done(&s);
}

void overview_draw(struct view *v, const struct context *ctx, struct cells *c, struct rect box)
{
    enum { PROBLEMS, BEHIND, PARTS = 1 + VIEWS_PANES };
    enum { CONNECTORS = 1, EVENTS = 3 }; /* panes */
    struct overview *o = v->overview;
    int problems = (int)o->problems.n;
    bool connectors = v->npanes > CONNECTORS && table_view_count(v->panes[CONNECTORS]) > 0;
    int quarter = box.h / 4 > 3 ? box.h / 4 : 3;
    struct layout_part parts[PARTS] = {
        [PROBLEMS] = {.min = least(problems, 3), .want = least(problems, quarter), .rank = 0},
    };
    for (int i = 0; i < v->npanes; i++) {
        int rows = (int)least(1000, (int)table_view_count(v->panes[i]));
        struct layout_part *p = &parts[1 + i];
        *p = (struct layout_part){.min = 2, .want = 1 + (rows ? rows : 1), .rank = 1 + i};
        if (i == 0) { /* with a line for those that are not listed */
            p->want = 2 + rows;
            p->min = least(p->want, connectors ? 5 : 6);
        }
    }
    if (v->npanes > CONNECTORS && !connectors)
        parts[1 + CONNECTORS].min = parts[1 + CONNECTORS].want = 0; /* a cluster without any needs no line for it */
    else if (v->npanes > CONNECTORS)
        parts[1 + CONNECTORS].min = least(parts[1 + CONNECTORS].want, 4);
    if (v->npanes > EVENTS) {
        parts[1 + EVENTS].min = 4;
        parts[1 + EVENTS].want = box.h >= 12 ? least(parts[1 + EVENTS].want, box.h / 3) : 0;
    }
    struct rect at[PARTS];
    layout_stack(box, 1, parts, 1 + v->npanes, at);
    if (problems && at[PROBLEMS].h > 0)
        draw_problems(o, ctx, c, at[PROBLEMS]);
    for (int i = 0; i < v->npanes; i++) {
        struct rect r = at[1 + i];
        bool behind = i == 0 && r.h > 1 && !ctx->loading;
        r.h -= behind;
        int used = table_view_draw(v->panes[i], ctx, c, r, v->pane == i && !overview_focused(o));
        size_t drawn = used > 1 ? (size_t)used - 1 : 0;
        r.h += behind;
        if (behind)
            draw_rest(o, v->panes[i], table_view_count(v->panes[i]) ? drawn : 0, c, r, r.y + used);
    }
}
