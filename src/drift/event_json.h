/* JSON texts as calls, one a token, without building them in memory.
 *
 * The library is yajl (2.1.0): of those that Debian 12 has for C it alone streams, and an event whose values are taken as they pass
 * costs a sixth of what jansson's or json-c's trees of it cost to make and free (tests/bench/bench_drift_events.c). It gives each
 * number as its digits, so that integers beyond int64 and 1e999 are no errors here but the nearest double, infinite ones among them.
 *
 * What Python's json.dumps writes and JSON has not (NaN, Infinity, -Infinity) is read too: where a text is refused, such words
 * outside of its strings are replaced in a copy by numbers of their length, and it is read once more. Texts that are no UTF-8 are
 * handed on as they are. Of a key that stands twice in a map both come, in their order. */
#ifndef DRIFT_EVENT_JSON_H
#define DRIFT_EVENT_JSON_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

enum drift_event_json_limit {
    DRIFT_EVENT_JSON_BYTES = 4 * 1024 * 1024, /* of a text */
    DRIFT_EVENT_JSON_DEPTH = 128,             /* lists and maps in each other */
};

/* Who gets the tokens. Keys and texts are there only during the call, but for those with stays: they lie in the bytes that were
 * given, or in the reader's copy of them until it reads again. None may be NULL. What returns false ends the reading as
 * ERR_INVALID, with the text from why. */
struct drift_event_json_calls {
    void (*begin)(void *arg); /* before the first token; again where a text is read once more */
    bool (*null)(void *arg);
    bool (*boolean)(void *arg, bool value);
    bool (*number)(void *arg, double value); /* -0 comes as 0 */
    bool (*text)(void *arg, const char *s, size_t len, bool stays);
    bool (*key)(void *arg, const char *s, size_t len);
    bool (*open)(void *arg, bool list);
    bool (*close)(void *arg, bool list);
    const char *(*why)(void *arg);
};

/* Used by one thread at a time. calls and arg are held. once: such words are looked for before a text is read, so that no token comes
 * twice. */
struct drift_event_json *drift_event_json_new(const struct drift_event_json_calls *calls, void *arg, bool once);
void drift_event_json_free(struct drift_event_json *j);

/* Reads one list or map with nothing but white space around it. ERR_INVALID with the byte (from 1) where it is none, ERR_LIMIT for
 * one too large or too deep. */
int drift_event_json_read(struct drift_event_json *j, const char *bytes, size_t len, struct error *err);

/* During a call: the byte behind the token at hand, from the beginning of what was given. */
size_t drift_event_json_at(const struct drift_event_json *j);

#endif
