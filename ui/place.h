/* A place that outlives the console: a view, the row it is about, the filter of its list; as JSON in the state file. */
#ifndef UI_PLACE_H
#define UI_PLACE_H

#include "ui/view.h"

#include <jansson.h>

struct place {
    char *view;                  /* the name of a view or table; NULL: no place */
    struct view_subject subject; /* nkeys 0: the view is about no row */
    char *filter;                /* "": none */
};

/* Where somebody is. p must be empty. */
void place_take(struct place *p, const struct view *v);
void place_done(struct place *p); /* is empty then */
void place_copy(const struct place *from, struct place *to);

/* {"view":"group","row":{"cluster":"prod","group":"payments"},"filter":"lag > 0"}; bytes that are no UTF-8 as {"hex":"ff"}.
 * The caller's. */
json_t *place_json(const struct place *p);
/* ERR_INVALID for anything else. p must be empty, and is on errors. */
int place_parse(const json_t *json, struct place *p, struct error *err);

/* The last key, as people call the row; for a view without one its name. Appended, safe to draw. */
void place_name(const struct place *p, struct str *out);

/* A table like t, in a store of its own, with the row that the place is about and nothing in it but its key: what a view can be
 * made from before the row is known. NULL where t has other keys. The store is the caller's to free. */
struct store *place_row(const struct place *p, const struct table *t, struct table **table, struct row **row);

#endif
