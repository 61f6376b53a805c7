/* How a cluster is reached and logged in to beyond what librdkafka does itself. */
#include "kafka/access.h"

#include "base/mem.h"
#include "base/str.h"
#include "conf/address.h"
#include "conf/oidc.h"
#include "net/socks.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

struct kafka_access {
    atomic_int refs;
    struct conf_address_map map;
    struct net_socks *socks; /* NULL: no proxy */
    struct kafka_oauth *oauth;
};

struct kafka_access *kafka_access_new(const struct conf_cluster *conf, const struct clock *clock)
{
    struct kafka_access *a = mem_new(struct kafka_access);
    atomic_init(&a->refs, 1);
    for (size_t i = 0; i < conf->address_map.n; i++)
        conf_address_add(&a->map, conf->address_map.items[i].from, conf->address_map.items[i].to, NULL);
    char *host;
    int port;
    if (conf->socks5 && conf_address_split(conf->socks5, strlen(conf->socks5), &host, &port)) {
        a->socks = net_socks_new(&(struct net_socks_settings){
            .host = host, .port = port, .user = conf->socks5_user, .password = conf->socks5_password});
        free(host);
    }
    a->oauth = kafka_oauth_new(conf->properties, conf->nproperties, clock);
    return a;
}

struct kafka_access *kafka_access_ref(struct kafka_access *a)
{
    if (a)
        atomic_fetch_add(&a->refs, 1);
    return a;
}

void kafka_access_unref(struct kafka_access *a)
{
    if (!a || atomic_fetch_sub(&a->refs, 1) > 1)
        return;
    net_socks_free(a->socks);
    kafka_oauth_free(a->oauth);
    conf_address_done(&a->map);
    free(a);
}

struct kafka_oauth *kafka_access_oauth(const struct kafka_access *a)
{
    return a ? a->oauth : NULL;
}

bool kafka_access_indirect(const struct kafka_access *a)
{
    return a && (a->socks || a->map.n);
}

/* ---- addresses ---- */

/* Where the broker of that address is to be looked for; *host is on the heap. */
static bool find_target(const struct kafka_access *a, const char *address, char **host, int *port)
{
    char *named;
    int named_port;
    if (!conf_address_split(address, strlen(address), &named, &named_port))
        return false;
    if (conf_address_find(&a->map, named, named_port, host, port)) {
        free(named);
    } else {
        *host = named;
        *port = named_port;
    }
    return true;
}

/* The address that stands for the proxy: which broker is meant is known when it is connected to. */
static struct addrinfo *stand_in(int port)
{
    struct placed {
        struct addrinfo info;
        struct sockaddr_in in;
    } *p = mem_new(struct placed);
    p->in = (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    p->info = (struct addrinfo){.ai_family = AF_INET,
                                .ai_socktype = SOCK_STREAM,
                                .ai_protocol = IPPROTO_TCP,
                                .ai_addrlen = sizeof p->in,
                                .ai_addr = (struct sockaddr *)&p->in};
    return &p->info;
}

int kafka_access_resolve(struct kafka_access *a, const char *node, const char *service, const struct addrinfo *hints,
                         struct addrinfo **res)
{
    if (!node && !service) {
        if (a->socks)
            free(*res); /* its first member */
        else
            freeaddrinfo(*res);
        return 0;
    }
    int port = service ? (int)strtol(service, NULL, 10) : 0;
    if (a->socks) {
        if (net_socks_resolve(a->socks, NULL) != 0)
            return EAI_AGAIN;
        *res = stand_in(port);
        return 0;
    }
    char *host = NULL;
    int to_port = port;
    if (node && conf_address_find(&a->map, node, port, &host, &to_port)) {
        char *to_service = mem_printf("%d", to_port);
        int code = getaddrinfo(host, to_service, hints, res);
        free(to_service);
        free(host);
        return code;
    }
    return getaddrinfo(node, service, hints, res);
}

int kafka_access_connect(struct kafka_access *a, int fd, const struct sockaddr *to, int len, const char *address)
{
    if (!a->socks)
        return connect(fd, to, (socklen_t)len) == 0 || errno == EINPROGRESS ? 0 : errno;
    char *host;
    int port, stream = -1;
    if (!find_target(a, address, &host, &port))
        return EINVAL;
    int rc = net_socks_open(a->socks, host, port, &stream, NULL);
    free(host);
    if (rc != 0)
        return ECONNREFUSED;
    rc = dup3(stream, fd, O_CLOEXEC) < 0 ? errno : 0;
    close(stream);
    return rc;
}

void kafka_access_reason(struct kafka_access *a, const char *address, char *buf, size_t size)
{
    char *host;
    int port;
    if (size)
        *buf = '\0';
    if (!a || !a->socks || !find_target(a, address, &host, &port))
        return;
    net_socks_failure(a->socks, host, port, buf, size);
    free(host);
}

/* ---- Kerberos ---- */

/* Is there such a program? */
static bool on_path(const char *program)
{
    const char *path = getenv("PATH");
    bool found = false;
    while (path && *path && !found) {
        size_t len = strcspn(path, ":");
        char *file = mem_printf("%.*s/%s", (int)len, path, program);
        found = access(file, X_OK) == 0;
        free(file);
        path += len + (path[len] == ':');
    }
    return found;
}

int kafka_access_check_kerberos(const struct conf_property *properties, size_t n, struct error *err)
{
    const char *protocol = conf_oidc_get(properties, n, "security.protocol", NULL);
    const char *mechanism = conf_oidc_get(properties, n, "sasl.mechanism", "sasl.mechanisms");
    const char *keytab = conf_oidc_get(properties, n, "sasl.kerberos.keytab", NULL);
    const char *relogin = conf_oidc_get(properties, n, "sasl.kerberos.min.time.before.relogin", NULL);
    if (!protocol || strncasecmp(protocol, "sasl", 4) != 0 || (mechanism && strcmp(mechanism, "GSSAPI") != 0))
        return 0;
    bool by_ticket = relogin && strcmp(relogin, "0") == 0; /* somebody else gets it */
    if (by_ticket)
        return 0;
    if (!keytab)
        return error_set(err, ERR_INVALID,
                         "GSSAPI: no sasl.kerberos.keytab; with a ticket of somebody else's, set "
                         "sasl.kerberos.min.time.before.relogin to 0");
    if (access(keytab, R_OK) != 0)
        return error_set_errno(err, ERR_INVALID, errno, "GSSAPI: sasl.kerberos.keytab: %s", keytab);
    if (!conf_oidc_get(properties, n, "sasl.kerberos.kinit.cmd", NULL) && !on_path("kinit"))
        return error_set(err, ERR_INVALID, "GSSAPI: there is no program kinit on PATH, which gets the ticket");
    return 0;
}
