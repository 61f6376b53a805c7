/* A Java client's configuration in librdkafka's terms. */
#include "conf/java.h"

#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/vec.h"
#include "conf/file.h"
#include "conf/jaas.h"
#include "conf/rdkafka.h"
#include "conf/secret.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { STORE_BYTES = 1024 * 1024 }; /* of a store are read to know its type */

/* Java's store settings, which only together say what to do. */
enum store_key {
    TRUST_LOCATION,
    TRUST_PASSWORD,
    TRUST_TYPE,
    KEY_LOCATION,
    KEY_PASSWORD,
    KEY_TYPE,
    KEY_KEY_PASSWORD,
    STORE_KEYS
};

struct translation {
    const char *name;
    struct conf_java out;
    const struct conf_properties_entry *stores[STORE_KEYS];
    struct str *warnings;
    struct error *err;
};

typedef int translate_fn(struct translation *t, const struct conf_properties_entry *e);

/* "name:line: key: why" as a warning. */
static void warn(struct translation *t, const struct conf_properties_entry *e, const char *why)
{
    str_printf(t->warnings, "%s:%u: ", t->name, e->line);
    text_safe(t->warnings, e->key, strnlen(e->key, 200));
    str_printf(t->warnings, ": %s\n", why);
}

/* Adds a property that librdkafka has taken on trial. */
static int set(struct translation *t, const struct conf_properties_entry *e, const char *name, const char *value)
{
    bool secret = conf_secret_named(name);
    int rc = conf_rdkafka_check(name, value, secret, t->err);
    if (rc != 0) {
        error_prefix(t->err, "%s:%u", t->name, e->line);
        return rc;
    }
    vec_push(&t->out, ((struct conf_property){.name = mem_strdup(name),
                                              .value = mem_strdup(value),
                                              .secret = secret,
                                              .origin = mem_printf("%s:%u", t->name, e->line)}));
    return 0;
}

/* The same for what one can do without: a refusal is a warning. */
static int set_or_warn(struct translation *t, const struct conf_properties_entry *e, const char *name,
                       const char *value)
{
    struct error *err = t->err, own = {0};
    t->err = &own;
    int rc = set(t, e, name, value);
    t->err = err;
    if (rc != 0)
        str_printf(t->warnings, "%s; left out\n", own.text);
    return 0;
}

static int set_bootstrap(struct translation *t, const struct conf_properties_entry *e)
{
    free(t->out.bootstrap);
    free(t->out.bootstrap_origin);
    t->out.bootstrap = mem_strdup(e->value);
    t->out.bootstrap_origin = mem_printf("%s:%u", t->name, e->line);
    return 0;
}

static int set_same(struct translation *t, const struct conf_properties_entry *e)
{
    return set(t, e, e->key, e->value);
}

static int set_mechanism(struct translation *t, const struct conf_properties_entry *e)
{
    static const char *const known[] = {"GSSAPI", "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER"};
    bool found = false;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        found = found || strcmp(e->value, known[i]) == 0;
    if (!found)
        warn(t, e, "only GSSAPI, PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 and OAUTHBEARER can log in here");
    return set(t, e, e->key, e->value);
}

static int set_endpoint(struct translation *t, const struct conf_properties_entry *e)
{
    return set(t, e, e->key, *e->value ? e->value : "none");
}

/* The nearest that librdkafka takes, whose range is 10 ms to 5 minutes. */
static int set_request_timeout(struct translation *t, const struct conf_properties_entry *e)
{
    static const char target[] = "socket.timeout.ms";
    char *end;
    long long v = strtoll(e->value, &end, 10);
    if (end == e->value || *end) {
        warn(t, e, "not a number of milliseconds; left out");
        return 0;
    }
    long long near = v < 10 ? 10 : v > 300000 ? 300000 : v;
    char *text = mem_printf("%lld", near);
    if (near != v) {
        char *why = mem_printf("taken as %s=%s, the nearest that librdkafka allows", target, text);
        warn(t, e, why);
        free(why);
    }
    int rc = set_or_warn(t, e, target, text);
    free(text);
    return rc;
}

static int set_send_buffer(struct translation *t, const struct conf_properties_entry *e)
{
    return set_or_warn(t, e, "socket.send.buffer.bytes", strcmp(e->value, "-1") ? e->value : "0");
}

static int set_receive_buffer(struct translation *t, const struct conf_properties_entry *e)
{
    return set_or_warn(t, e, "socket.receive.buffer.bytes", strcmp(e->value, "-1") ? e->value : "0");
}

static int set_ca_pem(struct translation *t, const struct conf_properties_entry *e)
{
    return set(t, e, "ssl.ca.pem", e->value);
}

static int set_certificate_pem(struct translation *t, const struct conf_properties_entry *e)
{
    return set(t, e, "ssl.certificate.pem", e->value);
}

static int set_key_pem(struct translation *t, const struct conf_properties_entry *e)
{
    return set(t, e, "ssl.key.pem", e->value);
}

static int no_cipher_suites(struct translation *t, const struct conf_properties_entry *e)
{
    warn(t, e, "Java and OpenSSL name ciphers differently; left out");
    return 0;
}

static int no_kinit(struct translation *t, const struct conf_properties_entry *e)
{
    warn(t, e, "a path for Java, a whole command for librdkafka; left out");
    return 0;
}

static int set_password_login(struct translation *t, const struct conf_properties_entry *e, const struct conf_jaas *j)
{
    const char *user = conf_jaas_get(j, "username"), *password = conf_jaas_get(j, "password");
    const char *token = conf_jaas_get(j, "tokenauth");
    if (!user || !password)
        return error_set(t->err, ERR_INVALID,
                         "%s:%u: sasl.jaas.config: %s has no %s; allowed: username=\"...\" "
                         "password=\"...\"",
                         t->name, e->line, conf_jaas_module_name(j), user ? "password" : "username");
    if (token && strcasecmp(token, "true") == 0)
        warn(t, e, "librdkafka does not log in with delegation tokens; tokenauth left out");
    int rc = set(t, e, "sasl.username", user);
    return rc == 0 ? set(t, e, "sasl.password", password) : rc;
}

static int set_kerberos_login(struct translation *t, const struct conf_properties_entry *e, const struct conf_jaas *j)
{
    static const char *const names[][2] = {
        {"keyTab", "sasl.kerberos.keytab"},
        {"principal", "sasl.kerberos.principal"},
        {"serviceName", "sasl.kerberos.service.name"},
    };
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < sizeof names / sizeof *names; i++) {
        const char *value = conf_jaas_get(j, names[i][0]);
        if (value)
            rc = set(t, e, names[i][1], value);
    }
    /* Without a keytab the ticket is somebody else's to renew: 0 keeps librdkafka from trying. */
    const char *cache = conf_jaas_get(j, "useTicketCache");
    if (rc == 0 && cache && strcasecmp(cache, "true") == 0 && !conf_jaas_get(j, "keyTab"))
        rc = set(t, e, "sasl.kerberos.min.time.before.relogin", "0");
    return rc;
}

/* Tokens that nobody has signed, for clusters that are played with. */
static int set_unsecured_login(struct translation *t, const struct conf_properties_entry *e, const char *principal)
{
    char *config = mem_printf("principal=%s", principal);
    int rc = set(t, e, "enable.sasl.oauthbearer.unsecure.jwt", "true");
    if (rc == 0)
        rc = set(t, e, "sasl.oauthbearer.config", config);
    free(config);
    return rc;
}

/* Client credentials; where the module names none, the properties beside it may. */
static int set_oauth_login(struct translation *t, const struct conf_properties_entry *e, const struct conf_jaas *j)
{
    static const char *const names[][2] = {
        {"clientId", "sasl.oauthbearer.client.id"},
        {"clientSecret", "sasl.oauthbearer.client.secret"},
        {"scope", "sasl.oauthbearer.scope"},
    };
    static const char extension[] = "extension_";
    const char *principal = conf_jaas_get(j, "unsecuredLoginStringClaim_sub");
    if (principal)
        return set_unsecured_login(t, e, principal);
    int rc = set(t, e, "sasl.oauthbearer.method", "oidc");
    for (size_t i = 0; rc == 0 && i < sizeof names / sizeof *names; i++) {
        const char *value = conf_jaas_get(j, names[i][0]);
        if (value)
            rc = set(t, e, names[i][1], value);
    }
    struct str extensions = {0};
    for (size_t i = 0; i < j->n; i++)
        if (strncmp(j->items[i].key, extension, sizeof extension - 1) == 0)
            str_printf(&extensions, "%s%s=%s", extensions.len ? "," : "", j->items[i].key + sizeof extension - 1,
                       j->items[i].value);
    if (rc == 0 && extensions.len)
        rc = set(t, e, "sasl.oauthbearer.extensions", str_text(&extensions));
    str_done(&extensions);
    return rc;
}

/* The handler that asks a token endpoint is what icetop does anyway. */
static int set_login_handler(struct translation *t, const struct conf_properties_entry *e)
{
    const char *dot = strrchr(e->value, '.');
    if (strcmp(dot ? dot + 1 : e->value, "OAuthBearerLoginCallbackHandler") != 0)
        warn(t, e, "librdkafka has no counterpart; left out");
    return 0;
}

static int set_client_id(struct translation *t, const struct conf_properties_entry *e)
{
    return set(t, e, "sasl.oauthbearer.client.id", e->value);
}

static int set_client_secret(struct translation *t, const struct conf_properties_entry *e)
{
    return set(t, e, "sasl.oauthbearer.client.secret", e->value);
}

static const struct {
    const char *module;
    int (*set)(struct translation *t, const struct conf_properties_entry *e, const struct conf_jaas *j);
} logins[] = {
    {"PlainLoginModule", set_password_login},
    {"ScramLoginModule", set_password_login},
    {"Krb5LoginModule", set_kerberos_login},
    {"OAuthBearerLoginModule", set_oauth_login},
};

static int set_jaas(struct translation *t, const struct conf_properties_entry *e)
{
    struct conf_jaas j = {0};
    int rc = conf_jaas_parse(e->value, &j, t->err);
    if (rc != 0) {
        error_prefix(t->err, "%s:%u: sasl.jaas.config", t->name, e->line);
        return rc;
    }
    size_t i = 0, n = sizeof logins / sizeof *logins;
    while (i < n && strcmp(conf_jaas_module_name(&j), logins[i].module) != 0)
        i++;
    if (i < n) {
        rc = logins[i].set(t, e, &j);
    } else {
        struct str why = {0};
        text_safe(&why, conf_jaas_module_name(&j), strnlen(conf_jaas_module_name(&j), 100));
        str_add(&why, " has no counterpart in librdkafka; left out");
        warn(t, e, str_text(&why));
        str_done(&why);
    }
    conf_jaas_done(&j);
    return rc;
}

/* Names that Java and librdkafka do not share, or share with another meaning. */
static const struct {
    const char *key;
    translate_fn *translate;
} translations[] = {
    {"bootstrap.servers", set_bootstrap},
    {"request.timeout.ms", set_request_timeout},
    {"sasl.jaas.config", set_jaas},
    {"sasl.kerberos.kinit.cmd", no_kinit},
    {"sasl.login.callback.handler.class", set_login_handler},
    {"sasl.mechanism", set_mechanism},
    {"sasl.oauthbearer.client.credentials.client.id", set_client_id},
    {"sasl.oauthbearer.client.credentials.client.secret", set_client_secret},
    {"security.protocol", set_same},
    {"send.buffer.bytes", set_send_buffer},
    {"receive.buffer.bytes", set_receive_buffer},
    {"ssl.cipher.suites", no_cipher_suites},
    {"ssl.endpoint.identification.algorithm", set_endpoint},
    {"ssl.keystore.certificate.chain", set_certificate_pem},
    {"ssl.keystore.key", set_key_pem},
    {"ssl.truststore.certificates", set_ca_pem},
};

static const char *const store_keys[STORE_KEYS] = {
    [TRUST_LOCATION] = "ssl.truststore.location", [TRUST_PASSWORD] = "ssl.truststore.password",
    [TRUST_TYPE] = "ssl.truststore.type",         [KEY_LOCATION] = "ssl.keystore.location",
    [KEY_PASSWORD] = "ssl.keystore.password",     [KEY_TYPE] = "ssl.keystore.type",
    [KEY_KEY_PASSWORD] = "ssl.key.password",
};

/* "${file:/path:key}": a value that Java would fetch from a provider. */
static bool is_reference(const char *value)
{
    size_t n = strlen(value);
    return n > 3 && strncmp(value, "${", 2) == 0 && value[n - 1] == '}' && strchr(value, ':');
}

static int translate_entry(struct translation *t, const struct conf_properties_entry *e)
{
    if (is_reference(e->value)) {
        warn(t, e, "a reference to a configuration provider is not resolved; left out");
        return 0;
    }
    for (size_t i = 0; i < STORE_KEYS; i++)
        if (strcmp(e->key, store_keys[i]) == 0) {
            t->stores[i] = e;
            return 0;
        }
    for (size_t i = 0; i < sizeof translations / sizeof *translations; i++)
        if (strcmp(e->key, translations[i].key) == 0)
            return translations[i].translate(t, e);
    const char *refused = conf_rdkafka_refused(e->key);
    if (refused || conf_rdkafka_check_name(e->key, NULL) != 0) {
        char *why = mem_printf("%s; left out", refused ? refused : "librdkafka has no counterpart");
        warn(t, e, why);
        free(why);
        return 0;
    }
    return set_or_warn(t, e, e->key, e->value);
}

enum store { STORE_UNKNOWN, STORE_PEM, STORE_PKCS12, STORE_JKS };

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && strcasecmp(text + n - m, end) == 0;
}

/* What the file is by its first bytes; Java too reads a PKCS12 store that is declared JKS. */
static enum store store_in_file(const char *path)
{
    struct conf_file f;
    if (conf_file_read(path, STORE_BYTES, &f, NULL) != 0)
        return STORE_UNKNOWN;
    enum store kind = STORE_UNKNOWN;
    if (f.len >= 4 && memcmp(f.bytes, "\xFE\xED\xFE\xED", 4) == 0)
        kind = STORE_JKS;
    else if (memmem(f.bytes, f.len, "-----BEGIN ", 11))
        kind = STORE_PEM;
    else if (f.len >= 2 && f.bytes[0] == 0x30 && (f.bytes[1] & 0x80)) /* a long DER sequence */
        kind = STORE_PKCS12;
    conf_file_done(&f);
    return kind;
}

static enum store store_of(const struct conf_properties_entry *location, const struct conf_properties_entry *type)
{
    enum store kind = store_in_file(location->value);
    if (kind != STORE_UNKNOWN)
        return kind;
    if (type && *type->value)
        return strcasecmp(type->value, "PEM") == 0      ? STORE_PEM
               : strcasecmp(type->value, "PKCS12") == 0 ? STORE_PKCS12
                                                        : STORE_JKS;
    if (ends_with(location->value, ".p12") || ends_with(location->value, ".pfx"))
        return STORE_PKCS12;
    return ends_with(location->value, ".pem") ? STORE_PEM : STORE_JKS;
}

static int translate_truststore(struct translation *t)
{
    const struct conf_properties_entry *location = t->stores[TRUST_LOCATION];
    if (!location)
        return 0;
    switch (store_of(location, t->stores[TRUST_TYPE])) {
    case STORE_PEM:
        return set(t, location, "ssl.ca.location", location->value);
    case STORE_PKCS12:
        warn(t, location,
             "librdkafka does not take authorities from a PKCS12 store; left out. Write them with "
             "`openssl pkcs12 -nokeys -in STORE -out ca.pem` and set ssl.ca.location=ca.pem");
        return 0;
    default:
        warn(t, location,
             "librdkafka does not read JKS stores; left out. Write the authorities with "
             "`keytool -list -rfc -keystore STORE > ca.pem` and set ssl.ca.location=ca.pem");
        return 0;
    }
}

static int translate_pem_keystore(struct translation *t)
{
    const struct conf_properties_entry *location = t->stores[KEY_LOCATION];
    const struct conf_properties_entry *password = t->stores[KEY_KEY_PASSWORD];
    int rc = set(t, location, "ssl.certificate.location", location->value);
    if (rc == 0)
        rc = set(t, location, "ssl.key.location", location->value);
    if (rc == 0 && password)
        rc = set(t, password, "ssl.key.password", password->value);
    return rc;
}

static int translate_pkcs12_keystore(struct translation *t)
{
    const struct conf_properties_entry *location = t->stores[KEY_LOCATION];
    const struct conf_properties_entry *password = t->stores[KEY_PASSWORD];
    const struct conf_properties_entry *key = t->stores[KEY_KEY_PASSWORD];
    if (key && (!password || strcmp(key->value, password->value) != 0))
        warn(t, key,
             "librdkafka opens the key of a PKCS12 store with the store's password; left "
             "out");
    int rc = set(t, location, "ssl.keystore.location", location->value);
    if (rc == 0 && password)
        rc = set(t, password, "ssl.keystore.password", password->value);
    return rc;
}

static int translate_keystore(struct translation *t)
{
    const struct conf_properties_entry *location = t->stores[KEY_LOCATION];
    if (!location) /* the password of a key that stands in the file itself */
        return t->stores[KEY_KEY_PASSWORD]
                   ? set(t, t->stores[KEY_KEY_PASSWORD], "ssl.key.password", t->stores[KEY_KEY_PASSWORD]->value)
                   : 0;
    switch (store_of(location, t->stores[KEY_TYPE])) {
    case STORE_PEM:
        return translate_pem_keystore(t);
    case STORE_PKCS12:
        return translate_pkcs12_keystore(t);
    default:
        warn(t, location,
             "librdkafka does not read JKS stores; left out. Convert it with `keytool "
             "-importkeystore -srckeystore STORE -destkeystore client.p12 -deststoretype PKCS12`");
        return 0;
    }
}

int conf_java_translate(const char *name, const struct conf_properties *p, struct conf_java *ret, struct str *warnings,
                        struct error *err)
{
    struct translation t = {.name = name, .warnings = warnings, .err = err};
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < p->n; i++)
        rc = translate_entry(&t, &p->items[i]);
    if (rc == 0)
        rc = translate_truststore(&t);
    if (rc == 0)
        rc = translate_keystore(&t);
    if (rc == 0)
        *ret = t.out;
    else
        conf_java_done(&t.out);
    return rc;
}

int conf_java_load(const char *path, struct conf_java *ret, struct str *warnings, struct error *err)
{
    struct conf_file f = {0};
    struct conf_properties p = {0};
    int rc = conf_file_read(path, LIMITS_CONFIG_BYTES, &f, err);
    if (rc == 0)
        rc = conf_properties_parse(path, f.bytes, f.len, &p, err);
    if (rc == 0)
        rc = conf_java_translate(path, &p, ret, warnings, err);
    bool secret = false;
    for (size_t i = 0; i < p.n; i++)
        secret = secret || (conf_secret_named(p.items[i].key) && *p.items[i].value);
    if (rc == 0 && secret && f.exposed)
        str_printf(warnings, "%s: holds a secret, and every user of this machine may read it\n", path);
    conf_properties_done(&p);
    conf_file_done(&f);
    return rc;
}

void conf_java_done(struct conf_java *j)
{
    for (size_t i = 0; i < j->n; i++) {
        free(j->items[i].name);
        mem_free_secret(j->items[i].value);
        free(j->items[i].origin);
    }
    vec_done(j);
    free(j->bootstrap);
    free(j->bootstrap_origin);
    j->bootstrap = j->bootstrap_origin = NULL;
}
