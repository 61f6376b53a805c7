/* The console: views over the tables of a stream, drawn on cells, driven by keys. Knows no
 * terminal. */
#ifndef UI_APP_H
#define UI_APP_H

#include "ui/app_data.h"
#include "ui/graph.h"
#include "ui/input.h"

struct event_base;
struct keymap;
struct theme;
struct app;

struct app_settings {
    enum graph_glyphs graph;             /* what charts are made of */
    bool ascii;                          /* no character outside ASCII of our own */
    bool utc;                            /* clock times in UTC */
    bool still;                          /* what changes does not stand out */
    bool exact;                          /* numbers with all digits */
    bool si;                             /* sizes in steps of 1000 instead of 1024 */
    int interval_ms;                     /* least time between two pictures that no key asked for; 0: as it comes */
    const struct keymap *keys;           /* must outlive the app; NULL: the declared ones */
    const char *view;                    /* name of a view or table to start with; NULL: the overview */
    const char *filter, *sort, *columns; /* of its list, as soon as its table is there; NULL: as declared */
    const struct theme *theme;           /* of pictures that are written; NULL: the first there is */
    const char *const *themes;           /* names of those beside the built in ones, NULL-terminated; NULL: none */
    bool utc_given, exact_given;         /* on the command line: then it is not as it was left */
    const char *state_of; /* what is looked at: where somebody was is remembered with it; NULL: nothing */
    const char *program;  /* how icetop was started, for commands to copy, quoted for a shell; NULL: icetop */
};

/* Rows to be written or copied; all borrowed. */
struct app_rows {
    const struct table *table;
    const struct row *const *rows;
    size_t nrows;
    const size_t *columns; /* indices */
    size_t ncolumns;
    const struct format_options *format;
};

/* A file to be written: rows, or text. */
struct app_file {
    const char *path;
    bool replace;                /* one that is there; else that is an error */
    const struct app_rows *rows; /* NULL: text */
    const char *format;          /* of the rows: "csv", as `icetop snapshot` names them */
    const char *text;
    size_t len;
};

/* Any may be NULL. None is called from within app_new. */
struct app_ops {
    /* A picture is due: app_draw on the terminal's cells, and show them. At most ten a second
     * without a key. */
    void (*draw)(void *arg);
    /* The terminal is to be drawn anew (^L). */
    void (*redraw)(void *arg);
    /* The user is done. */
    void (*quit)(void *arg);
    /* Text for the clipboard. */
    int (*copy)(void *arg, const char *text, size_t len, struct error *err);
    /* Appends rows in a format. */
    int (*render)(void *arg, const struct app_rows *rows, const char *format, struct str *out, struct error *err);
    /* Writes a file, whole or not at all. */
    int (*save)(void *arg, const struct app_file *file, struct error *err);
    /* A theme by name or file, which outlives the app; else only those built in are there. */
    int (*find_theme)(void *arg, const char *name, const struct theme **ret, struct error *err);
    /* The theme changed. */
    void (*theme)(void *arg, const struct theme *theme);
};

/* base may be NULL (tests): then nothing is drawn by itself. The clock tells the time of the
 * picture. All pointers must outlive the app but settings, which are copied. */
struct app *app_new(struct event_base *base, const struct clock *clock, const struct app_settings *settings,
                    const struct app_ops *ops, void *arg);
/* Nothing is unsubscribed. NULL is allowed. */
void app_free(struct app *a);

/* Reads from here on, subscribing to what is shown. Whatever was attached before may be freed
 * afterwards, not earlier: its last picture is what is shown until now. */
void app_attach_data(struct app *a, const struct app_data *data);
struct stream_client;
void app_attach(struct app *a, struct stream_client *client);
/* Whose collector this is, for the header: "attached to collector 12", or NULL for one of our own. Copied. */
void app_set_via(struct app *a, const char *via);
/* What is kept over restarts, as a JSON object of scalars and objects: the view, how times and numbers are written, what was
 * arranged in lists, bookmarks. Appended. Not in it: what the command line said. */
void app_state_save(struct app *a, struct str *out);
/* Brings that back; to be called before anything is attached. ERR_INVALID, with nothing changed, for what app_state_save never
 * wrote. */
int app_state_restore(struct app *a, const char *text, struct error *err);
/* "prod: 2 wrong, 1 warning; worst: payments grows, ...", of the last picture; nothing where nothing was. Appended. */
void app_summary(struct app *a, struct str *out);
/* Says something in the last line for a moment. */
void app_tell(struct app *a, const char *text);

/* The stream ended. The store it filled must stay readable until the next app_attach or app_free:
 * the picture stays, dim, with its age and why. */
void app_detach(struct app *a, const struct error *err);
/* To be called from stream_client_ops.changed, with what it says. */
void app_changed(struct app *a, bool complete);

void app_input(struct app *a, const struct input *in);
/* The cells that app_draw gets will have this size. */
void app_resize(struct app *a, int width, int height);
/* ^Z and fg: no pictures while stopped. */
void app_suspend(struct app *a, bool stopped);
/* Narrows the list of the present view: each may be NULL. ERR_UNAVAILABLE while its table is not there, ERR_INVALID. */
int app_narrow(struct app *a, const char *filter, const char *sort, const char *columns, struct error *err);
/* Does what typing the line behind ':' would (ui/command.h). ERR_NOT_FOUND also for rows that have not come yet. */
int app_run(struct app *a, const char *line, size_t *at, struct error *err);
/* Is everything there that was asked for? */
bool app_ready(const struct app *a);
/* Appends the screen as "text", "ansi", "html" or "svg"; ERR_NOT_FOUND for another format. */
int app_shot(struct app *a, const char *format, struct str *out, struct error *err);
/* Draws everything; c is cleared first and may have any size. */
void app_draw(struct app *a, struct cells *c);
/* What the picture cost on the wire, to be told from within app_ops.draw: pictures that no key asks for are so far apart that
 * the terminal gets less than a kilobyte a second, but not further than six seconds. */
void app_cost(struct app *a, uint64_t bytes);

/* What the user arranged in lists (columns, widths, order, filter), a text of a few lines for each pane of each view: told all of
 * it, for keeping, or brought back, at any time. */
void app_lists_each(struct app *a, void (*fn)(void *arg, const char *view, int pane, const char *text), void *arg);
void app_lists_set(struct app *a, const char *view, int pane, const char *text);

#endif
