/* Makes librdkafka clients and keeps what they say about connections. */
#include "kafka/client.h"
#include "base/log.h"
#include "base/mem.h"
#include "conf/conf.h"
#include "conf/oidc.h"
#include "kafka/access.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

enum { REASON_BYTES = 640, ADDRESS_BYTES = 272, PROXY_BYTES = 272 };

struct kafka_client {
    rd_kafka_t *rk;
    struct kafka_access *access;
    atomic_bool all_down; /* the library has said so; written where its callbacks are served */
    atomic_bool no_token; /* nor can it log in */
    atomic_bool closing;  /* whoever asks for a token is to stop */
    pthread_mutex_t lock;
    char reason[REASON_BYTES];  /* under lock: what the client's threads logged last about a connection */
    char trouble[REASON_BYTES]; /* under lock: why there is no token, of which the library knows less */
};

/* ---- what the library says ---- */

/* Keeps what is said about connections: the codes that calls return ("transport failure") do not
 * say why. What people need comes first: "HOST:PORT: reason", without the protocol before it, the library's name of the
 * connection, and how long that was in which state. */
static void keep_reason(struct kafka_client *c, const char *text)
{
    static const char sasl[] = ": SASL authentication error: ";
    const char *space = strchr(text, ' '), *scheme = strstr(text, "://");
    if (space && scheme && scheme < space)
        text = scheme + strlen("://");
    const char *reason = strstr(text, ": "), *slash = strchr(text, '/');
    size_t address = slash && reason && slash < reason ? (size_t)(slash - text) : reason ? (size_t)(reason - text) : 0;
    reason = reason ? reason : text;
    if (strncmp(reason, sasl, strlen(sasl)) == 0)
        reason += strlen(sasl) - strlen(": ");
    if (strstr(reason, "No worthy mechs found"))
        reason = ": GSSAPI: Cyrus SASL has no module for it (Debian's libsasl2-modules-gssapi-mit)";
    const char *state = strstr(reason, " (after ");
    size_t len = state ? (size_t)(state - reason) : strlen(reason);
    char broker[ADDRESS_BYTES], proxy[PROXY_BYTES];
    snprintf(broker, sizeof broker, "%.*s", (int)(address < sizeof broker ? address : sizeof broker - 1), text);
    kafka_access_reason(c->access, broker, proxy, sizeof proxy); /* all that the library saw is an end */
    pthread_mutex_lock(&c->lock);
    if (*proxy)
        snprintf(c->reason, sizeof c->reason, "%s: %s", broker, proxy);
    else
        snprintf(c->reason, sizeof c->reason, "%s%.*s", broker, (int)len, reason);
    pthread_mutex_unlock(&c->lock);
}

static void on_log(const rd_kafka_t *rk, int level, const char *facility, const char *text)
{
    struct kafka_client *c = rd_kafka_opaque(rk);
    /* Lines open with "[thrd:NAME]: ", which tells nobody anything. */
    const char *after = strncmp(text, "[thrd:", 6) == 0 ? strstr(text, "]: ") : NULL;
    if (after)
        text = after + 3;
    if (strcmp(facility, "FAIL") == 0)
        keep_reason(c, text);
    /* Failures reach people through the source's state: here they are for whoever looks closer. */
    log_line(level <= LOG_INFO ? LOG_LEVEL_INFO : LOG_LEVEL_DEBUG, "librdkafka %s: %s", facility, text);
}

static void on_error(rd_kafka_t *rk, int code, const char *reason, void *opaque)
{
    (void)rk;
    struct kafka_client *c = opaque;
    log_debug("librdkafka error %s: %s", rd_kafka_err2name((rd_kafka_resp_err_t)code), reason);
    if (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN)
        atomic_store(&c->all_down, true);
    else
        keep_reason(c, reason);
}

/* ---- what icetop does for it ---- */

/* On the library's background thread, which may wait. */
static void on_token_wanted(rd_kafka_t *rk, const char *config, void *opaque)
{
    (void)config;
    struct kafka_client *c = opaque;
    struct kafka_oauth *oauth = kafka_access_oauth(c->access);
    struct kafka_oauth_token token = {0};
    struct error err = {0};
    char text[256] = "";
    int rc = kafka_oauth_get(oauth, &c->closing, &token, &err);
    if (rc == 0) {
        size_t n;
        const char **extensions = kafka_oauth_extensions(oauth, &n);
        if (rd_kafka_oauthbearer_set_token(rk, token.value, token.until_ms, token.principal, extensions, n, text,
                                           sizeof text))
            rc = error_set(&err, ERR_REMOTE, "OAuth token: %s", text);
    }
    if (rc)
        rd_kafka_oauthbearer_set_token_failure(rk, err.text);
    pthread_mutex_lock(&c->lock);
    snprintf(c->trouble, sizeof c->trouble, "%s", rc ? err.text : "");
    pthread_mutex_unlock(&c->lock);
    atomic_store(&c->no_token, rc != 0);
    if (rc && rc != ERR_CLOSED)
        log_debug("%s", err.text);
    kafka_oauth_token_done(&token);
}

static int on_resolve(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **res,
                      void *opaque)
{
    const struct kafka_client *c = opaque;
    return kafka_access_resolve(c->access, node, service, hints, res);
}

static int on_connect(int fd, const struct sockaddr *to, int len, const char *address, void *opaque)
{
    const struct kafka_client *c = opaque;
    return kafka_access_connect(c->access, fd, to, len, address);
}

static void set_callbacks(struct kafka_client *c, rd_kafka_conf_t *conf)
{
    rd_kafka_conf_set_opaque(conf, c);
    rd_kafka_conf_set_log_cb(conf, on_log);
    rd_kafka_conf_set_error_cb(conf, on_error);
    rd_kafka_conf_enable_sasl_queue(conf, 1);
    if (kafka_access_oauth(c->access))
        rd_kafka_conf_set_oauthbearer_token_refresh_cb(conf, on_token_wanted);
    if (kafka_access_indirect(c->access)) {
        rd_kafka_conf_set_resolve_cb(conf, on_resolve);
        rd_kafka_conf_set_connect_cb(conf, on_connect);
    }
}

/* ---- properties ---- */

static int set(rd_kafka_conf_t *conf, const char *name, const char *value, struct error *err)
{
    char text[256];
    if (rd_kafka_conf_set(conf, name, value, text, sizeof text) == RD_KAFKA_CONF_OK)
        return 0;
    return error_set(err, ERR_INVALID, "%s", text);
}

static int set_property(rd_kafka_conf_t *conf, const struct conf_property *p, struct error *err)
{
    int rc = set(conf, p->name, p->value, err);
    if (rc && p->secret) /* the library quotes values */
        return error_set(err, rc, "%s: property %s is refused", p->origin, p->name);
    return rc ? error_prefix(err, "%s", p->origin) : 0;
}

static int make_conf(const struct kafka_admin_settings *s, const char *const (*own)[2], rd_kafka_conf_t *conf,
                     struct error *err)
{
    const char *const fixed[][2] = {
        {"bootstrap.servers", s->bootstrap},
        {"isolation.level", s->read_committed ? "read_committed" : "read_uncommitted"},
        {"group.id", "icetop"}, /* never joined; without one the library crashes when a coordinator moves */
        {"enable.auto.commit", "false"},
        {"enable.auto.offset.store", "false"},
    };
    int rc = set(conf, "client.id", "icetop", err);
    for (size_t i = 0; i < s->nproperties && !rc; i++)
        if (!conf_oidc_owns(s->properties[i].name))
            rc = set_property(conf, &s->properties[i], err);
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed && !rc; i++)
        rc = set(conf, fixed[i][0], fixed[i][1], err);
    for (; own && (*own)[0] && !rc; own++)
        rc = set(conf, (*own)[0], (*own)[1], err);
    return rc;
}

/* ---- the client ---- */

int kafka_client_new(const struct kafka_admin_settings *settings, const char *const (*own)[2],
                     struct kafka_client **ret, struct error *err)
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    int rc = kafka_access_check_kerberos(settings->properties, settings->nproperties, err);
    if (!rc)
        rc = make_conf(settings, own, conf, err);
    if (rc) {
        rd_kafka_conf_destroy(conf);
        return rc;
    }
    struct kafka_client *c = mem_new(struct kafka_client);
    pthread_mutex_init(&c->lock, NULL);
    c->access = kafka_access_ref(settings->access);
    set_callbacks(c, conf);
    char text[256];
    c->rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, text, sizeof text);
    if (!c->rk) {
        rd_kafka_conf_destroy(conf);
        kafka_client_free(c);
        return error_set(err, ERR_INVALID, "%s", text);
    }
    rd_kafka_error_t *e = rd_kafka_sasl_background_callbacks_enable(c->rk);
    if (e) /* a login without tokens: nothing to serve */
        rd_kafka_error_destroy(e);
    *ret = c;
    return 0;
}

rd_kafka_t *kafka_client_handle(const struct kafka_client *c)
{
    return c->rk;
}

void kafka_client_reason(struct kafka_client *c, char *buf, size_t size)
{
    pthread_mutex_lock(&c->lock);
    snprintf(buf, size, "%s", *c->trouble ? c->trouble : c->reason);
    pthread_mutex_unlock(&c->lock);
}

bool kafka_client_down(const struct kafka_client *c)
{
    return atomic_load(&c->all_down) || atomic_load(&c->no_token);
}

void kafka_client_retry(struct kafka_client *c)
{
    atomic_store(&c->all_down, false);
}

void kafka_client_connected(struct kafka_client *c)
{
    pthread_mutex_lock(&c->lock);
    c->reason[0] = '\0';
    pthread_mutex_unlock(&c->lock);
}

void kafka_client_free(struct kafka_client *c)
{
    if (!c)
        return;
    atomic_store(&c->closing, true);
    if (c->rk)
        rd_kafka_destroy_flags(c->rk, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
    pthread_mutex_destroy(&c->lock);
    kafka_access_unref(c->access);
    free(c);
}
