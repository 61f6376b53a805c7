/* Properties checked by librdkafka itself, on a configuration that is thrown away. */
#include "conf/rdkafka.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/text.h"
#include "conf/oidc.h"
#include "conf/suggest.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <librdkafka/rdkafka.h>

static const struct {
    const char *name, *why;
} refused[] = {
    {"bootstrap.servers", "the brokers are given with -b, or as bootstrap of the cluster"},
    {"metadata.broker.list", "the brokers are given with -b, or as bootstrap of the cluster"},
    {"group.id", "icetop never joins a group"},
    {"group.instance.id", "icetop never joins a group"},
    {"group.protocol.type", "icetop never joins a group"},
    {"partition.assignment.strategy", "icetop never joins a group"},
    {"enable.auto.commit", "icetop never commits"},
    {"auto.commit.enable", "icetop never commits"},
    {"auto.commit.interval.ms", "icetop never commits"},
    {"enable.auto.offset.store", "icetop never commits"},
    {"offset.store.method", "icetop never commits"},
    {"offset.store.path", "icetop never commits"},
    {"transactional.id", "icetop never writes"},
    {"enable.idempotence", "icetop never writes"},
    {"enable.gapless.guarantee", "icetop never writes"},
    {"allow.auto.create.topics", "icetop never creates a topic"},
    {"isolation.level", "it is given as isolation of the cluster"},
    {"enable.partition.eof", "it is icetop's own"},
    {"statistics.interval.ms", "it is icetop's own"},
    {"enabled_events", "it is icetop's own"},
    {"log.queue", "it is icetop's own"},
    {"log_level", "it is given as level of log"},
    {"plugin.library.paths", "icetop loads no code into its client"},
    {"test.mock.num.brokers", "it would take the place of the cluster"},
};

/* Names that are taken for librdkafka's, but only Java's clients have. */
static const char *const java_names[] = {
    "sasl.jaas.config",    "ssl.truststore.location",        "ssl.truststore.password",
    "ssl.truststore.type", "ssl.truststore.certificates",    "ssl.keystore.type",
    "ssl.keystore.key",    "ssl.keystore.certificate.chain",
};

const char *conf_rdkafka_refused(const char *name)
{
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        if (strcmp(name, refused[i].name) == 0)
            return refused[i].why;
    return NULL;
}

/* Appends the nearest name of librdkafka's list, the first column of a table in Markdown. */
static void suggest(const char *name, struct str *out)
{
    char *text = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&text, &len);
    if (!f)
        return;
    rd_kafka_conf_properties_show(f);
    fclose(f);
    struct conf_suggest near = {.wanted = name};
    for (char *line = text; line && *line;) {
        char *end = line + strcspn(line, "\n");
        char *next = *end ? end + 1 : end;
        size_t n = strcspn(line, " \n");
        if (islower((unsigned char)*line) && n) {
            line[n] = '\0';
            if (!conf_rdkafka_refused(line))
                conf_suggest_offer(&near, line);
        }
        line = next;
    }
    conf_suggest_write(&near, out);
    free(text);
}

/* "NAME: librdkafka has no such property; did you mean ...?" */
static int unknown(const char *name, struct error *err)
{
    struct str s = {0};
    text_safe(&s, name, strnlen(name, 100));
    str_printf(&s, ": librdkafka %s has no such property", rd_kafka_version_str());
    suggest(name, &s);
    int rc = error_set(err, ERR_INVALID, "%s", str_text(&s));
    str_done(&s);
    return rc;
}

/* Says of a value that librdkafka refuses what it says itself, unless that might quote a secret. */
static int bad_value(const char *name, const char *said, bool secret, struct error *err)
{
    struct str s = {0};
    if (secret)
        str_add(&s, "librdkafka does not take the value");
    else
        text_safe(&s, said, strcspn(said, "\n"));
    int rc = error_set(err, ERR_INVALID, "%s: %s", name, str_text(&s));
    str_done(&s);
    return rc;
}

int conf_rdkafka_check_name(const char *name, struct error *err)
{
    const char *why = conf_rdkafka_refused(name);
    if (conf_oidc_owns(name))
        return 0;
    if (why)
        return error_set(err, ERR_INVALID, "%s: not to be set: %s", name, why);
    for (size_t i = 0; i < sizeof java_names / sizeof *java_names; i++)
        if (strcmp(name, java_names[i]) == 0)
            return error_set(err, ERR_INVALID,
                             "%s: only Java's clients have this; --command-config and command_config translate it",
                             name);
    /* Asking for a value instead would call every text without a default unknown. */
    char said[512];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_res_t res = rd_kafka_conf_set(conf, name, "0", said, sizeof said);
    rd_kafka_conf_destroy(conf);
    return res == RD_KAFKA_CONF_UNKNOWN ? unknown(name, err) : 0;
}

int conf_rdkafka_check(const char *name, const char *value, bool secret, struct error *err)
{
    int rc = conf_rdkafka_check_name(name, err);
    if (rc != 0)
        return rc;
    if (conf_oidc_owns(name))
        return conf_oidc_check(name, value, secret, err);
    char said[512] = "";
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_res_t res = rd_kafka_conf_set(conf, name, value, said, sizeof said);
    rd_kafka_conf_destroy(conf);
    return res == RD_KAFKA_CONF_OK ? 0 : bad_value(name, said, secret, err);
}
