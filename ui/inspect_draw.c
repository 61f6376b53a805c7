/* Draws the inspector: the list of columns beside what is said of the chosen one, or above it on a narrow screen. */
#include "ui/inspect.h"

#include "base/mem.h"
#include "base/text.h"
#include "ui/chart.h"
#include "ui/graph.h"
#include "ui/page.h"
#include "ui/series.h"

#include <math.h>
#include <string.h>

enum { SIGN = 2, GAP = 2, WIDE = 100, NAME_MOST = 24, LIST_MOST = 64, CHART_MIN = 5, CHART_MOST = 16, BARS_MIN = 5 };
enum { BARS_MOST = 9, BARS = 24, BARS_ROWS = 5000 };

static int least(int a, int b)
{
    return a < b ? a : b;
}

static int width_of(const char *text)
{
    return (int)text_width(text, strlen(text));
}

/* Lines that a text takes of this width; draws those that fit if c is not NULL. */
static int wrap(struct cells *c, struct rect box, enum role role, const char *text)
{
    int lines = 0;
    while (text && *text && box.w > 0) {
        size_t n = page_break(text, box.w);
        char *part = mem_memdup(text, n);
        if (c && lines < box.h)
            cells_text(c, box.x, box.y + lines, box.w, role, part);
        free(part);
        text += n;
        text += strspn(text, " ");
        lines++;
    }
    return lines;
}

static int name_width(const struct inspect *in)
{
    int width = 0;
    for (size_t i = 0; i < in->lines.n; i++) {
        int mine = width_of(in->lines.items[i].name);
        width = mine > width ? mine : width;
    }
    return least(width, NAME_MOST);
}

static int value_width(const struct inspect *in)
{
    int width = 0;
    for (size_t i = 0; i < in->lines.n; i++) {
        int mine = width_of(in->lines.items[i].value);
        width = mine > width ? mine : width;
    }
    return width;
}

/* ---- the list ---- */

static void scroll(struct inspect *in, int lines)
{
    in->page = lines > 0 ? (size_t)lines : 1;
    if (in->at < in->top)
        in->top = in->at;
    if (in->at >= in->top + in->page)
        in->top = in->at - in->page + 1;
    if (in->top + in->page > in->lines.n)
        in->top = in->lines.n > in->page ? in->lines.n - in->page : 0;
}

static void draw_list(struct inspect *in, struct cells *c, struct rect box)
{
    scroll(in, box.h);
    int name = least(name_width(in), box.w / 2), x = box.x + SIGN;
    for (size_t i = in->top; i < in->lines.n && i < in->top + in->page; i++) {
        const struct inspect_line *l = &in->lines.items[i];
        int y = box.y + (int)(i - in->top);
        enum role role = in->gone || !l->known ? ROLE_DIM : l->key ? ROLE_STRONG : ROLE_TEXT;
        cells_text(c, x, y, name, in->gone || !l->known ? ROLE_DIM : ROLE_TEXT, l->name);
        cells_text(c, x + name + GAP, y, box.x + box.w - x - name - GAP, role, l->value);
        if (i == in->at) {
            cells_select(c, box.x, y, box.w);
            c->cursor_x = box.x;
            c->cursor_y = y;
        }
    }
    if (in->top + in->page < in->lines.n)
        cells_glyph(c, box.x + box.w - 1, box.y + box.h - 1, ROLE_KEY, 0x2193, 'v');
    if (in->top > 0)
        cells_glyph(c, box.x + box.w - 1, box.y, ROLE_KEY, 0x2191, '^');
}

/* ---- the chosen column ---- */

/* How many rows have how much, and where this one is. */
struct bars {
    double counts[BARS];
    int n, mine;
    size_t rows;
    struct scale_range range;
};

static bool count(struct bars *b, const struct table *t, const struct row *r, size_t column, bool log)
{
    *b = (struct bars){.n = BARS, .mine = -1, .range = scale_range_none()};
    bool real = table_column(t, column)->type == COLUMN_REAL;
    if (table_nrows(t) > BARS_ROWS)
        return false;
    for (int pass = 0; pass < 2; pass++) {
        struct scale s = {.min = b->range.low, .max = b->range.high};
        if (pass > 0 && log)
            s = scale_round(&b->range, UNIT_NONE, true, true, true);
        for (const struct row *o = table_first(t); o; o = row_next(o)) {
            struct value v = row_get(o, column);
            double d = real ? v.d : (double)v.i;
            if (v.quality == QUALITY_UNKNOWN || !isfinite(d))
                continue;
            if (pass == 0) {
                scale_range_add(&b->range, &d, 1);
                b->rows++;
                continue;
            }
            int bar = scale_level(&s, d, b->n);
            b->counts[bar]++;
            b->mine = o == r ? bar : b->mine;
        }
        if (b->rows < 3 || !(b->range.high > b->range.low))
            return false;
    }
    return true;
}

/* How the column's numbers spread over the rows that are here. */
static void draw_bars(const struct inspect *in, const struct context *ctx, const struct table *t, const struct row *r,
                      struct cells *c, struct rect box)
{
    struct bars b;
    const struct column *d = table_column(t, in->at);
    if (box.h < BARS_MIN || box.w < BARS || d->unit == UNIT_ID || !count(&b, t, r, in->at, ctx->log_scale))
        return;
    cells_printf(c, box.x, box.y, box.w, ROLE_DIM, "how many of %zu rows have how much", b.rows);
    int width = least(box.w, 3 * BARS), bottom = box.y + box.h - 1;
    int step = graph_histogram(c, box.x, box.y + 1, width, box.h - 3, ctx->graph, ROLE_CHART, b.counts, b.n, b.mine);
    if (b.mine >= 0) {
        int x = box.x + b.mine * step;
        cells_glyph(c, x, bottom - 1, ROLE_STRONG, 0x25b4, '^');
        cells_text(c, x + 2, bottom - 1, box.x + box.w - x - 2, ROLE_DIM, "this one");
    }
    struct str s = {0};
    scale_value(&s, d, b.range.low, ctx->format.si);
    cells_text(c, box.x, bottom, width / 2, ROLE_DIM, str_text(&s));
    str_clear(&s);
    scale_value(&s, d, b.range.high, ctx->format.si);
    cells_text_right(c, box.x + width / 2, bottom, width - width / 2, ROLE_DIM, str_text(&s));
    str_done(&s);
}

/* What the column is, in words; returns the lines taken. */
static int draw_words(const struct inspect *in, const struct inspect_line *l, struct cells *c, struct rect box)
{
    int name = width_of(l->name), y = box.y, end = box.y + box.h;
    cells_text(c, box.x, y, box.w, ROLE_TITLE, l->name);
    int rest = box.w - name - GAP, lines = 1;
    if (rest > 0)
        lines = wrap(c, (struct rect){box.x + name + GAP, y, rest, least(box.h, 4)}, in->gone ? ROLE_DIM : ROLE_STRONG,
                     l->value);
    y += lines < 1 ? 1 : least(lines, 4);
    y += wrap(c, (struct rect){box.x, y, box.w, end - y > 0 ? end - y : 0}, ROLE_TEXT, l->help);
    y += wrap(c, (struct rect){box.x, y, box.w, end - y > 0 ? end - y : 0}, ROLE_DIM, l->facts);
    return least(y, end) - box.y;
}

static void draw_chosen(const struct inspect *in, const struct context *ctx, struct cells *c, struct rect box)
{
    if (in->at >= in->lines.n || box.h < 1)
        return;
    const struct inspect_line *l = &in->lines.items[in->at];
    int used = draw_words(in, l, c, box);
    const struct table *t;
    const struct row *r = inspect_row(in, ctx, &t);
    box.y += used + 1;
    box.h -= used + 1;
    if (!r || !l->chart || in->at >= table_ncolumns(t) || box.h < CHART_MIN)
        return;
    const struct column *d = table_column(t, in->at);
    struct value v = row_get(r, in->at);
    if (d->unit == UNIT_RATIO && d->type == COLUMN_REAL && v.quality != QUALITY_UNKNOWN && v.d >= 0 && v.d <= 1 &&
        box.h > CHART_MIN + 1) {
        graph_gauge(c, box.x, box.y, least(box.w, 40), ctx->graph, ROLE_CHART, v.d, 1);
        box.y += 2;
        box.h -= 2;
    }
    int bars = box.h >= CHART_MIN + 1 + BARS_MIN ? least(box.h / 3 > BARS_MIN ? box.h / 3 : BARS_MIN, BARS_MOST) : 0;
    int chart = least(box.h - (bars ? bars + 1 : 0), CHART_MOST);
    const struct view_chart of = {.title = d->title ? d->title : d->name, .columns = {d->name}};
    chart_draw(&of, ctx, t, r, c, (struct rect){box.x, box.y, box.w, chart});
    if (bars)
        draw_bars(in, ctx, t, r, c, (struct rect){box.x, box.y + chart + 1, box.w, bars});
}

void inspect_draw(struct inspect *in, const struct context *ctx, struct cells *c, struct rect box)
{
    if (in->lines.n == 0 || box.h < 1 || box.w < 1)
        return;
    if (box.h > 3) {
        cells_printf(c, box.x + SIGN, box.y, box.w - SIGN, ROLE_TITLE, "%s%s", in->title,
                     in->gone ? ", gone: as it was last" : "");
        box.y++;
        box.h--;
    }
    if (box.w >= WIDE) {
        int width = least(SIGN + name_width(in) + GAP + value_width(in), least(LIST_MOST, box.w * 2 / 5));
        draw_list(in, c, (struct rect){box.x, box.y, width, box.h});
        int x = box.x + width + 2 * GAP;
        draw_chosen(in, ctx, c, (struct rect){x, box.y, box.x + box.w - x, box.h});
        return;
    }
    int list = box.h * 2 / 5 > 1 ? box.h * 2 / 5 : 1; /* the same for every column: nothing jumps */
    list = least(list, (int)in->lines.n);
    draw_list(in, c, (struct rect){box.x, box.y, box.w, list});
    draw_chosen(in, ctx, c, (struct rect){box.x + SIGN, box.y + list + 1, box.w - SIGN, box.h - list - 1});
}
