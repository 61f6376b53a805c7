/* Views of what the collector tells of itself: its sources, and what happened. */
#include "ui/views_internal.h"

static const struct view_def defs[] = {
    {
        .name = "sources",
        .title = "sources",
        .help = "What icetop reads, when it last could, and what failed.",
        .key = '0',
        .panes = {{.table = "sources",
                   .title = "sources",
                   .columns = "state last_ok error note rows round_ms interval_s next_round failures",
                   .empty = "no sources: no cluster is configured; -b HOST:PORT names one"}},
    },
    {
        .name = "events",
        .title = "events",
        .help = "What happened since the collector began, the latest first.",
        .key = 'L',
        .panes = {{.table = "events",
                   .title = "events",
                   .sort = "id desc",
                   .columns = "-id time severity text subject source",
                   .limit = 2000,
                   .plain = true,
                   .clock = true,
                   .empty = "nothing has happened since the collector began"}},
    },
};

const struct views_part views_collector = {defs, sizeof defs / sizeof *defs};
