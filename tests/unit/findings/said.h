/* What a look said, by its id. */
#ifndef TESTS_UNIT_FINDINGS_SAID_H
#define TESTS_UNIT_FINDINGS_SAID_H

#include "findings/look.h"

/* The first that was said of the finding with this id; NULL if nothing was. */
const struct findings_look_said *said_find(const struct findings_look *look, const char *id);

#endif
