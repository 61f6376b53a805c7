/* Tables that ought to keep step. */
#include "findings/catalogue.h"

const struct findings_rule findings_step[] = {
    {.page.id = NULL},
};
