/* Sorts rows into groups by one column and adds up, group after group. */
#include "ui/table_groups.h"

#include "ui/sums.h"

#include "base/limits.h"
#include "base/map.h"
#include "base/mem.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBER, VALUE, ROWS, WRONG, WARNINGS, OWN }; /* columns; from OWN on those of the source but the one */
enum { FORGET = 1000 };                             /* values of groups that have gone, before all are forgotten */

struct table_groups {
    const struct table *source;
    size_t column;
    struct store *store;
    struct table *table;
    size_t *from;    /* for each column of table: the source's; from OWN on */
    uint16_t owner;  /* of all rows */
    struct map seen; /* values as bytes: the group's number plus one, as a pointer */
    size_t next;     /* number */
};

bool table_groups_can(const struct column *c)
{
    if (c->type == COLUMN_TEXT || c->type == COLUMN_BOOL)
        return true;
    return c->type == COLUMN_INT && (c->unit == UNIT_ID || c->unit == UNIT_NONE || c->unit == UNIT_COUNT);
}

/* ---- the table ---- */

/* A name of ours that the source does not have as well. */
static char *own_name(const struct table *source, const char *name)
{
    struct str s = {0};
    str_add(&s, name);
    while (table_column_index(source, str_text(&s)) >= 0)
        str_char(&s, '_');
    return str_take(&s);
}

static struct column of_source(const struct column *c)
{
    struct column copy = *c;
    copy.flags &= ~(unsigned)(COLUMN_KEY | COLUMN_HISTORY);
    return copy;
}

static void declare(struct table_groups *g, struct column *columns)
{
    const struct column own[OWN] = {
        [NUMBER] = {"group_number", NULL, COLUMN_INT, UNIT_ID, COLUMN_KEY | COLUMN_HIDDEN, 9,
                    "A number for the group, for as long as the list is open."},
        [ROWS] = {"rows", "rows", COLUMN_INT, UNIT_COUNT, COLUMN_SUM, 0, "Rows of the group."},
        [WRONG] = {"wrong", "wrong", COLUMN_INT, UNIT_COUNT, COLUMN_SUM | COLUMN_WORST_HIGH, 0,
                   "Those that are wrong."},
        [WARNINGS] = {"warnings", "warnings", COLUMN_INT, UNIT_COUNT, COLUMN_SUM | COLUMN_WORST_HIGH, 0,
                      "Those that deserve a look."},
    };
    memcpy(columns, own, sizeof own);
    columns[VALUE] = of_source(table_column(g->source, g->column));
    columns[VALUE].flags &= ~(unsigned)COLUMN_HIDDEN;
    columns[VALUE].priority = 0;
    for (size_t i = 0, to = OWN; i < table_ncolumns(g->source); i++) {
        if (i == g->column)
            continue;
        columns[to] = of_source(table_column(g->source, i));
        g->from[to++] = i;
    }
}

static int make_table(struct table_groups *g, struct error *err)
{
    size_t n = table_ncolumns(g->source) + OWN - 1;
    struct column *columns = mem_calloc(n, sizeof *columns);
    char *title = mem_printf("%s by %s", table_title(g->source), table_column(g->source, g->column)->name);
    char *names[OWN] = {NULL};
    g->from = mem_calloc(n, sizeof *g->from);
    declare(g, columns);
    for (int i = 0; i < OWN; i++) {
        if (i != VALUE)
            columns[i].name = names[i] = own_name(g->source, columns[i].name);
    }
    const struct table_def def = {
        .name = "groups_of_rows",
        .title = title,
        .help = "Rows put together by a column.",
        .group = {.name = "list", .columns = columns, .ncolumns = n},
    };
    int rc = store_add(g->store, &def, "list", &g->table, err);
    for (int i = 0; i < OWN; i++)
        free(names[i]);
    free(title);
    free(columns);
    return rc;
}

int table_groups_new(const struct table *source, size_t column, struct table_groups **ret, struct error *err)
{
    size_t n = table_ncolumns(source) + OWN - 1;
    if (n > LIMITS_TABLE_COLUMNS)
        return error_set(err, ERR_LIMIT, "%s: %zu columns are too many to be grouped, at most %d", table_name(source),
                         n - OWN + 1, LIMITS_TABLE_COLUMNS - OWN + 1);
    struct table_groups *g = mem_new(struct table_groups);
    g->source = source;
    g->column = column;
    g->store = store_new(store_clock(table_store(source)));
    g->owner = store_owner(g->store, "list");
    int rc = make_table(g, err);
    if (rc < 0) {
        table_groups_free(g);
        return rc;
    }
    *ret = g;
    return 0;
}

void table_groups_free(struct table_groups *g)
{
    if (!g)
        return;
    store_free(g->store);
    map_done(&g->seen);
    free(g->from);
    free(g);
}

struct table *table_groups_table(const struct table_groups *g)
{
    return g->table;
}

size_t table_groups_own(const struct table_groups *g)
{
    (void)g;
    return OWN;
}

char *table_groups_columns(const struct table_groups *g, const char *listed)
{
    struct str s = {0};
    for (size_t i = VALUE; i < OWN; i++)
        str_printf(&s, "%s%s", i > VALUE ? " " : "", table_column(g->table, i)->name);
    for (size_t i = OWN; i < table_ncolumns(g->table) && !listed; i++) {
        if (!(table_column(g->table, i)->flags & COLUMN_HIDDEN) && g->from[i] >= table_nkeys(g->source))
            str_printf(&s, " %s", table_column(g->table, i)->name);
    }
    if (listed)
        str_printf(&s, " %s", listed);
    return str_take(&s);
}

/* ---- groups ---- */

void table_groups_value_of(const struct table *source, size_t column, const struct row *r, struct str *out)
{
    struct value v = row_get(r, column);
    if (v.quality == QUALITY_UNKNOWN)
        return;
    str_char(out, '=');
    if (table_column(source, column)->type == COLUMN_TEXT)
        str_bytes(out, v.s->raw, v.s->len);
    else
        str_bytes(out, &v.i, sizeof v.i);
}

void table_groups_value(const struct table_groups *g, const struct row *group, struct str *out)
{
    table_groups_value_of(g->table, VALUE, group, out);
}

enum severity table_groups_severity(const struct table_groups *g, const struct row *group)
{
    (void)g;
    return row_get(group, WRONG).i > 0      ? SEVERITY_WRONG
           : row_get(group, WARNINGS).i > 0 ? SEVERITY_WARNING
                                            : SEVERITY_FINE;
}

/* The rows' numbers of groups, in *numbers; returns how many numbers there are. */
static size_t number_rows(struct table_groups *g, const struct table_view_row *rows, size_t n, size_t *numbers)
{
    struct str value = {0};
    if (g->seen.n > 4 * n + FORGET) {
        map_done(&g->seen);
        g->seen = (struct map){0};
        g->next = 0;
        table_drop_owner(g->table, g->owner);
    }
    for (size_t i = 0; i < n; i++) {
        str_clear(&value);
        table_groups_value_of(g->source, g->column, rows[i].row, &value);
        void *seen = map_get(&g->seen, str_text(&value), value.len);
        if (!seen) {
            seen = (void *)(uintptr_t)++g->next;
            map_put(&g->seen, str_text(&value), value.len, seen);
        }
        numbers[i] = (size_t)(uintptr_t)seen - 1;
    }
    str_done(&value);
    return g->next;
}

/* What is put together of one column of one group. */
struct part {
    const struct table_view_row *const *rows;
    size_t n;
    const struct row_order_values *values;
};

static struct value sum_of(const struct part *p, const struct column *c, size_t from)
{
    struct sum sum = {0};
    for (size_t i = 0; i < p->n; i++) {
        const struct row *r = p->rows[i]->row;
        sums_add(&sum, c, p->values ? p->values->get(p->values->arg, r, from) : row_get(r, from));
    }
    return sums_value(&sum, c);
}

/* The highest: at least that, if it is not known of all rows. */
static struct value worst_of(const struct part *p, const struct column *c, size_t from)
{
    struct value worst = value_unknown();
    bool unknown = false;
    for (size_t i = 0; i < p->n; i++) {
        struct value v = row_get(p->rows[i]->row, from);
        unknown |= v.quality == QUALITY_UNKNOWN;
        if (v.quality && (!worst.quality || value_compare(c->type, v, worst) > 0))
            worst = v;
    }
    if (worst.quality && unknown)
        worst.quality = worst.quality == QUALITY_LE || worst.quality == QUALITY_EST ? QUALITY_EST : QUALITY_GE;
    return worst;
}

/* What all rows have; *various where they have not all the same. */
static struct value same_of(const struct part *p, const struct column *c, size_t from, bool *various)
{
    struct value first = row_get(p->rows[0]->row, from);
    *various = false;
    for (size_t i = 1; i < p->n && !*various; i++)
        *various = value_compare(c->type, row_get(p->rows[i]->row, from), first) != 0;
    return *various ? value_unknown() : first;
}

static void set(struct table_groups *g, struct row *group, size_t column, struct value v)
{
    if (v.quality && table_column(g->table, column)->type == COLUMN_TEXT)
        table_set_bytes(g->table, group, column, v.s->raw, v.s->len); /* the name is another store's */
    else if (v.quality)
        table_set(g->table, group, column, v);
    else
        table_set_unknown(g->table, group, column);
}

static void put_together(struct table_groups *g, struct row *group, size_t column, const struct part *p)
{
    const struct column *c = table_column(g->table, column);
    bool number = (c->type == COLUMN_INT || c->type == COLUMN_REAL) && c->unit != UNIT_ID && c->unit != UNIT_OFFSET;
    bool various = false;
    if (sums_adds(c))
        set(g, group, column, sum_of(p, c, g->from[column]));
    else if (p->values && number)
        set(g, group, column, value_unknown()); /* the change of the highest is nobody's change */
    else if (number && (c->flags & COLUMN_WORST_HIGH))
        set(g, group, column, worst_of(p, c, g->from[column]));
    else
        set(g, group, column, same_of(p, c, g->from[column], &various));
    if (various && c->type == COLUMN_TEXT)
        table_set_text(g->table, group, column, "various");
}

static void make_group(struct table_groups *g, size_t number, const struct part *p, const bool *wanted)
{
    const struct value key = value_int((int64_t)number);
    struct row *group = table_upsert(g->table, &key, g->owner);
    int64_t severe[SEVERITY_COUNT] = {0};
    if (!group)
        return;
    for (size_t i = 0; i < p->n; i++)
        severe[p->rows[i]->severity]++;
    set(g, group, VALUE, row_get(p->rows[0]->row, g->column));
    table_set(g->table, group, ROWS, value_int((int64_t)p->n));
    table_set(g->table, group, WRONG, value_int(severe[SEVERITY_WRONG]));
    table_set(g->table, group, WARNINGS, value_int(severe[SEVERITY_WARNING]));
    for (size_t i = OWN; i < table_ncolumns(g->table); i++) {
        if (wanted[i])
            put_together(g, group, i, p);
    }
}

void table_groups_update(struct table_groups *g, const struct table_view_row *rows, size_t n, const bool *wanted,
                         const struct row_order_values *values)
{
    size_t *numbers = mem_calloc(n + 1, sizeof *numbers);
    size_t ngroups = number_rows(g, rows, n, numbers);
    size_t *ends = mem_calloc(ngroups + 1, sizeof *ends); /* of each group's rows in `sorted` */
    const struct table_view_row **sorted = mem_calloc(n + 1, sizeof(const struct table_view_row *));
    for (size_t i = 0; i < n; i++)
        ends[numbers[i] + 1]++;
    for (size_t i = 1; i <= ngroups; i++)
        ends[i] += ends[i - 1];
    for (size_t i = 0; i < n; i++) /* then ends[k] is no longer where group k begins, but where it ends */
        sorted[ends[numbers[i]]++] = &rows[i];
    table_begin(g->table, g->owner);
    for (size_t k = 0, first = 0; k < ngroups; first = ends[k++]) {
        const struct part p = {sorted + first, ends[k] - first, values};
        if (p.n)
            make_group(g, k, &p, wanted);
    }
    table_sweep(g->table, g->owner);
    store_commit(g->store);
    free(sorted);
    free(ends);
    free(numbers);
}
