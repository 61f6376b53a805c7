/* What is on screen as commands for a shell: Kafka's own tools, and icetop snapshot. */
#ifndef UI_EQUIVALENT_H
#define UI_EQUIVALENT_H

#include "ui/context.h"
#include "ui/table_view.h"

/* The command of Kafka's tools that tells about the same: of any row that names a group, a topic or a cluster. ERR_NOT_FOUND
 * for other rows, ERR_INVALID for a name that no command can be given. Appended. */
int equivalent_tool(const struct context *ctx, const struct table *t, const struct row *r, struct str *out,
                    struct error *err);
/* `icetop snapshot` with the rows, the order and the columns of the list. program: how icetop was started, quoted already;
 * NULL: plain icetop. Appended. */
int equivalent_snapshot(const struct context *ctx, const char *program, const struct table_view *list, struct str *out,
                        struct error *err);

#endif
