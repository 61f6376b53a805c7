/* Charts above, lists below; the list with the cursor gets what room there is. */
#include "ui/detail.h"

#include "ui/chart.h"
#include "ui/heat_rows.h"
#include "ui/shape.h"
#include "ui/strip.h"
#include "ui/trace.h"
#include "ui/tracks.h"
#include "ui/view.h"
#include "ui/words.h"

enum {
    STRIP_MOST = 4,
    STRIP_LIST = 3,
    TRACE_MIN = 6,
    WORDS_MIN = 3,
    CHART_MIN = 5,
    CHART_WANT = 9,
    CHART_MOST = 14, /* where there is nothing else to show */
    CHART_WIDTH = 36,
    LIST_MIN = 2,
    LIST_REST = 4,
    LIST_MOST = 10000,
    SHAPE_WANT = 8,
    SHAPE_ROOM = 18, /* lines of a view from which on it is to have these */
    HEAT_HIGH = 30,  /* below that all else is as low as can be */
};

/* Is there anything to draw of the row? A time is told in words alone. */
static bool has_any(const struct view_chart *chart, const struct table *t, const struct row *r)
{
    bool known = false;
    for (int i = 0; i < VIEWS_SERIES && chart->columns[i]; i++) {
        struct column own;
        int column = table_column_index(t, chart->columns[i]);
        if (column >= 0 && format_column(t, r, (size_t)column, &own)->unit == UNIT_EPOCH)
            return false;
        known |= row_cell(r, chart->columns[i]).quality != QUALITY_UNKNOWN;
    }
    return known || !chart->optional;
}

/* The charts that are drawn of the row that a view is about. */
static int find_charts(const struct view *v, const struct context *ctx, const struct view_chart *found[VIEWS_CHARTS])
{
    const struct row *r = view_subject(v, ctx);
    const struct table *t = r ? store_find(ctx->store, v->def->subject) : NULL;
    int n = 0;
    for (int i = 0; i < VIEWS_CHARTS && v->def->charts[i].title && t; i++)
        if (has_any(&v->def->charts[i], t, r))
            found[n++] = &v->def->charts[i];
    return n;
}

/* How many charts stand side by side. */
static int charts_abreast(int width, int n)
{
    int fit = width >= 3 * CHART_WIDTH + 6 ? 3 : width >= 2 * CHART_WIDTH + 3 ? 2 : 1;
    return n == 4 && fit == 3 ? 2 : n < fit ? n : fit; /* four are two by two */
}

/* As many lines of charts as there is room for. */
static void draw_charts(const struct view *v, const struct context *ctx, struct cells *c, struct rect box)
{
    enum { GAP = 3 };
    const struct view_chart *found[VIEWS_CHARTS];
    int n = find_charts(v, ctx, found);
    if (n == 0 || box.h < 1)
        return;
    const struct row *r = view_subject(v, ctx);
    const struct table *t = store_find(ctx->store, v->def->subject);
    int abreast = charts_abreast(box.w, n), lines = (n + abreast - 1) / abreast;
    while (lines > 1 && (box.h - lines + 1) / lines < CHART_MIN)
        lines--;
    if (lines == 1 && n > abreast && box.w >= 3 * CHART_WIDTH + 2 * GAP)
        abreast = 3;
    int y = box.y;
    for (int line = 0, i = 0; line < lines; line++) {
        int h = (box.y + box.h - y - (lines - line - 1)) / (lines - line), x = box.x;
        int here = n - i < abreast ? n - i : abreast;
        for (int k = 0; k < here; k++, i++) {
            int w = (box.x + box.w - x - GAP * (here - k - 1)) / (here - k);
            chart_draw(found[i], ctx, t, r, c, (struct rect){x, y, w, h});
            x += w + GAP;
        }
        y += h + 1;
    }
}

/* A list, with its strip above where that leaves it some rows. */
static void draw_pane(struct table_view *list, const struct context *ctx, struct cells *c, struct rect box, int strip,
                      bool focus)
{
    if (strip > 0 && box.h >= strip + STRIP_LIST) {
        struct rect above = {box.x, box.y, box.w, strip};
        if (table_view_pane(list)->tracks)
            tracks_draw(list, ctx, c, above);
        else
            strip_draw(list, ctx, c, above, focus);
        box.y += strip;
        box.h -= strip;
    }
    table_view_draw(list, ctx, c, box, focus);
}

/* Lines above a list: its strip or its tracks. */
static int lines_above(const struct table_view *list, const struct context *ctx, struct rect box)
{
    int most = box.h / 6 < STRIP_MOST ? box.h / 6 : STRIP_MOST;
    return table_view_pane(list)->tracks ? tracks_lines(list, most) : strip_lines(list, ctx, box.w, most);
}

/* The waterfall gets half of the screen at most. */
static struct layout_part trace_part(const struct view *v, const struct context *ctx, struct rect box)
{
    const struct table *t;
    const struct row *r = view_traced(v, ctx, &t);
    int want = r ? trace_height(v->trace, ctx, t, r) : 0, most = box.h / 2 > TRACE_MIN ? box.h / 2 : TRACE_MIN;
    return (struct layout_part){
        .min = want < TRACE_MIN ? want : TRACE_MIN, .want = want < most ? want : most, .rank = 1};
}

static void draw_trace(const struct view *v, const struct context *ctx, struct cells *c, struct rect box)
{
    const struct table *t;
    const struct row *r = view_traced(v, ctx, &t);
    if (r)
        trace_draw(v->trace, ctx, t, r, c, box);
}

/* What is said of a row in words; below the list where it is the row under its cursor. */
static struct layout_part words_part(const struct view *v, const struct context *ctx, struct rect box)
{
    const struct table *t;
    const struct row *r = view_told(v, ctx, &t);
    int want = r ? words_height(&v->def->words, ctx, t, r, box.w) : 0;
    return (struct layout_part){.min = want < WORDS_MIN ? want : WORDS_MIN, .want = want, .rank = 1};
}

static void draw_words(const struct view *v, const struct context *ctx, struct cells *c, struct rect box)
{
    const struct table *t;
    const struct row *r = view_told(v, ctx, &t);
    if (r && box.h > 0)
        words_draw(&v->def->words, ctx, t, r, c, box);
}

/* The row whose distribution is drawn, with its table; NULL if there is none. */
static const struct row *heated(const struct view *v, const struct context *ctx, const struct table **t)
{
    bool any = v->def->heat.table || v->def->shapes[0].table;
    const struct row *r = any ? view_subject(v, ctx) : NULL;
    *t = r ? store_find(ctx->store, v->def->subject) : NULL;
    return r;
}

static struct layout_part heat_part(const struct view *v, const struct context *ctx, struct rect box)
{
    const struct table *t;
    const struct row *r = heated(v, ctx, &t);
    bool heat = v->def->heat.table;
    int want = !r ? 0 : heat ? heat_rows_height(&v->def->heat, ctx, t, r) : shape_height(v->def->shapes, ctx, t, r);
    int least = heat ? HEAT_ROWS_MIN : box.h < SHAPE_ROOM ? SHAPE_MIN : SHAPE_WANT;
    return (struct layout_part){.min = want < least ? want : least, .want = want, .rank = 1};
}

static void draw_heat(const struct view *v, const struct context *ctx, struct cells *c, struct rect box)
{
    const struct table *t;
    const struct row *r = heated(v, ctx, &t);
    if (r && box.h > 0 && v->def->heat.table)
        heat_rows_draw(&v->def->heat, ctx, t, r, c, box);
    else if (r && box.h > 0)
        shape_draw(v->def->shapes, ctx, t, r, c, box);
}

/* The parts of a view from top to bottom; words of the row under the cursor stand below all lists. */
enum { WORDS, TOP, HEAT, LISTS, PARTS = LISTS + VIEWS_PANES + 1 };

struct plan {
    struct layout_part parts[PARTS];
    int whole[PARTS]; /* lines that they want where others leave them */
    int strips[VIEWS_PANES];
    int n;
    bool charts, beside; /* there are charts; words stand left of them */
};

/* Lists that were cut short for the sake of others get the lines that these leave; then charts do. */
static void use_spare(struct plan *p, struct rect box, struct rect *at)
{
    int used = 0;
    for (int i = 0; i < p->n; i++)
        used += at[i].h > 0 ? at[i].h + (used > 0) : 0;
    int spare = box.h - used;
    for (int k = 0; k < p->n && spare > 0; k++) {
        int i = (k + LISTS) % p->n;
        int more = at[i].h == p->parts[i].want && at[i].h > 0 ? p->whole[i] - p->parts[i].want : 0;
        more = more < spare ? more : spare;
        p->parts[i].want += more > 0 ? more : 0;
        spare -= more > 0 ? more : 0;
    }
    layout_stack(box, 1, p->parts, p->n, at);
}

/* Words and charts, or a waterfall. The charts come first on screen and after the list with the cursor in importance. */
static void plan_top(const struct view *v, const struct context *ctx, struct rect box, struct plan *p)
{
    const struct view_chart *found[VIEWS_CHARTS];
    const struct view_def *def = v->def;
    int n = v->trace ? 0 : find_charts(v, ctx, found);
    bool words = def->words.table && def->subject;
    p->charts = n > 0;
    p->beside = n > 0 && words && box.w >= 2 * CHART_WIDTH + 24;
    if (v->trace)
        p->parts[TOP] = trace_part(v, ctx, box);
    if (n > 0) {
        int abreast = charts_abreast(p->beside ? box.w / 2 : box.w, n), lines = (n + abreast - 1) / abreast;
        int third = box.h / 3 > CHART_WANT ? CHART_WANT + (box.h - 3 * CHART_WANT) / 6 : box.h / 3;
        int want = lines * third + lines - 1, most = box.h / 2 < CHART_MOST ? box.h / 2 : CHART_MOST;
        if (third >= CHART_MIN)
            p->parts[TOP] = (struct layout_part){.min = CHART_MIN, .want = want, .rank = 1};
        p->whole[TOP] = want > most ? want : most;
    }
    if (words) {
        struct rect half = {box.x, box.y, p->beside ? box.w / 2 - 1 : box.w, box.h};
        p->parts[WORDS] = words_part(v, ctx, half);
        if (p->beside && p->parts[TOP].want < p->parts[WORDS].want)
            p->parts[TOP].want = p->parts[WORDS].want;
        if (p->beside)
            p->parts[WORDS] = (struct layout_part){0};
    }
}

static void plan_lists(const struct view *v, const struct context *ctx, struct rect box, struct plan *p)
{
    bool heat = p->parts[HEAT].want > 0, low = heat && box.h < HEAT_HIGH;
    if (v->def->shapes[0].table) /* what such a view is for comes before words and charts */
        p->parts[WORDS].rank = p->parts[TOP].rank = 2;
    if (low && p->charts)
        p->parts[TOP].want = p->whole[TOP] = p->parts[TOP].min;
    for (int i = 0; i < v->npanes; i++) {
        bool here = i == v->pane, none = table_view_total(v->panes[i]) == 0;
        p->strips[i] = lines_above(v->panes[i], ctx, box);
        size_t lines = (size_t)p->strips[i] + table_view_height(v->panes[i]);
        struct layout_part *part = &p->parts[LISTS + i];
        *part = (struct layout_part){
            .min = here && !heat ? LIST_MIN + 1 : LIST_MIN,
            .want = lines < LIST_MOST ? (int)lines : LIST_MOST,
            .rank = here ? 0 : 2 + i,
            .grow = v->npanes == 1 && !heat && (none || !p->charts), /* why it is empty may take some lines */
        };
        if (table_view_pane(v->panes[i])->optional && !here && none)
            part->min = part->want = 0;
        p->whole[LISTS + i] = part->want;
        int most = low ? LIST_MIN + 1 : box.h / 4 > LIST_REST ? box.h / 4 : LIST_REST;
        if ((!here || v->def->words.table || heat) && part->want > most)
            part->want = most;
    }
}

static void draw_top(const struct view *v, const struct context *ctx, struct cells *c, const struct plan *p,
                     const struct rect *at)
{
    struct rect words = at[WORDS], charts = at[TOP];
    if (p->beside) {
        words = charts;
        words.w = charts.w / 2 - 1;
        charts.x += words.w + 2;
        charts.w -= words.w + 2;
    }
    if (v->def->words.table && v->def->subject)
        draw_words(v, ctx, c, words);
    if (v->trace)
        draw_trace(v, ctx, c, charts);
    else if (p->charts)
        draw_charts(v, ctx, c, charts);
}

void detail_draw(struct view *v, const struct context *ctx, struct cells *c, struct rect box)
{
    struct plan p = {.n = LISTS + v->npanes};
    struct rect at[PARTS];
    bool below = v->def->words.table && !v->def->subject;
    plan_top(v, ctx, box, &p);
    p.parts[HEAT] = heat_part(v, ctx, box);
    plan_lists(v, ctx, box, &p);
    if (below) {
        p.parts[LISTS].grow = false;
        p.parts[p.n++] = words_part(v, ctx, box);
    }
    layout_stack(box, 1, p.parts, p.n, at);
    use_spare(&p, box, at);
    draw_top(v, ctx, c, &p, at);
    if (below)
        draw_words(v, ctx, c, at[p.n - 1]);
    draw_heat(v, ctx, c, at[HEAT]);
    for (int i = 0; i < v->npanes; i++)
        draw_pane(v->panes[i], ctx, c, at[LISTS + i], p.strips[i], i == v->pane);
}
