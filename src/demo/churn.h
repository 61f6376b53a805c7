/* The demo's model topic: JSON events (demo/churn_event.h) in a topic of demo/plan, and the dataset that watches them, with a
 * reference of events as they were before the story began. */
#ifndef DEMO_CHURN_H
#define DEMO_CHURN_H

#include "base/error.h"
#include "base/str.h"
#include "demo/feed.h"

#include <jansson.h>

#define DEMO_CHURN_DATASET "churn-v3"

enum { DEMO_CHURN_WINDOW_S = 10 };

struct demo_churn;

/* The topic's records are made by it from now on; the feed, whose rate must not swing, must outlive it. */
struct demo_churn *demo_churn_new(const struct demo_stage *s, const struct demo_feed *f);
void demo_churn_free(struct demo_churn *c); /* NULL is allowed; the topic has plain records again */

/* Appends a reference as icetop-drift-reference(5) has it. */
void demo_churn_reference(const struct demo_churn *c, struct str *out);
/* The dataset as it stands under `datasets` in a configuration; reference_file NULL: the first window is its reference. The
 * caller's. */
json_t *demo_churn_config(const char *reference_file);

#endif
