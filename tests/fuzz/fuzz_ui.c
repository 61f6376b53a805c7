/* Any bytes as text in cells, as the name of a key, and as a chart: nothing outside the grid,
 * nothing that is no character. */
#include "base/mem.h"
#include "base/str.h"
#include "ui/cells.h"
#include "ui/graph.h"
#include "ui/input.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct cells *c)
{
    for (int y = 0; y < c->height; y++)
        for (int x = 0; x < c->width; x++) {
            uint32_t code = cells_at(c, x, y)->code[0];
            if ((code && code < 0x20) || (code >= 0x7f && code < 0xa0) ||
                (c->ascii && code >= 0x7f))
                abort();
            if (!code && (x == 0 || cells_at(c, x - 1, y)->code[0] == 0))
                abort();
        }
}

static void check_key(const char *text)
{
    uint32_t key, back;
    char name[16];
    if (input_parse(text, &key) == 0 &&
        (input_parse(input_name(key, name), &back) < 0 || back != key))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 6)
        return 0;
    struct cells c;
    char *text = mem_memdup(data + 6, size - 6);
    cells_init(&c, data[0] % 40, data[1] % 4, data[2] & 1);
    int x = (int)data[3] % 60 - 20, y = (int)data[4] % 8 - 2, columns = (int)data[5] % 60 - 5;
    cells_text(&c, x, y, columns, ROLE_TEXT, text);
    cells_text_right(&c, columns, 0, x, ROLE_TEXT, text);
    cells_select(&c, x, y, columns);
    check(&c);
    check_key(text);
    double *values = mem_calloc(size / sizeof(double) + 1, sizeof *values);
    memcpy(values, data, size / sizeof(double) * sizeof(double));
    struct graph_series s = {.values = values,
                             .n = (int)(size / sizeof(double)),
                             .role = ROLE_CHART,
                             .fill = data[2] & 2};
    graph_area(&c, x, y, columns, 3, (enum graph_glyphs)(data[2] % 3), &s, 1, NULL);
    graph_bar(&c, x, y, columns, GRAPH_BLOCK, ROLE_CHART, values[0], 1);
    check(&c);
    free(values);
    free(text);
    cells_done(&c);
    return 0;
}
