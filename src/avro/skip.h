/* Compiles what nobody wants: the shortest way over it. Private to plan.c and skip.c. */
#ifndef AVRO_SKIP_H
#define AVRO_SKIP_H

#include "avro/compiler.h"

/* Skips a value of the type that nodes[node] is. */
int avro_skip_value(struct avro_compiler *c, uint32_t node);
/* Skips a list; counts its items into column unless that is PROGRAM_NOWHERE. */
int avro_skip_list(struct avro_compiler *c, const struct avro_schema_node *list, uint32_t column);
/* Appends the routines of the records that are called, once all else is written. */
int avro_skip_routines(struct avro_compiler *c);

#endif
