/* What is wanted of each event of a dataset: paths, with the part that each value plays, compiled into a tree.
 *
 *     static const struct drift_event_want wants[] = {
 *         {"ts", DRIFT_EVENT_TIME},
 *         {"features.age", DRIFT_EVENT_FEATURE, DRIFT_EVENT_NUMBERS},
 *         {"features.region", DRIFT_EVENT_FEATURE, DRIFT_EVENT_TEXTS},
 *         {"features.region", DRIFT_EVENT_COHORT},
 *         {"prediction", DRIFT_EVENT_PREDICTION, DRIFT_EVENT_NUMBERS},
 *     };
 *
 * The index of a want is its name in all that follows. Several wants may have one path, and one path may lead through another's
 * value. */
#ifndef DRIFT_EVENT_PLAN_H
#define DRIFT_EVENT_PLAN_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum drift_event_plan_limit {
    DRIFT_EVENT_PLAN_WANTS = 10000,
    DRIFT_EVENT_PLAN_NODES = 100000, /* steps of all paths, those that paths share once */
};

/* What a value is. Of numbers, NaN and the infinite ones are told by isnan and isinf. */
enum drift_event_kind {
    DRIFT_EVENT_MISSING, /* the event has no such path */
    DRIFT_EVENT_NULL,
    DRIFT_EVENT_BOOL,
    DRIFT_EVENT_NUMBER,
    DRIFT_EVENT_TEXT,
    DRIFT_EVENT_OTHER, /* a list or a map */
};

enum drift_event_role {
    DRIFT_EVENT_FEATURE,
    DRIFT_EVENT_PREDICTION,
    DRIFT_EVENT_LABEL,
    DRIFT_EVENT_COHORT,
    DRIFT_EVENT_TIME,
};

/* Kinds that are expected; every other one but MISSING and NULL is a conflict of types, and counted. */
enum drift_event_expect {
    DRIFT_EVENT_ANY = 0,
    DRIFT_EVENT_BOOLS = 1 << DRIFT_EVENT_BOOL,
    DRIFT_EVENT_NUMBERS = 1 << DRIFT_EVENT_NUMBER,
    DRIFT_EVENT_TEXTS = 1 << DRIFT_EVENT_TEXT,
};

struct drift_event_want {
    const char *path; /* drift/event_path.h */
    enum drift_event_role role;
    unsigned expect; /* enum drift_event_expect, or-ed */
};

/* A step of the tree; 0 is the whole event. */
struct drift_event_node {
    uint32_t slot;          /* of its value; DRIFT_EVENT_NO_SLOT: nobody wants it */
    uint32_t first, behind; /* slots of what is below it and of itself: first to behind - 1 */
    uint32_t items;         /* indices below this one may be wanted; 0: none */
    bool keys;              /* keys below it are wanted */
};

enum { DRIFT_EVENT_NO_SLOT = UINT32_MAX };

/* What leads from a node to one below it, which comes after it in nodes: a key, or the index of an item. */
struct drift_event_edge {
    uint32_t from, to; /* to 0: none is here */
    bool item;
    uint32_t index; /* of an item */
    uint32_t len;
    size_t at; /* of a key in the plan's keys */
};

struct drift_event_plan {
    struct drift_event_node *nodes;
    size_t nnodes;
    struct drift_event_edge *edges; /* a hash table: one a node but the first, in places of any order */
    size_t room;                    /* places */
    char *keys;                     /* of all edges */
    uint32_t *slots;                /* one a want */
    size_t nwants, nslots;
    unsigned *expects; /* one a slot: what all its wants expect */
};

/* Compiles; keeps nothing of wants. ERR_INVALID for a path that is none (its text names the want), ERR_LIMIT for too many. A plan
 * does not change: several threads may read by it at once. */
int drift_event_plan_new(const struct drift_event_want *wants, size_t nwants, struct drift_event_plan **ret,
                         struct error *err);
void drift_event_plan_free(struct drift_event_plan *p);

/* True where a want leads to just this path: for who looks which paths of events nobody wants yet. */
bool drift_event_plan_wants(const struct drift_event_plan *p, const char *path);

/* The node that a key, or an item (key NULL), of a node leads to; 0 if nobody wants anything there. */
uint32_t drift_event_plan_step(const struct drift_event_plan *p, uint32_t node, const char *key, size_t len,
                               uint32_t index);

#endif
