/* Heat strips: finds the lines, chooses how many rows a cell stands for, and gives each cell its glyph. */
#include "ui/strip.h"

#include "ui/table_view_internal.h"

#include "base/mem.h"
#include "base/text.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

enum { STRIP_GAP = 2, STRIP_MIN = 12, STRIP_LABEL_MAX = 28, STRIP_WRAP = 3, STRIP_WORDS = 6, STRIP_WORD = 24 };

/* Rows that have all keys but the last in common. */
struct line {
    size_t first, n;
    enum severity worst;
    double most; /* the greatest number */
};

/* A word of rows that are not fine, and the letter that stands for it. */
struct word {
    char text[STRIP_WORD], letter;
    enum severity severity;
};

struct strip {
    const struct table_view *v;
    const struct context *ctx;
    const struct table *table;
    size_t column, last_key;
    int letter_column; /* below 0: none */
    bool judged;       /* the rows have their severity */
    struct {
        struct line *items;
        size_t n, room;
    } lines;
    struct scale scale;
    struct word words[STRIP_WORDS];
    int nwords;
};

static double number(const struct strip *s, const struct row *r)
{
    struct value v = row_get(r, s->column);
    if (v.quality == QUALITY_UNKNOWN)
        return NAN;
    return table_column(s->table, s->column)->type == COLUMN_REAL ? v.d : (double)v.i;
}

static enum severity severity_of(const struct strip *s, const struct table_view_row *r)
{
    return s->judged ? r->severity : verdicts_row(s->ctx->verdicts, s->ctx, s->table, r->row, NULL);
}

static bool same_line(const struct strip *s, const struct row *a, const struct row *b)
{
    for (size_t i = s->last_key; i-- > 0;) {
        if (value_compare(table_column(s->table, i)->type, row_get(a, i), row_get(b, i)) != 0)
            return false;
    }
    return true;
}

/* The word's letter; the first that no word before has. */
static char letter_of(struct strip *s, const struct row *r, enum severity severity)
{
    const char *text = s->letter_column < 0 ? "" : row_text(r, s->v->pane->letter);
    if (!*text)
        return '\0';
    for (int i = 0; i < s->nwords; i++) {
        if (strncmp(s->words[i].text, text, STRIP_WORD - 1) == 0)
            return s->words[i].letter;
    }
    if (s->nwords == STRIP_WORDS)
        return '\0';
    struct word *w = &s->words[s->nwords];
    for (const char *at = text; *at && !w->letter; at++) {
        char letter = (char)toupper((unsigned char)*at);
        bool taken = !isalpha((unsigned char)letter);
        for (int i = 0; i < s->nwords; i++)
            taken |= s->words[i].letter == letter;
        if (!taken)
            w->letter = letter;
    }
    if (!w->letter)
        return '\0';
    size_t len = text_fit(text, strlen(text), STRIP_WORD - 1, NULL);
    len = len < STRIP_WORD ? len : 0;
    memcpy(w->text, text, len);
    w->severity = severity;
    s->nwords++;
    return w->letter;
}

/* false where there is no strip to draw. */
static bool begin(struct strip *s, const struct table_view *v, const struct context *ctx)
{
    *s = (struct strip){.v = v, .ctx = ctx, .table = v->table, .letter_column = -1};
    int column = v->pane->strip && v->table ? table_column_index(v->table, v->pane->strip) : -1;
    if (column < 0 || v->groups || v->all.n < 2)
        return false;
    s->column = (size_t)column;
    s->last_key = table_nkeys(v->table) - 1;
    s->letter_column = v->pane->letter ? table_column_index(v->table, v->pane->letter) : -1;
    s->judged = !v->pane->plain && v->nsorts == 0;
    return true;
}

static void find_lines(struct strip *s)
{
    struct scale_range range = scale_range_none();
    for (size_t i = 0; i < s->v->all.n; i++) {
        const struct table_view_row *r = &s->v->all.items[i];
        if (i == 0 || !same_line(s, r[-1].row, r->row))
            vec_push(&s->lines, ((struct line){.first = i, .most = NAN}));
        struct line *line = &s->lines.items[s->lines.n - 1];
        double value = number(s, r->row);
        enum severity severity = severity_of(s, r);
        line->n++;
        line->worst = severity > line->worst ? severity : line->worst;
        line->most = fmax(line->most, value);
        scale_range_add(&range, &value, 1);
    }
    s->scale = scale_tight(&range, s->ctx->log_scale);
}

/* Puts the worst lines first, as many as are drawn. */
static void choose_lines(struct strip *s, size_t most)
{
    for (size_t i = 0; i < most && s->lines.n > most; i++) {
        size_t worst = i;
        for (size_t k = i + 1; k < s->lines.n; k++) {
            const struct line *a = &s->lines.items[k], *b = &s->lines.items[worst];
            if (a->worst > b->worst || (a->worst == b->worst && a->most > b->most))
                worst = k;
        }
        struct line line = s->lines.items[worst];
        memmove(&s->lines.items[i + 1], &s->lines.items[i], (worst - i) * sizeof line);
        s->lines.items[i] = line;
    }
}

/* "payments.events 0-11", or "lag 0-11" where there is one line only. */
static void label(const struct strip *s, const struct line *line, size_t each, struct str *out)
{
    const struct format_options plain = {.exact = true};
    const struct row *first = s->v->all.items[line->first].row;
    const struct row *last = s->v->all.items[line->first + line->n - 1].row;
    const struct column *key = table_column(s->table, s->last_key), *shown = table_column(s->table, s->column);
    if (s->lines.n > 1)
        format_cell(out, table_column(s->table, s->last_key - 1), row_get(first, s->last_key - 1), &plain);
    else
        str_add(out, shown->title ? shown->title : shown->name);
    if (key->type == COLUMN_INT) {
        str_char(out, ' ');
        format_cell(out, key, row_get(first, s->last_key), &plain);
        str_char(out, '-');
        format_cell(out, key, row_get(last, s->last_key), &plain);
    }
    if (each > 1)
        str_printf(out, ", %zu each", each);
}

/* One cell for the rows from `first` on: the worst of them, and among equals that with the greatest number. */
static void draw_cell(struct strip *s, size_t first, size_t n, struct cells *c, int x, int y, bool focus)
{
    const struct table_view_row *worst = NULL;
    enum severity severity = SEVERITY_FINE;
    double most = NAN;
    bool selected = false;
    for (size_t i = first; i < first + n; i++) {
        const struct table_view_row *r = &s->v->all.items[i];
        enum severity mine = severity_of(s, r);
        double value = number(s, r->row);
        selected |= r->id == s->v->selected;
        if (worst && (mine < severity || (mine == severity && !(value > most) && !isnan(most))))
            continue;
        worst = r;
        severity = mine;
        most = value;
    }
    bool stale = context_stale(s->ctx, row_owner(worst->row));
    enum role role = stale ? ROLE_DIM : severity > SEVERITY_FINE ? severity_role(severity) : ROLE_CHART;
    char letter = severity > SEVERITY_FINE ? letter_of(s, worst->row, severity) : '\0';
    if (letter)
        cells_glyph(c, x, y, role, (uint32_t)letter, letter);
    else if (severity > SEVERITY_FINE)
        severity_put(c, x, y, severity, stale);
    else if (isnan(most))
        cells_glyph(c, x, y, ROLE_DIM, '-', '-');
    else if (most == 0)
        cells_glyph(c, x, y, ROLE_DIM, 0xb7, '.');
    else
        graph_step(c, x, y, s->ctx->graph, role, scale_level(&s->scale, most, GRAPH_STEPS));
    if (selected && focus)
        cells_select(c, x, y, 1);
}

/* What the letters mean, behind the cells. */
static void draw_words(const struct strip *s, struct cells *c, int x, int y, int end)
{
    for (int i = 0; i < s->nwords; i++) {
        const struct word *w = &s->words[i];
        int width = 2 + (int)text_width(w->text, strlen(w->text));
        if (x + width > end)
            break;
        cells_glyph(c, x, y, severity_role(w->severity), (uint32_t)w->letter, w->letter);
        cells_text(c, x + 2, y, width - 2, ROLE_DIM, w->text);
        x += width + STRIP_GAP;
    }
}

/* Cells of a line: rows each stands for, and how many lines of the screen it takes. */
static size_t rows_a_cell(size_t n, int width, int lines)
{
    size_t cells = (size_t)(width > 0 ? width : 1) * (size_t)(lines > 0 ? lines : 1);
    return (n + cells - 1) / cells;
}

static int label_width(const struct strip *s, int most_lines, int width)
{
    int widest = 0;
    for (size_t i = 0; i < s->lines.n && (int)i < most_lines; i++) {
        struct str text = {0};
        label(s, &s->lines.items[i], 1, &text);
        int mine = (int)text_width(text.s, text.len);
        widest = mine > widest ? mine : widest;
        str_done(&text);
    }
    int most = width / 3 < STRIP_LABEL_MAX ? width / 3 : STRIP_LABEL_MAX;
    return widest < most ? widest : most;
}

int strip_lines(const struct table_view *v, const struct context *ctx, int width, int most)
{
    struct strip s;
    if (most < 1 || width < STRIP_MIN || !begin(&s, v, ctx))
        return 0;
    size_t lines = 1;
    for (size_t i = 1; i < v->all.n && lines < (size_t)most; i++)
        lines += !same_line(&s, v->all.items[i - 1].row, v->all.items[i].row);
    if (lines > 1)
        return (int)lines;
    int cells = width - STRIP_LABEL_MAX > 1 ? width - STRIP_LABEL_MAX : 1;
    size_t wrapped = (v->all.n + (size_t)cells - 1) / (size_t)cells;
    most = most < STRIP_WRAP ? most : STRIP_WRAP;
    return wrapped < (size_t)most ? (int)wrapped : most;
}

void strip_draw(const struct table_view *v, const struct context *ctx, struct cells *c, struct rect box, bool focus)
{
    struct strip s;
    enum { SIGN = 2 };
    if (box.w < STRIP_MIN || box.h < 1 || !begin(&s, v, ctx))
        return;
    find_lines(&s);
    choose_lines(&s, (size_t)box.h);
    int left = label_width(&s, box.h, box.w), x = box.x + SIGN + left + STRIP_GAP, end = box.x + box.w;
    int width = end - x, y = box.y, behind = x, wrap = s.lines.n == 1 ? box.h : 1;
    for (size_t i = 0; i < s.lines.n && y < box.y + box.h; i++) {
        const struct line *line = &s.lines.items[i];
        size_t each = rows_a_cell(line->n, width, wrap);
        struct str text = {0};
        label(&s, line, each, &text);
        cells_text(c, box.x + SIGN, y, left, ROLE_DIM, str_text(&text));
        str_done(&text);
        int at = 0;
        for (size_t k = 0; k < line->n; k += each, at++) {
            if (at == width) {
                at = 0;
                y++;
            }
            draw_cell(&s, line->first + k, line->n - k < each ? line->n - k : each, c, x + at, y, focus);
            behind = x + at + 1 > behind ? x + at + 1 : behind;
        }
        y++;
    }
    draw_words(&s, c, behind + STRIP_GAP, box.y, end);
    if (s.lines.n > (size_t)box.h)
        cells_printf(c, behind + STRIP_GAP, y - 1, end - behind - STRIP_GAP, ROLE_DIM, "and %zu more",
                     s.lines.n - (size_t)box.h);
    vec_done(&s.lines);
}
