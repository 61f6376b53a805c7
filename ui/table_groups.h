/* Rows that have the same in one column, put together: a table of its own with a row for each of these groups. */
#ifndef UI_TABLE_GROUPS_H
#define UI_TABLE_GROUPS_H

#include "base/str.h"
#include "ui/row_order.h"

struct table_groups;

/* Can rows be put together by this column? Not by what is counted or measured, nor by times. */
bool table_groups_can(const struct column *c);
/* Groups of rows of source by its column of that index. Both are the source's: they must be done with before it goes. ERR_LIMIT
 * where the source has too many columns for one more table. */
int table_groups_new(const struct table *source, size_t column, struct table_groups **ret, struct error *err);
void table_groups_free(struct table_groups *g); /* NULL is allowed */

/* The table of groups. It has a hidden number for its key; then the column; how many rows there are, how many of them are
 * wrong and deserve a look; then all other columns of the source: sums where they add up, else the worst where one end of
 * them is worse, else what all rows have, if they have the same. */
struct table *table_groups_table(const struct table_groups *g);
/* How many columns of its come first, before those of the source. */
size_t table_groups_own(const struct table_groups *g);
/* Its columns to be shown, as struct view_pane has them: its own, then those listed; NULL: all that are not hidden. */
char *table_groups_columns(const struct table_groups *g, const char *listed);

/* Makes the groups of these rows; a group that was there before keeps its row. wanted says for each column of the groups'
 * table whether anybody looks; others stay unknown. values may be NULL: else what is put together instead of the source's
 * cells, of those columns alone that add up. */
void table_groups_update(struct table_groups *g, const struct table_view_row *rows, size_t n, const bool *wanted,
                         const struct row_order_values *values);
/* The worst of a group's rows. */
enum severity table_groups_severity(const struct table_groups *g, const struct row *group);

/* What the rows of a group have in its column, as bytes; to compare. Appended. */
void table_groups_value(const struct table_groups *g, const struct row *group, struct str *out);
/* The same of a row of the source, by the column's index. */
void table_groups_value_of(const struct table *source, size_t column, const struct row *r, struct str *out);

#endif
