/* A producer of messages whose times a test chooses: stamped BOOTSTRAP TOPIC PARTITION reads lines "MS COUNT" (milliseconds
 * since 1970) from its standard input and sends so many with that time, in their order. */
#include <inttypes.h>
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>

enum { WAIT_MS = 60000 };

static void fail(const char *text)
{
    fprintf(stderr, "stamped: %s\n", text);
    exit(1);
}

static void send_one(rd_kafka_t *rk, const char *topic, int partition, int64_t ms)
{
    char message[] = "message";
    rd_kafka_resp_err_t code;
    while ((code = rd_kafka_producev(rk, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_PARTITION(partition),
                                     RD_KAFKA_V_TIMESTAMP(ms), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                                     RD_KAFKA_V_VALUE(message, sizeof message - 1), RD_KAFKA_V_END)) ==
           RD_KAFKA_RESP_ERR__QUEUE_FULL)
        rd_kafka_poll(rk, 100);
    if (code)
        fail(rd_kafka_err2str(code));
}

static void delivered(rd_kafka_t *rk, const rd_kafka_message_t *m, void *arg)
{
    (void)rk, (void)arg;
    if (m->err)
        fail(rd_kafka_err2str(m->err));
}

int main(int argc, char **argv)
{
    char text[512], line[64];
    if (argc != 4) {
        fprintf(stderr, "usage: stamped BOOTSTRAP TOPIC PARTITION\n");
        return 2;
    }
    int partition = (int)strtol(argv[3], NULL, 10);
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    if (rd_kafka_conf_set(conf, "bootstrap.servers", argv[1], text, sizeof text) ||
        rd_kafka_conf_set(conf, "max.in.flight", "1", text, sizeof text)) /* keeps the order */
        fail(text);
    rd_kafka_conf_set_dr_msg_cb(conf, delivered);
    rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, text, sizeof text);
    if (!rk)
        fail(text);
    while (fgets(line, sizeof line, stdin)) {
        int64_t ms;
        long count;
        if (sscanf(line, "%" SCNd64 " %ld", &ms, &count) != 2)
            fail("a line is to be MS COUNT");
        for (; count > 0; count--)
            send_one(rk, argv[2], partition, ms);
    }
    rd_kafka_resp_err_t code = rd_kafka_flush(rk, WAIT_MS);
    if (code)
        fail(rd_kafka_err2str(code));
    rd_kafka_destroy(rk);
    return 0;
}
