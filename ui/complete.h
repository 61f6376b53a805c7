/* What could be meant by what was typed so far: views, commands, tables, groups, topics, columns, ... */
#ifndef UI_COMPLETE_H
#define UI_COMPLETE_H

#include "table/table.h"
#include "ui/keys.h"

struct app;

/* How well a name fits what was typed, the best first. */
enum complete_rank {
    COMPLETE_EXACT,
    COMPLETE_BEGINS,
    COMPLETE_WORD,  /* a word within it begins so */
    COMPLETE_HOLDS, /* it is somewhere in it */
    COMPLETE_LOOSE, /* its letters are, in their order */
    COMPLETE_NONE,
};

enum complete_limits { COMPLETE_MAX = 200 }; /* names of a rank that are kept */

/* Case does not count. Empty text begins everything. */
enum complete_rank complete_match(const char *name, const char *text);

struct complete_item {
    char *text;  /* what stands in the line for it */
    char *label; /* in the list, safe to draw */
    char *help;  /* what it is; "" */
    enum complete_rank rank;
    size_t kind; /* 0: as declared; else rows of one view, by name */
};

struct complete {
    struct {
        struct complete_item *items;
        size_t n, room;
    } list;         /* the best first */
    size_t from;    /* bytes of the line before what an item replaces */
    size_t matched; /* names that fit, also those that are not in the list */
    unsigned ranks[COMPLETE_NONE + 1];
};

/* What could stand at the end of the line. Empties c before. */
void complete_line(struct complete *c, const struct app *a, const char *line);
void complete_done(struct complete *c);

/* The first command, view, table or action that begins with text; the caller frees it; NULL: none does. */
char *complete_first(const struct app *a, const char *text);
/* What a row is called: its keys from the first or the second on, with / between them. Appended. */
void complete_row_name(struct str *out, const struct table *t, const struct row *r, size_t from);
/* Is the binding something one may ask for by name? Moving about is not. */
bool complete_is_action(const struct key_binding *b);

#endif
