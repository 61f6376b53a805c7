/* Names to columns, and what may be compared with what. */
#include "base/text.h"
#include "expr/expr_internal.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct binder {
    const struct table *t;
    size_t at; /* of an error */
    struct error *err;
};

/* The measures that a column of a unit is compared with. */
static const unsigned takes[] = {
    [UNIT_NONE] = MEASURE_PLAIN | MEASURE_MULTIPLE | MEASURE_PERCENT,
    [UNIT_ID] = MEASURE_PLAIN,
    [UNIT_COUNT] = MEASURE_PLAIN | MEASURE_MULTIPLE,
    [UNIT_MESSAGES] = MEASURE_PLAIN | MEASURE_MULTIPLE,
    [UNIT_OFFSET] = MEASURE_PLAIN | MEASURE_MULTIPLE,
    [UNIT_BYTES] = MEASURE_PLAIN | MEASURE_MULTIPLE | MEASURE_SIZE,
    [UNIT_SECONDS] = MEASURE_PLAIN | MEASURE_DURATION,
    [UNIT_MS] = MEASURE_PLAIN | MEASURE_DURATION,
    [UNIT_PER_SECOND] = MEASURE_PLAIN | MEASURE_MULTIPLE,
    [UNIT_RATIO] = MEASURE_PLAIN | MEASURE_PERCENT,
    [UNIT_LATENCY] = MEASURE_PLAIN | MEASURE_DURATION,
    [UNIT_EPOCH] = MEASURE_PLAIN,
};

static bool in_seconds(enum column_unit unit)
{
    return unit == UNIT_SECONDS || unit == UNIT_LATENCY;
}

static const char *takes_words(unsigned measures)
{
    if (measures & MEASURE_DURATION)
        return "a duration (90s, 5m, 1h30m)";
    if (measures & MEASURE_SIZE)
        return "a number or a size (512, 10MB, 4KiB)";
    if (measures & MEASURE_PERCENT)
        return "a number (0.25, 25%)";
    return measures & MEASURE_MULTIPLE ? "a number (1000, 84.2k)" : "a plain number";
}

static const struct column *column_of(const struct binder *b, const struct expr_operand *o)
{
    return table_column(b->t, o->column);
}

static const char *type_words(const struct binder *b, const struct expr_operand *o)
{
    switch (o->type) {
    case TYPE_TEXT:
        return "text";
    case TYPE_BOOL:
        return "true or false";
    case TYPE_TIME:
        return "a time";
    default:
        return o->age ? "an age" : column_of(b, o)->unit == UNIT_BYTES ? "a number of bytes" : "a number";
    }
}

/* "no column X in groups; there are: a, b, c" */
static int no_column(struct binder *b, const struct expr_operand *o)
{
    enum { ROOM = 300 };
    char buf[256];
    struct str list = {0};
    size_t n = table_ncolumns(b->t);
    for (size_t i = 0; i < n && list.len < ROOM; i++)
        str_printf(&list, "%s%s", i ? ", " : "", table_column(b->t, i)->name);
    b->at = o->at;
    int rc =
        error_set(b->err, ERR_INVALID, "table %s has no column %s; it has: %s%s", table_name(b->t),
                  expr_lex_quote(buf, sizeof buf, o->text, o->len), str_text(&list), list.len < ROOM ? "" : ", ...");
    str_done(&list);
    return rc;
}

static void set_column(struct binder *b, struct expr_operand *o, size_t column)
{
    static const enum expr_type types[] = {
        [COLUMN_TEXT] = TYPE_TEXT, [COLUMN_INT] = TYPE_NUMBER, [COLUMN_REAL] = TYPE_NUMBER,
        [COLUMN_TIME] = TYPE_TIME, [COLUMN_BOOL] = TYPE_BOOL,
    };
    o->is_column = true;
    o->column = column;
    o->column_type = table_column(b->t, column)->type;
    o->type = types[o->column_type];
}

/* From here on the time column counts by its age. */
static void set_age(struct expr_operand *o)
{
    o->age = true;
    o->type = TYPE_NUMBER;
}

/* Finds the column if the operand can be one. */
static int find_column(struct binder *b, struct expr_operand *o)
{
    o->is_column = o->age = false;
    o->scale = 1;
    if (o->kind != OPERAND_WORD && o->kind != OPERAND_AGE)
        return 0;
    int column = table_column_index(b->t, o->text);
    if (column >= 0)
        set_column(b, o, (size_t)column);
    if (o->kind == OPERAND_WORD)
        return 0;
    if (column < 0)
        return no_column(b, o);
    if (o->type != TYPE_TIME) {
        b->at = o->at;
        return error_set(b->err, ERR_INVALID, "age() needs a time, %s is %s", o->text, type_words(b, o));
    }
    set_age(o);
    return 0;
}

static int wrong_value(struct binder *b, const struct expr_operand *value, const struct expr_operand *column,
                       const char *wants)
{
    char buf[256];
    b->at = value->at;
    return error_set(b->err, ERR_INVALID, "%s is %s: it is compared with %s, not with %s%s", column_of(b, column)->name,
                     type_words(b, column), wants, expr_lex_quote(buf, sizeof buf, value->text, value->len),
                     value->kind == OPERAND_STRING && column->type == TYPE_NUMBER ? " in quotes" : "");
}

static int bind_bool(struct binder *b, struct expr_operand *value, const struct expr_operand *column)
{
    static const struct {
        const char *word;
        bool value;
    } words[] = {{"true", true}, {"yes", true}, {"false", false}, {"no", false}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (value->kind != OPERAND_WORD || strcasecmp(value->text, words[i].word) != 0)
            continue;
        value->number = (struct expr_number){.i = words[i].value};
        return 0;
    }
    return wrong_value(b, value, column, "true or false");
}

/* A time column takes a time, or a duration, by which it becomes an age. */
static int bind_time(struct binder *b, struct expr_operand *value, struct expr_operand *column)
{
    struct expr_scalar s;
    int64_t ms;
    if (strlen(value->text) == value->len && clock_parse_iso(value->text, &ms) == 0) {
        value->number = (struct expr_number){.i = ms};
        return 0;
    }
    if (value->kind != OPERAND_WORD || expr_number_parse(value->text, &s) < 0 || s.measure != MEASURE_DURATION)
        return wrong_value(b, value, column, "a duration (5m) or a time (2026-11-20T14:22:07Z)");
    set_age(column);
    value->number = expr_number_of(&s, 1);
    return 0;
}

static int bind_number(struct binder *b, struct expr_operand *value, const struct expr_operand *column)
{
    enum column_unit unit = column_of(b, column)->unit;
    unsigned allowed = column->age ? MEASURE_DURATION : takes[unit];
    struct expr_scalar s;
    if (value->kind != OPERAND_WORD || expr_number_parse(value->text, &s) < 0 || !(s.measure & allowed))
        return wrong_value(b, value, column, takes_words(allowed));
    bool seconds = s.measure == MEASURE_DURATION && !column->age && in_seconds(unit);
    value->number = expr_number_of(&s, seconds ? 1000 : 1);
    return 0;
}

/* Reads a value as what the column it is compared with takes. */
static int bind_value(struct binder *b, struct expr_operand *value, struct expr_operand *column)
{
    int rc = 0;
    switch (column->type) {
    case TYPE_TEXT:
        break;
    case TYPE_BOOL:
        rc = bind_bool(b, value, column);
        break;
    case TYPE_TIME:
        rc = bind_time(b, value, column);
        break;
    case TYPE_NUMBER:
        rc = bind_number(b, value, column);
        break;
    }
    value->is_column = false;
    value->type = column->type;
    value->scale = 1;
    return rc;
}

static bool is_duration(const struct binder *b, const struct expr_operand *o)
{
    enum column_unit unit = column_of(b, o)->unit;
    return o->age || (o->type == TYPE_NUMBER && (in_seconds(unit) || unit == UNIT_MS));
}

/* Two columns of one kind; durations are brought to milliseconds. */
static int bind_columns(struct binder *b, struct expr_node *n)
{
    struct expr_operand *l = &n->left, *r = &n->right;
    if (l->type == TYPE_TIME && is_duration(b, r))
        set_age(l);
    if (r->type == TYPE_TIME && is_duration(b, l))
        set_age(r);
    enum column_unit lu = column_of(b, l)->unit, ru = column_of(b, r)->unit;
    bool numbers = l->type == TYPE_NUMBER;
    bool fit = l->type == r->type &&
               (!numbers || (is_duration(b, l) == is_duration(b, r) && (lu == UNIT_BYTES) == (ru == UNIT_BYTES)));
    if (!fit) {
        b->at = n->at;
        return error_set(b->err, ERR_INVALID, "%s and %s do not compare: one is %s, the other %s",
                         column_of(b, l)->name, column_of(b, r)->name,
                         is_duration(b, l) ? "a duration" : type_words(b, l),
                         is_duration(b, r) ? "a duration" : type_words(b, r));
    }
    if (numbers && is_duration(b, l)) {
        l->scale = !l->age && in_seconds(lu) ? 1000 : 1;
        r->scale = !r->age && in_seconds(ru) ? 1000 : 1;
    }
    return 0;
}

static int bind_compare(struct binder *b, struct expr_node *n)
{
    struct expr_operand *l = &n->left, *r = &n->right;
    int rc = find_column(b, l);
    if (rc == 0)
        rc = find_column(b, r);
    if (rc < 0)
        return rc;
    if (!l->is_column && !r->is_column)
        return no_column(b, l);
    bool ordered = n->op != EXPR_EQ && n->op != EXPR_NE;
    if (ordered && (l->is_column ? l : r)->type == TYPE_BOOL) {
        b->at = n->at;
        return error_set(b->err, ERR_INVALID, "%s is true or false: it goes with = and != only",
                         column_of(b, l->is_column ? l : r)->name);
    }
    if (l->is_column && r->is_column)
        return bind_columns(b, n);
    return l->is_column ? bind_value(b, r, l) : bind_value(b, l, r);
}

/* left must be a column. */
static int bind_left(struct binder *b, struct expr_node *n)
{
    int rc = find_column(b, &n->left);
    if (rc < 0)
        return rc;
    return n->left.is_column ? 0 : no_column(b, &n->left);
}

/* A time column's list holds times or durations, not both. */
static int bind_in(struct binder *b, struct expr_node *n)
{
    int rc = bind_left(b, n);
    for (size_t i = 0; i < n->list.n && rc == 0; i++) {
        bool was_time = n->left.type == TYPE_TIME;
        rc = bind_value(b, &n->list.items[i], &n->left);
        if (rc == 0 && i && was_time && n->left.age)
            rc = wrong_value(b, &n->list.items[i], &n->left, "times, as before in this list");
    }
    return rc;
}

static int bind_regex(struct binder *b, struct expr_node *n)
{
    int rc = bind_left(b, n);
    if (rc < 0 || n->left.type == TYPE_TEXT)
        return rc;
    b->at = n->at;
    return error_set(b->err, ERR_INVALID, "%s matches text, %s is %s", expr_lex_op(n->op), n->left.text,
                     type_words(b, &n->left));
}

/* A word is the truth of a bool column of that name, else text to be found. */
static int bind_word(struct binder *b, struct expr_node *n)
{
    int rc = find_column(b, &n->left);
    if (rc == 0 && n->left.is_column && n->left.type != TYPE_BOOL)
        n->left.is_column = false;
    return rc;
}

static int bind(struct binder *b, struct expr_node *n)
{
    static int (*const binders[])(struct binder *, struct expr_node *) = {
        [EXPR_COMPARE] = bind_compare, [EXPR_IN] = bind_in,     [EXPR_REGEX] = bind_regex,
        [EXPR_UNKNOWN] = bind_left,    [EXPR_WORD] = bind_word,
    };
    if (binders[n->kind])
        return binders[n->kind](b, n);
    int rc = 0;
    for (size_t i = 0; i < n->kids.n && rc == 0; i++)
        rc = bind(b, n->kids.items[i]);
    return rc;
}

int expr_bind(struct expr *e, const struct table *t, size_t *at, struct error *err)
{
    struct binder b = {.t = t, .err = err};
    e->bound = false;
    int rc = e->root ? bind(&b, e->root) : 0;
    if (rc < 0) {
        if (at)
            *at = b.at;
        return rc;
    }
    e->text_columns.n = 0;
    for (size_t i = 0; i < table_ncolumns(t); i++)
        if (table_column(t, i)->type == COLUMN_TEXT)
            vec_push(&e->text_columns, i);
    e->bound = true;
    return 0;
}
