/* Writing the rows of one Iceberg table and of its snapshots; on the loop. */
#ifndef ICEBERG_ROWS_H
#define ICEBERG_ROWS_H

#include "iceberg/digest.h"

/* Where the rows of one table are, and which there are. Zeroed but for the first four: none. */
struct iceberg_rows {
    struct store *store;
    uint16_t owner;
    const char *catalog, *table; /* borrowed */
    int64_t *snapshots;          /* ids that have a row, ascending */
    size_t n;
    bool has_row; /* in iceberg_tables */
};

/* Writes what a digest says, but for metadata, how and note; snapshots that are not in it lose their rows. Costs about
 * 3 us a snapshot that is new and less than 1 us one that was there: what a snapshot says never changes, only how it is
 * pointed to. */
void iceberg_rows_write(struct iceberg_rows *r, const struct iceberg_digest *d);
/* Sets one text of the table's row, which is made where there is none. NULL: unknown. */
void iceberg_rows_text(struct iceberg_rows *r, enum iceberg_tables_column column, const char *text);
/* Removes all of them. */
void iceberg_rows_remove(struct iceberg_rows *r);

#endif
