/* The words for faults. */
#include "kafka/fault.h"

const char *kafka_fault_text(enum kafka_fault fault)
{
    static const char *const texts[KAFKA_FAULT_COUNT] = {
        [KAFKA_FAULT_NONE] = "",
        [KAFKA_FAULT_UNASKED] = "no answer in time",
        [KAFKA_FAULT_DENIED] = "no permission",
        [KAFKA_FAULT_COORDINATOR] = "no coordinator",
        [KAFKA_FAULT_LEADER] = "no leader",
        [KAFKA_FAULT_GONE] = "does not exist",
        [KAFKA_FAULT_NETWORK] = "no connection",
        [KAFKA_FAULT_OTHER] = "error",
    };
    return texts[fault];
}
