/* Tables: rows by key, ordered by when they were last written. */
#include "base/limits.h"
#include "base/str.h"
#include "table/store_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { REMOVALS_KEPT = 65536 };

/* Value, and in one word when it was written and how good it is: 16 bytes a cell. */
struct cell {
    union {
        int64_t i;
        double d;
        struct name *s;
    };
    uint64_t seq : 56, quality : 8;
};

struct row {
    struct row *prev, *next; /* by seq */
    struct table *table;
    uint64_t id, seq, born;
    uint16_t owner;
    uint8_t mark; /* round in which it was last touched, see struct table.round */
    struct cell *cells;
};

struct group {
    char *name;
    uint16_t owner;
    size_t first, n;
};

struct table {
    struct store *store;
    char *name, *title, *help;
    VEC(struct column) columns; /* strings owned */
    VEC(struct group) groups;
    size_t nkeys;
    struct map by_key, by_id;
    struct row *first, *last;
    uint64_t next_id, seq;
    uint8_t round;
    VEC(struct table_removal) removals; /* a window: the oldest half is dropped when it is full */
    uint64_t forgotten_seq;             /* removals up to here are no longer known */
};

/* ---- schema ---- */

static bool is_name(const char *s)
{
    if (!s || !*s)
        return false;
    for (; *s; s++)
        if (!((*s >= 'a' && *s <= 'z') || (*s >= '0' && *s <= '9') || *s == '_'))
            return false;
    return true;
}

static struct column copy_column(const struct column *c)
{
    struct column copy = *c;
    copy.name = mem_strdup(c->name);
    copy.title = mem_strdup(c->title ? c->title : c->name);
    copy.help = mem_strdup(c->help ? c->help : "");
    return copy;
}

static void free_column(struct column *c)
{
    free((char *)(uintptr_t)c->name);
    free((char *)(uintptr_t)c->title);
    free((char *)(uintptr_t)c->help);
}

static int check_columns(const struct table *t, const struct column_group *g, struct error *err)
{
    bool keys_over = t->groups.n > 0;
    if (t->columns.n + g->ncolumns > LIMITS_TABLE_COLUMNS)
        return error_set(err, ERR_LIMIT, "table %s: more than %d columns", t->name, LIMITS_TABLE_COLUMNS);
    for (size_t i = 0; i < g->ncolumns; i++) {
        const struct column *c = &g->columns[i];
        if (!is_name(c->name))
            return error_set(err, ERR_INVALID, "table %s: column %zu of group %s has no proper name", t->name, i,
                             g->name);
        bool twice = table_column_index(t, c->name) >= 0;
        for (size_t j = 0; j < i; j++)
            twice |= strcmp(g->columns[j].name, c->name) == 0;
        if (twice)
            return error_set(err, ERR_INVALID, "table %s: column %s is there already", t->name, c->name);
        if (!(c->flags & COLUMN_KEY))
            keys_over = true;
        else if (keys_over)
            return error_set(err, ERR_INVALID, "table %s: key column %s does not stand before all others", t->name,
                             c->name);
    }
    return 0;
}

int table_add_group(struct table *t, const struct column_group *group, const char *owner, struct error *err)
{
    for (size_t i = 0; i < t->groups.n; i++)
        if (strcmp(t->groups.items[i].name, group->name) == 0)
            return error_set(err, ERR_INVALID, "table %s: there is a column group %s", t->name, group->name);
    int rc = check_columns(t, group, err);
    if (rc)
        return rc;
    size_t old = t->columns.n;
    vec_push(&t->groups, (struct group){
                             .name = mem_strdup(group->name),
                             .owner = owner ? store_owner(t->store, owner) : 0,
                             .first = old,
                             .n = group->ncolumns,
                         });
    for (size_t i = 0; i < group->ncolumns; i++) {
        vec_push(&t->columns, copy_column(&group->columns[i]));
        if (group->columns[i].flags & COLUMN_KEY)
            t->nkeys++;
    }
    for (struct row *r = t->first; r; r = r->next) {
        r->cells = mem_realloc(r->cells, t->columns.n, sizeof *r->cells);
        memset(r->cells + old, 0, group->ncolumns * sizeof *r->cells);
    }
    t->store->schema_version++;
    return 0;
}

static bool holds_text(const struct table *t, size_t column, const struct cell *c)
{
    return t->columns.items[column].type == COLUMN_TEXT && c->quality != QUALITY_UNKNOWN;
}

int table_drop_group(struct table *t, const char *name)
{
    size_t g = 0;
    while (g < t->groups.n && strcmp(t->groups.items[g].name, name) != 0)
        g++;
    if (g == 0 || g == t->groups.n) /* the first holds the key: it goes with the table */
        return ERR_NOT_FOUND;
    struct group gone = t->groups.items[g];
    size_t after = t->columns.n - gone.first - gone.n;
    for (struct row *r = t->first; r; r = r->next) {
        for (size_t i = gone.first; i < gone.first + gone.n; i++)
            if (holds_text(t, i, &r->cells[i]))
                name_unref(r->cells[i].s);
        memmove(&r->cells[gone.first], &r->cells[gone.first + gone.n], after * sizeof *r->cells);
    }
    for (size_t i = gone.first; i < gone.first + gone.n; i++)
        free_column(&t->columns.items[i]);
    memmove(&t->columns.items[gone.first], &t->columns.items[gone.first + gone.n], after * sizeof(struct column));
    t->columns.n -= gone.n;
    free(gone.name);
    memmove(&t->groups.items[g], &t->groups.items[g + 1], (--t->groups.n - g) * sizeof gone);
    for (; g < t->groups.n; g++)
        t->groups.items[g].first -= gone.n;
    t->store->schema_version++;
    return 0;
}

int table_new(struct store *s, const struct table_def *def, const char *owner, struct table **ret, struct error *err)
{
    if (!is_name(def->name))
        return error_set(err, ERR_INVALID, "a table's name must be made of a-z, 0-9 and _");
    struct table *t = mem_new(struct table);
    t->store = s;
    t->name = mem_strdup(def->name);
    t->title = mem_strdup(def->title ? def->title : def->name);
    t->help = mem_strdup(def->help ? def->help : "");
    t->next_id = 1;
    int rc = table_add_group(t, &def->group, owner, err);
    if (!rc && !t->nkeys)
        rc = error_set(err, ERR_INVALID, "table %s: no key column", def->name);
    if (rc)
        table_free(t);
    else
        *ret = t;
    return rc;
}

static void free_row(struct row *r)
{
    const struct table *t = r->table;
    for (size_t i = 0; i < t->columns.n; i++)
        if (holds_text(t, i, &r->cells[i]))
            name_unref(r->cells[i].s);
    free(r->cells);
    free(r);
}

void table_free(struct table *t)
{
    for (struct row *r = t->first, *next; r; r = next) {
        next = r->next;
        free_row(r);
    }
    map_done(&t->by_key);
    map_done(&t->by_id);
    for (size_t i = 0; i < t->columns.n; i++)
        free_column(&t->columns.items[i]);
    vec_done(&t->columns);
    for (size_t i = 0; i < t->groups.n; i++)
        free(t->groups.items[i].name);
    vec_done(&t->groups);
    vec_done(&t->removals);
    free(t->name);
    free(t->title);
    free(t->help);
    free(t);
}

const char *table_name(const struct table *t)
{
    return t->name;
}

const char *table_title(const struct table *t)
{
    return t->title;
}

const char *table_help(const struct table *t)
{
    return t->help;
}

struct store *table_store(const struct table *t)
{
    return t->store;
}

size_t table_ncolumns(const struct table *t)
{
    return t->columns.n;
}

const struct column *table_column(const struct table *t, size_t i)
{
    return &t->columns.items[i];
}

int table_column_index(const struct table *t, const char *name)
{
    for (size_t i = 0; i < t->columns.n; i++)
        if (strcmp(t->columns.items[i].name, name) == 0)
            return (int)i;
    return ERR_NOT_FOUND;
}

size_t table_nkeys(const struct table *t)
{
    return t->nkeys;
}

size_t table_ngroups(const struct table *t)
{
    return t->groups.n;
}

const char *table_group_name(const struct table *t, size_t i)
{
    return t->groups.items[i].name;
}

uint16_t table_group_owner(const struct table *t, size_t i)
{
    return t->groups.items[i].owner;
}

size_t table_group_first(const struct table *t, size_t i)
{
    return t->groups.items[i].first;
}

size_t table_group_size(const struct table *t, size_t i)
{
    return t->groups.items[i].n;
}

size_t table_group_of(const struct table *t, size_t column)
{
    size_t g = 0;
    while (column >= t->groups.items[g].first + t->groups.items[g].n)
        g++;
    return g;
}

/* ---- rows ---- */

static void append_key_value(struct str *out, enum column_type type, struct value v)
{
    if (type == COLUMN_TEXT) {
        uint32_t len = v.s->len;
        str_bytes(out, &len, sizeof len);
        str_bytes(out, v.s->raw, len);
    } else {
        str_bytes(out, &v.i, sizeof v.i); /* reals by their bits */
    }
}

bool table_key_encode(const struct table *t, const struct value *key, struct str *out)
{
    for (size_t i = 0; i < t->nkeys; i++) {
        if (key[i].quality == QUALITY_UNKNOWN)
            return false;
        append_key_value(out, t->columns.items[i].type, key[i]);
    }
    return true;
}

void table_key_bytes(const struct table *t, const struct row *r, struct str *out)
{
    for (size_t i = 0; i < t->nkeys; i++)
        append_key_value(out, t->columns.items[i].type, row_get(r, i));
}

int table_key_decode(const struct table *t, const char *bytes, size_t len, struct value *key)
{
    size_t at = 0, i = 0;
    for (; i < t->nkeys; i++) {
        bool text = t->columns.items[i].type == COLUMN_TEXT;
        uint32_t size = sizeof key[i].i;
        if (text) {
            if (len - at < sizeof size)
                break;
            memcpy(&size, bytes + at, sizeof size);
            at += sizeof size;
        }
        if (len - at < size)
            break;
        key[i] = (struct value){.quality = QUALITY_EXACT};
        if (text)
            key[i].s = name_intern(t->store->names, bytes + at, size);
        else
            memcpy(&key[i].i, bytes + at, size);
        at += size;
    }
    if (i == t->nkeys && at == len)
        return 0;
    while (i < t->nkeys)
        key[i++] = value_unknown(); /* so that done frees what was made */
    table_key_done(t, key);
    return ERR_INVALID;
}

void table_key_done(const struct table *t, struct value *key)
{
    for (size_t i = 0; i < t->nkeys; i++) {
        if (t->columns.items[i].type == COLUMN_TEXT && key[i].quality != QUALITY_UNKNOWN)
            name_unref(key[i].s);
        key[i] = value_unknown();
    }
}

struct row *table_find(const struct table *t, const struct value *key)
{
    struct str bytes = {0};
    struct row *r = table_key_encode(t, key, &bytes) ? map_get(&t->by_key, bytes.s, bytes.len) : NULL;
    str_done(&bytes);
    return r;
}

static void unlink_row(struct table *t, struct row *r)
{
    *(r->prev ? &r->prev->next : &t->first) = r->next;
    *(r->next ? &r->next->prev : &t->last) = r->prev;
}

static void append_row(struct table *t, struct row *r)
{
    r->prev = t->last;
    r->next = NULL;
    *(t->last ? &t->last->next : &t->first) = r;
    t->last = r;
}

/* The row was written: it gets the next number and goes to the end. */
static void touch(struct table *t, struct row *r)
{
    r->seq = t->seq = ++t->store->seq;
    if (t->last != r) {
        unlink_row(t, r);
        append_row(t, r);
    }
}

static void write_cell(struct table *t, struct row *r, size_t column, struct value v)
{
    struct cell *c = &r->cells[column];
    struct name *old = holds_text(t, column, c) ? c->s : NULL;
    if (v.quality == QUALITY_UNKNOWN)
        v.i = 0;
    else if (t->columns.items[column].type == COLUMN_TEXT)
        name_ref(v.s);
    c->i = v.i; /* all members are 64 bits */
    c->quality = v.quality;
    c->seq = r->seq;
    name_unref(old);
}

struct row *table_upsert(struct table *t, const struct value *key, uint16_t owner)
{
    struct str bytes = {0};
    struct row *r = NULL;
    if (!table_key_encode(t, key, &bytes))
        goto out;
    r = map_get(&t->by_key, bytes.s, bytes.len);
    if (!r && t->by_key.n < LIMITS_TABLE_ROWS) {
        r = mem_new(struct row);
        r->table = t;
        r->cells = mem_calloc(t->columns.n, sizeof *r->cells);
        r->id = t->next_id++;
        r->owner = owner;
        append_row(t, r);
        touch(t, r);
        r->born = r->seq;
        for (size_t i = 0; i < t->nkeys; i++)
            write_cell(t, r, i, key[i]);
        map_put(&t->by_key, bytes.s, bytes.len, r);
        map_put(&t->by_id, &r->id, sizeof r->id, r);
    }
    if (r)
        r->mark = t->round;
out:
    str_done(&bytes);
    return r;
}

void table_set(struct table *t, struct row *r, size_t column, struct value v)
{
    const struct cell *c = &r->cells[column];
    if (v.quality == QUALITY_UNKNOWN ? c->quality == QUALITY_UNKNOWN : c->quality == v.quality && c->i == v.i)
        return; /* reals compare by their bits, so that NaN equals itself */
    touch(t, r);
    write_cell(t, r, column, v);
}

void table_set_bytes(struct table *t, struct row *r, size_t column, const void *bytes, size_t len)
{
    const struct cell *c = &r->cells[column];
    if (c->quality == QUALITY_EXACT && c->s->len == len && (len == 0 || memcmp(c->s->raw, bytes, len) == 0))
        return;
    struct name *n = name_intern(t->store->names, bytes, len);
    table_set(t, r, column, (struct value){.s = n, .quality = QUALITY_EXACT});
    name_unref(n);
}

void table_set_text(struct table *t, struct row *r, size_t column, const char *text)
{
    if (text)
        table_set_bytes(t, r, column, text, strlen(text));
    else
        table_set_unknown(t, r, column);
}

void table_set_int(struct table *t, struct row *r, size_t column, int64_t v, enum quality q)
{
    table_set(t, r, column, (struct value){.i = v, .quality = q});
}

void table_set_real(struct table *t, struct row *r, size_t column, double v, enum quality q)
{
    table_set(t, r, column, (struct value){.d = v, .quality = q});
}

void table_set_unknown(struct table *t, struct row *r, size_t column)
{
    table_set(t, r, column, value_unknown());
}

static void remember_removal(struct table *t, uint64_t id)
{
    if (t->removals.n == REMOVALS_KEPT) {
        size_t half = REMOVALS_KEPT / 2;
        t->forgotten_seq = t->removals.items[half - 1].seq;
        memmove(t->removals.items, t->removals.items + half, half * sizeof *t->removals.items);
        t->removals.n = half;
    }
    vec_push(&t->removals, (struct table_removal){.id = id, .seq = t->seq});
}

void table_remove(struct table *t, struct row *r)
{
    struct str key = {0};
    table_key_bytes(t, r, &key);
    map_del(&t->by_key, key.s, key.len);
    map_del(&t->by_id, &r->id, sizeof r->id);
    str_done(&key);
    unlink_row(t, r);
    t->seq = ++t->store->seq;
    remember_removal(t, r->id);
    free_row(r);
}

void table_begin(struct table *t, uint16_t owner)
{
    t->round++;
    /* Two owners may have rounds in one table, one after the other: the other's rows keep what they
     * are marked with, and 255 rounds later nobody still asks for this number. */
    for (struct row *r = t->first; r; r = r->next)
        if (r->owner == owner)
            r->mark = (uint8_t)(t->round - 1);
}

void table_mark(struct table *t, struct row *r)
{
    r->mark = t->round;
}

/* Removes the rows of owner; only those not marked in this round where unmarked is set. */
static size_t remove_rows(struct table *t, uint16_t owner, bool unmarked)
{
    size_t n = 0;
    for (struct row *r = t->first, *next; r; r = next) {
        next = r->next;
        if (r->owner == owner && !(unmarked && r->mark == t->round)) {
            table_remove(t, r);
            n++;
        }
    }
    return n;
}

size_t table_sweep(struct table *t, uint16_t owner)
{
    return remove_rows(t, owner, true);
}

size_t table_drop_owner(struct table *t, uint16_t owner)
{
    return remove_rows(t, owner, false);
}

size_t table_nrows(const struct table *t)
{
    return t->by_key.n;
}

struct value row_get(const struct row *r, size_t column)
{
    const struct cell *c = &r->cells[column];
    return (struct value){.i = c->i, .quality = (enum quality)c->quality};
}

struct value row_cell(const struct row *r, const char *column)
{
    int i = table_column_index(r->table, column);
    return i < 0 ? value_unknown() : row_get(r, (size_t)i);
}

const char *row_text(const struct row *r, const char *column)
{
    int i = table_column_index(r->table, column);
    return i >= 0 && holds_text(r->table, (size_t)i, &r->cells[i]) ? r->cells[i].s->safe : "";
}

uint64_t row_id(const struct row *r)
{
    return r->id;
}

uint16_t row_owner(const struct row *r)
{
    return r->owner;
}

uint64_t row_seq(const struct row *r)
{
    return r->seq;
}

uint64_t row_born(const struct row *r)
{
    return r->born;
}

uint64_t row_cell_seq(const struct row *r, size_t column)
{
    return r->cells[column].seq;
}

struct row *table_by_id(const struct table *t, uint64_t id)
{
    return map_get(&t->by_id, &id, sizeof id);
}

struct row *table_first(const struct table *t)
{
    return t->first;
}

struct row *row_next(const struct row *r)
{
    return r->next;
}

struct row *table_changed_after(const struct table *t, uint64_t seq)
{
    struct row *found = NULL;
    for (struct row *r = t->last; r && r->seq > seq; r = r->prev)
        found = r;
    return found;
}

bool table_removed_after(const struct table *t, uint64_t seq, const struct table_removal **removed, size_t *n)
{
    size_t low = 0, high = t->removals.n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (t->removals.items[middle].seq <= seq)
            low = middle + 1;
        else
            high = middle;
    }
    *removed = t->removals.items + low;
    *n = t->removals.n - low;
    return seq >= t->forgotten_seq;
}

uint64_t table_seq(const struct table *t)
{
    return t->seq;
}

/* ---- values ---- */

static const char *const qualities[] = {
    [QUALITY_UNKNOWN] = "", [QUALITY_EXACT] = "exact", [QUALITY_GE] = "ge",
    [QUALITY_LE] = "le",    [QUALITY_EST] = "est",     [QUALITY_STALE] = "stale",
};

const char *quality_name(enum quality q)
{
    return qualities[q];
}

int quality_parse(const char *text, enum quality *q)
{
    for (size_t i = 0; i < sizeof qualities / sizeof *qualities; i++)
        if (strcmp(qualities[i], text) == 0) {
            *q = (enum quality)i;
            return 0;
        }
    return ERR_INVALID;
}

static int compare_text(const struct name *a, const struct name *b)
{
    size_t n = a->len < b->len ? a->len : b->len;
    int c = memcmp(a->raw, b->raw, n);
    return c ? c : (a->len > b->len) - (a->len < b->len);
}

int value_compare(enum column_type type, struct value a, struct value b)
{
    bool no_a = a.quality == QUALITY_UNKNOWN, no_b = b.quality == QUALITY_UNKNOWN;
    if (no_a || no_b)
        return no_a - no_b;
    if (type == COLUMN_TEXT)
        return compare_text(a.s, b.s);
    if (type != COLUMN_REAL)
        return (a.i > b.i) - (a.i < b.i);
    if (isnan(a.d) || isnan(b.d))
        return isnan(b.d) - isnan(a.d);
    return (a.d > b.d) - (a.d < b.d);
}
