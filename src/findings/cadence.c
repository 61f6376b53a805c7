/* Commits that are partial, slow, stuck or empty. */
#include "findings/catalogue.h"

const struct findings_rule findings_cadence[] = {
    {.page.id = NULL},
};
