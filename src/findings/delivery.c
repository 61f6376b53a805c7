/* Rows do not arrive, and tasks that fail: what heads it all. */
#include "findings/catalogue.h"

const struct findings_rule findings_delivery[] = {
    {.page.id = NULL},
};
