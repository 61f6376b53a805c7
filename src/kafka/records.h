/* A stream of records: some partitions of some topics read in order, live, by an assignment of our own. No group is
 * joined and nothing is committed; only records of committed transactions are delivered.
 *
 * A stream has a thread and a client of its own. Its life is a row of turns: the thread collects records and gives each
 * to `record`; then `turn` is called on the loop's thread; only when that has returned does the thread go on. The two are
 * never called at the same time, so what they share through `arg` needs no lock, and a loop that has no time holds
 * reading back: what the library has fetched ahead stays within max_bytes, and brokers keep the rest.
 *
 * A stream lives through the loss of brokers: it goes on where it was when one answers again. */
#ifndef KAFKA_RECORDS_H
#define KAFKA_RECORDS_H

#include "kafka/admin.h"

struct event_base;
struct kafka_records;

struct kafka_record_header {
    const char *name;
    const void *value; /* NULL: null */
    size_t len;
};

/* One record; borrowed until `record` returns. */
struct kafka_record {
    const char *topic;
    int32_t partition;
    int64_t offset;
    int64_t time_ms;         /* wall time that it carries; -1: none */
    const void *key, *value; /* NULL: null */
    size_t key_len, value_len;
    const struct kafka_record_header *headers;
    size_t nheaders;
};

/* Where a partition's reading begins. */
enum kafka_records_from {
    KAFKA_RECORDS_START,  /* the oldest record that is there */
    KAFKA_RECORDS_END,    /* the next one that can be read: the last stable offset when the stream is opened */
    KAFKA_RECORDS_OFFSET, /* that offset */
    KAFKA_RECORDS_TIME,   /* the first record of that wall time, in milliseconds, or later */
};

struct kafka_records_what {
    const char *topic;
    int32_t partition; /* -1: all that the topic has when the stream is opened */
    enum kafka_records_from from;
    int64_t at; /* OFFSET and TIME */
};

/* Where a partition is to be read on. */
struct kafka_records_known {
    const char *topic;
    int32_t partition;
    int64_t position;
};

/* What became of one partition. */
struct kafka_records_place {
    char *topic;
    int32_t partition;
    int64_t begin;    /* where reading began, or goes on after a gap; -1: not known yet */
    int64_t position; /* the next offset to be read; -1: none yet */
    int64_t end;      /* high watermark as a broker told it last; -1: unknown */
    bool at_end;      /* all that can be read has been. end > position then: an open transaction holds others back */
    uint64_t gaps;    /* how often records were gone before they could be read, and reading went on elsewhere */
    enum kafka_fault fault; /* why it cannot be read now */
    const char *fault_text; /* static */
};

struct kafka_records_state {
    int code;               /* not 0: it could not be opened, and reads nothing: it is to be stopped */
    enum kafka_fault fault; /* the kind of that */
    struct error error;     /* and in words */
    bool open;              /* all positions are known */
    bool down;              /* no broker can be reached now; reason: why, "" if not known */
    char reason[256];
    bool grown; /* a topic of which all partitions were to be read has more by now: another stream reads them */
    const struct kafka_records_place *places; /* by topic as they were asked for, and partition */
    size_t nplaces;
    uint64_t records, bytes; /* given to `record`, keys and values, since the beginning */
};

struct kafka_records_ops {
    /* On the stream's thread, for each record in its partition's order. NULL is allowed. */
    void (*record)(void *arg, const struct kafka_record *record);
    /* On the loop's thread: after some records, when a partition comes to its end, when anything of the state changed, and
     * once a second. kafka_records_stop may be called here, kafka_records_free not. */
    void (*turn)(void *arg, const struct kafka_records_state *state);
};

/* All is copied but admin, ops and arg: they stay until the stream is freed. */
struct kafka_records_settings {
    const struct kafka_admin_settings *admin; /* its isolation is not looked at */
    const struct kafka_records_what *what;
    size_t nwhat;
    const struct kafka_records_known
        *known; /* partitions among those that begin elsewhere: where reading ended before */
    size_t nknown;
    size_t max_bytes;               /* that are fetched ahead, and one answer of each broker more; 0: 8 MiB */
    int linger_ms;                  /* how long records are collected after the first one of a turn */
    enum kafka_records_from gap_to; /* START or END: where to go on when records are gone */
    int open_ms;                    /* time to find out positions; 0: 30 s */
    const struct kafka_records_ops *ops;
    void *arg;
};

/* Opens a stream; whether that succeeded is told by the first turn. */
struct kafka_records *kafka_records_new(struct event_base *base, const struct kafka_records_settings *settings);
/* The records that the library has ready may still be given to `record`; turn is not called any more; the client is closed
 * on the stream's thread. */
void kafka_records_stop(struct kafka_records *r);
/* True when that is done: kafka_records_free will not wait. */
bool kafka_records_stopped(const struct kafka_records *r);
/* Stops, and waits for at most wait_ms. False: the client hangs in the library; its thread and memory are left behind,
 * and what it borrows must stay. NULL is allowed. */
bool kafka_records_free(struct kafka_records *r, int wait_ms);

#endif
