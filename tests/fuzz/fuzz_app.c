/* Any keys, sizes, names and changes of rows: the console draws, and nothing but characters. */
#include "tests/unit/ui/world.c"
#include "tests/unit/ui/world_sinks.c"

#include "ui/cells.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void draw(struct world *w, int width, int height)
{
    struct cells c;
    cells_init(&c, width, height, width & 1);
    app_draw(w->app, &c);
    for (int y = 0; y < c.height; y++) {
        for (int x = 0; x < c.width; x++) {
            uint32_t code = cells_at(&c, x, y)->code[0];
            if ((code && code < 0x20) || (code >= 0x7f && code < 0xa0))
                abort();
        }
    }
    cells_done(&c);
}

/* A row of groups, its name and one cell from the input. */
static void write_row(struct world *w, const uint8_t *data, size_t size)
{
    static const char *const columns[] = {"lag", "lost", "note", "state", "lag_s", "moved", "eta_s", "rate_in"};
    char key[64], text[32];
    size_t len = size < 20 ? size : 20;
    snprintf(key, sizeof key, "prod-eu/g%.*s", (int)len, (const char *)data);
    snprintf(text, sizeof text, "%.*s", (int)len, (const char *)data);
    world_set(w, "groups", key, columns[data[0] % 8], text[0] ? text : "7");
}

static void press(struct world *w, uint8_t byte)
{
    static const uint32_t special[] = {INPUT_ENTER, INPUT_ESCAPE, INPUT_TAB,  INPUT_BACKTAB, INPUT_DOWN,     INPUT_UP,
                                       INPUT_LEFT,  INPUT_RIGHT,  INPUT_HOME, INPUT_END,     INPUT_PAGE_DOWN};
    struct input in = {.key = byte};
    if (byte < 0x20)
        in.key = INPUT_CTRL | (uint32_t)('a' + byte % 26);
    else if (byte >= 0x80)
        in.key = special[byte % (sizeof special / sizeof *special)];
    if (in.key != 'p' || w->draws % 16 == 0) /* a copy of the store each time is slow */
        app_input(w->app, &in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct world w;
    struct error err = {.code = ERR_CLOSED, .text = "gone"};
    int width = 80, height = 24;
    if (size > 400)
        return 0;
    world_init(&w);
    world_fill_sinks(&w);
    world_start(&w, NULL);
    for (size_t i = 0; i + 1 < size; i++) {
        switch (data[i] % 16) {
        case 0:
            width = 1 + data[i + 1];
            height = 1 + data[i + 1] % 60;
            break;
        case 1:
            write_row(&w, data + i + 1, size - i - 1);
            world_commit(&w);
            break;
        case 2:
            world_pass(&w, data[i + 1] * 100);
            break;
        case 3:
            app_detach(w.app, &err);
            break;
        case 4:
            app_attach_data(w.app, &w.data);
            app_changed(w.app, true);
            break;
        default:
            press(&w, data[i]);
        }
        draw(&w, width, height);
    }
    world_done(&w);
    return 0;
}
