/* Makes many consumer groups on a broker for benchmarks: make_groups BOOTSTRAP GROUPS TOPIC PARTITIONS OFFSET commits the same
 * offset for every partition of the topic in groups bench-0000, bench-0001, … and waits for all answers. */
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static rd_kafka_t *connect_to(const char *bootstrap)
{
    char text[512];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    if (rd_kafka_conf_set(conf, "bootstrap.servers", bootstrap, text, sizeof text) ||
        rd_kafka_conf_set(conf, "group.id", "make-groups", text, sizeof text)) {
        fprintf(stderr, "%s\n", text);
        exit(2);
    }
    rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, text, sizeof text);
    if (!rk) {
        fprintf(stderr, "%s\n", text);
        exit(2);
    }
    return rk;
}

static void request(rd_kafka_t *rk, rd_kafka_queue_t *queue, int number, const char *topic, int partitions,
                    int64_t offset)
{
    char group[32];
    snprintf(group, sizeof group, "bench-%04d", number);
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(partitions);
    for (int p = 0; p < partitions; p++)
        rd_kafka_topic_partition_list_add(list, topic, p)->offset = offset;
    rd_kafka_AlterConsumerGroupOffsets_t *alter = rd_kafka_AlterConsumerGroupOffsets_new(group, list);
    rd_kafka_AlterConsumerGroupOffsets(rk, &alter, 1, NULL, queue);
    rd_kafka_AlterConsumerGroupOffsets_destroy(alter);
    rd_kafka_topic_partition_list_destroy(list);
}

/* The number of the group whose commit must be repeated (a coordinator that is still loading says no), or -1. */
static int again(rd_kafka_event_t *event)
{
    size_t n = 0;
    const rd_kafka_group_result_t **groups =
        rd_kafka_AlterConsumerGroupOffsets_result_groups(rd_kafka_event_AlterConsumerGroupOffsets_result(event), &n);
    if (n != 1)
        return -1;
    const rd_kafka_topic_partition_list_t *list = rd_kafka_group_result_partitions(groups[0]);
    int failed = rd_kafka_group_result_error(groups[0]) != NULL;
    for (int i = 0; list && i < list->cnt; i++)
        failed |= list->elems[i].err != 0;
    return failed ? (int)strtol(rd_kafka_group_result_name(groups[0]) + strlen("bench-"), NULL, 10) : -1;
}

int main(int argc, char **argv)
{
    if (argc != 6) {
        fprintf(stderr, "usage: make_groups BOOTSTRAP GROUPS TOPIC PARTITIONS OFFSET\n");
        return 2;
    }
    int groups = (int)strtol(argv[2], NULL, 10), partitions = (int)strtol(argv[4], NULL, 10);
    rd_kafka_t *rk = connect_to(argv[1]);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(rk);
    int asked = 0, answered = 0;
    while (answered < groups) {
        while (asked < groups && asked - answered < 100)
            request(rk, queue, asked++, argv[3], partitions, strtoll(argv[5], NULL, 10));
        rd_kafka_event_t *event = rd_kafka_queue_poll(queue, 30000);
        if (!event) {
            fprintf(stderr, "no answer\n");
            return 1;
        }
        int number = again(event);
        if (number >= 0)
            request(rk, queue, number, argv[3], partitions, strtoll(argv[5], NULL, 10));
        else
            answered++;
        rd_kafka_event_destroy(event);
    }
    rd_kafka_queue_destroy(queue);
    rd_kafka_destroy(rk);
    return 0;
}
