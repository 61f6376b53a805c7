/* Tables: snapshots and metadata that grow, small files, other writers, commits that stay away. */
#include "findings/catalogue.h"

const struct findings_rule findings_upkeep[] = {
    {.page.id = NULL},
};
