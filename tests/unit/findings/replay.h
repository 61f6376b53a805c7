/* Recorded runs of real sinks (tests/data/runs), played again by the recording's clock: rows of sources and records of the control
 * topic go in as they came, and cycles, queryable lag and findings come of them. */
#ifndef TESTS_UNIT_FINDINGS_REPLAY_H
#define TESTS_UNIT_FINDINGS_REPLAY_H

#include "base/str.h"
#include "table/table.h"

struct replay;

/* Fails the test if it cannot be read. */
struct replay *replay_open(const char *run);
void replay_close(struct replay *r);

/* Plays to the next mark of this name, what was done before it included; NULL: to the end, and `after_ms` further, in which nothing
 * comes. false: there is no such mark, and all has been played. */
bool replay_to(struct replay *r, const char *mark, int64_t after_ms);
/* Plays what came within so long after what was played last. */
void replay_for(struct replay *r, int64_t ms);
/* A number of the mark that was reached last; fails the test if it has none of that name. */
int64_t replay_mark(const struct replay *r, const char *name);

struct store *replay_store(const struct replay *r);
/* What was found and what ended so far, each id once in the order of the first time: "IT-C13 IT-C01 -IT-C13"; of the severities from
 * which on they count ("info", "warning", "critical"). */
const char *replay_found(const struct replay *r);
/* Fails the test unless a finding with this id is there now, or is not. */
void replay_expect(const struct replay *r, const char *id, bool there);

#endif
