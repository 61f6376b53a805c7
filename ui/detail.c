/* Charts above, lists below; the list with the cursor gets what room there is. */
#include "ui/detail.h"

#include "ui/chart.h"
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
    LIST_MOST = 10000
};

static int chart_count(const struct view_def *def)
{
    int n = 0;
    while (n < VIEWS_CHARTS && def->charts[n].title)
        n++;
    return n;
}

static void draw_charts(const struct view *v, const struct context *ctx, struct cells *c, struct rect box)
{
    const struct row *r = view_subject(v, ctx);
    if (!r || box.h < 1)
        return;
    const struct table *t = store_find(ctx->store, v->def->subject);
    struct rect left = box, right = {0};
    if (chart_count(v->def) > 1)
        layout_split(box, 3, CHART_WIDTH, &left, &right);
    chart_draw(&v->def->charts[0], ctx, t, r, c, left);
    if (right.w > 0)
        chart_draw(&v->def->charts[1], ctx, t, r, c, right);
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
    enum { PARTS = 2 + VIEWS_PANES };
    int strips[VIEWS_PANES] = {0}, whole[PARTS] = {0};
    struct layout_part parts[PARTS] = {0};
    struct rect at[PARTS];
    /* The charts come first on screen and after the list with the cursor in importance. */
    bool charts = chart_count(v->def) > 0 && view_subject(v, ctx);
    int third = box.h / 3 > CHART_WANT ? CHART_WANT + (box.h - 3 * CHART_WANT) / 6 : box.h / 3;
    parts[0] = (struct layout_part){.min = charts ? CHART_MIN : 0, .want = charts ? third : 0, .rank = 1};
    if (parts[0].want < CHART_MIN)
        parts[0].min = parts[0].want = 0;
    if (v->trace)
        parts[0] = trace_part(v, ctx, box);
    else if (v->def->words.table && v->def->subject)
        parts[0] = words_part(v, ctx, box);
    for (int i = 0; i < v->npanes; i++) {
        bool here = i == v->pane;
        strips[i] = lines_above(v->panes[i], ctx, box);
        size_t lines = (size_t)strips[i] + table_view_height(v->panes[i]);
        parts[1 + i] = (struct layout_part){
            .min = here ? LIST_MIN + 1 : LIST_MIN,
            .want = lines < LIST_MOST ? (int)lines : LIST_MOST,
            .rank = here ? 0 : 2 + i,
            .grow = v->npanes == 1, /* why it is empty may take some lines */
        };
        if (table_view_pane(v->panes[i])->optional && !here && table_view_total(v->panes[i]) == 0)
            parts[1 + i].min = parts[1 + i].want = 0;
        whole[1 + i] = parts[1 + i].want;
        int most = box.h / 4 > LIST_REST ? box.h / 4 : LIST_REST;
        if ((!here || v->def->words.table) && parts[1 + i].want > most)
            parts[1 + i].want = most;
    }
    int n = 1 + v->npanes;
    bool below = v->def->words.table && !v->def->subject;
    if (below) {
        parts[1].grow = false;
        parts[n++] = words_part(v, ctx, box);
    }
    layout_stack(box, 1, parts, n, at);
    use_spare(parts, whole, n, box, at);
    if (v->def->words.table)
        draw_words(v, ctx, c, at[below ? n - 1 : 0]);
    else if (v->trace)
        draw_trace(v, ctx, c, at[0]);
    else if (charts)
        draw_charts(v, ctx, c, at[0]);
    for (int i = 0; i < v->npanes; i++)
        draw_pane(v->panes[i], ctx, c, at[1 + i], strips[i], i == v->pane);
}
