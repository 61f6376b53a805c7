/* Charts above, lists below; the list with the cursor gets what room there is. */
#include "ui/detail.h"

#include "ui/chart.h"
#include "ui/heat_rows.h"
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
    CHART_WIDTH = 36,
    LIST_MIN = 2,
    LIST_REST = 4,
    LIST_MOST = 10000,
    HEAT_HIGH = 30, /* below that all else is as low as can be */
};

static bool has_any(const struct view_chart *chart, const struct row *r)
{
    for (int i = 0; i < VIEWS_SERIES && chart->columns[i]; i++)
        if (row_cell(r, chart->columns[i]).quality != QUALITY_UNKNOWN)
            return true;
    return false;
}

/* The charts that are drawn of the row. */
static int find_charts(const struct view_def *def, const struct row *r, const struct view_chart *found[VIEWS_CHARTS])
{
    int n = 0;
    for (int i = 0; i < VIEWS_CHARTS && def->charts[i].title && r; i++)
        if (!def->charts[i].optional || has_any(&def->charts[i], r))
            found[n++] = &def->charts[i];
    return n;
}

static void draw_charts(const struct view *v, const struct context *ctx, struct cells *c, struct rect box)
{
    const struct view_chart *found[VIEWS_CHARTS];
    const struct row *r = view_subject(v, ctx);
    int n = find_charts(v->def, r, found);
    if (n == 0 || box.h < 1)
        return;
    const struct table *t = store_find(ctx->store, v->def->subject);
    struct rect left = box, right = {0};
    if (n > 2 && box.w >= 3 * CHART_WIDTH + 6) {
        left.w = (box.w - 6) / 3;
        chart_draw(found[0], ctx, t, r, c, left);
        box = (struct rect){box.x + left.w + 3, box.y, box.w - left.w - 3, box.h};
        memmove(found, found + 1, (size_t)--n * sizeof *found);
        left = box;
    }
    if (n > 1)
        layout_split(box, 3, CHART_WIDTH, &left, &right);
    chart_draw(found[0], ctx, t, r, c, left);
    if (right.w > 0)
        chart_draw(found[1], ctx, t, r, c, right);
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

/* The row that the view's strips are about, with its table; NULL if there is none. */
static const struct row *heated(const struct view *v, const struct context *ctx, const struct table **t)
{
    const struct row *r = v->def->heat.table ? view_subject(v, ctx) : NULL;
    *t = r ? store_find(ctx->store, v->def->subject) : NULL;
    return r;
}

static struct layout_part heat_part(const struct view *v, const struct context *ctx)
{
    const struct table *t;
    const struct row *r = heated(v, ctx, &t);
    int want = r ? heat_rows_height(&v->def->heat, ctx, t, r) : 0;
    return (struct layout_part){.min = want < HEAT_ROWS_MIN ? want : HEAT_ROWS_MIN, .want = want, .rank = 1};
}

static void draw_heat(const struct view *v, const struct context *ctx, struct cells *c, struct rect box)
{
    const struct table *t;
    const struct row *r = heated(v, ctx, &t);
    if (r && box.h > 0)
        heat_rows_draw(&v->def->heat, ctx, t, r, c, box);
}

/* Lists that were cut short for the sake of others get the lines that these leave. */
static void use_spare(struct layout_part *parts, const int *whole, int n, struct rect box, struct rect *at)
{
    int used = 0;
    for (int i = 0; i < n; i++)
        used += at[i].h > 0 ? at[i].h + (used > 0) : 0;
    int spare = box.h - used;
    for (int i = 0; i < n && spare > 0; i++) {
        int more = at[i].h == parts[i].want ? whole[i] - parts[i].want : 0;
        more = more < spare ? more : spare;
        parts[i].want += more > 0 ? more : 0;
        spare -= more > 0 ? more : 0;
    }
    layout_stack(box, 1, parts, n, at);
}

void detail_draw(struct view *v, const struct context *ctx, struct cells *c, struct rect box)
{
    enum { TOP, HEAT, LISTS, PARTS = LISTS + VIEWS_PANES + 1 };
    int strips[VIEWS_PANES] = {0}, whole[PARTS] = {0};
    struct layout_part parts[PARTS] = {0};
    struct rect at[PARTS];
    /* The charts come first on screen and after the list with the cursor in importance. */
    const struct view_chart *found[VIEWS_CHARTS];
    bool charts = find_charts(v->def, view_subject(v, ctx), found) > 0;
    int third = box.h / 3 > CHART_WANT ? CHART_WANT + (box.h - 3 * CHART_WANT) / 6 : box.h / 3;
    parts[TOP] = (struct layout_part){.min = charts ? CHART_MIN : 0, .want = charts ? third : 0, .rank = 1};
    if (parts[TOP].want < CHART_MIN)
        parts[TOP].min = parts[TOP].want = 0;
    if (v->trace)
        parts[TOP] = trace_part(v, ctx, box);
    else if (v->def->words.table && v->def->subject)
        parts[TOP] = words_part(v, ctx, box);
    parts[HEAT] = heat_part(v, ctx);
    bool heat = parts[HEAT].want > 0, low = heat && box.h < HEAT_HIGH;
    if (low && charts)
        parts[TOP].want = parts[TOP].min;
    for (int i = 0; i < v->npanes; i++) {
        bool here = i == v->pane;
        strips[i] = lines_above(v->panes[i], ctx, box);
        size_t lines = (size_t)strips[i] + table_view_height(v->panes[i]);
        parts[LISTS + i] = (struct layout_part){
            .min = here && !heat ? LIST_MIN + 1 : LIST_MIN,
            .want = lines < LIST_MOST ? (int)lines : LIST_MOST,
            .rank = here ? 0 : 2 + i,
            .grow = v->npanes == 1 && !heat, /* why it is empty may take some lines */
        };
        if (table_view_pane(v->panes[i])->optional && !here && table_view_total(v->panes[i]) == 0)
            parts[LISTS + i].min = parts[LISTS + i].want = 0;
        whole[LISTS + i] = parts[LISTS + i].want;
        int most = low ? LIST_MIN + 1 : box.h / 4 > LIST_REST ? box.h / 4 : LIST_REST;
        if ((!here || v->def->words.table || heat) && parts[LISTS + i].want > most)
            parts[LISTS + i].want = most;
    }
    int n = LISTS + v->npanes;
    bool below = v->def->words.table && !v->def->subject;
    if (below) {
        parts[LISTS].grow = false;
        parts[n++] = words_part(v, ctx, box);
    }
    layout_stack(box, 1, parts, n, at);
    use_spare(parts, whole, n, box, at);
    if (v->def->words.table)
        draw_words(v, ctx, c, at[below ? n - 1 : TOP]);
    else if (v->trace)
        draw_trace(v, ctx, c, at[TOP]);
    else if (charts)
        draw_charts(v, ctx, c, at[TOP]);
    draw_heat(v, ctx, c, at[HEAT]);
    for (int i = 0; i < v->npanes; i++)
        draw_pane(v->panes[i], ctx, c, at[LISTS + i], strips[i], i == v->pane);
}
