/* Writes instructions one after the other. */
#include "avro/compiler.h"

int avro_compiler_step(struct avro_compiler *c)
{
    if (c->ops.n + ++c->steps > AVRO_PLAN_OPS)
        return error_set(c->err, ERR_LIMIT, "Avro plan: more than %d steps", AVRO_PLAN_OPS);
    return 0;
}

size_t avro_compiler_emit(struct avro_compiler *c, struct avro_plan_op op)
{
    vec_push(&c->ops, op);
    return c->ops.n - 1;
}

uint32_t avro_compiler_here(struct avro_compiler *c)
{
    c->label = c->ops.n;
    return (uint32_t)c->ops.n;
}

void avro_compiler_skip(struct avro_compiler *c, enum program_code code, uint64_t n)
{
    if (n == 0)
        return;
    if (c->ops.n > c->label && c->ops.items[c->ops.n - 1].code == code) {
        struct avro_plan_op *last = &c->ops.items[c->ops.n - 1];
        n += last->a;
        last->a = n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
        return;
    }
    avro_compiler_emit(c, (struct avro_plan_op){.code = code, .a = n < UINT32_MAX ? (uint32_t)n : UINT32_MAX});
}

size_t avro_compiler_open(struct avro_compiler *c, uint32_t n)
{
    size_t at = avro_compiler_emit(c, (struct avro_plan_op){.code = PROGRAM_BRANCH, .a = n});
    for (uint32_t i = 0; i < n; i++)
        avro_compiler_emit(c, (struct avro_plan_op){.code = PROGRAM_JUMP});
    return at + 1;
}

void avro_compiler_close(struct avro_compiler *c, uint32_t last)
{
    uint32_t end = avro_compiler_here(c);
    while (last != PROGRAM_NOWHERE) {
        uint32_t before = c->ops.items[last].a;
        c->ops.items[last].a = end;
        last = before;
    }
}

bool avro_compiler_is_number(const struct avro_schema_node *n)
{
    return n->type == AVRO_SCHEMA_INT || n->type == AVRO_SCHEMA_LONG || n->type == AVRO_SCHEMA_ENUM;
}

bool avro_compiler_is_text(const struct avro_schema_node *n)
{
    return n->type == AVRO_SCHEMA_STRING || n->type == AVRO_SCHEMA_BYTES;
}

bool avro_compiler_is_pair(const struct avro_compiler *c, const struct avro_schema_node *item,
                           bool (*is_second)(const struct avro_schema_node *))
{
    return item->type == AVRO_SCHEMA_RECORD && item->nbelow == 2 &&
           avro_compiler_is_number(avro_compiler_node(c, item->first)) &&
           is_second(avro_compiler_node(c, item->first + 1));
}

uint32_t avro_compiler_item_least(const struct avro_schema_node *list, const struct avro_schema_node *item)
{
    uint64_t least = item->least || item->constant ? item->least : 1;
    return (uint32_t)least + (list->type == AVRO_SCHEMA_MAP);
}

int avro_compiler_null_branch(const struct avro_compiler *c, const struct avro_schema_node *u)
{
    if (u->nbelow != 2)
        return -1;
    bool first = avro_compiler_node(c, u->first)->type == AVRO_SCHEMA_NULL;
    bool second = avro_compiler_node(c, u->first + 1)->type == AVRO_SCHEMA_NULL;
    return first == second ? -1 : second;
}
