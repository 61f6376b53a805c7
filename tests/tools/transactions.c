/* A transactional producer that a test steers: transactions BOOTSTRAP TOPIC PARTITION ID reads begin, send COUNT, record KEY
 * VALUE (in hexadecimal), offsets GROUP OFFSET (commits it for the group on that partition), commit and abort from its
 * standard input, one a line, and answers each with "ok" or the error. */
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WAIT_MS = 30000, LINE_BYTES = 256 * 1024 };

static void fail(const char *text)
{
    fprintf(stderr, "transactions: %s\n", text);
    exit(1);
}

static void property(rd_kafka_conf_t *conf, const char *name, const char *value)
{
    char text[512];
    if (rd_kafka_conf_set(conf, name, value, text, sizeof text))
        fail(text);
}

static void answer(rd_kafka_error_t *error)
{
    printf("%s\n", error ? rd_kafka_error_string(error) : "ok");
    fflush(stdout);
    if (error)
        rd_kafka_error_destroy(error);
}

/* All of them are on the broker when it returns: an open transaction has its messages there. */
static void send_messages(rd_kafka_t *rk, const char *topic, int partition, long count)
{
    char message[] = "message";
    for (long i = 0; i < count; i++) {
        rd_kafka_resp_err_t code = rd_kafka_producev(rk, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_PARTITION(partition),
                                                     RD_KAFKA_V_VALUE(message, sizeof message), RD_KAFKA_V_END);
        if (code)
            fail(rd_kafka_err2str(code));
    }
    rd_kafka_resp_err_t code = rd_kafka_flush(rk, WAIT_MS);
    if (code)
        fail(rd_kafka_err2str(code));
    answer(NULL);
}

/* In its place; returns how many bytes. */
static size_t unhex(char *text)
{
    size_t n = strlen(text) / 2;
    for (size_t i = 0; i < n; i++) {
        unsigned byte;
        if (sscanf(text + 2 * i, "%2x", &byte) != 1)
            fail("no hexadecimal");
        text[i] = (char)byte;
    }
    return n;
}

/* words: "KEY VALUE\n". */
static void send_record(rd_kafka_t *rk, const char *topic, int partition, char *words)
{
    char *value = strchr(words, ' ');
    if (!value)
        fail("record wants a key and a value");
    *value++ = '\0';
    value[strcspn(value, "\n")] = '\0';
    size_t key_len = unhex(words), len = unhex(value);
    rd_kafka_resp_err_t code =
        rd_kafka_producev(rk, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_PARTITION(partition), RD_KAFKA_V_KEY(words, key_len),
                          RD_KAFKA_V_VALUE(value, len), RD_KAFKA_V_END);
    if (!code)
        code = rd_kafka_flush(rk, WAIT_MS);
    if (code)
        fail(rd_kafka_err2str(code));
    answer(NULL);
}

/* words: "GROUP OFFSET\n". */
static void send_offsets(rd_kafka_t *rk, const char *topic, int partition, char *words)
{
    char *space = strchr(words, ' ');
    if (!space)
        fail("offsets wants a group and an offset");
    *space = '\0';
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(list, topic, partition)->offset = strtol(space + 1, NULL, 10);
    rd_kafka_consumer_group_metadata_t *group = rd_kafka_consumer_group_metadata_new(words);
    answer(rd_kafka_send_offsets_to_transaction(rk, list, group, WAIT_MS));
    rd_kafka_consumer_group_metadata_destroy(group);
    rd_kafka_topic_partition_list_destroy(list);
}

int main(int argc, char **argv)
{
    static char line[LINE_BYTES];
    char text[512];
    if (argc != 5) {
        fprintf(stderr, "usage: transactions BOOTSTRAP TOPIC PARTITION ID\n");
        return 2;
    }
    int partition = (int)strtol(argv[3], NULL, 10);
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    property(conf, "bootstrap.servers", argv[1]);
    property(conf, "transactional.id", argv[4]);
    rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, text, sizeof text);
    if (!rk)
        fail(text);
    rd_kafka_error_t *error = rd_kafka_init_transactions(rk, WAIT_MS);
    if (error)
        fail(rd_kafka_error_string(error));
    while (fgets(line, sizeof line, stdin)) {
        if (strncmp(line, "send ", 5) == 0)
            send_messages(rk, argv[2], partition, strtol(line + 5, NULL, 10));
        else if (strncmp(line, "record ", 7) == 0)
            send_record(rk, argv[2], partition, line + 7);
        else if (strncmp(line, "offsets ", 8) == 0)
            send_offsets(rk, argv[2], partition, line + 8);
        else if (strcmp(line, "begin\n") == 0)
            answer(rd_kafka_begin_transaction(rk));
        else if (strcmp(line, "commit\n") == 0)
            answer(rd_kafka_commit_transaction(rk, WAIT_MS));
        else if (strcmp(line, "abort\n") == 0)
            answer(rd_kafka_abort_transaction(rk, WAIT_MS));
        else
            fail("unknown word");
    }
    rd_kafka_destroy(rk);
    return 0;
}
