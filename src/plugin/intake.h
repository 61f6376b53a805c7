/* What a plugin says becomes rows: its messages, lines of JSON as icetop-plugin(7) describes them, are checked and staged as they
 * come, and written into the collector's store together when their change set ends. Formats other than json are written through it too.
 *
 * Tables are made as they are declared, without rows. Rows belong to the plugin's source; those of others, and tables that icetop has
 * itself, it cannot touch. */
#ifndef PLUGIN_INTAKE_H
#define PLUGIN_INTAKE_H

#include "base/error.h"
#include "plugin/book.h"
#include "source/source.h"
#include "table/table.h"

struct plugin_intake;

enum plugin_intake_limit {
    PLUGIN_INTAKE_TABLES = 32,     /* of one plugin */
    PLUGIN_INTAKE_COLUMNS = 200,   /* of one of its tables */
    PLUGIN_INTAKE_EVENTS = 100,    /* of one change set; further ones are left out, and counted */
    PLUGIN_INTAKE_FINDINGS = 1000, /* the same; more are an error */
    PLUGIN_INTAKE_PAGES = 200,     /* of one plugin */
};

/* What a message was, for who reads on. */
enum plugin_intake_said { PLUGIN_INTAKE_MORE, PLUGIN_INTAKE_END, PLUGIN_INTAKE_DONE };

/* How a round ended, by its last message. */
struct plugin_intake_done {
    enum source_outcome outcome;
    struct error err; /* of what is not OK */
};

/* instance is the name in the configuration, source that of its source, the owner of its rows. max_rows: in all tables. The book must outlive it. */
struct plugin_intake *plugin_intake_new(struct plugin_book *book, const char *instance, const char *source,
                                        int64_t max_rows);
/* Its tables go, unless others fill them too; its rows are the scheduler's to drop. NULL is allowed. */
void plugin_intake_free(struct plugin_intake *in);

/* A new process speaks: what is staged is dropped, ids of rows mean nothing any more. */
void plugin_intake_restart(struct plugin_intake *in);
/* From here on rows that are written count as written in this round; see plugin_intake_sweep. */
void plugin_intake_begin(struct plugin_intake *in);

/* One line. Of DONE *done is filled; nothing is applied yet. An error leaves the tables as they were at the end of the last
 * change set. */
int plugin_intake_line(struct plugin_intake *in, const char *line, size_t len, enum plugin_intake_said *said,
                       struct plugin_intake_done *done, struct error *err);
/* Ends the change set: writes what is staged, all of it or nothing. Commits nothing. */
int plugin_intake_end(struct plugin_intake *in, struct error *err);
/* Forgets what is staged. */
void plugin_intake_drop(struct plugin_intake *in);
/* Removes the findings, and where rows is true the rows, that were not written since plugin_intake_begin. Commits nothing. */
void plugin_intake_sweep(struct plugin_intake *in, bool rows);

/* How many rows it has. */
size_t plugin_intake_rows(const struct plugin_intake *in);
/* Appends the names of its tables, with spaces between. */
void plugin_intake_tables(const struct plugin_intake *in, struct str *out);
/* The version that it told of itself, safe for a terminal; NULL: none. */
const char *plugin_intake_version(const struct plugin_intake *in);
/* What is odd about what was applied last, in words; NULL: nothing. */
const char *plugin_intake_odd(const struct plugin_intake *in);

#endif
