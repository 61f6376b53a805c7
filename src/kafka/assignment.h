/* The bytes in which a group's leader writes what each member is assigned. */
#ifndef KAFKA_ASSIGNMENT_H
#define KAFKA_ASSIGNMENT_H

#include "kafka/admin.h"

/* Parses ConsumerProtocolAssignment, versions 0 to 3: int16 version, array of { string topic, array
 * of int32 partition }, user data, all big-endian; what follows the partitions is ignored, so that
 * later versions are read too. No bytes at all are an empty assignment. ERR_INVALID where lengths
 * do not fit, ERR_LIMIT past 1,000,000 partitions. */
int kafka_assignment_parse(const void *bytes, size_t len, struct kafka_arena *arena, struct kafka_assigned **ret,
                           size_t *n);

#endif
