/* What the files of the app share: its state, and who does what to it. */
#ifndef UI_APP_INTERNAL_H
#define UI_APP_INTERNAL_H

#include "base/map.h"
#include "base/vec.h"
#include "ui/app.h"
#include "ui/chooser.h"
#include "ui/command.h"
#include "ui/complete.h"
#include "ui/focus.h"
#include "ui/inspect.h"
#include "ui/keymap.h"
#include "ui/menu.h"
#include "ui/overlay.h"
#include "ui/page.h"
#include "ui/place.h"
#include "ui/prompt.h"
#include "ui/record_page.h"
#include "ui/series.h"
#include "ui/status.h"
#include "ui/view.h"

struct event;

/* A place that was given a name. */
struct app_bookmark {
    char *name; /* UTF-8, safe to draw */
    struct place place;
};

enum page_kind { PAGE_NONE, PAGE_HELP, PAGE_INSPECT, PAGE_RECORD, PAGE_OVERLAY };
enum typing { TYPING_NONE, TYPING_FILTER, TYPING_SEARCH, TYPING_COMMAND };

/* The other half of a divided screen. */
struct app_split {
    bool on;
    struct view *view;      /* about the row under the cursor; holds a reference. NULL: */
    struct inspect inspect; /* where it has none of its own; maybe not open */
    struct rect box;        /* where it was drawn last */
    int64_t opened_us;      /* when it went on to that row */
    bool late;              /* the cursor is on another one by now */
};

struct app {
    const struct clock *clock;
    struct app_settings settings;
    const struct app_ops *ops;
    void *arg;

    struct keymap *own_keys;   /* where the settings have none */
    const struct theme *theme; /* of pictures that are written */
    const char *const *themes; /* names of those that are not built in; NULL: none */

    struct context ctx;
    struct status status;
    struct store *live;   /* what the data fills */
    struct store *frozen; /* the picture while paused; else NULL */
    bool waiting;         /* what was subscribed to last has not come yet */
    int64_t asked_us;     /* when it was asked for: what comes of it is drawn without delay */
    char *cluster;        /* ctx.cluster, owned */
    bool begun;           /* settings.filter and its like are in force */
    char lost[512];
    char via[160];
    bool attached_before;
    struct focus focus;
    int span; /* of charts, which of those there are */
    char message[512];
    int64_t message_until_ms;

    VEC(int) base;                      /* subscriptions to what is always read */
    VEC(struct view *) visits;          /* each holds a reference */
    size_t at;                          /* the one that is shown */
    VEC(struct app_bookmark) bookmarks; /* by name */
    struct place wanted;                /* is gone to as soon as its table is there, unless somebody goes elsewhere */
    struct map lists; /* what was arranged in lists, by view and pane: texts (ui/table_view.h), owned */

    enum page_kind page_kind;
    struct inspect inspect;
    struct overlay overlay; /* its rows are subscribed to while it is shown */
    struct page page;
    struct record_page record;
    struct app_split split;
    struct chooser chooser;
    struct menu menu;
    enum action menu_action; /* what its choice is for */
    uint64_t menu_row;       /* the row it is about */
    enum typing typing;
    struct prompt filter, search, command;
    size_t found;             /* rows that match what is searched for */
    struct complete complete; /* what the command could be */
    int chosen;               /* of it; -1: none yet */
    VEC(int) names;           /* subscriptions to what is read only for its names */
    char *filter_before;      /* what Esc brings back */
    size_t error_at;          /* where what is typed is wrong */
    struct error error;       /* why; code 0: it is right */
    uint32_t pending;         /* the first of two keys */

    int width, height;
    bool dirty, stopped;
    int64_t drawn_us;
    struct event *frame, *tick;
    int64_t due_us; /* when frame comes */
    bool unasked;   /* no key asked for what is drawn now */
    int quiet_ms;   /* pause after the last picture of that kind */
    int64_t credit; /* bytes that prompt pictures may cost now; below 0: none is drawn */
    int64_t credit_us;
    uint64_t prompt_seq; /* of the tables whose changes are drawn promptly, when they were last seen to change */
};

/* The view that is shown. */
static inline struct view *app_current(const struct app *a)
{
    return a->visits.items[a->at];
}

/* Which keys work now: an enum key_context. */
static inline unsigned app_keys(const struct app *a)
{
    return a->menu.heading               ? KEYS_MENU
           : a->chooser.list             ? KEYS_CHOOSER
           : a->page_kind == PAGE_RECORD ? KEYS_RECORD
           : a->page_kind                ? KEYS_PAGE
                                         : KEYS_LIST;
}

/* Says something in the footer for a moment. */
__attribute__((format(printf, 2, 3))) void app_say(struct app *a, const char *fmt, ...);
/* Something changed: a picture comes soon. */
void app_touch(struct app *a);
/* Freezes the picture, or goes on with what is there now. */
void app_set_paused(struct app *a, bool paused);

/* app_visit.c: going from view to view. */

/* Goes to a view that is about no row. */
void app_visit_view(struct app *a, const struct view_def *def);
/* A view or a table by its name; false if there is none. */
bool app_visit_name(struct app *a, const char *name);
/* Is there one? */
bool app_visit_known(const struct app *a, const char *name);
/* The view about a row; Esc leads to the list of its like, if there is one. */
void app_visit_row(struct app *a, const struct view_def *def, const struct table *t, const struct row *r);
/* The view about a row; Esc leads back to where one is now. */
void app_visit_about(struct app *a, const struct view_def *def, const struct table *t, const struct row *r);
/* A list of the table with this filter ("": none), the cursor on its first row; Esc leads back to where one is now. */
void app_visit_rows(struct app *a, const char *table, const char *where);
/* Where Enter and Esc lead. */
void app_visit_open(struct app *a);
/* The row that Enter leads to, with its table and the view about it; *def is NULL where that is all its columns. NULL: nothing. */
const struct row *app_visit_target(const struct app *a, const struct view_def **def, const struct table **t);
void app_visit_up(struct app *a);
/* Through the history of views: -1 back, 1 forward. */
void app_visit_step(struct app *a, int step);
/* All columns of the row under the cursor. */
void app_visit_inspect(struct app *a);
/* Records of the partition under the cursor. */
void app_visit_records(struct app *a);
/* Leaves the page that is open: help leads back to the records it was called from. */
void app_visit_leave_page(struct app *a);

/* app_explain.c: to the findings that name the row under the cursor; and from a row of evidence to those that it names, false if
 * the cursor is on none. */
void app_explain(struct app *a);
bool app_explain_prove(struct app *a);

/* app_overlay.c: lays the row under the cursor over those of before; empties the overlay that is shown. */
void app_overlay(struct app *a);

/* app_menu.c: menus. Columns to group by; where the names in the row under the cursor lead; what keys do in them. */
void app_menu_group(struct app *a);
void app_menu_links(struct app *a);
void app_menu_act(struct app *a, enum action action);

/* app_split.c: the screen divided. place is false where all of the body is the list's; draw goes on to the row under the cursor,
 * which was updated; beside or below. */
void app_split_toggle(struct app *a);
bool app_split_place(struct app *a, struct rect body, struct rect *list, struct rect *other);
void app_split_draw(struct app *a, struct cells *c, struct rect box, bool beside);
/* Ends its subscriptions; what it shows is found again with the next picture. */
void app_split_close(struct app *a);
void app_split_done(struct app *a);

/* app_lists.c: what was arranged in lists. Kept from a view that is left; brought to one that is made; given back. */
void app_lists_remember(struct app *a, const struct view *v);
void app_lists_restore(struct app *a, struct view *v);
void app_lists_done(struct app *a);

/* app_places.c: bookmarks, and going to a place, or remembering that somebody wants to. */
void app_places_go(struct app *a, const struct place *p);
/* Tables came. last: what is not there by now will not come. */
void app_places_retry(struct app *a, bool last);
void app_places_keep(struct app *a, const char *name, const struct place *p); /* replaces one of that name */
/* Keys: the prompt for one's name, and for choosing one. */
void app_places_ask(struct app *a, bool keep);
void app_places_done(struct app *a);

/* app_act.c: what keys do. */
void app_act_key(struct app *a, uint32_t key);
void app_act_mouse(struct app *a, const struct input *in);
/* The same by the action. */
void app_act(struct app *a, enum action action);
/* Least time between two pictures, and says so. */
void app_set_interval(struct app *a, int ms);

/* app_type.c: what is typed. */
void app_type_filter(struct app *a);
void app_type_search(struct app *a);
void app_type_key(struct app *a, uint32_t key);
void app_type_draw(const struct app *a, struct cells *c, struct rect box);
/* Why what is typed is wrong, in the line above it; x is the column of the place. */
void app_type_error(const struct app *a, struct cells *c, struct rect box, int x);

/* app_palette.c: commands. */
void app_palette_open(struct app *a, const char *line); /* begun with a line, mostly "" */
void app_palette_key(struct app *a, uint32_t key);
void app_palette_draw(const struct app *a, struct cells *c, struct rect box);
/* Rows came: their names may be meant. */
void app_palette_refresh(struct app *a);
/* Reads the names of all rows that have a view of their own, and ends that. */
void app_palette_look(struct app *a);
void app_palette_forget(struct app *a);

#endif
