/* Consumer groups of sinks: ids, leftovers, markers. */
#include "findings/catalogue.h"

const struct findings_rule findings_groups[] = {
    {.page.id = NULL},
};
