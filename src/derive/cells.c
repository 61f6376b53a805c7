/* Unknown cells as the rest of this room has them. */
#include "derive/cells.h"

#include "connect/event.h"

struct name *derive_cells_text(const struct row *r, size_t column)
{
    struct value v = row_get(r, column);
    return v.quality == QUALITY_UNKNOWN ? NULL : v.s;
}

const char *derive_cells_raw(const struct row *r, size_t column)
{
    const struct name *n = r ? derive_cells_text(r, column) : NULL;
    return n ? n->raw : NULL;
}

int64_t derive_cells_number(const struct row *r, size_t column)
{
    struct value v = row_get(r, column);
    return v.quality == QUALITY_UNKNOWN ? CONNECT_EVENT_UNKNOWN : v.i;
}

void derive_cells_set_number(struct table *t, struct row *r, size_t column, int64_t v, enum quality q)
{
    table_set_int(t, r, column, v, v == CONNECT_EVENT_UNKNOWN ? QUALITY_UNKNOWN : q);
}
