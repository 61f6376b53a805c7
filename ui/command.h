/* The one table of what can be typed after ':': running, completion, help and the man page come from it. */
#ifndef UI_COMMAND_H
#define UI_COMMAND_H

#include "base/error.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

struct app;

/* What a command's argument is made of; completion follows from it. */
enum command_arg {
    COMMAND_ARG_NONE,
    COMMAND_ARG_VIEW,     /* a view or a table */
    COMMAND_ARG_ROW,      /* "NAME" or "VIEW NAME": a row that has a view of its own */
    COMMAND_ARG_COLUMNS,  /* column names divided by commas */
    COMMAND_ARG_ORDER,    /* the same, each with asc or desc behind it */
    COMMAND_ARG_FILTER,   /* an expression */
    COMMAND_ARG_THEME,    /* a theme */
    COMMAND_ARG_FILE,     /* a file for rows */
    COMMAND_ARG_PICTURE,  /* a file for the screen */
    COMMAND_ARG_SETTING,  /* "NAME" or "NAME on" */
    COMMAND_ARG_INTERVAL, /* a duration */
    COMMAND_ARG_COPY,     /* what of a row is copied */
    COMMAND_ARG_CLUSTER,  /* the name of a cluster */
    COMMAND_ARG_BOOKMARK, /* the name of a bookmark */
    COMMAND_ARG_TOPIC,    /* a command, view or table, for help */
};

/* One as it was typed. */
struct command_call {
    const char *arg; /* what stands behind the name, without blanks around it; "" */
    bool bang;       /* NAME! */
    size_t at;       /* set where an error has a place: bytes into arg */
};

struct command {
    const char *name, *alias; /* alias may be NULL */
    const char *usage;        /* its argument for people; "" for none, in brackets where it may be left out */
    enum command_arg arg;
    bool bang; /* takes '!' */
    int (*run)(struct app *a, struct command_call *call, struct error *err);
    const char *help; /* a sentence or two */
};

const struct command *command_at(size_t i);                     /* NULL at the end */
const struct command *command_find(const char *name, size_t n); /* by name or alias of n bytes; NULL */

/* A line cut into its parts; the offsets are bytes into it. */
struct command_line {
    size_t name, name_len; /* the first word, without '!' */
    bool bang;
    size_t arg;  /* where the argument begins, behind the blanks */
    bool behind; /* there is a blank behind the name: the argument is being typed */
};
struct command_line command_split(const char *line);

/* Runs a line: a command, else a view or table to go to, else an action of a key, or the first of those that begin with what
 * was typed. ERR_INVALID and ERR_NOT_FOUND, with the place in *at. Empty text is nothing to do. */
int command_run(struct app *a, const char *line, size_t *at, struct error *err);

/* "write[!] FILE", appended. */
void command_usage(const struct command *c, struct str *out);
/* All of them as a scdoc fragment for icetop.1. Appended. */
void command_document(struct str *out);

#endif
