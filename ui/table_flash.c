/* Compares each text with what was drawn for the same row and column before. */
#include "ui/table_flash.h"

#include "base/map.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum { FLASH_MS = 1000 };

void table_flash_done(struct table_flash *f)
{
    free(f->ids);
    free(f->cells);
    *f = (struct table_flash){0};
}

bool table_flash_counts(const struct column *c)
{
    return c->type != COLUMN_TIME && c->unit != UNIT_PER_SECOND && c->unit != UNIT_SECONDS && c->unit != UNIT_LATENCY && c->unit != UNIT_MS;
}

void table_flash_begin(struct table_flash *f, size_t nrows, size_t ncolumns, struct table_flash *before)
{
    *before = *f;
    *f = (struct table_flash){.ids = mem_calloc(nrows + 1, sizeof *f->ids),
                              .cells = mem_calloc(nrows * ncolumns + 1, sizeof *f->cells),
                              .nrows = nrows,
                              .ncolumns = ncolumns};
}

/* Rows mostly stay where they are. */
static const struct table_flash_cell *find(const struct table_flash *before, size_t row, uint64_t id, size_t column)
{
    for (size_t i = 0; i < before->nrows && column < before->ncolumns; i++) {
        size_t at = (row + i) % before->nrows;
        if (before->ids[at] == id)
            return &before->cells[at * before->ncolumns + column];
    }
    return NULL;
}

bool table_flash_cell(struct table_flash *f, const struct table_flash *before, size_t row, uint64_t id, size_t column,
                      const char *text, int64_t now_ms)
{
    struct table_flash_cell *now = &f->cells[row * f->ncolumns + column];
    const struct table_flash_cell *then = find(before, row, id, column);
    uint64_t unknown = map_hash("-", 1);
    f->ids[row] = id;
    now->hash = map_hash(text, strlen(text));
    if (!then || !then->hash)
        return false;
    now->until_ms = then->until_ms;
    if (now->hash != then->hash) /* what becomes known is no change */
        now->until_ms = then->hash == unknown ? 0 : now_ms + FLASH_MS;
    return now_ms < now->until_ms;
}
