/* What can be wrong with one answer of a cluster. */
#ifndef KAFKA_FAULT_H
#define KAFKA_FAULT_H

/* What is wrong with one thing that was asked for, by what follows from it. */
enum kafka_fault {
    KAFKA_FAULT_NONE,
    KAFKA_FAULT_UNASKED,     /* no answer in time, or never asked */
    KAFKA_FAULT_DENIED,      /* a permission is missing */
    KAFKA_FAULT_COORDINATOR, /* asked the wrong coordinator, or there is none now */
    KAFKA_FAULT_LEADER,      /* no leader, another one, or one that does not know its end yet */
    KAFKA_FAULT_GONE,        /* unknown topic, partition or group */
    KAFKA_FAULT_NETWORK,     /* no connection to the broker that knows */
    KAFKA_FAULT_OTHER,
    KAFKA_FAULT_COUNT
};

/* A few words for a fault: "no permission". */
const char *kafka_fault_text(enum kafka_fault fault);

#endif
