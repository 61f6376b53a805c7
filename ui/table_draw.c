/* Draws a list: fits columns to the width, aligns numbers on their point, dims what is old or
 * nothing. */
#include "ui/table_drawing.h"

#include "ui/series.h"
#include "ui/shares.h"
#include "ui/signs.h"

#include "base/mem.h"
#include "base/text.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    GAP = 2,
    TEXT_MIN = 10,
    TEXT_MIN_FIRST = 24,
    NAME_MIN = 16,
    LATE_PRIORITY = 6,
    EMPTY_PRIORITY = 9,
    TOTAL_MIN = 4,
    BRIEF = 9
};
enum { SPARK_MIN = 12, SPARK_MAX = 45, SPARK_PRIORITY = 3 };

/* The column of which the list has spark lines; a group of rows has no past. */
static const char *spark_of(const struct table_view *v)
{
    return v->groups ? NULL : v->pane->spark;
}

/* The one of them that a row has; the first where it has none of them, or where row is NULL. Below 0: the table has none. */
static int spark_column(const struct table_view *v, const struct row *row)
{
    int first = -1;
    for (const char *at = spark_of(v); at && *at; at += strspn(at, " ")) {
        char name[64];
        size_t len = strcspn(at, " ");
        snprintf(name, sizeof name, "%.*s", (int)len, at);
        int i = table_column_index(v->table, name);
        if (i >= 0 && row && row_get(row, (size_t)i).quality != QUALITY_UNKNOWN)
            return i;
        first = first < 0 ? i : first;
        at += len;
    }
    return first;
}

/* How bad a row is, or the worst of a group's. */
static enum severity severity_of(const struct drawing *d, const struct row *row)
{
    return d->v->groups ? table_groups_severity(d->v->groups, row)
                        : verdicts_row(d->ctx->verdicts, d->ctx, d->v->table, row, NULL);
}

/* What the list calls a column where it has a word of its own for it: "rows" of "queryable_lag=rows", in len bytes. */
static const char *own_heading(const char *heads, const char *column, size_t *len)
{
    size_t name = strlen(column);
    while (heads && *heads) {
        heads += strspn(heads, " ");
        size_t n = strcspn(heads, " ");
        if (n > name && heads[name] == '=' && memcmp(heads, column, name) == 0) {
            *len = n - name - 1;
            return heads + name + 1;
        }
        heads += n;
    }
    return NULL;
}

/* "lag", "Δ lag" where changes are shown. */
static void heading(const struct drawing *d, int i, struct str *out)
{
    const struct column *c = declared(d, i);
    size_t len;
    const char *own = own_heading(d->v->pane->heads, c->name, &len);
    if (since_mark(d, i))
        str_add(out, "\xce\x94 ");
    if (own)
        str_bytes(out, own, len);
    else if (table_text_heads(d, i, out))
        ;
    else
        str_add(out, c->title ? c->title : c->name);
}

static int heading_width(const struct drawing *d, int i)
{
    struct str s = {0};
    heading(d, i, &s);
    int width = (int)text_width(s.s, s.len);
    str_done(&s);
    return width;
}

/* Is it a number that may have a point? Durations, offsets and ids are simply aligned right. */
static bool pointed(const struct column *c)
{
    if (c->type != COLUMN_INT && c->type != COLUMN_REAL)
        return false;
    return c->unit != UNIT_ID && c->unit != UNIT_OFFSET && c->unit != UNIT_SECONDS && c->unit != UNIT_MS;
}

/* Cells of a number before its point (or the end of its digits), and from there on; false for what has no digit ("never").
 * "-" stands where the last digit would. */
static bool split_number(const char *text, int *left, int *right)
{
    const char *at = text;
    while (*at && !isdigit((unsigned char)*at))
        at++;
    if (!*at && strcmp(text, "-") != 0)
        return false;
    while (isdigit((unsigned char)*at) || *at == ',')
        at++;
    *left = (int)text_width(text, (size_t)(at - text));
    *right = (int)text_width(at, strlen(at));
    return true;
}

static void choose_columns(struct drawing *d)
{
    int skip = d->v->scrolled;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < d->v->columns.n; i++) {
            const struct table_view_column *c = &d->v->columns.items[i];
            bool late = c->constant; /* says nothing of a row, but maybe of them all */
            bool clear = c->given || (c->constant && table_column(d->v->table, c->index)->priority > 0);
            if (!c->shown || clear || late != (pass > 0))
                continue;
            if (d->n > 0 && skip > 0) {
                skip--;
                continue;
            }
            d->columns[d->n++] = i;
        }
    }
    d->v->scrolled -= skip;
}

/* The widest texts seen so far in each column. */
static void measure(struct drawing *d)
{
    for (int i = 0; i < d->n; i++) {
        struct table_view_column *k = kept(d, i);
        bool numbers = i > 0 && pointed(declared(d, i));
        for (size_t r = 0; r < d->rows + d->total; r++) {
            const char *text = text_of(d, r, i);
            if (!*text)
                continue;
            int width = (int)text_width(text, strlen(text));
            k->known |= strcmp(text, "-") != 0;
            int left, right;
            if (!numbers || !split_number(text, &left, &right)) {
                k->width = width > k->width ? width : k->width;
                continue;
            }
            k->left = left > k->left ? left : k->left;
            k->right = right > k->right ? right : k->right;
        }
    }
}

/* The first heading says what the rows are, and how many. */
static void title(const struct drawing *d, struct str *out)
{
    const char *t = d->v->pane->title ? d->v->pane->title : table_title(d->v->table);
    for (; *t; t++)
        str_char(out, (char)toupper((unsigned char)*t));
    if (d->v->groups)
        str_printf(out, " by %s", d->v->group);
    if (d->v->rows.n)
        str_printf(out, " %zu", d->v->rows.n);
}

static int natural(const struct drawing *d, int i)
{
    const struct table_view_column *k = kept(d, i);
    int width = k->left + k->right > k->width ? k->left + k->right : k->width;
    int head;
    if (i == 0) {
        struct str s = {0};
        title(d, &s);
        head = (int)s.len;
        str_done(&s);
    } else {
        head = heading_width(d, i);
    }
    int level = table_view_sort_level(d->v, (int)d->columns[i]);
    head += level < 0 ? 0 : level == 0 ? 1 : 2;
    return width > head ? width : head;
}

/* Was every cell seen so far unknown? */
static bool says_nothing(const struct table_view_column *k)
{
    return !k->known;
}

/* Is it the column that the declaration names, if it names one? */
static bool is_named(const struct drawing *d, int i, const char *name)
{
    return i > 0 && name && strcmp(declared(d, i)->name, name) == 0;
}

/* Names that may be cut in the middle make room for numbers that should not go. */
static void yield_room(struct drawing *d)
{
    struct layout_column *name = &d->fit[0];
    int others = 0, least = d->box.w / 4 > NAME_MIN ? d->box.w / 4 : NAME_MIN;
    for (int i = 1; i < d->n; i++)
        others += d->fit[i].priority <= 1 && d->fit[i].min > 0 ? d->fit[i].min + GAP : 0;
    int room = d->box.w - others > least ? d->box.w - others : least;
    if (d->n > 0 && table_columns_listed(d->v->pane->middle, declared(d, 0)->name) && name->min > room)
        name->min = room;
}

/* Widths for all columns and for the spark line behind them. */
static void fit(struct drawing *d)
{
    for (int i = 0; i < d->n; i++) {
        const struct column *c = declared(d, i);
        struct layout_column *f = &d->fit[i];
        f->natural = natural(d, i);
        f->min = f->natural;
        f->priority = kept(d, i)->constant ? LATE_PRIORITY : c->priority;
        if (i > 0 && c->priority > 1 && says_nothing(kept(d, i)))
            f->priority = EMPTY_PRIORITY;
        if (i > 0 && (c->flags & COLUMN_KEY) && !kept(d, i)->constant && f->priority > 1)
            f->priority = 1; /* it tells rows apart */
        if (i == 0) {
            int most = d->box.w * 2 / 5 > NAME_MIN ? d->box.w * 2 / 5 : NAME_MIN;
            f->min = f->natural < most ? f->natural : most;
        } else if (c->type == COLUMN_TEXT) {
            int head = heading_width(d, i);
            int most = c->priority <= 1 || f->priority <= 1 ? TEXT_MIN_FIRST : TEXT_MIN;
            most = head > most ? head : most;
            f->min = f->natural < most ? f->natural : most;
        }
        if (is_named(d, i, d->v->pane->brief) && f->natural > BRIEF)
            f->natural = f->min = BRIEF;
        bool derived = table_group_of(d->v->table, kept(d, i)->index) > 0; /* only some of the rows have it */
        if (i > 0 && derived && says_nothing(kept(d, i)) && !kept(d, i)->chosen)
            f->natural = f->min = 0;
    }
    for (int i = 0; i < d->n; i++) { /* what the user chose */
        struct layout_column *f = &d->fit[i];
        if (kept(d, i)->chosen && f->priority > 1)
            f->priority = 1;
        if (kept(d, i)->wide > 0 && (declared(d, i)->type == COLUMN_TEXT || kept(d, i)->wide > f->natural))
            f->natural = f->min = kept(d, i)->wide;
    }
    yield_room(d);
    int n = d->n;
    if (spark_of(d->v))
        d->fit[n++] = (struct layout_column){.natural = SPARK_MIN, .min = SPARK_MIN, .priority = SPARK_PRIORITY};
    int used = layout_fit(d->box.w, GAP, d->fit, n);
    if (spark_of(d->v) && d->fit[d->n].width > 0) {
        int more = d->box.w - used;
        d->fit[d->n].width += more < SPARK_MAX - SPARK_MIN ? more : SPARK_MAX - SPARK_MIN;
    }
    d->v->cut = false;
    for (int i = 0; i < d->n; i++) {
        d->v->cut |= d->fit[i].width == 0;
        kept(d, i)->drawn = d->fit[i].width;
    }
}

/* "last 15 min, log, all to 2 M": of a scale that is shared the end first, if there is no room for all. */
static void draw_spark_heading(const struct drawing *d, int x, int y, int width)
{
    struct str all = {0}, end = {0};
    str_add(&all, "last ");
    series_span_text(&all, series_span(d->ctx->series, d->format.now_ms, width));
    if (d->ctx->log_scale && all.len + 5 <= (size_t)width)
        str_add(&all, ", log");
    if (d->ctx->shared_scale && d->spark_scale.max > 0) {
        str_add(&end, "all to ");
        scale_label(&end, table_column(d->v->table, d->spark_column), d->spark_scale.max, d->ctx->format.si);
        str_printf(&all, ", %s", str_text(&end));
    }
    bool short_of = end.len && all.len > (size_t)width;
    cells_text(d->c, x, y, width, ROLE_DIM, str_text(short_of ? &end : &all));
    str_done(&all);
    str_done(&end);
}

static void draw_heading(const struct drawing *d, int y)
{
    int x = d->box.x;
    for (int i = 0; i < d->n; i++) {
        int w = d->fit[i].width;
        if (w == 0)
            continue;
        kept(d, i)->left_edge = x;
        struct str s = {0};
        int level = table_view_sort_level(d->v, (int)d->columns[i]);
        bool sorted = level >= 0;
        if (i == 0)
            title(d, &s);
        else
            heading(d, i, &s);
        if (sorted)
            str_add(&s, table_view_descending(d->v, (size_t)level) ? "\xe2\x96\xbe" : "\xe2\x96\xb4");
        if (level > 0)
            str_printf(&s, "%d", level + 1);
        enum role role = i == 0 ? ROLE_TITLE : sorted ? ROLE_TEXT : ROLE_DIM;
        if (i > 0 && format_right(declared(d, i)))
            cells_text_right(d->c, x, y, w, role, str_text(&s));
        else
            cells_text(d->c, x, y, w, role, str_text(&s));
        str_done(&s);
        x += w + GAP;
    }
    if (spark_of(d->v) && d->fit[d->n].width > 0)
        draw_spark_heading(d, x, y, d->fit[d->n].width);
}

/* What a cell is drawn like: old, unknown and nothing are dim. */
static enum role cell_role(const struct drawing *d, const struct row *row, int i, bool stale)
{
    const struct column *c = declared(d, i);
    struct value v = row_get(row, kept(d, i)->index);
    if (since_mark(d, i))
        v = change(d, row, i);
    if (stale || v.quality == QUALITY_UNKNOWN || v.quality == QUALITY_STALE)
        return ROLE_DIM;
    if (c->type == COLUMN_INT && v.i == 0 && c->unit != UNIT_ID && c->unit != UNIT_OFFSET)
        return ROLE_DIM;
    if (c->type == COLUMN_REAL && v.d == 0)
        return ROLE_DIM;
    return ROLE_TEXT;
}

static void draw_cell(const struct drawing *d, const char *text, int i, int x, int y, enum role role)
{
    const struct table_view_column *k = kept(d, i);
    const struct column *c = declared(d, i);
    int w = d->fit[i].width, left, right;
    if (i > 0 && pointed(c) && k->left + k->right <= w && split_number(text, &left, &right))
        cells_text(d->c, x + w - k->right - left, y, left + k->right, role, text); /* on the column's point */
    else if (i == 0 && c->type == COLUMN_INT)
        cells_text_right(d->c, x, y, k->width < w ? k->width : w, role, text);
    else if (i > 0 && format_right(c))
        cells_text_right(d->c, x, y, w, role, text);
    else if (c->unit == UNIT_SHARES)
        shares_draw(d->c, x, y, w, d->ctx->graph, role == ROLE_TEXT ? ROLE_CHART : role, text);
    else if (c->unit == UNIT_MARKS)
        shares_draw_marks(d->c, x, y, w, text, role == ROLE_DIM);
    else if (c->type == COLUMN_TEXT && table_columns_listed(d->v->pane->middle, c->name))
        cells_text_middle(d->c, x, y, w, role, text);
    else
        cells_text(d->c, x, y, w, role, text);
}

/* The values of a spark line, one a cell: of each step what lies farthest from 0. */
static struct scale_range sample_spark(const struct drawing *d, const struct row *row, double *values, int width)
{
    double least[SPARK_MAX];
    int64_t now = d->format.now_ms;
    int column = spark_column(d->v, row);
    const struct series *s = column < 0 ? NULL
                                        : series_get(d->ctx->series, d->ctx, d->v->table, row,
                                                     table_column(d->v->table, (size_t)column)->name);
    struct scale_range range =
        series_sample(s, now - series_span(d->ctx->series, now, width), now, values, least, width);
    for (int i = 0; i < width; i++)
        values[i] = fabs(least[i]) > fabs(values[i]) ? least[i] : values[i];
    return range;
}

/* The scale of all spark lines on screen, where they share one. */
static void share_scale(struct drawing *d)
{
    int at = spark_column(d->v, NULL);
    int width = d->fit[d->n].width;
    if (at < 0 || width <= 0 || !d->ctx->shared_scale)
        return;
    d->spark_column = (size_t)at;
    struct scale_range all = scale_range_none();
    for (size_t r = 0; r < d->rows; r++) {
        const struct row *row = d->v->rows.items[d->first + r].row;
        double values[SPARK_MAX];
        sample_spark(d, row, values, width);
        scale_range_add(&all, values, width);
    }
    d->spark_scale =
        scale_round(&all, table_column(d->v->table, d->spark_column)->unit, d->ctx->format.si, true, d->ctx->log_scale);
}

static void draw_spark(const struct drawing *d, const struct row *row, int x, int y, int width, enum role role)
{
    double values[SPARK_MAX];
    struct scale_range range = sample_spark(d, row, values, width);
    struct scale own = scale_tight(&range, d->ctx->log_scale);
    if (!isnan(range.high))
        graph_sparkline(d->c, x, y, width, d->ctx->graph, role, values, width,
                        d->ctx->shared_scale ? &d->spark_scale : &own);
}

/* Does a column that is drawn say in a word what the sign of a row means? */
static bool says_it(const struct drawing *d)
{
    static const char *const names[] = {"verdict", "severity", "text", "error", "warnings"};
    for (int i = 0; i < d->n; i++) {
        if (d->fit[i].width > 0 && is_named(d, i, d->v->pane->judged))
            return true;
        for (size_t k = 0; k < sizeof names / sizeof *names && d->fit[i].width > 0; k++) {
            if (strcmp(declared(d, i)->name, names[k]) == 0)
                return true;
        }
    }
    return false;
}

/* What is wrong with a row, in the room that is left behind its columns: nothing moves for it. */
static void draw_words(const struct drawing *d, const struct row *row, int x, int y, enum role role)
{
    enum { WORDS_MIN = 10 };
    struct str say = {0};
    int room = d->box.x + d->box.w - x;
    if (room < WORDS_MIN)
        return;
    verdicts_row(d->ctx->verdicts, d->ctx, d->v->table, row, &say);
    cells_text(d->c, x, y, room, role, str_text(&say));
    str_done(&say);
}

/* The line under the cursor up to a cell, but for what would be another picture if it were reversed. */
static void select_cells(const struct drawing *d, int y, int end)
{
    int from = d->box.x - TABLE_SIGN, x = d->box.x;
    for (int i = 0; i < d->n; i++) {
        if (d->fit[i].width == 0)
            continue;
        if (declared(d, i)->unit == UNIT_SHARES) {
            cells_select(d->c, from, y, x - from);
            from = x + d->fit[i].width;
        }
        x += d->fit[i].width + GAP;
    }
    cells_select(d->c, from, y, end - from);
}

static void draw_row(const struct drawing *d, size_t r, int y)
{
    const struct table_view_row *item = &d->v->rows.items[d->first + r];
    bool stale = context_stale(d->ctx, d->v->groups ? 0 : row_owner(item->row));
    enum severity s = severity_of(d, item->row);
    bool selected = d->focus && d->first + r == d->v->at;
    bool found = d->v->search_shown && d->v->search && expr_matches(d->v->search, item->row, d->format.now_ms);
    int x = d->box.x;
    bool tagged = table_tags_has(d->v, item->row);
    severity_put(d->c, x - TABLE_SIGN, y, s, stale);
    if (tagged)
        cells_glyph(d->c, x - 1, y, ROLE_KEY, '*', '*');
    for (int i = 0; i < d->n; i++) {
        if (d->fit[i].width == 0)
            continue;
        size_t g = table_group_of(d->v->table, kept(d, i)->index);
        uint16_t owner = d->v->groups ? 0 : table_group_owner(d->v->table, g);
        bool old = stale || (owner && context_stale(d->ctx, owner));
        enum role role = cell_role(d, item->row, i, old);
        if (i == 0 && found)
            role = ROLE_MATCH;
        else if (i == 0 && !old && (s > SEVERITY_FINE || tagged))
            role = ROLE_STRONG;
        else if (d->v->pane->faint && s == SEVERITY_FINE && !selected)
            role = ROLE_DIM;
        else if (selected && !old) /* patches of grey in a reversed line would only hide it */
            role = ROLE_TEXT;
        if (d->flash[r * (size_t)d->n + (size_t)i] && !old)
            role = ROLE_FLASH;
        else if (!old && s > SEVERITY_FINE && is_named(d, i, d->v->pane->judged))
            role = severity_role(s);
        if (is_named(d, i, d->v->pane->signs))
            signs_draw(d->c, x, y, d->fit[i].width, text_of(d, r, i), role == ROLE_DIM);
        else
            draw_cell(d, text_of(d, r, i), i, x, y, role);
        x += d->fit[i].width + GAP;
    }
    bool spark = spark_of(d->v) && d->fit[d->n].width > 0;
    if (spark)
        draw_spark(d, item->row, x, y, d->fit[d->n].width,
                   stale               ? ROLE_DIM
                   : s > SEVERITY_FINE ? severity_role(s)
                                       : ROLE_CHART);
    if (d->words && s > SEVERITY_FINE)
        draw_words(d, item->row, spark ? x + d->fit[d->n].width + GAP : x, y, stale ? ROLE_DIM : severity_role(s));
    if (selected) {
        select_cells(d, y, spark ? x - GAP : d->box.x + d->box.w);
        d->c->cursor_x = d->box.x - TABLE_SIGN;
        d->c->cursor_y = y;
    }
}

static void draw_total(const struct drawing *d, int y)
{
    int x = d->box.x;
    cells_glyph(d->c, x - 1, y, ROLE_KEY, '*', '*');
    for (int i = 0; i < d->n; i++) {
        if (d->fit[i].width == 0)
            continue;
        const char *text = text_of(d, d->rows, i);
        if (i == 0)
            cells_text(d->c, x, y, d->fit[i].width, ROLE_STRONG, text);
        else
            draw_cell(d, text, i, x, y, ROLE_STRONG);
        x += d->fit[i].width + GAP;
    }
}

/* Widths start anew where the screen or the way numbers are written changed. */
static void forget_widths(struct table_view *v, const struct context *ctx, int width)
{
    bool other =
        v->drawn_exact != ctx->format.exact || v->drawn_si != ctx->format.si || v->drawn_changes != ctx->since_mark;
    if (v->drawn_width == width && !other && !v->widths_old)
        return;
    if (other)
        table_flash_done(&v->flash);
    for (size_t i = 0; i < v->columns.n; i++)
        v->columns.items[i].left = v->columns.items[i].right = v->columns.items[i].width = 0;
    v->drawn_width = width;
    v->drawn_exact = ctx->format.exact;
    v->drawn_si = ctx->format.si;
    v->drawn_changes = ctx->since_mark;
    v->widths_old = false;
}

/* The rows that are on screen, the cursor among them. */
static void scroll(struct table_view *v, int lines)
{
    v->page = lines > 0 ? lines : 1;
    size_t page = (size_t)v->page;
    if (v->at < v->top)
        v->top = v->at;
    if (v->at >= v->top + page)
        v->top = v->at - page + 1;
    if (v->top + page > v->rows.n)
        v->top = v->rows.n > page ? v->rows.n - page : 0;
}

int table_view_draw(struct table_view *v, const struct context *ctx, struct cells *c, struct rect box, bool focus)
{
    v->page = 0; /* unless it is drawn, nothing of it can be clicked */
    v->heading = false;
    if (box.w < 1 || box.h < 1)
        return 0;
    if (!v->table || v->rows.n == 0)
        return table_empty_draw(v, ctx, c, box);
    int head = box.h > 1 ? 1 : 0;
    forget_widths(v, ctx, box.w);
    bool total = v->tags.n > 0 && box.h >= TOTAL_MIN;
    scroll(v, box.h - head - total);
    size_t ncolumns = v->columns.n;
    struct drawing d = {
        .v = v,
        .ctx = ctx,
        .c = c,
        .box = {box.x + TABLE_SIGN, box.y, box.w > TABLE_SIGN ? box.w - TABLE_SIGN : 1, box.h},
        .focus = focus,
        .first = v->top,
        .total = total,
        .format = ctx->format,
    };
    d.rows = v->rows.n - v->top < (size_t)v->page ? v->rows.n - v->top : (size_t)v->page;
    d.columns = mem_calloc(ncolumns, sizeof *d.columns);
    d.fit = mem_calloc(ncolumns + 1, sizeof *d.fit);
    choose_columns(&d);
    d.offsets = mem_calloc((d.rows + 1) * (size_t)d.n, sizeof *d.offsets);
    table_text_make(&d);
    table_text_changes(&d);
    if (total)
        table_text_total(&d);
    measure(&d);
    fit(&d);
    d.words = !says_it(&d);
    share_scale(&d);
    if (head)
        draw_heading(&d, box.y);
    v->first_line = box.y + head;
    v->heading = head;
    for (size_t r = 0; r < d.rows; r++)
        draw_row(&d, r, v->first_line + (int)r);
    if (total)
        draw_total(&d, v->first_line + (int)d.rows);
    free(d.columns);
    free(d.fit);
    free(d.offsets);
    free(d.flash);
    str_done(&d.texts);
    return head + (int)d.rows + total;
}
