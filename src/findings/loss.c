/* Rows that are lost, dead or there twice; tables that were replaced or are missing. */
#include "findings/catalogue.h"

const struct findings_rule findings_loss[] = {
    {.page.id = NULL},
};
