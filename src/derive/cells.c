/* Unknown cells as the rest of this room has them. */
#include "derive/cells.h"

#include "connect/event.h"

struct name *derive_cells_text(const struct row *r, size_t column)
{
    struct value v = row_get(r, column);
    return v.quality == QUALITY_UNKNOWN ? NULL : v.s;
}

int64_t derive_cells_number(const struct row *r, size_t column)
{
    struct value v = row_get(r, column);
    return v.quality == QUALITY_UNKNOWN ? CONNECT_EVENT_UNKNOWN : v.i;
}
