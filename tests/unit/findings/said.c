/* What a look said, by its id. */
#include "tests/unit/findings/said.h"

#include <string.h>

const struct findings_look_said *said_find(const struct findings_look *look, const char *id)
{
    for (size_t i = 0; i < look->said.n; i++)
        if (strcmp(look->said.items[i].rule->page.id, id) == 0)
            return &look->said.items[i];
    return NULL;
}
