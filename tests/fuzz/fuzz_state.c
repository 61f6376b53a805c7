/* A state file of any content: the console restores it or refuses it, draws, and what it saves it can restore. */
#include "tests/unit/ui/world.c"
#include "tests/unit/ui/world_sinks.c"

#include "ui/cells.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct app_settings settings = {.graph = GRAPH_BLOCK, .state_of = "prod"};
    struct world w;
    struct error err;
    if (size > 4000)
        return 0;
    char *text = mem_memdup(data, size);
    world_init(&w);
    world_fill(&w);
    w.app = app_new(NULL, &w.clock, &settings, &ops, &w);
    if (app_state_restore(w.app, text, &err) == 0) {
        struct str saved = {0};
        app_attach_data(w.app, &w.data);
        app_changed(w.app, true);
        free(world_screen(&w, 80, 24, false));
        world_keys(&w, "2");
        free(world_screen(&w, 120, 30, false));
        app_state_save(w.app, &saved);
        if (app_state_restore(w.app, str_text(&saved), &err) != 0)
            abort();
        str_done(&saved);
    }
    free(text);
    world_done(&w);
    return 0;
}
