/* Any bytes as a request to the scripted cluster: it answers with whole replies or not at all. */
#include "demo/api.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct demo_world *small_world(void)
{
    struct demo_world *w = demo_world_new(2, "fuzz");
    demo_world_topic_add(w, "t", 2, 2);
    demo_world_append(w, "t", 0, 1000, 0);
    demo_world_append(w, "t", 0, 2000, 50);
    demo_world_topic_add(w, "h", 1, 1)->hidden = true;
    struct demo_group *g = demo_world_group_add(w, "g", "consumer");
    g->coordinator = 1;
    demo_group_set_state(g, "Stable");
    demo_group_member_add(g, "m", "c", "/h");
    demo_group_assign_range(g, "t", 2);
    demo_group_commit(g, "t", 1, 5, 0, "x");
    return w;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct demo_world *w = small_world();
    struct demo_api_versions versions;
    struct str reply = {0};
    int wait_ms = 0;
    demo_api_versions_init(&versions);
    str_bytes(&reply, "before", 6);
    int rc = demo_api_answer(w, &versions, 1, 0, 0, data, size, &reply, &wait_ms);
    if (rc != 0 && reply.len != 6)
        abort();
    if (rc == 0) {
        struct demo_wire_reader r;
        demo_wire_read_init(&r, reply.s + 6, reply.len - 6);
        size_t said = (size_t)demo_wire_read_i32(&r);
        if (said != demo_wire_left(&r) || said < 4)
            abort();
    }
    str_done(&reply);
    demo_world_free(w);
    return 0;
}
