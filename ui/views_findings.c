/* Views of findings. */
#include "ui/views_internal.h"

/* A finding in words. */
#define FINDING_WORDS                                                                                                  \
    {                                                                                                                  \
        .table = "findings", .lines = {                                                                                \
            {"", "{text}", ROLE_STRONG},                                                                               \
            {"since", "{since} ago, in {cluster}|last seen {seen} ago", ROLE_TEXT},                                    \
            {"what to do", "{advice}", ROLE_TEXT, "{todo}"},                                                           \
            {"it means", "{means}", ROLE_DIM},                                                                         \
            {"said when", "{criterion}", ROLE_DIM},                                                                    \
            {"what it is not", "{unlike}", ROLE_DIM},                                                                  \
            {"to be certain", "{missing}", ROLE_DIM},                                                                  \
            {"known by", "{issues}", ROLE_LINK},                                                                       \
        }                                                                                                              \
    }

static const struct view_def defs[] = {
    {
        .name = "findings",
        .title = "findings",
        .help = "What is wrong, in words, the worst first; each with the rows that prove it.",
        .key = 'F',
        .kinds = views_road,
        .panes = {{.table = "findings",
                   .title = "findings",
                   .sort = "rank, id",
                   .columns = "-cluster -subject id text since",
                   .open = "finding",
                   .faint = true,
                   .prompt = true,
                   .empty = "no findings"}},
        .words = FINDING_WORDS,
    },
    {
        .name = "finding",
        .help = "One finding: what was seen, what it means, what to do, and the rows that prove it: Enter goes there.",
        .subject = "findings",
        .summary = "{id}|{title}|{severity}",
        .panes = {{.title = "evidence",
                   .table = "finding_evidence",
                   .where = "id = {id} and cluster = {cluster} and subject = {subject}",
                   .sort = "position",
                   .columns = "-position text time table where",
                   .plain = true,
                   .prompt = true,
                   .empty = "nothing more: what was seen says it all"}},
        .words = FINDING_WORDS,
    },
};

const struct views_part views_findings = {defs, sizeof defs / sizeof *defs};
