/* Paths to a value in an event: `$.features.age`, `features.age`, `scores[0]`, `tags["a.b"].x`.
 *
 *     path = ["$"] step {step}      step = "." name | name (the first) | "[" digits "]" | ["."] quoted | "[" quoted "]"
 *
 * A name goes up to the next of `. [ ] " '` and is not empty; what has one of these in it, or is empty, is quoted, in " or '. In
 * quotes \" \' \\ stand for themselves and \uXXXX for a code point (no surrogates: what is beyond is written as it is). There are
 * no wildcards, no negative indices: a path is one value of an event. A `$` at the beginning is the whole event only where `.` or
 * `[` follow; else it belongs to the name. */
#ifndef DRIFT_EVENT_PATH_H
#define DRIFT_EVENT_PATH_H

#include "base/error.h"
#include "base/str.h"

enum drift_event_path_limit {
    DRIFT_EVENT_PATH_BYTES = 1024,
    DRIFT_EVENT_PATH_STEPS = 32,
    DRIFT_EVENT_PATH_INDEX = 999999, /* of a list's item, from 0 */
};

struct drift_event_step {
    bool item;        /* of a list, by its index; else a map's value, by its key */
    uint32_t index;   /* of an item */
    uint32_t at, len; /* of a key: its bytes in the path's keys; it may hold any byte */
};

struct drift_event_path {
    struct drift_event_step steps[DRIFT_EVENT_PATH_STEPS];
    size_t nsteps;
    char keys[DRIFT_EVENT_PATH_BYTES];
    size_t len; /* of keys */
};

/* Reads a path of len bytes. ERR_INVALID with the byte where it is none, ERR_LIMIT for one too long. */
int drift_event_path_read(const char *text, size_t len, struct drift_event_path *ret, struct error *err);

/* Appends one step's text: ".name", "name" where it is the first, "[3]", "[\"a.b\"]"; what is so written reads as the same steps.
 * key NULL: the item with this index. */
void drift_event_path_print(struct str *out, const char *key, size_t len, uint32_t index);

#endif
