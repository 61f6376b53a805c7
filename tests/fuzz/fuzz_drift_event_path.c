/* Any bytes as a path: what is one is written as a text that reads as the same steps. */
#include "base/str.h"
#include "drift/event_path.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct drift_event_path path, again;
    struct str text = {0};
    if (drift_event_path_read((const char *)data, size, &path, NULL))
        return 0;
    for (size_t i = 0; i < path.nsteps; i++) {
        const struct drift_event_step *s = &path.steps[i];
        drift_event_path_print(&text, s->item ? NULL : path.keys + s->at, s->len, s->index);
    }
    if (text.len <= DRIFT_EVENT_PATH_BYTES) {
        if (drift_event_path_read(text.s, text.len, &again, NULL) || again.nsteps != path.nsteps)
            abort();
        for (size_t i = 0; i < path.nsteps; i++) {
            const struct drift_event_step *a = &path.steps[i], *b = &again.steps[i];
            if (a->item != b->item || (a->item && a->index != b->index) || a->len != b->len ||
                (a->len && memcmp(path.keys + a->at, again.keys + b->at, a->len) != 0))
                abort();
        }
    }
    str_done(&text);
    return 0;
}
