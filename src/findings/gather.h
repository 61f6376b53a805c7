/* From rows and models to facts: what rules judge (facts.h), with what has to be remembered from one look to the next. */
#ifndef FINDINGS_GATHER_H
#define FINDINGS_GATHER_H

#include "conf/conf.h"
#include "derive/pipeline.h"
#include "findings/facts.h"

struct findings_gather;

/* pipeline may be NULL; both must outlive it. */
struct findings_gather *findings_gather_new(struct store *store, const struct derive_pipeline *pipeline);
void findings_gather_free(struct findings_gather *g); /* NULL is allowed */
/* A further set of commit cycles, beside the pipeline's; what it points to must outlive g. */
void findings_gather_place(struct findings_gather *g, const struct derive_pipeline_place *place);
/* conf is borrowed until the next call has returned; NULL: none. */
void findings_gather_configure(struct findings_gather *g, const struct conf *conf);

/* Whether there is nothing to judge: no sink and no table. */
bool findings_gather_idle(const struct findings_gather *g);
/* All that is known at now_ms (wall clock), borrowed until the next call, or until facts, rows or the configuration change. */
const struct findings_world *findings_gather_world(struct findings_gather *g, int64_t now_ms);

#endif
