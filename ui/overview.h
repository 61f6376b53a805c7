/* The first screen: what is wrong, as sentences; who is behind; the clusters. */
#ifndef UI_OVERVIEW_H
#define UI_OVERVIEW_H

#include "ui/keys.h"
#include "ui/layout.h"
#include "ui/verdict.h"

struct overview;
struct view;

struct overview *overview_new(void);
void overview_free(struct overview *o); /* NULL is allowed */

/* Looks for problems again in the tables that are always read (views_base), where they may have
 * changed. */
void overview_update(struct overview *o, const struct context *ctx);
size_t overview_count(const struct overview *o); /* problems */

/* The first of them as a sentence: "payments stuck: ..."; nothing if there is none. Appended. */
void overview_worst(const struct overview *o, struct str *out);

/* Is the cursor among the problems? */
bool overview_focused(const struct overview *o);
void overview_focus(struct overview *o, bool focus);
void overview_enter(struct overview *o, bool last);
bool overview_action(struct overview *o, enum action action);
/* The problem drawn at a screen line gets the cursor; *same if it had it. False if there is none. */
bool overview_click(struct overview *o, int y, bool *same);
const struct row *overview_selected(const struct overview *o, const struct context *ctx, const struct table **t,
                                    const char **open);

/* Had this list no line on screen when it was drawn last? */
bool overview_hides(const struct overview *o, int list);
void overview_draw(struct view *v, const struct context *ctx, struct cells *c, struct rect box);

#endif
