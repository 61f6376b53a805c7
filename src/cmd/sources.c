/* Reads the table of sources. */
#include "cmd/sources.h"

#include <stdio.h>
#include <string.h>

struct cmd_sources cmd_sources_state(const struct store *s, bool complain)
{
    struct cmd_sources state = {0};
    const struct table *t = store_find(s, "sources");
    for (const struct row *r = t ? table_first(t) : NULL; r; r = row_next(r)) {
        const char *kind = row_text(r, "kind"), *word = row_text(r, "state");
        if (strcmp(kind, "history") == 0)
            continue;
        state.total++;
        bool failed = strcmp(word, "failed") == 0, partial = strcmp(word, "partial") == 0;
        bool starting = strcmp(word, "starting") == 0;
        state.failed += failed;
        state.partial += partial;
        state.starting += starting;
        state.begun += starting && *row_text(r, "error");
        state.plugins += starting && strcmp(kind, "plugin") == 0;
        if (complain && (failed || partial || starting))
            fprintf(stderr, "icetop: %s: %s: %s\n", row_text(r, "source"), word,
                    starting && !*row_text(r, "error") ? "no round has ended before the deadline"
                                                       : row_text(r, "error"));
    }
    return state;
}
