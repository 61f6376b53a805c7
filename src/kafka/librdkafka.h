/* What the files that implement the admin calls over librdkafka share; nobody else includes it. */
#ifndef KAFKA_LIBRDKAFKA_H
#define KAFKA_LIBRDKAFKA_H

#include "kafka/client.h"

struct kafka_librdkafka {
    struct kafka_admin admin;
    struct kafka_client *client;
    rd_kafka_t *rk;          /* the client's */
    rd_kafka_queue_t *queue; /* answers to the asynchronous requests */
    const struct clock *clock;
    struct kafka_pace *pace;
    int max_in_flight;
    size_t window; /* requests for committed offsets at once, for now: grows with the answers, up to max_in_flight */
    bool spent;
    bool connected;             /* once: some broker has answered */
    size_t brokers;             /* in the last metadata */
    int64_t listing_us;         /* how long the last listing of groups took */
    struct kafka_client *other; /* under the other isolation; NULL: not needed yet */
    bool unanswered;            /* late answers to requests for committed offsets may come: no more are asked */
};

struct kafka_time kafka_librdkafka_now(const struct kafka_librdkafka *c);
/* The first connection of a handle. A first answer teaches it where all brokers are; without it the calls that follow may
 * sleep. Only one topic is asked for: all of them would be kept, as they are when none is. Returns how many brokers there
 * are; 0: no answer. */
size_t kafka_librdkafka_connect(rd_kafka_t *rk, struct kafka_pace *pace, const struct kafka_budget *budget,
                                const char *topic);
enum kafka_fault kafka_librdkafka_fault(rd_kafka_resp_err_t err);
/* err filled with what failed (NULL: everything), librdkafka's words, and the reason a connection last failed, if one
 * did. */
int kafka_librdkafka_error(struct kafka_librdkafka *c, struct error *err, const char *what, rd_kafka_resp_err_t code);
/* Options for an asynchronous request: its timeout is an hour, because the library aborts when one
 * times out while its coordinator is away and then comes back; the caller's own deadline counts. */
rd_kafka_AdminOptions_t *kafka_librdkafka_options(struct kafka_librdkafka *c, rd_kafka_admin_op_t op, void *opaque);

/* What every handle is made with that reads records: they end, never jump, and take little at a time. */
extern const char *const kafka_librdkafka_own[][2];
/* The handle under the other isolation, made and connected if need be by asking for a topic; NULL if that is not possible
 * now. */
rd_kafka_t *kafka_librdkafka_other(struct kafka_librdkafka *c, const struct kafka_admin_settings *settings,
                                   const struct kafka_budget *budget, const char *topic);

/* The calls of struct kafka_admin_ops that live in files of their own. */
int kafka_librdkafka_groups(struct kafka_admin *a, const struct kafka_budget *budget, struct kafka_arena *arena,
                            struct kafka_groups *ret, struct error *err);
bool kafka_librdkafka_all_list(struct kafka_admin *a, const struct kafka_budget *budget);
bool kafka_librdkafka_groups_hidden(struct kafka_admin *a, const struct kafka_budget *budget);
void kafka_librdkafka_committed(struct kafka_admin *a, const struct kafka_budget *budget, struct kafka_arena *arena,
                                struct kafka_committed *items, size_t n);
void kafka_librdkafka_offsets(struct kafka_admin *a, const struct kafka_budget *budget, struct kafka_offset *items,
                              size_t n);
void kafka_librdkafka_other_ends(struct kafka_admin *a, const struct kafka_admin_settings *settings,
                                 const struct kafka_budget *budget, struct kafka_offset *items, size_t n);
void kafka_librdkafka_read(struct kafka_admin *a, const struct kafka_admin_settings *settings,
                           const struct kafka_budget *budget, struct kafka_reading *items, size_t n);
void kafka_librdkafka_configs(struct kafka_admin *a, const struct kafka_budget *budget, struct kafka_arena *arena,
                              struct kafka_topic_config *items, size_t n);

#endif
