/* One look: all rules are asked about a world, and what they say is collected. Used by the engine, and by the tests of rules. */
#ifndef FINDINGS_LOOK_H
#define FINDINGS_LOOK_H

#include "base/str.h"
#include "base/vec.h"
#include "findings/rule.h"

enum findings_look_limit {
    FINDINGS_LOOK_EVIDENCE = 20, /* of one finding */
    FINDINGS_LOOK_SAID = 2000,   /* of one look; what is said past it is dropped */
};

struct findings_look_evidence {
    char *text, *table, *where;
    int64_t time_ms; /* or unknown */
};

/* What was said; texts are owned by it, NULL where there is none. */
struct findings_look_said {
    const struct findings_rule *rule;
    char *cluster, *subject, *text;
    enum findings_severity severity;
    int64_t since_ms, hold_ms, cost;
    char *missing, *cause;
    const char *named_by; /* id of the rule that named its cause; or NULL */
    struct findings_place place;
    const struct findings_sink *sink; /* that was looked at, borrowed; or NULL */
    const struct findings_table *table;
    VEC(struct findings_look_evidence) evidence;
};

/* A subject of which it cannot be told. */
struct findings_look_unsure {
    const struct findings_rule *rule;
    char *cluster, *subject;
};

struct findings_look {
    int64_t now_ms;
    VEC(struct findings_look_said) said;
    VEC(struct findings_look_unsure) unsure;
    int64_t dropped; /* past the limit */
    /* Whether what is said counts by now (see hold_ms), so that its cause may be named; NULL: all does. */
    bool (*counts)(void *arg, const struct findings_look_said *said);
    void *arg;
    /* what is looked at now */
    const struct findings_rule *rule;
    const struct findings_sink *sink;
    const struct findings_table *table;
    size_t sink_from; /* index in said of the first about it */
    bool dropping;    /* what was said last is past the limit: its evidence is too */
    struct str causes;
};

/* Empty; now_ms is the wall clock of the look. */
void findings_look_init(struct findings_look *look, int64_t now_ms);
void findings_look_done(struct findings_look *look);

/* Asks all: families is a NULL-terminated list of lists as in catalogue.h, in the order in which they are to be asked. */
void findings_look_all(struct findings_look *look, const struct findings_rule *const *families,
                       const struct findings_world *world);

#endif
