/* Coordinators: none, two, zombies, and commits that fail. */
#include "findings/catalogue.h"

const struct findings_rule findings_coordinator[] = {
    {.page.id = NULL},
};
