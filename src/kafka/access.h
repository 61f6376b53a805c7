/* How a cluster is reached and logged in to beyond what librdkafka does itself: a proxy, other addresses, tokens. Shared by all
 * clients of a cluster, whose threads may outlive whoever made them. */
#ifndef KAFKA_ACCESS_H
#define KAFKA_ACCESS_H

#include "base/clock.h"
#include "conf/conf.h"
#include "kafka/oauth.h"

struct addrinfo;
struct kafka_access;
struct sockaddr;

/* What it needs of conf is copied. Connects to nothing yet. */
struct kafka_access *kafka_access_new(const struct conf_cluster *conf, const struct clock *clock);
/* From any thread; NULL is allowed. The last one may wait for a thread, though for nothing remote. */
struct kafka_access *kafka_access_ref(struct kafka_access *a);
void kafka_access_unref(struct kafka_access *a);

/* Where tokens come from; NULL if the cluster's login has none of icetop's. */
struct kafka_oauth *kafka_access_oauth(const struct kafka_access *a);

/* True if connections are not librdkafka's own to make; then the following stand in for its callbacks. Of NULL: false. */
bool kafka_access_indirect(const struct kafka_access *a);

/* As getaddrinfo, for the address at which a broker is reached: with a proxy one that stands for the proxy. Both NULL as
 * node and service: frees *res. */
int kafka_access_resolve(struct kafka_access *a, const char *node, const char *service, const struct addrinfo *hints,
                         struct addrinfo **res);

/* Makes fd, a non-blocking socket, one that leads to the broker that names itself address ("HOST:PORT"); never blocks.
 * 0 or an errno. */
int kafka_access_connect(struct kafka_access *a, int fd, const struct sockaddr *to, int len, const char *address);

/* Why the broker of that address was not reached, if not for its own sake: "b1:9092 at localhost:19092: ..." or ""
 * if nothing is to be said. Appends nothing to text that says it already. */
void kafka_access_reason(struct kafka_access *a, const char *address, char *buf, size_t size);

/* Is what a login with Kerberos needs there: the keytab, kinit? librdkafka only says that it failed. ERR_INVALID. */
int kafka_access_check_kerberos(const struct conf_property *properties, size_t n, struct error *err);

#endif
