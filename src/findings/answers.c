/* Who does not answer a commit, and why. */
#include "findings/catalogue.h"

const struct findings_rule findings_answers[] = {
    {.page.id = NULL},
};
