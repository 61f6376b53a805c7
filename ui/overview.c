/* Problems are rows that a rule judged; everything below them is a list like any other. */
#include "ui/overview.h"

#include "ui/keymap.h"
#include "ui/page.h"
#include "ui/problem.h"
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
    double weight; /* of two that are equally bad the greater comes first */
    char *name, *say;
    int64_t since_ms; /* of a finding that does not say itself how long it has been so; else 0 */
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
    struct str key;    /* of the row the cursor is on */
    int first_line;    /* when last drawn; */
    VEC(size_t) drawn; /* whose each line from there on was */
    unsigned hidden;   /* lists that had no line, a bit each */
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
    vec_done(&o->drawn);
    str_done(&o->key);
    free(o);
}

/* ---- finding problems ---- */

static int compare_problems(const void *pa, const void *pb)
{
    const struct problem *a = pa, *b = pb;
    if (a->severity != b->severity)
        return a->severity < b->severity ? 1 : -1;
    if (a->weight < b->weight || a->weight > b->weight)
        return a->weight < b->weight ? 1 : -1;
    return strcmp(a->name, b->name);
}

static void add_problem(struct overview *o, const struct context *ctx, const char *name, const struct table *t,
                        const struct row *r, enum severity wanted, bool clusters)
{
    struct str say = {0}, title = {0};
    enum severity s = verdicts_problem(ctx->verdicts, ctx, t, r, NULL);
    o->total += s == wanted;
    if (s != wanted || o->problems.n >= OVERVIEW_KEPT)
        return;
    problem_say(ctx, t, r, &say);
    problem_name(t, r, true, &title);
    if (clusters && table_nkeys(t) > 1 && *row_text(r, "cluster"))
        str_printf(&say, ", in %s", row_text(r, "cluster"));
    struct problem p = {.table = name, .id = row_id(r), .severity = s, .weight = problem_weight(t, r)};
    p.name = str_take(&title);
    p.say = str_take(&say);
    struct value since = row_cell(r, "since");
    if (since.quality != QUALITY_UNKNOWN && !strstr(p.say, " for "))
        p.since_ms = since.i;
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

bool overview_hides(const struct overview *o, int list)
{
    return o->hidden >> list & 1;
}

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
    if (y < o->first_line || (size_t)(y - o->first_line) >= o->drawn.n)
        return false;
    size_t at = o->drawn.items[y - o->first_line];
    if (at >= o->problems.n)
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

/* Where the sentences stand. */
static struct rect say_box(const struct overview *o, struct rect box)
{
    int left = SIGN + name_width(o, box.w) + 2;
    return (struct rect){box.x + left, box.y, box.w > left ? box.w - left : 0, box.h};
}

static bool is_one_line(const struct problem *p, int width)
{
    return (int)text_width(p->say, strlen(p->say)) <= width;
}

static int lines_of(const struct overview *o, size_t i, int width)
{
    return is_one_line(&o->problems.items[i], width) ? 1 : 2;
}

/* Of a text that is longer than the width the bytes of its first line: up to the end of a clause where that fills most of
 * the line, or nothing is said behind it. */
static size_t line_end(const char *text, int width, bool last)
{
    size_t fit = page_break(text, width), most = text_fit(text, strlen(text), (size_t)(width * 3 / 4), NULL);
    size_t clause = 0;
    for (size_t i = 1; i <= fit && text[i]; i++) {
        if (text[i] == ' ' && strchr(last ? ";," : ":;,", text[i - 1]))
            clause = i;
    }
    return clause > (last ? 0 : most) ? clause : fit;
}

/* A line of a sentence, of which the rest is returned; the last one says that there is more by an ellipsis. */
static const char *draw_line(struct cells *c, int x, int y, int width, enum role role, const char *text, bool last)
{
    size_t len = strlen(text), n = len;
    bool cut = (int)text_width(text, len) > width;
    if (cut && width > 0)
        n = line_end(text, last && width > 2 ? width - 2 : width, last);
    char *line = mem_memdup(text, n);
    int used = cells_text(c, x, y, width, role, line);
    free(line);
    if (cut && last && used + 2 <= width)
        cells_text(c, x + used, y, width - used, role, " \xe2\x80\xa6");
    text += n;
    return text + strspn(text, " ");
}

/* "for 6 h 12 m" at the right end of the last line, of which so much is used, where there is room for it. */
static void draw_since(const struct problem *p, const struct context *ctx, struct cells *c, struct rect line, int used)
{
    static const struct column age = {.name = "since", .type = COLUMN_TIME};
    struct format_options relative = ctx->format;
    struct str s = {0};
    relative.absolute = relative.exact = false;
    str_add(&s, "for ");
    format_cell(&s, &age, value_int(p->since_ms), &relative);
    if (p->since_ms && used + 2 + (int)text_width(s.s, s.len) <= line.w)
        cells_text_right(c, line.x, line.y, line.w, ROLE_DIM, s.s);
    str_done(&s);
}

static void draw_problem(const struct overview *o, const struct context *ctx, struct cells *c, size_t i,
                         struct rect box, int y, int lines)
{
    const struct problem *p = &o->problems.items[i];
    const struct table *t = store_find(ctx->store, p->table);
    const struct row *r = t ? table_by_id(t, p->id) : NULL;
    bool stale = !r || context_stale(ctx, row_owner(r)) || row_cell(r, "seen").quality != QUALITY_UNKNOWN;
    bool here = overview_focused(o) && i == o->at;
    struct rect say = say_box(o, box);
    severity_put(c, box.x, y, p->severity, stale);
    cells_text_middle(c, box.x + SIGN, y, say.x - box.x - SIGN - 2, stale ? ROLE_DIM : ROLE_STRONG, p->name);
    const char *rest = p->say;
    for (int line = 0; line < lines; line++) {
        if (line && (int)text_width(rest, strlen(rest)) > say.w) /* further to the left, so that more of it is there */
            say = (struct rect){box.x + 2 * SIGN, y, box.w - 2 * SIGN, 1};
        if (line + 1 == lines)
            draw_since(p, ctx, c, (struct rect){say.x, y + line, say.w, 1}, (int)text_width(rest, strlen(rest)));
        bool dim = stale || (line && !here); /* patches of grey in a reversed line would only hide it */
        rest = draw_line(c, say.x, y + line, say.w, dim ? ROLE_DIM : ROLE_TEXT, rest, line + 1 == lines);
    }
    if (!here)
        return;
    for (int line = 0; line < lines; line++)
        cells_select(c, box.x, y + line, box.w);
    c->cursor_x = box.x;
    c->cursor_y = y;
}

/* Lines of all from `from` on to the one before `to`. */
static int lines_between(const struct overview *o, size_t from, size_t to, int width)
{
    int lines = 0;
    for (size_t i = from; i < to; i++)
        lines += lines_of(o, i, width);
    return lines;
}

/* Scrolls so that the cursor is in sight and no line is left free. */
static void scroll(struct overview *o, int height, int width)
{
    if (o->at < o->top)
        o->top = o->at;
    while (o->top < o->at && lines_between(o, o->top, o->at + 1, width) > height)
        o->top++;
    while (o->top > 0 && lines_between(o, o->top - 1, o->problems.n, width) <= height)
        o->top--;
}

static void draw_problems(struct overview *o, const struct context *ctx, struct cells *c, struct rect box)
{
    struct rect say = say_box(o, box);
    bool more = lines_between(o, 0, o->problems.n, say.w) > box.h && box.h > 1;
    int room = box.h - more, used = 0;
    scroll(o, room, say.w);
    o->first_line = box.y;
    o->drawn.n = 0;
    size_t i = o->top;
    for (; i < o->problems.n && used < room; i++) {
        int lines = lines_of(o, i, say.w);
        if (i > o->top && lines > room - used)
            break;
        lines = least(lines, room - used);
        draw_problem(o, ctx, c, i, box, box.y + used, lines);
        for (int line = 0; line < lines; line++)
            vec_push(&o->drawn, i);
        used += lines;
    }
    if (!more || i >= o->total)
        return;
    bool finding = false;
    for (size_t k = i; k < o->problems.n; k++)
        finding |= strcmp(o->problems.items[k].table, "findings") == 0;
    char name[16];
    uint32_t key = finding ? keymap_view_key(ctx->keys, views_find("findings")) : 0;
    cells_printf(c, box.x + SIGN, box.y + used, box.w - SIGN, ROLE_DIM, "%zu more%s%s%s", o->total - i, key ? ", " : "",
                 key ? input_name(key, name) : "", key ? " lists findings" : "");
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

/* The lists in the order in which they are declared, from top to bottom. */
enum { SINKS, BEHIND, SERVICES, DRIFTED, CLUSTERS, TABLES, ALERTS, TARGETS, EVENTS, LISTS };

/* Is a source of this kind among what is watched? */
static bool watches(const struct context *ctx, const char *kind)
{
    return context_watches(ctx, (const char *const[]){kind, NULL});
}

/* Lines for the lists; those that have nothing, and need not say so, get none. Targets and alerts that are only pending are for
 * those who watch nothing else. */
static void plan_lists(const struct view *v, const struct context *ctx, struct rect box, struct layout_part *parts)
{
    static const int ranks[LISTS] = {[SINKS] = 1,  [BEHIND] = 2,  [SERVICES] = 3, [DRIFTED] = 4, [CLUSTERS] = 5,
                                     [ALERTS] = 6, [TARGETS] = 7, [EVENTS] = 8,   [TABLES] = 9};
    bool sinks = table_view_count(v->panes[SINKS]) > 0, kafka = watches(ctx, "kafka");
    for (int i = 0; i < LISTS; i++) {
        int rows = (int)least(1000, (int)table_view_count(v->panes[i]));
        parts[i] = (struct layout_part){.min = 2, .want = 1 + (rows ? rows : 1), .rank = ranks[i]};
    }
    parts[SINKS].min = least(parts[SINKS].want, 4);
    parts[BEHIND].want += table_view_count(v->panes[BEHIND]) > 0; /* a line for those that are not listed */
    parts[BEHIND].min = least(parts[BEHIND].want, !sinks ? 6 : box.h < 16 ? 2 : 4);
    if (kafka && parts[SERVICES].want > box.h / 4)
        parts[SERVICES].want = box.h / 4;
    parts[SERVICES].min = least(parts[SERVICES].want, kafka ? 2 : 6);
    parts[DRIFTED].want = least(parts[DRIFTED].want, box.h / 4 > 2 ? box.h / 4 : 2);
    parts[EVENTS].min = 4;
    parts[EVENTS].want = box.h >= 12 ? least(parts[EVENTS].want, box.h / 3) : 0;
    parts[TABLES].want = least(parts[TABLES].want, box.h / 4);
    const bool optional[LISTS] = {
        [SINKS] = true, [SERVICES] = true, [DRIFTED] = true, [TABLES] = true, [BEHIND] = !kafka, [CLUSTERS] = !kafka};
    const bool absent[LISTS] = {
        [ALERTS] = kafka || !watches(ctx, "prometheus server"), [TARGETS] = kafka || !watches(ctx, "prometheus")};
    for (size_t i = 0; i < LISTS; i++) {
        if (absent[i] || (optional[i] && table_view_count(v->panes[i]) == 0))
            parts[i].min = parts[i].want = 0;
    }
}

/* Lines for problems, of `most`: as many as whole ones fill, and one that says how many more there are. */
static int lines_wanted(const struct overview *o, int most, int width)
{
    int lines = lines_between(o, 0, o->problems.n, width), used = 0;
    if (lines <= most)
        return lines;
    for (size_t i = o->top; i < o->problems.n && used + lines_of(o, i, width) < most; i++)
        used += lines_of(o, i, width);
    return used > 0 ? used + 1 : most;
}

void overview_draw(struct view *v, const struct context *ctx, struct cells *c, struct rect box)
{
    struct overview *o = v->overview;
    struct layout_part parts[1 + LISTS];
    struct rect at[1 + LISTS];
    int third = box.h / 3 > 3 ? box.h / 3 : box.h > 8 ? 3 : 2;
    int lines = lines_wanted(o, third, say_box(o, box).w);
    parts[0] = (struct layout_part){.min = lines, .want = lines, .rank = 0};
    plan_lists(v, ctx, box, parts + 1);
    layout_stack(box, 1, parts, 1 + LISTS, at);
    o->drawn.n = 0;
    if (lines && at[0].h > 0)
        draw_problems(o, ctx, c, at[0]);
    o->hidden = 0;
    for (int i = 0; i < LISTS; i++) {
        struct rect r = at[1 + i];
        o->hidden |= r.h == 0 ? 1u << i : 0;
        bool any = table_view_count(v->panes[i]) > 0;
        bool rest = i == BEHIND && r.h > 1 + any && !ctx->loading;
        r.h -= rest && any;
        int used = table_view_draw(v->panes[i], ctx, c, r, v->pane == i && !overview_focused(o));
        size_t drawn = used > 1 ? (size_t)used - 1 : 0;
        r.h += rest && any;
        if (rest)
            draw_rest(o, v->panes[i], any ? drawn : 0, c, r, r.y + used);
    }
}
