/* The machines of the demo's inference service, as node exporter tells of them. */
#ifndef DEMO_MACHINE_H
#define DEMO_MACHINE_H

#include "demo/exposition.h"

#include <stdint.h>

enum { DEMO_MACHINE_COUNT = 2 };

/* Their names. */
extern const char *const demo_machine_names[DEMO_MACHINE_COUNT];

/* Appends what a machine tells at a time of the demo; begin_wall_ms: when the demo began. */
void demo_machine_write(int machine, uint64_t seed, int64_t ms, int64_t begin_wall_ms, struct demo_exposition *e);

#endif
