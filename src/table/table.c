/* Tables: rows by key, ordered by when they were last written. */
#include "base/limits.h"
#include "base/str.h"
#include "table/index.h"
#include "table/packed.h"
#include "table/store_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { REMOVALS_KEPT = 65536 };

/* Of its cells, those written since the store's last commit before seq are marked: they are as new as the row. Those of
 * the time before that are no newer than seq - before, all others no newer than seq - old: exact for readers that keep
 * up, and never too old for others. */
struct row {
    struct row *prev, *next; /* by seq */
    struct table *table;
    struct packed cells;
    uint64_t born : 48, hash_low : 16; /* hash: of the key */
    uint64_t seq : 48, hash_high : 16;
    uint64_t id : 39, owner : 16;
    uint64_t lent : 1;    /* the cells are: they are not written, but copied first */
    uint64_t mark : 8;    /* round in which it was last touched, see struct table.round */
    uint32_t before, old; /* at most UINT32_MAX, though longer ago */
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
    uint8_t *types; /* by column: enum column_type */
    struct table_index by_key, by_id;
    struct row *first, *last;
    uint64_t last_id, seq;
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

static void note_types(struct table *t)
{
    t->types = mem_realloc(t->types, t->columns.n + 1, sizeof *t->types);
    for (size_t i = 0; i < t->columns.n; i++)
        t->types[i] = (uint8_t)t->columns.items[i].type;
}

/* Before its cells are written: what is lent stays as it is. */
static void own_cells(struct row *r)
{
    if (!r->lent)
        return;
    struct packed lent = r->cells;
    packed_copy(&r->cells, &r->table->store->slab, &lent, r->table->columns.n);
    r->lent = false;
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
    for (struct row *r = t->first; r; r = r->next)
        own_cells(r);
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
    for (struct row *r = t->first; r; r = r->next)
        packed_resize(&r->cells, &t->store->slab, old, t->columns.n);
    note_types(t);
    t->store->schema_version++;
    return 0;
}

static struct value get(const struct row *r, size_t column)
{
    const struct table *t = r->table;
    struct value v = packed_get(&r->cells, t->columns.n, column, t->types[column] == COLUMN_REAL);
    if (t->types[column] == COLUMN_TEXT)
        v.s = v.quality == QUALITY_UNKNOWN ? NULL : names_at(t->store->names, (uint32_t)v.i);
    return v;
}

static bool holds_text(const struct row *r, size_t column)
{
    return r->table->types[column] == COLUMN_TEXT && packed_quality(&r->cells, column) != QUALITY_UNKNOWN;
}

/* Makes a cell unknown, without a word to readers. */
static void clear_cell(struct row *r, size_t column)
{
    struct name *text = holds_text(r, column) ? get(r, column).s : NULL;
    packed_set(&r->cells, &r->table->store->slab, r->table->columns.n, column, false, value_unknown());
    name_unref(text);
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
        own_cells(r);
        for (size_t i = gone.first; i < gone.first + gone.n; i++)
            clear_cell(r, i);
        packed_cut(&r->cells, &t->store->slab, t->columns.n, gone.first, gone.n);
    }
    for (size_t i = gone.first; i < gone.first + gone.n; i++)
        free_column(&t->columns.items[i]);
    memmove(&t->columns.items[gone.first], &t->columns.items[gone.first + gone.n], after * sizeof(struct column));
    t->columns.n -= gone.n;
    note_types(t);
    free(gone.name);
    memmove(&t->groups.items[g], &t->groups.items[g + 1], (--t->groups.n - g) * sizeof gone);
    for (; g < t->groups.n; g++)
        t->groups.items[g].first -= gone.n;
    t->store->schema_version++;
    return 0;
}

static uint64_t hash_of_key(const void *row)
{
    const struct row *r = row;
    return r->hash_low | (uint64_t)r->hash_high << 16;
}

static uint64_t mix(uint64_t h)
{
    h *= UINT64_C(0x9E3779B97F4A7C15);
    return h ^ h >> 32;
}

static uint64_t hash_of_id(const void *row)
{
    return mix(((const struct row *)row)->id);
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
    t->by_key.hash = hash_of_key;
    t->by_id.hash = hash_of_id;
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
    for (size_t i = 0; i < r->table->columns.n; i++)
        if (holds_text(r, i))
            name_unref(get(r, i).s);
    struct slab *slab = &r->table->store->slab;
    if (!r->lent) /* else somebody may still read them, who never gives them back */
        packed_done(&r->cells, slab, r->table->columns.n);
    slab_free(slab, r, sizeof *r);
}

void table_free(struct table *t)
{
    for (struct row *r = t->first, *next; r; r = next) {
        next = r->next;
        free_row(r);
    }
    table_index_done(&t->by_key);
    table_index_done(&t->by_id);
    free(t->types);
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

/* False where a value is unknown. */
static bool hash_key(const struct table *t, const struct value *key, uint32_t *hash)
{
    uint64_t h = 0;
    for (size_t i = 0; i < t->nkeys; i++) {
        if (key[i].quality == QUALITY_UNKNOWN)
            return false;
        h = mix(h ^ (t->columns.items[i].type == COLUMN_TEXT ? key[i].s->hash : (uint64_t)key[i].i));
    }
    *hash = (uint32_t)h;
    return true;
}

/* Reals by their bits. Names of one pool are the same where their bytes are; the key's may be of another one. */
static bool has_key(const struct row *r, const struct value *key)
{
    const struct table *t = r->table;
    bool same = true;
    for (size_t i = 0; i < t->nkeys && same; i++) {
        struct value v = get(r, i);
        same = v.i == key[i].i || (t->columns.items[i].type == COLUMN_TEXT && v.s->len == key[i].s->len &&
                                   memcmp(v.s->raw, key[i].s->raw, v.s->len) == 0);
    }
    return same;
}

static struct row *find_key(const struct table *t, const struct value *key, uint32_t hash)
{
    struct row *r;
    uint64_t at = hash;
    while ((r = table_index_next(&t->by_key, &at)))
        if (hash_of_key(r) == hash && has_key(r, key))
            break;
    return r;
}

struct row *table_find(const struct table *t, const struct value *key)
{
    uint32_t hash;
    return hash_key(t, key, &hash) ? find_key(t, key, hash) : NULL;
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

/* The row was written: it gets the next number and goes to the end. What was written before the last commit is then a
 * little older than it. */
static void touch(struct table *t, struct row *r)
{
    uint64_t seq = t->seq = ++t->store->seq, later = seq - r->seq;
    uint64_t before = r->before + later, old = r->old + later;
    own_cells(r);
    if (r->seq <= t->store->committed_seq) {
        packed_age(&r->cells, t->columns.n);
        packed_settle(&r->cells, &t->store->slab, t->columns.n);
        old = before;
        before = later;
    }
    r->seq = seq;
    r->before = before < UINT32_MAX ? (uint32_t)before : UINT32_MAX;
    r->old = old < UINT32_MAX ? (uint32_t)old : UINT32_MAX;
    if (t->last != r) {
        unlink_row(t, r);
        append_row(t, r);
    }
}

/* The name in the store's own pool, with a reference. */
static struct name *own_name(const struct table *t, struct name *n)
{
    return n->pool == t->store->names ? name_ref(n) : name_intern(t->store->names, n->raw, n->len);
}

/* A text is stored as its name's id. */
static void write_cell(struct table *t, struct row *r, size_t column, struct value v)
{
    struct name *old = holds_text(r, column) ? get(r, column).s : NULL;
    if (t->types[column] == COLUMN_TEXT && v.quality != QUALITY_UNKNOWN)
        v.i = own_name(t, v.s)->id;
    packed_set(&r->cells, &t->store->slab, t->columns.n, column, t->types[column] == COLUMN_REAL, v);
    packed_mark(&r->cells, column);
    name_unref(old);
}

static struct row *new_row(struct table *t, const struct value *key, uint32_t hash, uint16_t owner)
{
    struct row *r = slab_alloc(&t->store->slab, sizeof *r);
    *r = (struct row){.table = t};
    packed_init(&r->cells, &t->store->slab, t->columns.n);
    r->id = ++t->last_id;
    r->owner = owner;
    r->hash_low = hash & 0xFFFF;
    r->hash_high = hash >> 16;
    append_row(t, r);
    touch(t, r);
    r->born = r->seq;
    for (size_t i = 0; i < t->nkeys; i++)
        write_cell(t, r, i, key[i]);
    table_index_add(&t->by_key, r);
    table_index_add(&t->by_id, r);
    return r;
}

struct row *table_upsert(struct table *t, const struct value *key, uint16_t owner)
{
    uint32_t hash;
    if (!hash_key(t, key, &hash))
        return NULL;
    struct row *r = find_key(t, key, hash);
    if (!r && t->by_key.n < LIMITS_TABLE_ROWS)
        r = new_row(t, key, hash, owner);
    if (r)
        r->mark = t->round;
    return r;
}

void table_set(struct table *t, struct row *r, size_t column, struct value v)
{
    struct value old = get(r, column);
    if (v.quality == old.quality && (v.quality == QUALITY_UNKNOWN || v.i == old.i))
        return; /* reals compare by their bits, so that NaN equals itself */
    touch(t, r);
    write_cell(t, r, column, v);
}

void table_set_bytes(struct table *t, struct row *r, size_t column, const void *bytes, size_t len)
{
    struct value old = get(r, column);
    if (old.quality == QUALITY_EXACT && old.s->len == len && (len == 0 || memcmp(old.s->raw, bytes, len) == 0))
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

void table_set_told(struct table *t, struct row *r, size_t column, double v)
{
    table_set(t, r, column, value_told(v, QUALITY_EXACT));
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
    table_index_del(&t->by_key, r);
    table_index_del(&t->by_id, r);
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
    return get(r, column);
}

struct value row_cell(const struct row *r, const char *column)
{
    int i = table_column_index(r->table, column);
    return i < 0 ? value_unknown() : row_get(r, (size_t)i);
}

const char *row_text(const struct row *r, const char *column)
{
    int i = table_column_index(r->table, column);
    return i >= 0 && holds_text(r, (size_t)i) ? get(r, (size_t)i).s->safe : "";
}

bool row_lend(struct row *r, struct packed *ret)
{
    if (r->lent)
        return false;
    r->lent = true;
    r->table->store->lent++;
    *ret = r->cells;
    return true;
}

void row_take_back(struct row *r, struct packed *lent, size_t n)
{
    r->table->store->lent--;
    if (r->cells.bytes == lent->bytes)
        r->lent = false;
    else
        packed_done(lent, &r->table->store->slab, n);
    lent->bytes = NULL;
}

size_t table_bytes(const struct table *t)
{
    size_t sum = (t->by_key.room + t->by_id.room) * sizeof(void *);
    for (const struct row *r = t->first; r; r = r->next)
        sum += sizeof *r + packed_size(&r->cells, t->columns.n);
    return sum;
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
    switch (packed_marked(&r->cells, column)) {
    case PACKED_NOW:
        return r->seq;
    case PACKED_BEFORE:
        return r->seq - r->before;
    default:
        return r->seq - r->old;
    }
}

struct row *table_by_id(const struct table *t, uint64_t id)
{
    struct row *r;
    uint64_t at = mix(id);
    while ((r = table_index_next(&t->by_id, &at)))
        if (r->id == id)
            break;
    return r;
}

void table_remove_id(struct table *t, uint64_t id)
{
    struct row *r = table_by_id(t, id);
    if (r)
        table_remove(t, r);
}

static int ascending(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

void table_sort_ids(uint64_t *ids, size_t n)
{
    if (n) /* of none there may be no array */
        qsort(ids, n, sizeof *ids, ascending);
}

void table_remove_others(struct table *t, const uint64_t *before, size_t n, const uint64_t *now, size_t n_now)
{
    for (size_t i = 0, k = 0; i < n; i++) {
        while (k < n_now && now[k] < before[i])
            k++;
        if (k == n_now || now[k] != before[i])
            table_remove_id(t, before[i]);
    }
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
    if (a == b)
        return 0;
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
