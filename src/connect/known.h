/* What is known of a Connect cluster's connectors from round to round: the last list, and what was asked of each sink apart
 * from it. */
#ifndef CONNECT_KNOWN_H
#define CONNECT_KNOWN_H

#include "connect/rest.h"

enum {
    CONNECT_KNOWN_AGAIN_S =
        60, /* after which tasks and topics of a sink are asked for again; a little earlier, each at its
                                   own time */
};

struct connect_known_detail {
    bool asked;       /* both have been answered, or refused for good */
    uint64_t config;  /* of the connector then */
    int64_t asked_us; /* monotonic */
};

/* Zeroed is empty. */
struct connect_known {
    struct connect_rest_connectors list;
    struct connect_known_detail *details; /* one for each */
    bool read;                            /* the list has been read at least once */
};

/* Takes a new list over, with what is known of those that were in the old one. */
void connect_known_take(struct connect_known *k, struct connect_rest_connectors *list);
void connect_known_done(struct connect_known *k);

/* NULL if there is none. */
struct connect_rest_connector *connect_known_find(const struct connect_known *k, const char *name);
/* Is it time to ask for the i-th connector's tasks and topics? */
bool connect_known_due(const struct connect_known *k, size_t i, int64_t now_us);
/* They were asked for when the connector had this configuration, and there is nothing more to be asked. */
void connect_known_asked(struct connect_known *k, const char *name, uint64_t config, int64_t now_us);
/* What came; connectors that have gone meanwhile are passed over. topics NULL: Connect does not track them. Texts are taken
 * out of the answers. */
void connect_known_tasks(struct connect_known *k, const char *name, struct connect_rest_task_configs *tasks);
void connect_known_topics(struct connect_known *k, const char *name, struct connect_rest_topics *topics);

#endif
