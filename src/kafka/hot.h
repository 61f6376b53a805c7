/* Hot partitions: those that get much more than their topic's others. */
#ifndef KAFKA_HOT_H
#define KAFKA_HOT_H

#include "kafka/model.h"

/* Judges all partitions of a topic by what arrived over the last minute, and sets the cells: hot is more than a message a
 * second, more than the mean of the others plus two of their standard deviations, and more than twice that mean; it stays
 * hot until it is under one and a half. Unknown below three partitions with three observations of their end. */
void kafka_hot_apply(struct kafka_model_topic *t);

#endif
