/* What the console begins with, as the command line has it: checked before anything is started. */
#ifndef CMD_BEGIN_H
#define CMD_BEGIN_H

#include "base/error.h"
#include "ui/graph.h"

struct cmd_options;

/* Is the condition of --filter or --where an expression? What columns there are is known only later. Prints by itself: an error
 * with its place is three lines. */
bool cmd_begin_condition(const struct cmd_options *o);
/* --view, and --filter, --sort and --columns of its list, as far as its table is one of the program's own. */
int cmd_begin_view(const struct cmd_options *o, struct error *err);
/* What charts are made of: auto (or NULL) is `best`; ASCII where there is nothing else. */
int cmd_begin_graph(const char *graph, enum graph_glyphs best, bool ascii, enum graph_glyphs *ret, struct error *err);

#endif
