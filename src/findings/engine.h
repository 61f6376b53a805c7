/* The life of findings: rules are asked whenever something that they look at has changed and once in a while; what they see is
 * written to `findings` and `finding_evidence`, begins and ends as `events`, and goes when it is so no more. What cannot be
 * judged now, because a source fails, stands as it was, with its date in the column seen. */
#ifndef FINDINGS_ENGINE_H
#define FINDINGS_ENGINE_H

#include "conf/conf.h"
#include "derive/pipeline.h"
#include "table/table.h"

struct event_base;
struct findings_engine;
struct findings_rule;

/* pipeline (NULL: none) and store must outlive it. base NULL: nothing happens but in findings_engine_look. families: the rules
 * that are asked, as findings_families. */
struct findings_engine *findings_engine_new(struct event_base *base, struct store *store,
                                            const struct derive_pipeline *pipeline,
                                            const struct findings_rule *const *families);
void findings_engine_free(struct findings_engine *e); /* NULL is allowed */
/* A set of commit cycles beside the pipeline's; what it points to must outlive e. */
void findings_engine_place(struct findings_engine *e, const struct derive_pipeline_place *place);
/* conf is borrowed as derive_pipeline_apply has it. */
void findings_engine_configure(struct findings_engine *e, const struct conf *conf);
/* Asks all rules now, by the store's clock; commits nothing. */
void findings_engine_look(struct findings_engine *e);

#endif
