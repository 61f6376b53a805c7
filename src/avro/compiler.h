/* A plan being compiled: the program as it grows, and what both its writers ask of the schema. Private to plan.c, skip.c and
 * compiler.c. */
#ifndef AVRO_COMPILER_H
#define AVRO_COMPILER_H

#include "avro/plan.h"
#include "avro/program.h"

#include "base/vec.h"

struct avro_compiler {
    const struct avro_schema *schema;
    const struct avro_plan_want *wants;
    size_t nwants;
    struct avro_plan_place *places;
    VEC(struct avro_plan_op) ops;
    VEC(uint32_t) widths;
    size_t label;         /* ops from here on are no target of a jump, so that they may grow */
    size_t steps;         /* of compiling, against schemas that would blow up */
    unsigned depth;       /* of records being skipped */
    uint8_t *inlined;     /* one a node: it was skipped in line once, from now on it is called */
    uint32_t *routine;    /* one a node: where its routine begins, plus one; 0: none yet */
    VEC(uint32_t) called; /* nodes that need a routine */
    struct error *err;
};

/* The node of below[field]. */
static inline const struct avro_schema_node *avro_compiler_node(const struct avro_compiler *c, uint32_t field)
{
    return &c->schema->nodes[c->schema->below[field].node];
}

/* Counts a step; ERR_LIMIT when there were too many. */
int avro_compiler_step(struct avro_compiler *c);
/* Appends an instruction; returns where it is. */
size_t avro_compiler_emit(struct avro_compiler *c, struct avro_plan_op op);
/* What comes next is the target of a jump: its place. */
uint32_t avro_compiler_here(struct avro_compiler *c);
/* Appends a skip of n, or lets the one before it skip more. */
void avro_compiler_skip(struct avro_compiler *c, enum program_code code, uint64_t n);

/* Opens a union of n branches; returns where their jumps are, which get their targets one after the other. */
size_t avro_compiler_open(struct avro_compiler *c, uint32_t n);
/* Lets the jumps at the ends of branches go to where the union ends. Each such jump holds the index of the one before;
 * PROGRAM_NOWHERE is none. */
void avro_compiler_close(struct avro_compiler *c, uint32_t last);

/* int, long or enum: one varint. */
bool avro_compiler_is_number(const struct avro_schema_node *n);
/* string or bytes. */
bool avro_compiler_is_text(const struct avro_schema_node *n);
/* A record of two fields: a number, and what is_second says. */
bool avro_compiler_is_pair(const struct avro_compiler *c, const struct avro_schema_node *item,
                           bool (*is_second)(const struct avro_schema_node *));
/* The fewest bytes of a list's item, for the check of a count: 0 only for what is never more. */
uint32_t avro_compiler_item_least(const struct avro_schema_node *list, const struct avro_schema_node *item);
/* The branch (0, 1) of a union of null and something else that is null; -1: it is another kind of union. */
int avro_compiler_null_branch(const struct avro_compiler *c, const struct avro_schema_node *u);

#endif
