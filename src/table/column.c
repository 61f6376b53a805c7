/* Names of column types and units. */
#include "table/column.h"
#include "base/error.h"

#include <string.h>

static const char *const types[] = {
    [COLUMN_TEXT] = "text", [COLUMN_INT] = "int",   [COLUMN_REAL] = "real",
    [COLUMN_TIME] = "time", [COLUMN_BOOL] = "bool",
};

static const char *const units[] = {
    [UNIT_NONE] = "",          [UNIT_ID] = "id",       [UNIT_COUNT] = "count",     [UNIT_MESSAGES] = "messages",
    [UNIT_OFFSET] = "offset",  [UNIT_BYTES] = "bytes", [UNIT_SECONDS] = "s",       [UNIT_MS] = "ms",
    [UNIT_PER_SECOND] = "1/s", [UNIT_RATIO] = "ratio", [UNIT_LATENCY] = "latency", [UNIT_SHARES] = "shares",
    [UNIT_MARKS] = "marks",    [UNIT_EPOCH] = "epoch",
};

static int find(const char *const *words, size_t n, const char *text)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(words[i], text) == 0)
            return (int)i;
    return ERR_INVALID;
}

const char *column_type_name(enum column_type type)
{
    return types[type];
}

const char *column_unit_name(enum column_unit unit)
{
    return units[unit];
}

int column_type_parse(const char *text, enum column_type *type)
{
    int i = find(types, sizeof types / sizeof *types, text);
    if (i < 0)
        return i;
    *type = (enum column_type)i;
    return 0;
}

int column_unit_parse(const char *text, enum column_unit *unit)
{
    int i = find(units, sizeof units / sizeof *units, text);
    if (i < 0)
        return i;
    *unit = (enum column_unit)i;
    return 0;
}
