/* The column control_offsets of `snapshots`, read back; see offsets.h. */
#include "derive/offsets.h"

#include <stdlib.h>
#include <string.h>

/* `"0":123,"1":4}`; NULL where it is written otherwise, else behind it. */
static const char *read_list(const char *at, struct derive_offsets *o)
{
    while (*at == '"') {
        char *end;
        long partition = strtol(at + 1, &end, 10);
        if (end == at + 1 || strncmp(end, "\":", 2) != 0 || partition < 0 || partition > INT32_MAX)
            return NULL;
        at = end + 2;
        long long offset = strtoll(at, &end, 10);
        if (end == at || (*end != ',' && *end != '}'))
            return NULL;
        if (o->list.n < DERIVE_OFFSETS)
            vec_push(&o->list, (struct connect_cycles_offset){(int32_t)partition, offset});
        at = end + (*end == ',');
    }
    return *at == '}' ? at + 1 : NULL;
}

bool derive_offsets_next(const char **at, struct derive_offsets *o)
{
    const char *open = *at ? strstr(*at, " {") : NULL;
    o->list.n = 0;
    if (!open)
        return false;
    o->reader = *at;
    o->len = (size_t)(open - *at);
    *at = read_list(open + 2, o);
    if (!*at)
        return false;
    if (strncmp(*at, "; ", 2) == 0)
        *at += 2;
    return true;
}
