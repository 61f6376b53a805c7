/* The control topic: how it is made and kept. */
#include "findings/catalogue.h"

const struct findings_rule findings_control[] = {
    {.page.id = NULL},
};
