/* The blocking half of a look: reads records of one partition with a client of its own. */
#ifndef KAFKA_LOOK_READ_H
#define KAFKA_LOOK_READ_H

#include "kafka/client.h"
#include "stream/record.h"

/* What a read leaves behind; zeroed is nothing. */
struct kafka_look_reader {
    struct kafka_client *client;
    rd_kafka_topic_t *topic;
    rd_kafka_queue_t *queue;
    int32_t partition;
    bool started;
};

/* Reads at most count records of a partition, from offset on (or at an enum stream_record_at), within the budget and with the
 * isolation of the settings. *ret is written on success, with as many records as came. The reader is to be closed in any
 * case. */
int kafka_look_read(struct kafka_look_reader *r, const struct kafka_admin_settings *settings,
                    const struct kafka_budget *budget, const struct stream_record_query *q, struct stream_records *ret,
                    struct error *err);
/* May hang in the library: never on a thread that somebody waits for. */
void kafka_look_read_close(struct kafka_look_reader *r);

#endif
