/* Carries out plans: one small function an instruction. */
#include "avro/datum.h"
#include "avro/lists.h"

#include "base/mem.h"
#include "base/vec.h"

enum { KEPT_CELLS = 1024 * 1024 };

static bool op_skip_bytes(struct avro_run *r, const struct avro_plan_op *o)
{
    return avro_run_skip_bytes(r, o->a);
}

static bool op_skip_varints(struct avro_run *r, const struct avro_plan_op *o)
{
    return avro_run_skip_varints(r, o->a);
}

static bool op_skip_texts(struct avro_run *r, const struct avro_plan_op *o)
{
    for (uint32_t i = 0; i < o->a; i++)
        if (!avro_run_skip_text(r))
            return false;
    return true;
}

static bool op_long(struct avro_run *r, const struct avro_plan_op *o)
{
    int64_t value;
    if (!avro_run_varint(r, &value))
        return false;
    avro_run_set_long(&r->row[o->column], value);
    return true;
}

static bool op_int(struct avro_run *r, const struct avro_plan_op *o)
{
    int64_t value;
    if (!avro_run_varint(r, &value))
        return false;
    if ((int32_t)value != value)
        return avro_run_fail(r, ERR_INVALID, "an int of more than 32 bits");
    avro_run_set_long(&r->row[o->column], value);
    return true;
}

static bool op_boolean(struct avro_run *r, const struct avro_plan_op *o)
{
    if (!avro_run_skip_bytes(r, 1))
        return false;
    if (r->p[-1] > 1)
        return avro_run_fail(r, ERR_INVALID, "a boolean that is %u", r->p[-1]);
    avro_run_set_long(&r->row[o->column], r->p[-1]);
    return true;
}

static uint64_t little_endian(const unsigned char *p, unsigned n)
{
    uint64_t v = 0;
    for (unsigned i = 0; i < n; i++)
        v |= (uint64_t)p[i] << (8 * i);
    return v;
}

static bool op_float(struct avro_run *r, const struct avro_plan_op *o)
{
    float value;
    if (!avro_run_skip_bytes(r, sizeof value))
        return false;
    uint32_t bits = (uint32_t)little_endian(r->p - sizeof value, sizeof value);
    memcpy(&value, &bits, sizeof value);
    r->row[o->column] = (struct avro_datum_cell){.d = value, .is = AVRO_DATUM_DOUBLE};
    return true;
}

static bool op_double(struct avro_run *r, const struct avro_plan_op *o)
{
    double value;
    if (!avro_run_skip_bytes(r, sizeof value))
        return false;
    uint64_t bits = little_endian(r->p - sizeof value, sizeof value);
    memcpy(&value, &bits, sizeof value);
    r->row[o->column] = (struct avro_datum_cell){.d = value, .is = AVRO_DATUM_DOUBLE};
    return true;
}

static bool op_text(struct avro_run *r, const struct avro_plan_op *o)
{
    int64_t len;
    if (!avro_run_text_length(r, &len))
        return false;
    avro_run_set_text(&r->row[o->column], r->p, (size_t)len);
    r->p += len;
    return true;
}

static bool op_fixed(struct avro_run *r, const struct avro_plan_op *o)
{
    if (!avro_run_skip_bytes(r, o->a))
        return false;
    avro_run_set_text(&r->row[o->column], r->p - o->a, o->a);
    return true;
}

static bool op_set(struct avro_run *r, const struct avro_plan_op *o)
{
    r->row[o->column] = (struct avro_datum_cell){.is = o->a};
    return true;
}

/* The branch of a union of n. */
static bool branch(struct avro_run *r, uint32_t n, uint32_t *ret)
{
    int64_t at;
    if (!avro_run_varint(r, &at))
        return false;
    if (at < 0 || at >= n)
        return avro_run_fail(r, ERR_INVALID, "branch %lld of a union of %u", (long long)at, n);
    *ret = (uint32_t)at;
    return true;
}

static bool op_option(struct avro_run *r, const struct avro_plan_op *o)
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

static bool op_branch(struct avro_run *r, const struct avro_plan_op *o)
{
    uint32_t at;
    if (!branch(r, o->a, &at))
        return false;
    r->at += at;
    return true;
}

static bool op_jump(struct avro_run *r, const struct avro_plan_op *o)
{
    r->at = o->a;
    return true;
}

static bool op_call(struct avro_run *r, const struct avro_plan_op *o)
{
    struct avro_run_frame f = {.row = r->row, .at = (uint32_t)r->at};
    r->at = o->a;
    return avro_run_push(r, f);
}

static bool op_return(struct avro_run *r, const struct avro_plan_op *o)
{
    (void)o;
    r->at = r->frames[--r->depth].at;
    return true;
}

static bool (*const instructions[PROGRAM_CODES])(struct avro_run *, const struct avro_plan_op *) = {
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
    [PROGRAM_LIST] = avro_lists_begin,
    [PROGRAM_NEXT] = avro_lists_next,
    [PROGRAM_LIST_LONGS] = avro_lists_longs,
    [PROGRAM_LIST_TEXTS] = avro_lists_texts,
    [PROGRAM_SKIP_LIST] = avro_lists_skip,
    [PROGRAM_SKIP_NEXT] = avro_lists_skip_next,
    [PROGRAM_SKIP_LIST_BYTES] = avro_lists_skip_bytes,
    [PROGRAM_SKIP_LIST_VARINTS] = avro_lists_skip_varints,
    [PROGRAM_SKIP_LIST_PAIRS] = avro_lists_skip_pairs,
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
    struct avro_run r; /* frames are written before they are read */
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
