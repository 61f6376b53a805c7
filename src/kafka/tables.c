/* The Kafka source's tables: what each column means, once, for screens, formats, filters and the man page. */
#include "kafka/tables.h"

#include "table/declare.h"

#define CLUSTER_KEY                                                                                \
    {.name = "cluster", .type = COLUMN_TEXT, .flags = KEY, .priority = 8,                          \
     .help = "The cluster's name in the configuration; \"default\" for one given with -b."}

static const struct column clusters_columns[] = {
    [CLUSTERS_CLUSTER] = CLUSTER_KEY,
    [CLUSTERS_ID] = {"id", "id", COLUMN_TEXT, UNIT_NONE, HIDDEN | KEPT, 9, "The cluster id that the brokers report."},
    [CLUSTERS_BOOTSTRAP] = {"bootstrap", "bootstrap", COLUMN_TEXT, UNIT_NONE, 0, 7, "The bootstrap servers as configured."},
    [CLUSTERS_BROKERS] = {"brokers", "brokers", COLUMN_INT, UNIT_COUNT, KEPT, 1, "Brokers in the cluster's metadata."},
    [CLUSTERS_CONTROLLER] = {"controller", "ctrl", COLUMN_INT, UNIT_ID, KEPT, 8, "The broker that acts as controller; of a KRaft cluster, the broker that answers for it."},
    [CLUSTERS_TOPICS] = {"topics", "topics", COLUMN_INT, UNIT_COUNT, KEPT, 2, "Topics, internal ones included, that the configuration lets in and the brokers let us see."},
    [CLUSTERS_PARTITIONS] = {"partitions", "parts", COLUMN_INT, UNIT_COUNT, KEPT, 2, "Partitions of these topics."},
    [CLUSTERS_UNDER_REPLICATED] = {"under_replicated", "under-rep", COLUMN_INT, UNIT_COUNT, KEPT | WORSE, 3, "Partitions with fewer in-sync replicas than replicas."},
    [CLUSTERS_LEADERLESS] = {"leaderless", "no leader", COLUMN_INT, UNIT_COUNT, KEPT | WORSE, 3, "Partitions without a leader: nobody can produce to them or consume from them."},
    [CLUSTERS_GROUPS] = {"groups", "groups", COLUMN_INT, UNIT_COUNT, KEPT, 2, "Consumer groups that the configuration lets in and the brokers let us see."},
    [CLUSTERS_GROUPS_LAGGING] = {"groups_lagging", "behind", COLUMN_INT, UNIT_COUNT, KEPT | WORSE, 3, "Groups whose lag is not 0."},
    [CLUSTERS_LAG] = {"lag", "lag", COLUMN_INT, UNIT_MESSAGES, KEPT | SUM | WORSE, 1, "The sum of the groups' lag; \"ge\" while the lag of some partition is unknown."},
    [CLUSTERS_RATE_IN] = {"rate_in", "in/s", COLUMN_REAL, UNIT_PER_SECOND, KEPT | SUM, 4, "Messages produced a second to all topics, over the last observations of each partition that span 4 seconds."},
    [CLUSTERS_RATE_OUT] = {"rate_out", "out/s", COLUMN_REAL, UNIT_PER_SECOND, KEPT | SUM, 4, "Messages consumed a second, by commits, summed over all groups."},
    [CLUSTERS_CLOCK_SKEW_S] = {"clock_skew_s", "clock", COLUMN_REAL, UNIT_SECONDS, KEPT, 9, "How far the brokers' clock is ahead of this machine's (negative: behind), an estimate from the times of commits; unknown while nobody commits."},
    [CLUSTERS_NOTE] = {"note", "note", COLUMN_TEXT, UNIT_NONE, KEPT, 5, "What could not be read and which permission is missing for it, in words; also that nothing is there to be read."},
    [CLUSTERS_OFFSETS] = {"offsets", "offsets", COLUMN_TEXT, UNIT_NONE, KEPT, 6, "How committed offsets come: subscribed (as they are committed, from __consumer_offsets), or polled and why."},
    [CLUSTERS_DEFECTS] = {"defects", "defects", COLUMN_INT, UNIT_COUNT, KEPT | WORSE | HIDDEN, 8, "How often a check found another committed offset than had come by subscription, for ten seconds or more: a defect of icetop, corrected when it was found."},
    [CLUSTERS_UNKNOWN_RECORDS] = {"unknown_records", "unknown recs", COLUMN_INT, UNIT_COUNT, HIDDEN, 9, "Records of __consumer_offsets that were skipped since the start, because icetop does not know their version or they were malformed; share groups' are among them. Unknown while offsets are polled."},
};

static const struct column brokers_columns[] = {
    [BROKERS_CLUSTER] = CLUSTER_KEY,
    [BROKERS_BROKER] = {"broker", "broker", COLUMN_INT, UNIT_ID, KEY, 0, "The broker's id."},
    [BROKERS_HOST] = {"host", "host", COLUMN_TEXT, UNIT_NONE, KEPT, 1, "The host that it advertises."},
    [BROKERS_PORT] = {"port", "port", COLUMN_INT, UNIT_ID, KEPT, 2, "The port that it advertises."},
    [BROKERS_CONTROLLER] = {"controller", "ctrl", COLUMN_BOOL, UNIT_NONE, KEPT, 6, "Whether it is the controller."},
    [BROKERS_LEADERS] = {"leaders", "leads", COLUMN_INT, UNIT_COUNT, KEPT | SUM, 3, "Partitions that it leads."},
    [BROKERS_REPLICAS] = {"replicas", "replicas", COLUMN_INT, UNIT_COUNT, KEPT | SUM, 4, "Replicas that it holds, leaders included."},
    [BROKERS_UNDER_REPLICATED] = {"under_replicated", "out of sync", COLUMN_INT, UNIT_COUNT, KEPT | SUM | WORSE, 2, "Replicas that it holds and that are not in sync."},
    [BROKERS_GROUPS] = {"groups", "groups", COLUMN_INT, UNIT_COUNT, KEPT | SUM, 5, "Consumer groups that it coordinates."},
    [BROKERS_RATE_IN] = {"rate_in", "in/s", COLUMN_REAL, UNIT_PER_SECOND, KEPT | SUM, 4, "Messages produced a second to the partitions it leads."},
    [BROKERS_STATE] = {"state", "state", COLUMN_TEXT, UNIT_NONE, KEPT, 1, "up; gone, if the metadata named it before and does no longer."},
};

static const struct column topics_columns[] = {
    [TOPICS_CLUSTER] = CLUSTER_KEY,
    [TOPICS_TOPIC] = {"topic", "topic", COLUMN_TEXT, UNIT_NONE, KEY, 0, "The topic's name."},
    [TOPICS_PARTITIONS] = {"partitions", "parts", COLUMN_INT, UNIT_COUNT, KEPT | SUM, 2, "Its partitions."},
    [TOPICS_REPLICATION] = {"replication", "repl", COLUMN_INT, UNIT_COUNT, KEPT, 6, "Replicas of its first partition."},
    [TOPICS_MESSAGES] = {"messages", "messages", COLUMN_INT, UNIT_MESSAGES, KEPT | SUM, 3, "The sum of end minus start over its partitions: an upper bound where the topic is compacted or transactional."},
    [TOPICS_RATE_IN] = {"rate_in", "in/s", COLUMN_REAL, UNIT_PER_SECOND, KEPT | SUM, 1, "Messages produced a second, over the last observations of each partition that span 4 seconds."},
    [TOPICS_UNDER_REPLICATED] = {"under_replicated", "under-rep", COLUMN_INT, UNIT_COUNT, KEPT | SUM | WORSE, 3, "Partitions with fewer in-sync replicas than replicas."},
    [TOPICS_LEADERLESS] = {"leaderless", "no leader", COLUMN_INT, UNIT_COUNT, KEPT | SUM | WORSE, 3, "Partitions without a leader."},
    [TOPICS_GROUPS] = {"groups", "groups", COLUMN_INT, UNIT_COUNT, KEPT, 4, "Consumer groups that have committed offsets for it."},
    [TOPICS_LAG_MAX] = {"lag_max", "worst lag", COLUMN_INT, UNIT_MESSAGES, KEPT | WORSE, 2, "The lag of the group that is furthest behind on it."},
    [TOPICS_MOVED] = {"moved", "moved", COLUMN_TIME, UNIT_NONE, KEPT, 5, "When an end offset of it was last seen to grow; unknown if not since icetop looks."},
    [TOPICS_INTERNAL] = {"internal", "internal", COLUMN_BOOL, UNIT_NONE, KEPT | HIDDEN, 9, "Whether it is Kafka's own (its name starts with two underscores)."},
    [TOPICS_HOT_PARTITIONS] = {"hot_partitions", "hot", COLUMN_INT, UNIT_COUNT, KEPT | SUM | WORSE, 6, "Partitions that get much more than the others, as the column hot of the table partitions says."},
    [TOPICS_CLEANUP_POLICY] = {"cleanup_policy", "cleanup", COLUMN_TEXT, UNIT_NONE, KEPT | HIDDEN, 7, "cleanup.policy: delete, compact, or both. In a compacted topic offsets have gaps, so lags are upper bounds (\"le\"). Read every ten minutes; unknown without DESCRIBE_CONFIGS on the topic."},
    [TOPICS_RETENTION_MS] = {"retention_ms", "kept for", COLUMN_REAL, UNIT_MS, KEPT | HIDDEN, 7, "retention.ms: for how long records are kept at least, in milliseconds; infinite where it is unlimited."},
    [TOPICS_RETENTION_BYTES] = {"retention_bytes", "kept size", COLUMN_REAL, UNIT_BYTES, KEPT | HIDDEN, 7, "retention.bytes: how large each partition may become before its oldest records are deleted; infinite where it is unlimited."},
};

static const struct column partitions_columns[] = {
    [PARTITIONS_CLUSTER] = CLUSTER_KEY,
    [PARTITIONS_TOPIC] = {"topic", "topic", COLUMN_TEXT, UNIT_NONE, KEY, 0, "The topic's name."},
    [PARTITIONS_PARTITION] = {"partition", "part", COLUMN_INT, UNIT_ID, KEY, 0, "The partition's number."},
    [PARTITIONS_LEADER] = {"leader", "leader", COLUMN_INT, UNIT_ID, KEPT, 2, "The leading broker; unknown if there is none."},
    [PARTITIONS_START] = {"start", "start", COLUMN_INT, UNIT_OFFSET, KEPT, 4, "Log-start offset: the oldest record that is still there. Read seldom where no group lags, so it may be older than the end."},
    [PARTITIONS_END] = {"end", "end", COLUMN_INT, UNIT_OFFSET, KEPT, 1, "Log-end offset: the high watermark, or the last stable offset where the cluster is configured with isolation read_committed."},
    [PARTITIONS_MESSAGES] = {"messages", "messages", COLUMN_INT, UNIT_MESSAGES, SUM, 3, "End minus start."},
    [PARTITIONS_RATE_IN] = {"rate_in", "in/s", COLUMN_REAL, UNIT_PER_SECOND, KEPT | SUM, 2, "Messages produced a second, over the last observations that span 4 seconds."},
    [PARTITIONS_MOVED] = {"moved", "moved", COLUMN_TIME, UNIT_NONE, 0, 4, "When the end was last seen to grow; unknown if not since icetop looks."},
    [PARTITIONS_REPLICAS] = {"replicas", "replicas", COLUMN_TEXT, UNIT_NONE, KEPT, 6, "The brokers that hold it, the preferred leader first."},
    [PARTITIONS_ISR] = {"isr", "in sync", COLUMN_TEXT, UNIT_NONE, KEPT, 5, "The brokers that are in sync."},
    [PARTITIONS_UNDER_REPLICATED] = {"under_replicated", "under-rep", COLUMN_BOOL, UNIT_NONE, KEPT | WORSE, 6, "Whether fewer replicas are in sync than there are."},
    [PARTITIONS_NOTE] = {"note", "note", COLUMN_TEXT, UNIT_NONE, KEPT, 3, "What is wrong with it or could not be read, in words; also a transaction that is open for a minute, and one that hangs: open for more than the 15 minutes that brokers allow by default."},
    [PARTITIONS_STABLE_END] = {"stable_end", "stable end", COLUMN_INT, UNIT_OFFSET, HIDDEN, 5, "Last stable offset: the first offset of the oldest open transaction, or else the high watermark. Consumers with isolation read_committed read up to here. \"est\" where it never was another one than the end and was not asked for again at this end."},
    [PARTITIONS_OPEN_MESSAGES] = {"open_messages", "open", COLUMN_INT, UNIT_MESSAGES, KEPT | HIDDEN | SUM | WORSE, 5, "High watermark minus last stable offset: messages in open transactions, or behind one."},
    [PARTITIONS_OPEN_SINCE] = {"open_since", "open since", COLUMN_TIME, UNIT_NONE, KEPT | HIDDEN, 5, "When the last stable offset was first seen where it stands now, below the high watermark; unknown while they are equal. The transaction may be older."},
    [PARTITIONS_HOT] = {"hot", "hot", COLUMN_BOOL, UNIT_NONE, KEPT | WORSE, 6, "Whether it gets much more than the topic's other partitions: over the last minute more than one message a second, more than their mean plus two standard deviations, and more than twice that mean; it stays hot until it is under one and a half. Unknown below three partitions with three observations each."},
};

static const struct column groups_columns[] = {
    [GROUPS_CLUSTER] = CLUSTER_KEY,
    [GROUPS_GROUP] = {"group", "group", COLUMN_TEXT, UNIT_NONE, KEY, 0, "The consumer group's id."},
    [GROUPS_STATE] = {"state", "state", COLUMN_TEXT, UNIT_NONE, KEPT, 2, "The coordinator's word: Stable, PreparingRebalance, CompletingRebalance, Empty, Dead; for a group that is Dead to the old describe request but has offsets, the listing's word."},
    [GROUPS_LAG] = {"lag", "lag", COLUMN_INT, UNIT_MESSAGES, KEPT | SUM | WORSE, 0, "The sum of its partitions' lag; partitions without a commit are left out and counted in no_commit. \"ge\" while the lag of some partition is unknown, unknown when that of all is; \"le\" with partitions of compacted topics, \"est\" where both holds."},
    [GROUPS_LAG_S] = {"lag_s", "behind", COLUMN_REAL, UNIT_SECONDS, KEPT | WORSE, 1, "Lag in time: that of the partition furthest behind. 0 when caught up, \"ge\" beyond the stored history."},
    [GROUPS_TREND] = {"trend", "trend", COLUMN_TEXT, UNIT_NONE, KEPT, 3, "rising, falling or steady: where the lag went over the last minute; steady within one per cent of the throughput, or within what comes in between two commits."},
    [GROUPS_RATE_IN] = {"rate_in", "in/s", COLUMN_REAL, UNIT_PER_SECOND, KEPT | SUM, 4, "Messages produced a second to the partitions it has committed, over the last observations that span 4 seconds."},
    [GROUPS_RATE_OUT] = {"rate_out", "out/s", COLUMN_REAL, UNIT_PER_SECOND, KEPT | SUM, 4, "Messages consumed a second, by commits, over the last commits seen."},
    [GROUPS_ETA_S] = {"eta_s", "eta", COLUMN_REAL, UNIT_SECONDS, WORSE, 5, "Lag divided by net_rate: when it will have caught up. Infinite (\"never\") when the lag does not shrink or nobody reads some of it, 0 when caught up. \"ge\" while the lag of some partition is unknown. Of a group whose verdict is ok, when what waits now will have been read, by rate_out."},
    [GROUPS_LAG_MAX] = {"lag_max", "worst part", COLUMN_INT, UNIT_MESSAGES, KEPT | WORSE | HIDDEN, 7, "The lag of its worst partition."},
    [GROUPS_MEMBERS] = {"members", "members", COLUMN_INT, UNIT_COUNT, KEPT | SUM, 4, "Members; unknown where the describe request does not know the group's protocol (KIP-848)."},
    [GROUPS_PARTITIONS] = {"partitions", "parts", COLUMN_INT, UNIT_COUNT, KEPT | SUM, 5, "Partitions that it has committed or is assigned; \"ge\" where its members are unknown."},
    [GROUPS_BEHIND] = {"behind", "parts behind", COLUMN_INT, UNIT_COUNT, KEPT | SUM | WORSE | HIDDEN, 6, "Partitions whose lag is not 0."},
    [GROUPS_NO_COMMIT] = {"no_commit", "no commit", COLUMN_INT, UNIT_COUNT, KEPT | SUM | WORSE, 6, "Assigned partitions without a committed offset: their lag is unknown and in no sum. Unknown where the members are."},
    [GROUPS_LOST] = {"lost", "lost", COLUMN_INT, UNIT_MESSAGES, KEPT | SUM | WORSE, 5, "Messages that were deleted before the group came to them: the sum of start minus committed where that is positive."},
    [GROUPS_TOPICS] = {"topics", "topics", COLUMN_INT, UNIT_COUNT, KEPT, 6, "Topics of these partitions."},
    [GROUPS_MOVED] = {"moved", "moved", COLUMN_TIME, UNIT_NONE, KEPT, 5, "When a committed offset of it was last seen to change; unknown if not since icetop looks."},
    [GROUPS_NOTE] = {"note", "note", COLUMN_TEXT, UNIT_NONE, KEPT, 4, "What is special or wrong, in words: a rebalance, a deleted topic, a missing permission, an unknown group protocol."},
    [GROUPS_TYPE] = {"type", "type", COLUMN_TEXT, UNIT_NONE, KEPT, 8, "consumer, simple (commits without joining), connect or another protocol type; KIP-848 where the group speaks the new consumer protocol."},
    [GROUPS_ASSIGNOR] = {"assignor", "assignor", COLUMN_TEXT, UNIT_NONE, KEPT, 8, "The assignment strategy; known while the group is Stable."},
    [GROUPS_COORDINATOR] = {"coordinator", "coord", COLUMN_INT, UNIT_ID, KEPT, 8, "The broker that coordinates it."},
    [GROUPS_COORDINATOR_HOST] = {"coordinator_host", "coord host", COLUMN_TEXT, UNIT_NONE, KEPT | HIDDEN, 9, "That broker's host and port."},
    [GROUPS_LAG_RATE] = {"lag_rate", "lag/s", COLUMN_REAL, UNIT_PER_SECOND, HIDDEN | WORSE, 7, "Change of the lag a second: produced minus consumed."},
    [GROUPS_STATE_SINCE] = {"state_since", "since", COLUMN_TIME, UNIT_NONE, KEPT | HIDDEN, 7, "When it was first seen in this state."},
    [GROUPS_VERDICT] = {"verdict", "verdict", COLUMN_TEXT, UNIT_NONE, KEPT, 2, "That of its worst partition, worst first: losing (messages were deleted before they were read), rebalancing (for over a minute, or three times within ten), stuck (somebody reads it, messages wait, and no commit comes for a minute and four times the usual interval between commits; before that is known for five minutes, or one where the oldest message has waited for five), rewound (its commits went back and are not yet where they were; not by a topic that was made anew), falling behind, unread (nobody is there to read), behind (for over a minute, and neither gains nor loses), catching up, ok. Unknown while it cannot be told, as where some partition could not be read and the others are ok, or where nothing was ever committed: partitions without a commit are counted in no_commit and have no part in it."},
    [GROUPS_WHY] = {"why", "why", COLUMN_TEXT, UNIT_NONE, KEPT, 7, "The reason for the verdict in words, with the partition it is about. Its numbers are rough and said anew only when they differ by much."},
    [GROUPS_BURROW] = {"burrow", "burrow", COLUMN_TEXT, UNIT_NONE, KEPT | HIDDEN, 8, "What LinkedIn's Burrow would say of it, by its rules: OK, WARN or ERR, that of its worst partition, where STOP, STALL and REWIND are ERR."},
    [GROUPS_NET_RATE] = {"net_rate", "net/s", COLUMN_REAL, UNIT_PER_SECOND, KEPT | SUM, 6, "The rate at which the lag shrinks, messages a second: consumed minus produced, of each partition over its last commits that span 15 seconds and two of its usual intervals between commits; negative while it falls behind. The lag divided by it is the eta."},
    [GROUPS_SKEW] = {"skew", "skew", COLUMN_REAL, UNIT_NONE, KEPT | HIDDEN, 8, "How unevenly its lag is spread over its partitions: standard deviation by mean. 0 is even; from 1 on a few hold most of it. Unknown below ten messages a partition."},
    [GROUPS_RATE_SKEW] = {"rate_skew", "rate skew", COLUMN_REAL, UNIT_NONE, KEPT | HIDDEN, 8, "How unevenly what is produced is spread over its partitions, over the last minute: standard deviation by mean. Unknown below one message a second and partition."},
    [GROUPS_RATE_PEAK] = {"rate_peak", "peak", COLUMN_REAL, UNIT_NONE, KEPT | HIDDEN, 8, "What its busiest partition gets, by the mean of all: 1 is even."},
    [GROUPS_MEMBER_SKEW] = {"member_skew", "member skew", COLUMN_REAL, UNIT_NONE, KEPT | HIDDEN, 8, "How unevenly its lag is spread over its members: standard deviation by mean. Unknown below ten messages a member."},
    [GROUPS_MARGIN] = {"margin", "margin", COLUMN_INT, UNIT_MESSAGES, KEPT | HIDDEN, 7, "The least retention margin of its partitions: committed minus start, in messages; negative where messages were deleted before it read them. \"le\" while that of some partition is unknown."},
    [GROUPS_LOSS_S] = {"loss_s", "loss in", COLUMN_REAL, UNIT_SECONDS, KEPT | HIDDEN, 7, "The least time to loss of its partitions: until the start of a log reaches what the group has committed, if it stands still. Infinite where nothing is deleted; \"le\" while that of some partition is unknown or only bounded."},
    [GROUPS_LAG_S_METHOD] = {"lag_s_method", "behind by", COLUMN_TEXT, UNIT_NONE, HIDDEN, 8, "How lag_s of the partition furthest behind is known: caught up, observed, by record times, record, beyond history; see the column of that name in group_partitions."},
    [GROUPS_LAG_S_ERROR] = {"lag_s_error", "behind ±", COLUMN_REAL, UNIT_SECONDS, HIDDEN, 9, "lag_s is right within so many seconds, plus or minus; unknown for a bound."},
    [GROUPS_AS_OF] = {"as_of", "as of", COLUMN_TIME, UNIT_NONE, 0, 6, "When its committed offsets were read, where that is longer ago than the source's last two rounds, because more groups are there than max_requests_per_s lets it ask in time; unknown while they are as fresh as everything else. Lag, rates and times of the row are as of then."},
};

static const struct column members_columns[] = {
    [MEMBERS_CLUSTER] = CLUSTER_KEY,
    [MEMBERS_GROUP] = {"group", "group", COLUMN_TEXT, UNIT_NONE, KEY, 1, "The consumer group's id."},
    [MEMBERS_MEMBER] = {"member_id", "member", COLUMN_TEXT, UNIT_NONE, KEY, 2, "The member id that the coordinator gave (CONSUMER-ID)."},
    [MEMBERS_CLIENT] = {"client_id", "client", COLUMN_TEXT, UNIT_NONE, KEPT, 1, "The client id."},
    [MEMBERS_HOST] = {"host", "host", COLUMN_TEXT, UNIT_NONE, KEPT, 1, "The address it connects from, as the coordinator prints it."},
    [MEMBERS_PARTITIONS] = {"partitions", "parts", COLUMN_INT, UNIT_COUNT, KEPT | SUM, 2, "Partitions assigned to it."},
    [MEMBERS_LAG] = {"lag", "lag", COLUMN_INT, UNIT_MESSAGES, KEPT | SUM | WORSE, 0, "The sum of the lag of the partitions assigned to it."},
    [MEMBERS_ASSIGNMENT] = {"assignment", "assignment", COLUMN_TEXT, UNIT_NONE, KEPT, 5, "The partitions assigned to it: topic(0,1,2), topic2(0)."},
    [MEMBERS_INSTANCE] = {"instance_id", "instance", COLUMN_TEXT, UNIT_NONE, KEPT | HIDDEN, 8, "group.instance.id of a static member; known once it has come by subscription, because the describe request in use does not carry it."},
    [MEMBERS_LAG_S] = {"lag_s", "behind", COLUMN_REAL, UNIT_SECONDS, KEPT | WORSE, 2, "Lag in time: that of its partition furthest behind."},
    [MEMBERS_RATE_OUT] = {"rate_out", "out/s", COLUMN_REAL, UNIT_PER_SECOND, KEPT | SUM, 3, "Messages consumed a second from its partitions, by commits, over the last commits seen."},
    [MEMBERS_TOPICS] = {"topics", "topics", COLUMN_INT, UNIT_COUNT, KEPT, 6, "Topics that it is assigned partitions of."},
};

static const struct column group_partitions_columns[] = {
    [GROUP_PARTITIONS_CLUSTER] = CLUSTER_KEY,
    [GROUP_PARTITIONS_GROUP] = {"group", "group", COLUMN_TEXT, UNIT_NONE, KEY, 1, "The consumer group's id."},
    [GROUP_PARTITIONS_TOPIC] = {"topic", "topic", COLUMN_TEXT, UNIT_NONE, KEY, 0, "The topic."},
    [GROUP_PARTITIONS_PARTITION] = {"partition", "part", COLUMN_INT, UNIT_ID, KEY, 0, "The partition's number."},
    [GROUP_PARTITIONS_LAG] = {"lag", "lag", COLUMN_INT, UNIT_MESSAGES, KEPT | SUM | WORSE, 0, "End minus the greater of committed and start, never negative. Unknown without a commit, a leader or a topic; \"le\" while the start is not known, and in compacted topics, whose offsets have gaps."},
    [GROUP_PARTITIONS_LAG_S] = {"lag_s", "behind", COLUMN_REAL, UNIT_SECONDS, KEPT | WORSE, 1, "How long ago the log's end was where the group is now, by interpolation between ends that were observed, or that the broker told for times before; as lag_s_method says, within lag_s_error. 0 when caught up; \"ge\" beyond these."},
    [GROUP_PARTITIONS_COMMITTED] = {"committed", "committed", COLUMN_INT, UNIT_OFFSET, KEPT, 3, "The committed offset (CURRENT-OFFSET): the next record that the group will read after a restart."},
    [GROUP_PARTITIONS_END] = {"end", "end", COLUMN_INT, UNIT_OFFSET, 0, 3, "The log-end offset, read after the committed one."},
    [GROUP_PARTITIONS_START] = {"start", "start", COLUMN_INT, UNIT_OFFSET, HIDDEN, 6, "The log-start offset."},
    [GROUP_PARTITIONS_LOST] = {"lost", "lost", COLUMN_INT, UNIT_MESSAGES, KEPT | SUM | WORSE, 4, "Messages deleted before the group came to them: start minus committed where that is positive."},
    [GROUP_PARTITIONS_RATE_IN] = {"rate_in", "in/s", COLUMN_REAL, UNIT_PER_SECOND, SUM, 4, "Messages produced a second, over the last observations that span 4 seconds."},
    [GROUP_PARTITIONS_RATE_OUT] = {"rate_out", "out/s", COLUMN_REAL, UNIT_PER_SECOND, KEPT | SUM, 4, "Messages consumed a second, by commits, over the last commits seen."},
    [GROUP_PARTITIONS_ETA_S] = {"eta_s", "eta", COLUMN_REAL, UNIT_SECONDS, WORSE, 5, "Lag divided by net_rate; infinite (\"never\") when the lag does not shrink."},
    [GROUP_PARTITIONS_TREND] = {"trend", "trend", COLUMN_TEXT, UNIT_NONE, 0, 5, "rising, falling or steady over the last minute."},
    [GROUP_PARTITIONS_MOVED] = {"moved", "moved", COLUMN_TIME, UNIT_NONE, 0, 4, "When the committed offset was last seen to change."},
    [GROUP_PARTITIONS_NOTE] = {"note", "note", COLUMN_TEXT, UNIT_NONE, KEPT, 2, "What is special: no commit, no leader, ahead of the end, topic deleted, lost, an error."},
    [GROUP_PARTITIONS_MEMBER] = {"member_id", "member", COLUMN_TEXT, UNIT_NONE, KEPT | HIDDEN, 7, "The member it is assigned to (CONSUMER-ID); unknown if nobody."},
    [GROUP_PARTITIONS_CLIENT] = {"client_id", "client", COLUMN_TEXT, UNIT_NONE, KEPT, 4, "That member's client id."},
    [GROUP_PARTITIONS_HOST] = {"host", "host", COLUMN_TEXT, UNIT_NONE, KEPT, 5, "That member's address."},
    [GROUP_PARTITIONS_LEADER] = {"leader", "leader", COLUMN_INT, UNIT_ID, HIDDEN, 8, "The broker that leads the partition."},
    [GROUP_PARTITIONS_LEADER_EPOCH] = {"leader_epoch", "epoch", COLUMN_INT, UNIT_ID, HIDDEN, 9, "The leader epoch committed with the offset; unknown if none was or the client library does not tell."},
    [GROUP_PARTITIONS_METADATA] = {"metadata", "metadata", COLUMN_TEXT, UNIT_NONE, HIDDEN, 9, "The text committed with the offset."},
    [GROUP_PARTITIONS_LAG_RATE] = {"lag_rate", "lag/s", COLUMN_REAL, UNIT_PER_SECOND, HIDDEN | WORSE, 7, "Change of the lag a second."},
    [GROUP_PARTITIONS_VERDICT] = {"verdict", "verdict", COLUMN_TEXT, UNIT_NONE, KEPT, 2, "losing, stuck, rewound, falling behind, unread, behind, catching up or ok, as in the table groups. Unknown without a commit, even where a member has the partition: it may keep its place elsewhere, and nobody can tell how far it has read."},
    [GROUP_PARTITIONS_WHY] = {"why", "why", COLUMN_TEXT, UNIT_NONE, KEPT, 7, "The reason for the verdict in words; unknown where it is ok."},
    [GROUP_PARTITIONS_BURROW] = {"burrow", "burrow", COLUMN_TEXT, UNIT_NONE, KEPT | HIDDEN, 8, "What LinkedIn's Burrow would say of it, by its rules over the last ten commits: OK, WARN, STOP, STALL or REWIND. By polling, only a commit of another offset is seen. Unknown before two commits were."},
    [GROUP_PARTITIONS_NET_RATE] = {"net_rate", "net/s", COLUMN_REAL, UNIT_PER_SECOND, SUM, 5, "The rate at which its lag shrinks: consumed minus produced over the last commits that span 15 seconds and two usual intervals; negative while it falls behind."},
    [GROUP_PARTITIONS_MARGIN] = {"margin", "margin", COLUMN_INT, UNIT_MESSAGES, HIDDEN, 6, "Retention margin: committed minus start, in messages. Negative: so many were deleted before the group came to them."},
    [GROUP_PARTITIONS_LOSS_S] = {"loss_s", "loss in", COLUMN_REAL, UNIT_SECONDS, HIDDEN, 6, "Time to loss: seconds until the log's start reaches the committed offset, if the group stands still. retention.ms less the age of the record there (lag_s), or the margin over the speed at which the start was seen to move, whichever is less; two digits of it. 0 when messages are lost, infinite where nothing is deleted, \"le\" where deletion for size may be sooner."},
    [GROUP_PARTITIONS_LAG_S_METHOD] = {"lag_s_method", "behind by", COLUMN_TEXT, UNIT_NONE, HIDDEN, 8, "How lag_s is known: caught up; observed (between two ends that icetop saw, now or in an earlier run); by record times (between times that the broker told by its index of records' times, as right as the clocks that stamped them; of 20,000 partitions of a cluster at most); record (that record was read, and has its own time); beyond history (older than all of these: a lower bound)."},
    [GROUP_PARTITIONS_LAG_S_ERROR] = {"lag_s_error", "behind ±", COLUMN_REAL, UNIT_SECONDS, HIDDEN, 9, "lag_s is right within so many seconds, plus or minus: how far the ends of the stretch are away in which the record came. By record times it holds as far as records were stamped in order. Unknown for a bound."},
    [GROUP_PARTITIONS_AS_OF] = {"as_of", "as of", COLUMN_TIME, UNIT_NONE, HIDDEN, 6, "The same as of its group: when the committed offset was read, and the end soon after; unknown while that is fresh."},
    [GROUP_PARTITIONS_COMMITTED_AT] = {"committed_at", "committed at", COLUMN_TIME, UNIT_NONE, HIDDEN, 6, "When the committed offset was committed, by the coordinator's clock; a commit of the same offset again does not count. Known only for commits that came by subscription (offsets: subscribed in clusters)."},
};

static const struct column group_topics_columns[] = {
    [GROUP_TOPICS_CLUSTER] = CLUSTER_KEY,
    [GROUP_TOPICS_GROUP] = {"group", "group", COLUMN_TEXT, UNIT_NONE, KEY, 1, "The consumer group's id."},
    [GROUP_TOPICS_TOPIC] = {"topic", "topic", COLUMN_TEXT, UNIT_NONE, KEY, 0, "The topic."},
    [GROUP_TOPICS_LAG] = {"lag", "lag", COLUMN_INT, UNIT_MESSAGES, KEPT | SUM | WORSE, 0, "The sum of the group's lag over the topic's partitions, as in the table groups."},
    [GROUP_TOPICS_LAG_S] = {"lag_s", "behind", COLUMN_REAL, UNIT_SECONDS, KEPT | WORSE, 1, "Lag in time: that of the partition furthest behind."},
    [GROUP_TOPICS_RATE_IN] = {"rate_in", "in/s", COLUMN_REAL, UNIT_PER_SECOND, SUM, 4, "Messages produced a second to these partitions, over the last observations that span 4 seconds."},
    [GROUP_TOPICS_RATE_OUT] = {"rate_out", "out/s", COLUMN_REAL, UNIT_PER_SECOND, KEPT | SUM, 4, "Messages that the group consumes of it a second, by commits."},
    [GROUP_TOPICS_NET_RATE] = {"net_rate", "net/s", COLUMN_REAL, UNIT_PER_SECOND, SUM, 5, "The rate at which this lag shrinks, as in the table groups; negative while it grows."},
    [GROUP_TOPICS_ETA_S] = {"eta_s", "eta", COLUMN_REAL, UNIT_SECONDS, WORSE, 4, "Lag divided by net_rate; infinite (\"never\") when the lag does not shrink."},
    [GROUP_TOPICS_PARTITIONS] = {"partitions", "parts", COLUMN_INT, UNIT_COUNT, SUM, 3, "Partitions of it that the group has committed or is assigned."},
    [GROUP_TOPICS_BEHIND] = {"behind", "parts behind", COLUMN_INT, UNIT_COUNT, SUM | WORSE | HIDDEN, 6, "Those whose lag is not 0."},
    [GROUP_TOPICS_LOST] = {"lost", "lost", COLUMN_INT, UNIT_MESSAGES, KEPT | SUM | WORSE, 4, "Messages deleted before the group came to them."},
    [GROUP_TOPICS_MEMBERS] = {"members", "members", COLUMN_INT, UNIT_COUNT, 0, 4, "Members that are assigned partitions of it; unknown where assignments are."},
    [GROUP_TOPICS_VERDICT] = {"verdict", "verdict", COLUMN_TEXT, UNIT_NONE, KEPT, 2, "That of the worst of these partitions, as in the table groups."},
    [GROUP_TOPICS_WHY] = {"why", "why", COLUMN_TEXT, UNIT_NONE, KEPT, 6, "The reason for it in words."},
};

const struct table_def kafka_table_clusters = {
    .name = "clusters", .title = "clusters", .help = "One row for each Kafka cluster in the configuration.",
    .group = {.name = "kafka", COLUMNS(clusters_columns)}};
const struct table_def kafka_table_brokers = {
    .name = "brokers", .title = "brokers", .help = "One row for each broker that a cluster's metadata names or has named.",
    .group = {.name = "kafka", COLUMNS(brokers_columns)}};
const struct table_def kafka_table_topics = {
    .name = "topics", .title = "topics", .help = "One row for each topic.",
    .group = {.name = "kafka", COLUMNS(topics_columns)}};
const struct table_def kafka_table_partitions = {
    .name = "partitions", .title = "partitions", .help = "One row for each partition of each topic.",
    .group = {.name = "kafka", COLUMNS(partitions_columns)}};
const struct table_def kafka_table_groups = {
    .name = "groups", .title = "consumer groups", .help = "One row for each group that the coordinators list, of any protocol type.",
    .group = {.name = "kafka", COLUMNS(groups_columns)}};
const struct table_def kafka_table_members = {
    .name = "group_members", .title = "group members", .help = "One row for each member of each group, as the coordinator describes it.",
    .group = {.name = "kafka", COLUMNS(members_columns)}};
const struct table_def kafka_table_group_partitions = {
    .name = "group_partitions", .title = "partitions of groups",
    .help = "One row for each partition that a group has committed or is assigned: the rows of kafka-consumer-groups.sh --offsets.",
    .group = {.name = "kafka", COLUMNS(group_partitions_columns)}};
const struct table_def kafka_table_group_topics = {
    .name = "group_topics", .title = "topics of groups", .help = "One row for each topic of each group: the rows of group_partitions summed up.",
    .group = {.name = "kafka", COLUMNS(group_topics_columns)}};

const struct table_def *const kafka_tables[] = {
    &kafka_table_clusters, &kafka_table_brokers, &kafka_table_topics, &kafka_table_partitions,
    &kafka_table_groups,   &kafka_table_members, &kafka_table_group_partitions,
    &kafka_table_group_topics, NULL,
};
