/* What the inspector knows of a row: its columns in words, kept for when the row goes. */
#include "ui/inspect.h"

#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/vec.h"
#include "ui/series.h"
#include "ui/template.h"

#include <string.h>

enum { INSPECT_RANKED = 5000 };    /* rows among which a row's place is looked for */
enum { INSPECT_STILL_MS = 60000 }; /* a value that is not known to have changed is said to be still from here on */

static void drop_lines(struct inspect *in)
{
    for (size_t i = 0; i < in->lines.n; i++) {
        struct inspect_line *l = &in->lines.items[i];
        free(l->name);
        free(l->value);
        free(l->facts);
        free(l->help);
    }
    in->lines.n = 0;
}

void inspect_hide(struct inspect *in, const struct context *ctx)
{
    if (in->subscribed && ctx && ctx->data.ops)
        ctx->data.ops->unsubscribe(ctx->data.self, in->subscription);
    in->subscribed = false;
}

void inspect_show(struct inspect *in, const struct context *ctx)
{
    if (!in->open || in->subscribed || !in->where || !ctx->data.ops)
        return;
    const struct stream_query q = {.table = in->table, .where = in->where};
    in->subscription = ctx->data.ops->subscribe(ctx->data.self, &q, NULL, NULL);
    in->subscribed = true;
}

void inspect_close(struct inspect *in, const struct context *ctx)
{
    inspect_hide(in, ctx);
    drop_lines(in);
    vec_done(&in->lines);
    str_done(&in->key);
    free(in->table);
    free(in->title);
    free(in->where);
    memset(in, 0, sizeof *in);
}

void inspect_open(struct inspect *in, const struct context *ctx, const struct table *t, const struct row *r)
{
    inspect_close(in, ctx);
    in->open = true;
    in->table = mem_strdup(table_name(t));
    table_key_bytes(t, r, &in->key);
    struct str template = {0}, where = {0};
    for (size_t i = 0; i < table_nkeys(t); i++)
        str_printf(&template, "%s%s = {%s}", i ? " and " : "", table_column(t, i)->name, table_column(t, i)->name);
    if (template_where(&where, str_text(&template), t, r) == 0)
        in->where = str_take(&where);
    str_done(&template);
    str_done(&where);
    in->page = 1;
    in->at = table_nkeys(t) < table_ncolumns(t) ? table_nkeys(t) : 0; /* keys say nothing new */
    inspect_show(in, ctx);
    inspect_update(in, ctx);
}

const struct row *inspect_row(const struct inspect *in, const struct context *ctx, const struct table **t)
{
    *t = in->open && ctx->store ? store_find(ctx->store, in->table) : NULL;
    struct value key[LIMITS_TABLE_COLUMNS];
    if (!*t || table_key_decode(*t, str_text(&in->key), in->key.len, key) < 0)
        return NULL;
    const struct row *r = table_find(*t, key);
    table_key_done(*t, key);
    return r;
}

/* ---- words ---- */

static void add_fact(struct str *out, const char *fact)
{
    if (*fact)
        str_printf(out, "%s%s", out->len ? ", " : "", fact);
}

static const char *type_word(const struct column *c)
{
    static const char *const units[] = {
        [UNIT_NONE] = "",
        [UNIT_ID] = "an id",
        [UNIT_COUNT] = "a count",
        [UNIT_MESSAGES] = "messages",
        [UNIT_OFFSET] = "an offset",
        [UNIT_BYTES] = "bytes",
        [UNIT_SECONDS] = "a duration",
        [UNIT_MS] = "a duration",
        [UNIT_PER_SECOND] = "a rate",
        [UNIT_RATIO] = "a share",
        [UNIT_LATENCY] = "a duration",
        [UNIT_EPOCH] = "a time",
    };
    if (c->type == COLUMN_TEXT)
        return c->unit == UNIT_SHARES  ? "thousandths, one a bin"
               : c->unit == UNIT_MARKS ? "letters, one a thing"
                                       : "text";
    if (c->type == COLUMN_TIME)
        return "a time";
    if (c->type == COLUMN_BOOL)
        return "yes or no";
    const char *word = c->unit < sizeof units / sizeof *units ? units[c->unit] : "";
    return *word ? word : "a number";
}

static const char *quality_word(enum quality q)
{
    switch (q) {
    case QUALITY_UNKNOWN:
        return "unknown, which is not 0";
    case QUALITY_EXACT:
        return "exact";
    case QUALITY_GE:
        return "the truth is this or more";
    case QUALITY_LE:
        return "the truth is this or less";
    case QUALITY_EST:
        return "an estimate";
    case QUALITY_STALE:
        return "exact once, could not be read again";
    }
    return "";
}

/* "read by kafka:prod-eu 3 s ago" */
static void add_source(struct str *out, const struct context *ctx, uint16_t owner)
{
    const char *name = store_owner_name(ctx->store, owner);
    if (!name)
        return;
    struct str s = {0};
    str_add(&s, "read by ");
    text_safe(&s, name, strlen(name));
    const struct row *source = context_source(ctx, name);
    struct value last = source ? row_cell(source, "last_ok") : value_unknown();
    if (last.quality != QUALITY_UNKNOWN) {
        str_char(&s, ' ');
        format_duration(&s, (double)(ctx->format.now_ms - last.i) / 1000);
        str_add(&s, " ago");
    }
    if (context_stale(ctx, owner))
        str_add(&s, ", not since");
    add_fact(out, str_text(&s));
    str_done(&s);
}

/* ", 3rd highest of 44": where the row stands among those that are here. */
static void add_rank(struct str *out, const struct table *t, const struct row *r, size_t column)
{
    enum column_type type = table_column(t, column)->type;
    struct value mine = row_get(r, column);
    size_t above = 0, same = 0, all = 0;
    if (table_nrows(t) > INSPECT_RANKED || mine.quality == QUALITY_UNKNOWN)
        return;
    for (const struct row *o = table_first(t); o; o = row_next(o)) {
        struct value other = row_get(o, column);
        if (other.quality == QUALITY_UNKNOWN)
            continue;
        int order = value_compare(type, other, mine);
        above += order > 0;
        same += order == 0;
        all++;
    }
    if (all < 2)
        return;
    size_t place = above + 1;
    if (place == 1)
        str_add(out, ", the highest");
    else
        str_printf(out, ", %zu%s highest", place,
                   place % 100 / 10 == 1 ? "th"
                   : place % 10 == 1     ? "st"
                   : place % 10 == 2     ? "nd"
                   : place % 10 == 3     ? "rd"
                                         : "th");
    str_printf(out, " of %zu%s", all, same > 1 ? ", with others" : "");
}

/* "changed 4 m ago", as far as its points tell. */
static void add_change(struct str *out, const struct context *ctx, const struct table *t, const struct row *r,
                       const char *column)
{
    int64_t at;
    bool known = series_changed(series_get(ctx->series, ctx, t, r, column), &at);
    if (!at || at > ctx->format.now_ms || (!known && ctx->format.now_ms - at < INSPECT_STILL_MS))
        return;
    int64_t age = ctx->format.now_ms - at;
    if (known && age < 1000) {
        str_add(out, ", changed just now");
        return;
    }
    str_add(out, known ? ", changed " : ", as it is for more than ");
    format_duration(out, (double)age / 1000);
    str_add(out, known ? " ago" : "");
}

/* All that is to be said of the column; of the chosen one also what takes time to find out. */
static char *facts(const struct context *ctx, const struct table *t, const struct row *r, size_t column, bool chosen)
{
    const struct column *c = table_column(t, column);
    struct value v = row_get(r, column);
    uint16_t owner = table_group_owner(t, table_group_of(t, column));
    bool number = (c->type == COLUMN_INT && c->unit != UNIT_ID) || c->type == COLUMN_REAL;
    struct str s = {0};
    add_fact(&s, type_word(c));
    add_fact(&s, v.quality == QUALITY_EXACT && !number ? "" : quality_word(v.quality));
    add_fact(&s, c->flags & COLUMN_KEY ? "part of the row's name" : "");
    if (chosen && number && v.quality != QUALITY_UNKNOWN) {
        add_rank(&s, t, r, column);
        add_change(&s, ctx, t, r, c->name);
    }
    add_source(&s, ctx, owner ? owner : row_owner(r));
    add_fact(&s, c->flags & COLUMN_KEY ? "" : c->flags & COLUMN_HISTORY ? "kept in history" : "not kept in history");
    return str_take(&s);
}

/* What a value is of, where its text does not say so. */
static const char *unit_word(const struct column *c)
{
    return c->type == COLUMN_TIME       ? " ago"
           : c->unit == UNIT_MESSAGES   ? " messages"
           : c->unit == UNIT_PER_SECOND ? " /s"
                                        : "";
}

static void add_line(struct inspect *in, const struct context *ctx, const struct table *t, const struct row *r,
                     size_t column)
{
    struct column own;
    const struct column *c = format_column(t, r, column, &own);
    struct value v = row_get(r, column);
    char *said = facts(ctx, t, r, column, column == in->at);
    struct format_options exact = ctx->format;
    exact.exact = true;
    struct str value = {0}, help = {0}, name = {0};
    format_cell(&value, c, v, &exact);
    if (v.quality != QUALITY_UNKNOWN && !(c->type == COLUMN_TIME && v.i > exact.now_ms))
        str_add(&value, unit_word(c));
    if (c->help)
        text_safe(&help, c->help, strlen(c->help));
    text_safe(&name, c->name, strlen(c->name));
    vec_push(&in->lines, ((struct inspect_line){
                             .name = str_take(&name),
                             .value = str_take(&value),
                             .facts = said,
                             .help = str_take(&help),
                             .key = (c->flags & COLUMN_KEY) != 0,
                             .known = v.quality != QUALITY_UNKNOWN,
                             .chart = c->type == COLUMN_INT || c->type == COLUMN_REAL,
                         }));
}

void inspect_update(struct inspect *in, const struct context *ctx)
{
    const struct table *t;
    const struct row *r = inspect_row(in, ctx, &t);
    in->gone = !r;
    if (!r)
        return;
    drop_lines(in);
    for (size_t i = 0; i < table_ncolumns(t); i++)
        add_line(in, ctx, t, r, i);
    if (in->at >= in->lines.n)
        in->at = in->lines.n - 1;
    free(in->title);
    struct str s = {0};
    str_add(&s, table_title(t));
    str_char(&s, ' ');
    const struct format_options plain = {.exact = true};
    format_cell(&s, table_column(t, table_nkeys(t) - 1), row_get(r, table_nkeys(t) - 1), &plain);
    in->title = str_take(&s);
}

/* ---- keys ---- */

static void choose(struct inspect *in, long at)
{
    long last = (long)in->lines.n - 1;
    at = at > last ? last : at;
    in->at = at < 0 ? 0 : (size_t)at;
}

bool inspect_action(struct inspect *in, enum action action)
{
    long at = (long)in->at, page = in->page > 1 ? (long)in->page - 1 : 1;
    switch (action) {
    case ACTION_ROW_DOWN:
        choose(in, at + 1);
        return true;
    case ACTION_ROW_UP:
        choose(in, at - 1);
        return true;
    case ACTION_PAGE_DOWN:
        choose(in, at + page);
        return true;
    case ACTION_PAGE_UP:
        choose(in, at - page);
        return true;
    case ACTION_FIRST:
        choose(in, 0);
        return true;
    case ACTION_LAST:
        choose(in, (long)in->lines.n - 1);
        return true;
    default:
        return false;
    }
}

bool inspect_value(const struct inspect *in, const struct context *ctx, struct str *out)
{
    const struct table *t;
    const struct row *r = inspect_row(in, ctx, &t);
    if (!r || in->at >= table_ncolumns(t))
        return false;
    format_raw(out, table_column(t, in->at), row_get(r, in->at));
    return true;
}
