/* All findings that there are: for who judges, for `icetop explain`, for the manual and for completion. */
#ifndef FINDINGS_CATALOGUE_H
#define FINDINGS_CATALOGUE_H

#include "base/str.h"
#include "findings/rule.h"

/* The i-th in the order of ids; NULL behind the last. */
const struct findings_rule *findings_catalogue_at(size_t i);
/* By its id, letters of either case; NULL if there is none. */
const struct findings_rule *findings_catalogue_find(const char *id);
/* Appends its page as plain text, at most width columns wide. */
void findings_catalogue_explain(const struct findings_page *page, unsigned width, struct str *out);
/* Appends all pages in scdoc's format, for icetop-findings(7). */
void findings_catalogue_document(struct str *out);
/* Appends the public issues it is known by, "apache/iceberg#11818, apache/iceberg#17193"; nothing where none is. */
void findings_catalogue_issues(const struct findings_page *page, struct str *out);

/* The families, each a list that ends with a rule whose page.id is NULL; in src/findings/FAMILY.c. */
extern const struct findings_rule findings_delivery[]; /* rows do not arrive: what heads it all, and tasks that fail */
extern const struct findings_rule findings_answers[];  /* who does not answer, and why */
extern const struct findings_rule findings_coordinator[]; /* none, two, zombies, commits that fail */
extern const struct findings_rule findings_cadence[];     /* partial, slow, stuck, empty */
extern const struct findings_rule findings_groups[];      /* group ids, leftovers, markers */
extern const struct findings_rule findings_control[];     /* the control topic */
extern const struct findings_rule findings_loss[];        /* rows lost, dead, twice; tables replaced */
extern const struct findings_rule findings_upkeep[];      /* snapshots, metadata, small files, other writers */
extern const struct findings_rule findings_step[];        /* tables that ought to keep step */
extern const struct findings_rule findings_drift[]; /* data that is not what it was: features, cohorts, datasets */

/* All families, NULL-terminated, in the order in which they are asked. */
extern const struct findings_rule *const findings_families[];

#endif
