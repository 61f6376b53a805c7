/* Who is asked when: which groups' committed offsets are read next, where not all can be read at once.
 *
 * In a round every group is due once. What does not fit into the round's first step comes in steps that follow it, in this
 * order: groups that somebody looks at, groups that were never read, groups that lag or move, the rest; within each the
 * one first that was asked longest ago. A part of every step is kept for the rest, so that nobody waits for ever. */
#ifndef KAFKA_SWEEP_H
#define KAFKA_SWEEP_H

#include "kafka/admin.h"
#include "kafka/cover.h"
#include "kafka/missing.h"

/* What is known of all groups of a cluster. Shared by the loop and the lanes' threads, which may call everything here at
 * any time; counted by references. */
struct kafka_sweep;

struct kafka_sweep *kafka_sweep_new(void);
struct kafka_sweep *kafka_sweep_ref(struct kafka_sweep *s); /* NULL is allowed, and returned */
void kafka_sweep_unref(struct kafka_sweep *s);              /* NULL is allowed */

/* ---- what others know of groups; one that is not listed is forgotten, unless it is looked at ---- */

/* The groups on somebody's screen, in place of those before. */
void kafka_sweep_focus(struct kafka_sweep *s, const char *const *groups, size_t n);
/* Whose commits come by themselves, in place of what was said before; copied. A group for which they do since before what
 * is known of it was asked for needs no asking: it is asked only once in a while, as a check (KAFKA_SWEEP_CHECK_MS). Whether
 * that is so is found anew whenever a choice is made, from this and from what kafka_sweep_know says, and nowhere else. */
void kafka_sweep_cover(struct kafka_sweep *s, const struct kafka_cover *cover);
/* The groups of which it is known what they have committed, in place of those before: all others are asked. */
struct kafka_sweep_known {
    const char *group;
    int64_t asked_us; /* monotonic: before it was asked for */
};
void kafka_sweep_know(struct kafka_sweep *s, const struct kafka_sweep_known *known, size_t n);
/* It is known no more, until it is said again. */
void kafka_sweep_unknow(struct kafka_sweep *s, const char *group);
/* It lags, or its commits or the ends of its partitions move. */
void kafka_sweep_moving(struct kafka_sweep *s, const char *group, bool moving);

enum { KAFKA_SWEEP_CHECK_MS = 60000 };

/* ---- a step ---- */

/* What is done with a group in a step. */
enum kafka_sweep_turn {
    KAFKA_SWEEP_WAITS,  /* not now: it was read in this round already, or others come first */
    KAFKA_SWEEP_ASK,    /* it is to be asked */
    KAFKA_SWEEP_SILENT, /* its coordinator did not answer; another group of its is asked, as a trial */
    KAFKA_SWEEP_PUSHED, /* its commits come by themselves */
};

/* A step's choice. The caller makes both arrays as long as there are groups. */
struct kafka_sweep_choice {
    enum kafka_sweep_turn *turns; /* of each group */
    size_t *order, n;             /* indices of those to be asked, the most urgent first */
    size_t due;                   /* how many are due, chosen or not */
};

/* Chooses from the groups at most max (0: all) that are to be asked; since_us is when the round began, trial whether silent
 * coordinators are to be tried. Forgets groups that are not listed any more if complete. */
void kafka_sweep_choose(struct kafka_sweep *s, const struct kafka_groups *groups, bool complete, int64_t since_us,
                        int64_t now_us, size_t max, bool trial, struct kafka_sweep_choice *ret);
/* What came of asking at now_us. The fault's text must be static. */
void kafka_sweep_result(struct kafka_sweep *s, const struct kafka_group *group, const struct kafka_committed *result,
                        int64_t now_us);
/* Whether the group's coordinator did not answer when it was asked last. */
bool kafka_sweep_silent(struct kafka_sweep *s, const struct kafka_group *group);
/* Adds those of the groups whose offsets could not be read when they were asked last. */
void kafka_sweep_missing(struct kafka_sweep *s, const struct kafka_groups *groups, struct kafka_missing *note);
/* How many of the listed groups were asked at least once; *total is how many are listed. */
size_t kafka_sweep_progress(struct kafka_sweep *s, size_t *total);

#endif
