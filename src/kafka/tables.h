/* The declarations of the Kafka source's tables; the enums give the columns' positions. */
#ifndef KAFKA_TABLES_H
#define KAFKA_TABLES_H

#include "table/table.h"

enum kafka_clusters_column {
    CLUSTERS_CLUSTER, /* key: the name in the configuration */
    CLUSTERS_ID,
    CLUSTERS_BOOTSTRAP,
    CLUSTERS_BROKERS,
    CLUSTERS_CONTROLLER,
    CLUSTERS_TOPICS,
    CLUSTERS_PARTITIONS,
    CLUSTERS_UNDER_REPLICATED,
    CLUSTERS_LEADERLESS,
    CLUSTERS_GROUPS,
    CLUSTERS_GROUPS_LAGGING,
    CLUSTERS_LAG,
    CLUSTERS_RATE_IN,
    CLUSTERS_RATE_OUT,
    CLUSTERS_CLOCK_SKEW_S,
    CLUSTERS_NOTE,
};

enum kafka_brokers_column {
    BROKERS_CLUSTER,
    BROKERS_BROKER,
    BROKERS_HOST,
    BROKERS_PORT,
    BROKERS_CONTROLLER,
    BROKERS_LEADERS,
    BROKERS_REPLICAS,
    BROKERS_UNDER_REPLICATED,
    BROKERS_GROUPS,
    BROKERS_RATE_IN,
    BROKERS_STATE,
};

enum kafka_topics_column {
    TOPICS_CLUSTER,
    TOPICS_TOPIC,
    TOPICS_PARTITIONS,
    TOPICS_REPLICATION,
    TOPICS_MESSAGES,
    TOPICS_RATE_IN,
    TOPICS_UNDER_REPLICATED,
    TOPICS_LEADERLESS,
    TOPICS_GROUPS,
    TOPICS_LAG_MAX,
    TOPICS_MOVED,
    TOPICS_INTERNAL,
};

enum kafka_partitions_column {
    PARTITIONS_CLUSTER,
    PARTITIONS_TOPIC,
    PARTITIONS_PARTITION,
    PARTITIONS_LEADER,
    PARTITIONS_START,
    PARTITIONS_END,
    PARTITIONS_MESSAGES,
    PARTITIONS_RATE_IN,
    PARTITIONS_MOVED,
    PARTITIONS_REPLICAS,
    PARTITIONS_ISR,
    PARTITIONS_UNDER_REPLICATED,
    PARTITIONS_NOTE,
};

enum kafka_groups_column {
    GROUPS_CLUSTER,
    GROUPS_GROUP,
    GROUPS_STATE,
    GROUPS_LAG,
    GROUPS_LAG_S,
    GROUPS_TREND,
    GROUPS_RATE_IN,
    GROUPS_RATE_OUT,
    GROUPS_ETA_S,
    GROUPS_LAG_MAX,
    GROUPS_MEMBERS,
    GROUPS_PARTITIONS,
    GROUPS_BEHIND,
    GROUPS_NO_COMMIT,
    GROUPS_LOST,
    GROUPS_TOPICS,
    GROUPS_MOVED,
    GROUPS_NOTE,
    GROUPS_TYPE,
    GROUPS_ASSIGNOR,
    GROUPS_COORDINATOR,
    GROUPS_COORDINATOR_HOST,
    GROUPS_LAG_RATE,
    GROUPS_STATE_SINCE,
};

enum kafka_members_column {
    MEMBERS_CLUSTER,
    MEMBERS_GROUP,
    MEMBERS_MEMBER,
    MEMBERS_CLIENT,
    MEMBERS_HOST,
    MEMBERS_PARTITIONS,
    MEMBERS_LAG,
    MEMBERS_ASSIGNMENT,
    MEMBERS_INSTANCE,
};

enum kafka_group_partitions_column {
    GROUP_PARTITIONS_CLUSTER,
    GROUP_PARTITIONS_GROUP,
    GROUP_PARTITIONS_TOPIC,
    GROUP_PARTITIONS_PARTITION,
    GROUP_PARTITIONS_LAG,
    GROUP_PARTITIONS_LAG_S,
    GROUP_PARTITIONS_COMMITTED,
    GROUP_PARTITIONS_END,
    GROUP_PARTITIONS_START,
    GROUP_PARTITIONS_LOST,
    GROUP_PARTITIONS_RATE_IN,
    GROUP_PARTITIONS_RATE_OUT,
    GROUP_PARTITIONS_ETA_S,
    GROUP_PARTITIONS_TREND,
    GROUP_PARTITIONS_MOVED,
    GROUP_PARTITIONS_NOTE,
    GROUP_PARTITIONS_MEMBER,
    GROUP_PARTITIONS_CLIENT,
    GROUP_PARTITIONS_HOST,
    GROUP_PARTITIONS_LEADER,
    GROUP_PARTITIONS_LEADER_EPOCH,
    GROUP_PARTITIONS_METADATA,
    GROUP_PARTITIONS_LAG_RATE,
};

extern const struct table_def kafka_table_clusters;
extern const struct table_def kafka_table_brokers;
extern const struct table_def kafka_table_topics;
extern const struct table_def kafka_table_partitions;
extern const struct table_def kafka_table_groups;
extern const struct table_def kafka_table_members; /* "group_members" */
extern const struct table_def kafka_table_group_partitions;

/* All of them, NULL-terminated, in the order they are added. */
extern const struct table_def *const kafka_tables[];

#endif
