/* The console's views, declared: what each shows, how it is sorted, where Enter leads. Tables
 * without a line here get a view of their own all the same (views_generic). */
#ifndef UI_VIEWS_H
#define UI_VIEWS_H

#include "ui/cells.h"
#include "ui/verdict.h"

#include <stdint.h>

enum { VIEWS_PANES = 9, VIEWS_CHARTS = 4, VIEWS_SERIES = 4, VIEWS_BARS = 2, VIEWS_SHAPES = 2, VIEWS_WORDS = 12 };

/* A list of rows of one table. */
struct view_pane {
    const char *title;   /* NULL: the table's */
    const char *table;   /* NULL: no such pane */
    const char *where;   /* a template over the row the view was opened from (ui/template.h); NULL:
                            all rows */
    const char *sort;    /* "lag desc, group"; NULL: by key */
    const char *columns; /* "lag lag_s eta_s" after the key's columns, in this order; NULL: all that
                            are not hidden */
    const char *heads;   /* "queryable_lag=rows queryable_lag_s=age": other headings of columns here; NULL: their own */
    const char
        *open; /* name of the view that Enter leads to, about the row or the one its columns name; NULL: all columns */
    const char *judged; /* a text column whose words are drawn in the role of how bad the row is; NULL: none */
    const char *spark;  /* a number column whose last minutes are drawn behind all others; NULL: none */
    const char *
        strip; /* a number column of which each row has a cell in lines above the list, in the order of keys (ui/strip.h); NULL:
                          none */
    const char *letter;    /* a text column of which the strip shows the first letter where a row is not fine */
    const char *tracks;    /* number columns, each a line of bars above the list (ui/tracks.h); NULL: none */
    const char *tracks_by; /* the time column by which they are in order */
    const char *signs;     /* a text column of letters that are drawn as signs (ui/signs.h); NULL: none */
    const char
        *middle; /* text columns that are cut in the middle where there is no room, as their ends differ; NULL: none */
    const char
        *matrix; /* of a column of letters (UNIT_MARKS): whose they are, "features feature": a table and its column of
                           names, which stand above them (ui/heads.h); NULL: nothing does */
    const char *brief; /* a text column of which the first letters are enough where it is listed; NULL: none */
    const char *empty; /* why there may be no row, and what to do; NULL: that the source has none */
    size_t limit;      /* of the subscription, in the order of sort; 0: none */
    bool optional;     /* takes no room while it has no row, unless the cursor is there */
    bool faint;        /* rows that are fine are dim */
    bool plain;        /* not the worst first: sort is all there is */
    bool clock;        /* times as clock times, not as ages */
    bool prompt;       /* its rows change seldom, and then it is news: what changed is drawn without waiting */
};

/* A chart of number columns of the row the view is about, on one scale: one as an area, several as lines. */
struct view_chart {
    const char *title; /* NULL: no such chart */
    const char *columns[VIEWS_SERIES];
    bool optional; /* left out where the row has none of them now */
};

/* Rows as bars, all from one moment on. Texts are templates over the bar's row, as ui/template.h says them. */
struct view_bars {
    const char *table; /* NULL: no such bars */
    const char *label; /* before the bar */
    const char *after; /* a column, milliseconds from that moment to its end; a bar where it is unknown is open */
    const char *say;   /* behind it */
};

/* A waterfall (ui/trace.h) of the row the view is about, or else of the row under the cursor of its first list. */
struct view_trace {
    const char *table;   /* of that row; NULL: no waterfall */
    const char *same;    /* a condition over that row, true of its bars */
    const char *head;    /* templates over that row: above all, */
    const char *end;     /* and at its end */
    const char *started; /* its columns: a time, */
    const char *elapsed; /* milliseconds from there to its end, unknown while it has none, */
    const char *limit;   /* and milliseconds that are drawn as a line; NULL: none */
    struct view_bars bars[VIEWS_BARS];
};

/* What is said of a row, in whole lines. */
struct view_words_line {
    const char *label; /* at the left edge */
    const char *say;   /* a template over the row; of what is unknown there is no line */
    enum role role;
    const char *other; /* another template, for where that says nothing; NULL: none */
    const char
        *marks;     /* instead of say: a text column with a letter for each row of another table, by their names; what
                          is not well is said in words: "DRIFT age, plan" */
    const char *of; /* of marks: that table and its column of names, "features feature"; its first key is the row's */
    bool heads;     /* of marks: what its heads mean instead (ui/heads.h) */
};

/* How a row's numbers spread over bins, which are rows of another table (ui/heat_rows.h): their keys are its own and the bin's
 * upper bound. */
struct view_heat {
    const char *table;     /* of the bins; NULL: none */
    const char *by;        /* the column of the bound */
    const char *value;     /* a number that is kept: drawn over time */
    const char *share;     /* now, as a part of all; NULL: no bars */
    const char *unit;      /* a text column of the row: what is measured, in words; */
    const char *name;      /* and where that says nothing, one whose end may */
    const char *quantiles; /* columns of the row, said above */
};

/* A row's distribution beside that of its reference (ui/shape.h). Bins are rows of another table, whose keys begin with its own. */
struct view_shape {
    const char *table;               /* of the bins; NULL: none */
    const char *by, *from, *to;      /* bins of numbers: the column of their order, and those of their edges */
    const char *name;                /* or of names, the greatest difference first: that column; NULL: of numbers */
    const char *reference, *current; /* shares */
};

/* A row in words (ui/words.h): of the one the view is about, above its lists; or else of the one under the cursor of its first
 * list, below that. */
struct view_words {
    const char *table; /* of that row; NULL: no words */
    struct view_words_line lines[VIEWS_WORDS];
};

struct view_def {
    const char *name;  /* as typed after ':' */
    const char *title; /* in the crumbs; NULL: the name of the row it is about */
    const char *help;  /* a sentence */
    uint32_t key;      /* goes there from anywhere; 0: none */
    const char *const
        *kinds;       /* of sources that fill it (sources.kind, the last NULL): the last line tells of the key where one
                                 of these is watched; NULL: always */
    const char *near; /* the last line tells of that key first, but only in views of these names; NULL: in all */
    const char *subject; /* table of the row it is about; NULL: it is about all */
    const char *called;  /* a template over that row: its name, for people; NULL: the last of its keys */
    const char *summary; /* a template over that row, for the crumbs line */
    const char *remark;  /* a template over that row, below the crumbs where nothing is wrong with it; NULL: none */
    bool overview;       /* problems first, then the panes as short lists */
    struct view_pane panes[VIEWS_PANES];
    struct view_chart charts[VIEWS_CHARTS];
    struct view_trace trace;
    struct view_heat heat;                  /* below the charts */
    struct view_shape shapes[VIEWS_SHAPES]; /* in its place, the first that has bins */
    struct view_words words;
};

/* The i-th; NULL at the end. The first is where icetop starts. */
const struct view_def *views_at(size_t i);
/* What a row is called: as the view about it says, else by the last of its keys that is not empty. Appended. */
void views_call(const struct table *t, const struct row *r, struct str *out);
/* By its name, else a list by the title that screens and help show; NULL: there is none. */
const struct view_def *views_find(const char *name);
/* A view of a table that has none, owned by the caller (one free); the name is copied. */
struct view_def *views_generic(const char *table);

/* A name in a row of any table that leads somewhere: columns that hold a key of another table. */
struct view_link {
    const char *name;    /* in the menu: "leader" */
    const char *columns; /* of the row: "cluster leader"; it leads nowhere where one is not there or unknown */
    const char *table;   /* whose key they are */
    const char *keys;    /* the names of that key's columns: "cluster broker" */
    const char *view;    /* goes there */
    size_t subject;      /* so many of the key say which row that view is about; 0: it is about all */
    int pane;            /* where the key is longer than that: the list in which its row is looked for */
};

const struct view_link *views_link(size_t i); /* NULL at the end */

/* What is read whatever is shown, because the header tells of it. */
const struct stream_query *views_base(size_t i); /* NULL at the end */

/* The rules by which rows are judged. */
extern const struct verdict_rule views_rules[];
extern const size_t views_nrules;

#endif
