/* Skips: constant widths and runs of numbers at once, records in line or as routines. */
#include "avro/skip.h"

enum {
    INLINE_DEPTH = 64, /* of records in records that are skipped without a CALL */
    NUMBERS = 16,      /* fields of a record that is looked at for being numbers only */
};

/* How many numbers an array's items are, if they are nothing else; 0 if not. */
static uint32_t all_numbers(const struct avro_compiler *c, const struct avro_schema_node *item)
{
    if (avro_compiler_is_number(item))
        return 1;
    if (item->type != AVRO_SCHEMA_RECORD || item->nbelow > NUMBERS)
        return 0;
    for (uint32_t i = 0; i < item->nbelow; i++)
        if (!avro_compiler_is_number(avro_compiler_node(c, item->first + i)))
            return 0;
    return item->nbelow;
}

int avro_skip_list(struct avro_compiler *c, const struct avro_schema_node *list, uint32_t column)
{
    uint32_t below = c->schema->below[list->first].node;
    const struct avro_schema_node *item = &c->schema->nodes[below];
    struct avro_plan_op op = {.code = PROGRAM_SKIP_LIST, .column = column, .a = avro_compiler_item_least(list, item)};
    bool array = list->type == AVRO_SCHEMA_ARRAY;
    if (array && item->constant)
        op.code = PROGRAM_SKIP_LIST_BYTES;
    else if (array && (op.a = all_numbers(c, item)))
        op.code = PROGRAM_SKIP_LIST_VARINTS;
    else if (array && avro_compiler_is_pair(c, item, avro_compiler_is_text))
        op.code = PROGRAM_SKIP_LIST_PAIRS;
    else
        op.a = avro_compiler_item_least(list, item);
    size_t at = avro_compiler_emit(c, op);
    if (op.code != PROGRAM_SKIP_LIST)
        return 0;
    uint32_t body = avro_compiler_here(c);
    if (!array)
        avro_compiler_skip(c, PROGRAM_SKIP_TEXTS, 1);
    int rc = avro_skip_value(c, below);
    avro_compiler_emit(c, (struct avro_plan_op){.code = PROGRAM_SKIP_NEXT, .a = body});
    c->ops.items[at].b = avro_compiler_here(c);
    return rc;
}

static int skip_union(struct avro_compiler *c, const struct avro_schema_node *u)
{
    int null = avro_compiler_null_branch(c, u), rc = 0;
    if (null >= 0) {
        size_t at = avro_compiler_emit(
            c, (struct avro_plan_op){.code = PROGRAM_OPTION, .column = PROGRAM_NOWHERE, .a = (uint32_t)null});
        avro_compiler_here(c);
        rc = avro_skip_value(c, c->schema->below[u->first + !null].node);
        c->ops.items[at].b = avro_compiler_here(c);
        return rc;
    }
    size_t jumps = avro_compiler_open(c, u->nbelow);
    uint32_t last = PROGRAM_NOWHERE;
    for (uint32_t i = 0; i < u->nbelow && !rc; i++) {
        c->ops.items[jumps + i].a = avro_compiler_here(c);
        rc = avro_skip_value(c, c->schema->below[u->first + i].node);
        last = (uint32_t)avro_compiler_emit(c, (struct avro_plan_op){.code = PROGRAM_JUMP, .a = last});
    }
    avro_compiler_close(c, last);
    return rc;
}

static int skip_fields(struct avro_compiler *c, const struct avro_schema_node *record)
{
    int rc = 0;
    c->depth++;
    for (uint32_t i = 0; i < record->nbelow && !rc; i++)
        rc = avro_skip_value(c, c->schema->below[record->first + i].node);
    c->depth--;
    return rc;
}

/* A record is skipped in line the first time; wherever else it is named, and in itself, it is called, so that the program
 * is no longer than the schema. */
static int skip_record(struct avro_compiler *c, uint32_t node)
{
    if (!c->inlined[node] && c->depth < INLINE_DEPTH) {
        c->inlined[node] = 1;
        return skip_fields(c, &c->schema->nodes[node]);
    }
    if (c->inlined[node] < 2) {
        c->inlined[node] = 2;
        vec_push(&c->called, node);
    }
    avro_compiler_emit(c, (struct avro_plan_op){.code = PROGRAM_CALL, .a = node});
    return 0;
}

int avro_skip_value(struct avro_compiler *c, uint32_t node)
{
    const struct avro_schema_node *n = &c->schema->nodes[node];
    int rc = avro_compiler_step(c);
    if (rc)
        return rc;
    if (n->constant)
        avro_compiler_skip(c, PROGRAM_SKIP_BYTES, n->least);
    else if (avro_compiler_is_number(n))
        avro_compiler_skip(c, PROGRAM_SKIP_VARINTS, 1);
    else if (avro_compiler_is_text(n))
        avro_compiler_skip(c, PROGRAM_SKIP_TEXTS, 1);
    else if (n->type == AVRO_SCHEMA_UNION)
        return skip_union(c, n);
    else if (n->type == AVRO_SCHEMA_RECORD)
        return skip_record(c, node);
    else
        return avro_skip_list(c, n, PROGRAM_NOWHERE);
    return 0;
}

int avro_skip_routines(struct avro_compiler *c)
{
    int rc = 0;
    for (size_t i = 0; i < c->called.n && !rc; i++) {
        uint32_t node = c->called.items[i];
        c->routine[node] = avro_compiler_here(c) + 1;
        rc = skip_fields(c, &c->schema->nodes[node]);
        avro_compiler_emit(c, (struct avro_plan_op){.code = PROGRAM_RETURN});
    }
    for (size_t i = 0; i < c->ops.n && !rc; i++)
        if (c->ops.items[i].code == PROGRAM_CALL)
            c->ops.items[i].a = c->routine[c->ops.items[i].a] - 1;
    return rc;
}
