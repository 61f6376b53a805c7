/* Inside demo/api: the functions that answer one kind of request each, a file for each subject. */
#ifndef DEMO_API_CALL_H
#define DEMO_API_CALL_H

#include "demo/api.h"

/* What the functions that know one request each get. They read all of `in`, whatever they find, and
 * write a reply that is thrown away if `in` turns out bad. */
struct demo_api_call {
    const struct demo_world *world;
    const struct demo_api_versions *versions;
    int32_t node; /* who is asked */
    int16_t version;
    int16_t error;   /* to answer; 0: none */
    int throttle_ms; /* to tell the asker that it is held back for so long */
    int wait_ms;     /* set by what has nothing to say yet: milliseconds the reply is to wait */
    struct demo_wire_reader *in;
    struct demo_wire_writer *out;
};

/* api_configs.c */
void demo_api_describe_configs(struct demo_api_call *c);
/* api_metadata.c */
void demo_api_metadata(struct demo_api_call *c);
void demo_api_find_coordinator(struct demo_api_call *c);
/* api_groups.c */
void demo_api_list_groups(struct demo_api_call *c);
void demo_api_describe_groups(struct demo_api_call *c);
/* api_fetch.c */
void demo_api_fetch(struct demo_api_call *c);
/* api_offsets.c */
void demo_api_offset_fetch(struct demo_api_call *c);
void demo_api_list_offsets(struct demo_api_call *c);

#endif
