/* What history kept of a partition's end, as observations for lag in seconds. */
#ifndef KAFKA_REMEMBER_H
#define KAFKA_REMEMBER_H

#include "history/history.h"
#include "kafka/source.h"

/* Hands the spans of column "end" of table partitions to the source. History keeps a value when it changes, and that at most
 * once in sample_ms; it was seen in rounds interval_ms apart. So a value that went on for longer stood still until about
 * then, and a stretch without records stays one: nothing is interpolated over it. */
void kafka_remember(struct kafka_source *s, const char *topic, int32_t partition, const struct history_span *spans,
                    size_t n, int64_t sample_ms, int64_t interval_ms);

#endif
