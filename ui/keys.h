/* The one table of key bindings: dispatch, footer, help (all by way of ui/keymap.h) and the man page come from it. */
#ifndef UI_KEYS_H
#define UI_KEYS_H

#include "base/str.h"
#include "ui/input.h"

#include <stddef.h>

enum action {
    ACTION_NONE,
    ACTION_PENDING, /* the first of two keys; the next one decides */
    ACTION_VIEW,    /* goes to the view whose key it is (ui/views.h) */
    ACTION_OPEN,
    ACTION_UP,
    ACTION_BACK,
    ACTION_FORWARD,
    ACTION_GOTO,
    ACTION_BOOKMARK,
    ACTION_BOOKMARKS,
    ACTION_FILTER,
    ACTION_NEXT,
    ACTION_PREVIOUS,
    ACTION_ROW_DOWN,
    ACTION_ROW_UP,
    ACTION_LEFT,
    ACTION_RIGHT,
    ACTION_PAGE_DOWN,
    ACTION_PAGE_UP,
    ACTION_FIRST,
    ACTION_LAST,
    ACTION_PANE,
    ACTION_PANE_BACK,
    ACTION_SORT,
    ACTION_INVERT,
    ACTION_COLUMNS,
    ACTION_TOGGLE,
    ACTION_COLUMN_BACK,
    ACTION_COLUMN_ON,
    ACTION_RESET,
    ACTION_TAG,
    ACTION_TAG_NONE,
    ACTION_TAGGED,
    ACTION_SEARCH,
    ACTION_GROUP,
    ACTION_JUMP,
    ACTION_SPLIT,
    ACTION_EXPLAIN,
    ACTION_INSPECT,
    ACTION_OVERLAY,
    ACTION_LOOK,
    ACTION_RECORD_NEXT,
    ACTION_RECORD_BACK,
    ACTION_RECORD_FORM,
    ACTION_COPY,
    ACTION_COPY_AS,
    ACTION_PAUSE,
    ACTION_SLOWER,
    ACTION_FASTER,
    ACTION_REFRESH,
    ACTION_UNITS,
    ACTION_ZONE,
    ACTION_SPAN,
    ACTION_SHARED_SCALE,
    ACTION_LOG_SCALE,
    ACTION_MARK,
    ACTION_MARK_ANEW,
    ACTION_REDRAW,
    ACTION_HELP,
    ACTION_QUIT,
};

/* Where a binding works. */
enum key_context {
    KEYS_LIST = 1,    /* a view with rows */
    KEYS_CHOOSER = 2, /* the list of columns, for sorting and showing */
    KEYS_PAGE = 4,    /* a page that is read: help, all columns of a row */
    KEYS_RECORD = 8,  /* records of a partition */
    KEYS_MENU = 16,   /* a menu */
    KEYS_ALL = KEYS_MENU | KEYS_LIST | KEYS_CHOOSER | KEYS_PAGE | KEYS_RECORD,
};

struct key_binding {
    enum action action;
    unsigned contexts; /* enum key_context */
    int footer;        /* its place in the footer, 1 first; 0: not there */
    uint32_t keys[4];  /* each does it; 0 ends */
    uint32_t twice;    /* so does this one, pressed twice; 0: none */
    const char *name;  /* the action's, one word */
    const char *label; /* in the footer */
    const char *help;
};

const struct key_binding *keys_at(size_t i); /* as declared; NULL at the end */

/* A binding's keys as text: "PgDn ^F", "gg Home". Appended. */
void keys_text(const struct key_binding *b, struct str *out);

/* The bindings and the views' keys as a scdoc fragment for icetop.1. Appended. */
void keys_document(struct str *out);

#endif
