/* Carries out plans: one small function an instruction, and loops of their own for the lists that Iceberg is full of. */
#include "avro/datum.h"
#include "avro/program.h"

#include "base/mem.h"
#include "base/vec.h"

#include <stdarg.h>

enum { VARINT_BYTES = 10, KEPT_CELLS = 1024 * 1024 };

/* Where to go on when a list's item or a routine is done. */
struct frame {
    struct avro_datum_cell *row; /* the row at hand outside of the list */
    uint64_t left;               /* items of this block, the one at hand among them */
    uint32_t column;             /* of the list's own cell, in row */
    uint32_t at;                 /* of the instruction that began it; of a routine: where to return */
};

struct run {
    const unsigned char *p, *end, *start;
    const struct avro_plan_op *ops;
    struct avro_datum_cell *row; /* where columns are */
    size_t at;                   /* the next instruction */
    struct avro_datum *d;
    size_t cells; /* of all lists */
    size_t depth;
    int code; /* of the error, once there was one */
    struct error *err;
    struct frame frames[AVRO_DATUM_DEPTH];
};

__attribute__((format(printf, 3, 4), cold, noinline)) static void blame(struct run *r, int code, const char *fmt, ...)
{
    char text[128];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    r->code = error_set(r->err, code, "Avro value: byte %zu: %s", (size_t)(r->p - r->start), text);
}

/* false, as the compiler sees. */
#define fail(...) (blame(__VA_ARGS__), false)

static size_t left(const struct run *r)
{
    return (size_t)(r->end - r->p);
}

static int64_t zigzag(uint64_t v)
{
    return (int64_t)(v >> 1) ^ -(int64_t)(v & 1);
}

/* A varint where 10 bytes can be looked at; returns what is behind it, NULL if it has more. */
static inline const unsigned char *varint_unchecked(const unsigned char *p, uint64_t *ret)
{
    uint64_t v = *p & 0x7f;
    if (*p < 0x80) {
        *ret = v;
        return p + 1;
    }
    for (unsigned shift = 7; shift < 70; shift += 7) {
        uint64_t byte = *++p;
        if (shift == 63 && byte > 1)
            return NULL;
        v |= (byte & 0x7f) << shift;
        if (byte < 0x80) {
            *ret = v;
            return p + 1;
        }
    }
    return NULL;
}

/* A varint anywhere. */
static bool varint_slow(struct run *r, uint64_t *ret)
{
    unsigned char bytes[VARINT_BYTES] = {0};
    size_t n = left(r) < VARINT_BYTES ? left(r) : VARINT_BYTES;
    memcpy(bytes, r->p, n); /* the zeros behind it end a varint that is cut */
    const unsigned char *behind = varint_unchecked(bytes, ret);
    if (!behind)
        return fail(r, ERR_INVALID, "a number of more than 64 bits");
    if ((size_t)(behind - bytes) > n)
        return fail(r, ERR_INVALID, "cut off within a number");
    r->p += behind - bytes;
    return true;
}

static inline bool varint(struct run *r, int64_t *ret)
{
    uint64_t v = 0;
    if (r->p < r->end && *r->p < 0x80) {
        v = *r->p++;
    } else if (left(r) >= VARINT_BYTES) {
        const unsigned char *behind = varint_unchecked(r->p, &v);
        if (!behind)
            return fail(r, ERR_INVALID, "a number of more than 64 bits");
        r->p = behind;
    } else if (!varint_slow(r, &v)) {
        return false;
    }
    *ret = zigzag(v);
    return true;
}

/* Goes over n varints, eight bytes at a time: each has one byte without the highest bit. */
static bool skip_varints(struct run *r, uint64_t n)
{
    const unsigned char *p = r->p;
    while (n >= 8 && r->end - p >= 8) {
        uint64_t word;
        memcpy(&word, p, 8);
        word = (~word >> 7) & UINT64_C(0x0101010101010101);
        n -= (word * UINT64_C(0x0101010101010101)) >> 56;
        p += 8;
    }
    /* In the middle of a varint n counts it still, so that its end is looked for here. */
    while (n && p < r->end)
        n -= *p++ < 0x80;
    r->p = p;
    return n == 0 || fail(r, ERR_INVALID, "cut off within numbers");
}

static bool skip_bytes(struct run *r, uint64_t n)
{
    if (n > left(r))
        return fail(r, ERR_INVALID, "%llu bytes follow, %zu are left", (unsigned long long)n, left(r));
    r->p += n;
    return true;
}

/* The length of a text that is all there. */
static inline bool text_length(struct run *r, int64_t *len)
{
    if (!varint(r, len))
        return false;
    if (*len < 0 || (uint64_t)*len > left(r))
        return fail(r, ERR_INVALID, "a text of %lld bytes, %zu are left", (long long)*len, left(r));
    return true;
}

static inline bool skip_text(struct run *r)
{
    int64_t len;
    if (!text_length(r, &len))
        return false;
    r->p += len;
    return true;
}

static void set_long(struct avro_datum_cell *c, int64_t value)
{
    *c = (struct avro_datum_cell){.i = value, .is = AVRO_DATUM_LONG};
}

static void set_text(struct avro_datum_cell *c, const unsigned char *bytes, size_t len)
{
    *c = (struct avro_datum_cell){.bytes = bytes, .n = (uint32_t)len, .is = AVRO_DATUM_BYTES};
}

static bool op_skip_bytes(struct run *r, const struct avro_plan_op *o)
{
    return skip_bytes(r, o->a);
}

static bool op_skip_varints(struct run *r, const struct avro_plan_op *o)
{
    return skip_varints(r, o->a);
}

static bool op_skip_texts(struct run *r, const struct avro_plan_op *o)
{
    for (uint32_t i = 0; i < o->a; i++)
        if (!skip_text(r))
            return false;
    return true;
}

static bool op_long(struct run *r, const struct avro_plan_op *o)
{
    int64_t value;
    if (!varint(r, &value))
        return false;
    set_long(&r->row[o->column], value);
    return true;
}

static bool op_int(struct run *r, const struct avro_plan_op *o)
{
    int64_t value;
    if (!varint(r, &value))
        return false;
    if ((int32_t)value != value)
        return fail(r, ERR_INVALID, "an int of more than 32 bits");
    set_long(&r->row[o->column], value);
    return true;
}

static bool op_boolean(struct run *r, const struct avro_plan_op *o)
{
    if (!skip_bytes(r, 1))
        return false;
    if (r->p[-1] > 1)
        return fail(r, ERR_INVALID, "a boolean that is %u", r->p[-1]);
    set_long(&r->row[o->column], r->p[-1]);
    return true;
}

static uint64_t little_endian(const unsigned char *p, unsigned n)
{
    uint64_t v = 0;
    for (unsigned i = 0; i < n; i++)
        v |= (uint64_t)p[i] << (8 * i);
    return v;
}

static bool op_float(struct run *r, const struct avro_plan_op *o)
{
    float value;
    if (!skip_bytes(r, sizeof value))
        return false;
    uint32_t bits = (uint32_t)little_endian(r->p - sizeof value, sizeof value);
    memcpy(&value, &bits, sizeof value);
    r->row[o->column] = (struct avro_datum_cell){.d = value, .is = AVRO_DATUM_DOUBLE};
    return true;
}

static bool op_double(struct run *r, const struct avro_plan_op *o)
{
    double value;
    if (!skip_bytes(r, sizeof value))
        return false;
    uint64_t bits = little_endian(r->p - sizeof value, sizeof value);
    memcpy(&value, &bits, sizeof value);
    r->row[o->column] = (struct avro_datum_cell){.d = value, .is = AVRO_DATUM_DOUBLE};
    return true;
}

static bool op_text(struct run *r, const struct avro_plan_op *o)
{
    int64_t len;
    if (!text_length(r, &len))
        return false;
    set_text(&r->row[o->column], r->p, (size_t)len);
    r->p += len;
    return true;
}

static bool op_fixed(struct run *r, const struct avro_plan_op *o)
{
    if (!skip_bytes(r, o->a))
        return false;
    set_text(&r->row[o->column], r->p - o->a, o->a);
    return true;
}

static bool op_set(struct run *r, const struct avro_plan_op *o)
{
    r->row[o->column] = (struct avro_datum_cell){.is = o->a};
    return true;
}

/* The branch of a union of n. */
static bool branch(struct run *r, uint32_t n, uint32_t *ret)
{
    int64_t at;
    if (!varint(r, &at))
        return false;
    if (at < 0 || at >= n)
        return fail(r, ERR_INVALID, "branch %lld of a union of %u", (long long)at, n);
    *ret = (uint32_t)at;
    return true;
}

static bool op_option(struct run *r, const struct avro_plan_op *o)
{
    uint32_t at;
    if (!branch(r, 2, &at))
        return false;
    if (at == o->a) {
        if (o->column != PROGRAM_NOWHERE)
            r->row[o->column] = (struct avro_datum_cell){.is = AVRO_DATUM_NULL};
        r->at = o->b;
    }
    return true;
}

static bool op_branch(struct run *r, const struct avro_plan_op *o)
{
    uint32_t at;
    if (!branch(r, o->a, &at))
        return false;
    r->at += at;
    return true;
}

static bool op_jump(struct run *r, const struct avro_plan_op *o)
{
    r->at = o->a;
    return true;
}

static bool push(struct run *r, struct frame f)
{
    if (r->depth == AVRO_DATUM_DEPTH)
        return fail(r, ERR_LIMIT, "nested deeper than %d", AVRO_DATUM_DEPTH);
    r->frames[r->depth++] = f;
    return true;
}

static bool op_call(struct run *r, const struct avro_plan_op *o)
{
    struct frame f = {.row = r->row, .at = (uint32_t)r->at};
    r->at = o->a;
    return push(r, f);
}

static bool op_return(struct run *r, const struct avro_plan_op *o)
{
    (void)o;
    r->at = r->frames[--r->depth].at;
    return true;
}

/* How many items the next block of a list has, 0 at its end; *bytes gets the block's length, -1 if it does not tell. */
static bool block(struct run *r, uint32_t least, uint64_t *count, int64_t *bytes)
{
    int64_t n;
    *bytes = -1;
    if (!varint(r, &n))
        return false;
    *count = n < 0 ? -(uint64_t)n : (uint64_t)n;
    if (n < 0) {
        if (!varint(r, bytes))
            return false;
        if (*bytes < 0 || (uint64_t)*bytes > left(r))
            return fail(r, ERR_INVALID, "a block of %lld bytes, %zu are left", (long long)*bytes, left(r));
    }
    if (least && *count > left(r) / least)
        return fail(r, ERR_INVALID, "%llu items, %zu bytes are left", (unsigned long long)*count, left(r));
    if (*count > UINT32_MAX)
        return fail(r, ERR_LIMIT, "%llu items, more than %u", (unsigned long long)*count, UINT32_MAX);
    return true;
}

/* Counts a block's items into a list's cell. */
static bool add_items(struct run *r, struct avro_datum_cell *list, uint64_t count)
{
    if (count > UINT32_MAX - list->n)
        return fail(r, ERR_LIMIT, "a list of more than %u items", UINT32_MAX);
    list->n += (uint32_t)count;
    return true;
}

/* Makes `count` more rows of a store, all absent; returns the first. */
static struct avro_datum_cell *add_rows(struct run *r, uint16_t store, uint64_t count)
{
    struct avro_datum_store *s = &r->d->stores[store];
    uint32_t width = r->d->plan->widths[store];
    if (count * width > AVRO_DATUM_CELLS - r->cells) {
        blame(r, ERR_LIMIT, "lists of more than %d cells", AVRO_DATUM_CELLS);
        return NULL;
    }
    size_t have = s->rows * width, more = count * width;
    r->cells += more;
    if (have + more > s->room) {
        s->room = vec_room(s->room, have + more);
        s->cells = mem_realloc(s->cells, s->room, sizeof *s->cells);
    }
    s->rows += count;
    return s->cells + have;
}

static void begin_list(struct run *r, const struct avro_plan_op *o)
{
    r->row[o->column] = (struct avro_datum_cell){.first = r->d->stores[o->store].rows, .is = AVRO_DATUM_LIST};
}

/* Reads the head of a list's next block into the topmost frame; at the list's end takes the frame away and goes on behind. */
static bool next_block(struct run *r, const struct avro_plan_op *o)
{
    struct frame *f = &r->frames[r->depth - 1];
    int64_t bytes;
    if (!block(r, o->a, &f->left, &bytes))
        return false;
    if (f->left == 0) {
        r->row = f->row;
        r->at = o->b;
        r->depth--;
        return true;
    }
    if (o->a == 0 && f->left > AVRO_DATUM_EMPTY_ITEMS)
        return fail(r, ERR_LIMIT, "%llu items of no bytes", (unsigned long long)f->left);
    if (!add_items(r, &f->row[f->column], f->left) || !(r->row = add_rows(r, o->store, f->left)))
        return false;
    memset(r->row, 0, f->left * r->d->plan->widths[o->store] * sizeof *r->row);
    r->at = f->at + 1;
    return true;
}

static bool op_list(struct run *r, const struct avro_plan_op *o)
{
    begin_list(r, o);
    return push(r, (struct frame){.row = r->row, .column = o->column, .at = (uint32_t)r->at - 1}) && next_block(r, o);
}

static bool op_next(struct run *r, const struct avro_plan_op *o)
{
    struct frame *f = &r->frames[r->depth - 1];
    if (--f->left == 0)
        return next_block(r, &r->ops[f->at]);
    r->row += r->d->plan->widths[o->store];
    r->at = o->a;
    return true;
}

/* The next number of a pair: what is behind it, NULL where it is none. */
static inline const unsigned char *pair_number(struct run *r, const unsigned char *p, struct avro_datum_cell *cell,
                                               bool is_int)
{
    uint64_t v;
    r->p = p;
    if (r->end - p >= VARINT_BYTES) {
        if (!(p = varint_unchecked(p, &v))) {
            blame(r, ERR_INVALID, "a number of more than 64 bits");
            return NULL;
        }
    } else if (!varint_slow(r, &v)) {
        return NULL;
    } else {
        p = r->p;
    }
    if (is_int && (v >> 32)) {
        blame(r, ERR_INVALID, "an int of more than 32 bits");
        return NULL;
    }
    set_long(cell, zigzag(v));
    return p;
}

static bool op_list_longs(struct run *r, const struct avro_plan_op *o)
{
    struct avro_datum_cell *list = &r->row[o->column];
    uint64_t count;
    int64_t bytes;
    begin_list(r, o);
    while (block(r, 2, &count, &bytes)) {
        if (count == 0)
            return true;
        struct avro_datum_cell *row = add_items(r, list, count) ? add_rows(r, o->store, count) : NULL;
        const unsigned char *p = row ? r->p : NULL;
        for (uint64_t i = 0; i < count && p; i++, row += 2) {
            if ((p = pair_number(r, p, &row[o->a], o->flags & PROGRAM_FIRST_INT)))
                p = pair_number(r, p, &row[o->b], o->flags & PROGRAM_SECOND_INT);
        }
        if (!p)
            return false;
        r->p = p;
    }
    return false;
}

static bool op_list_texts(struct run *r, const struct avro_plan_op *o)
{
    struct avro_datum_cell *list = &r->row[o->column];
    uint64_t count;
    int64_t bytes, len;
    begin_list(r, o);
    while (block(r, 2, &count, &bytes)) {
        if (count == 0)
            return true;
        struct avro_datum_cell *row = add_items(r, list, count) ? add_rows(r, o->store, count) : NULL;
        if (!row)
            return false;
        for (uint64_t i = 0; i < count; i++, row += 2) {
            const unsigned char *p = pair_number(r, r->p, &row[o->a], o->flags & PROGRAM_FIRST_INT);
            if (!p)
                return false;
            r->p = p;
            if (!text_length(r, &len))
                return false;
            set_text(&row[o->b], r->p, (size_t)len);
            r->p += len;
        }
    }
    return false;
}

/* The next block of a list that is skipped: what it tells the length of is skipped at once. *count becomes 0 at the end. */
static bool skip_block(struct run *r, struct avro_datum_cell *list, uint32_t least, uint64_t *count)
{
    int64_t bytes;
    for (;;) {
        if (!block(r, least, count, &bytes) || (list && !add_items(r, list, *count)))
            return false;
        if (bytes < 0 || *count == 0)
            return true;
        r->p += bytes;
    }
}

static struct avro_datum_cell *begin_skipped(struct run *r, const struct avro_plan_op *o)
{
    if (o->column == PROGRAM_NOWHERE)
        return NULL;
    r->row[o->column] = (struct avro_datum_cell){.is = AVRO_DATUM_LIST};
    return &r->row[o->column];
}

static bool next_skipped(struct run *r, const struct avro_plan_op *o)
{
    struct frame *f = &r->frames[r->depth - 1];
    struct avro_datum_cell *list = f->column == PROGRAM_NOWHERE ? NULL : &r->row[f->column];
    if (!skip_block(r, list, o->a, &f->left))
        return false;
    if (f->left == 0) {
        r->at = o->b;
        r->depth--;
    } else {
        r->at = f->at + 1;
    }
    return true;
}

static bool op_skip_list(struct run *r, const struct avro_plan_op *o)
{
    begin_skipped(r, o);
    return push(r, (struct frame){.row = r->row, .column = o->column, .at = (uint32_t)r->at - 1}) && next_skipped(r, o);
}

static bool op_skip_next(struct run *r, const struct avro_plan_op *o)
{
    struct frame *f = &r->frames[r->depth - 1];
    if (--f->left == 0)
        return next_skipped(r, &r->ops[f->at]);
    r->at = o->a;
    return true;
}

static bool op_skip_list_bytes(struct run *r, const struct avro_plan_op *o)
{
    struct avro_datum_cell *list = begin_skipped(r, o);
    uint64_t count;
    do {
        if (!skip_block(r, list, o->a, &count) || !skip_bytes(r, count * o->a))
            return false;
    } while (count);
    return true;
}

static bool op_skip_list_varints(struct run *r, const struct avro_plan_op *o)
{
    struct avro_datum_cell *list = begin_skipped(r, o);
    uint64_t count;
    do {
        if (!skip_block(r, list, o->a, &count) || !skip_varints(r, count * o->a))
            return false;
    } while (count);
    return true;
}

static bool op_skip_list_pairs(struct run *r, const struct avro_plan_op *o)
{
    struct avro_datum_cell *list = begin_skipped(r, o);
    uint64_t count;
    do {
        if (!skip_block(r, list, 2, &count))
            return false;
        for (uint64_t i = 0; i < count; i++)
            if (!skip_varints(r, 1) || !skip_text(r))
                return false;
    } while (count);
    return true;
}

static bool (*const instructions[PROGRAM_CODES])(struct run *, const struct avro_plan_op *) = {
    [PROGRAM_SKIP_BYTES] = op_skip_bytes,
    [PROGRAM_SKIP_VARINTS] = op_skip_varints,
    [PROGRAM_SKIP_TEXTS] = op_skip_texts,
    [PROGRAM_LONG] = op_long,
    [PROGRAM_INT] = op_int,
    [PROGRAM_BOOLEAN] = op_boolean,
    [PROGRAM_FLOAT] = op_float,
    [PROGRAM_DOUBLE] = op_double,
    [PROGRAM_TEXT] = op_text,
    [PROGRAM_FIXED] = op_fixed,
    [PROGRAM_SET] = op_set,
    [PROGRAM_OPTION] = op_option,
    [PROGRAM_BRANCH] = op_branch,
    [PROGRAM_JUMP] = op_jump,
    [PROGRAM_CALL] = op_call,
    [PROGRAM_RETURN] = op_return,
    [PROGRAM_LIST] = op_list,
    [PROGRAM_NEXT] = op_next,
    [PROGRAM_LIST_LONGS] = op_list_longs,
    [PROGRAM_LIST_TEXTS] = op_list_texts,
    [PROGRAM_SKIP_LIST] = op_skip_list,
    [PROGRAM_SKIP_NEXT] = op_skip_next,
    [PROGRAM_SKIP_LIST_BYTES] = op_skip_list_bytes,
    [PROGRAM_SKIP_LIST_VARINTS] = op_skip_list_varints,
    [PROGRAM_SKIP_LIST_PAIRS] = op_skip_list_pairs,
};

struct avro_datum *avro_datum_new(void)
{
    return mem_new(struct avro_datum);
}

void avro_datum_free(struct avro_datum *d)
{
    if (!d)
        return;
    for (size_t i = 0; i < d->nstores; i++)
        free(d->stores[i].cells);
    free(d->stores);
    free(d);
}

/* Makes the stores that a plan needs, all empty but for the one row of the whole. */
static void prepare(struct avro_datum *d, const struct avro_plan *plan)
{
    if (d->nstores < plan->nstores) {
        d->stores = mem_realloc(d->stores, plan->nstores, sizeof *d->stores);
        memset(d->stores + d->nstores, 0, (plan->nstores - d->nstores) * sizeof *d->stores);
        d->nstores = plan->nstores;
    }
    for (size_t i = 0; i < plan->nstores; i++) {
        if (d->stores[i].room > KEPT_CELLS) { /* of one very large value; the next will hardly be another */
            free(d->stores[i].cells);
            d->stores[i] = (struct avro_datum_store){0};
        }
        d->stores[i].rows = 0;
    }
    size_t width = plan->widths[0];
    if (!d->stores->cells || d->stores->room < width) {
        d->stores->room = vec_room(d->stores->room, width);
        d->stores->cells = mem_realloc(d->stores->cells, d->stores->room, sizeof *d->stores->cells);
    }
    memset(d->stores->cells, 0, width * sizeof *d->stores->cells);
    d->stores->rows = 1;
    d->plan = plan;
}

int avro_datum_read(struct avro_datum *d, const struct avro_plan *plan, const void *bytes, size_t len, size_t *used,
                    struct error *err)
{
    struct run r; /* frames are written before they are read */
    d->plan = NULL;
    if (len > AVRO_DATUM_INPUT_BYTES)
        return error_set(err, ERR_LIMIT, "Avro value: %zu bytes, more than %d", len, AVRO_DATUM_INPUT_BYTES);
    prepare(d, plan);
    r.p = r.start = len ? bytes : (const unsigned char *)"";
    r.end = r.p + len;
    r.ops = plan->ops;
    r.row = d->stores->cells;
    r.d = d;
    r.err = err;
    r.at = r.cells = r.depth = 0;
    r.code = 0;
    for (const struct avro_plan_op *o = r.ops; o->code != PROGRAM_END; o = &r.ops[r.at]) {
        r.at++;
        if (!instructions[o->code](&r, o)) {
            d->plan = NULL;
            return r.code;
        }
    }
    if (used)
        *used = (size_t)(r.p - r.start);
    return 0;
}
