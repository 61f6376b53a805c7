/* Java clients' files in librdkafka's terms. */
#include "tests/unit/conf/files.h"

#include "base/str.h"
#include "conf/conf.h"
#include "conf/java.h"

#define LOGIN "org.apache.kafka.common.security."

/* "name=value\n" of every property, in order. */
static char *joined(const struct conf_java *j)
{
    struct str s = {0};
    for (size_t i = 0; i < j->n; i++)
        str_printf(&s, "%s=%s%s\n", j->items[i].name, j->items[i].value, j->items[i].secret ? " (secret)" : "");
    return str_take(&s);
}

static void translations(void **state)
{
    static const struct {
        const char *text, *properties, *warnings;
    } cases[] = {
        {"security.protocol=SASL_SSL\nsasl.mechanism=PLAIN\n"
         "sasl.jaas.config=" LOGIN "plain.PlainLoginModule required \\\n"
         "    username=\"a\" \\\n    password=\"p;\\\\\"q\";\n",
         "security.protocol=SASL_SSL\nsasl.mechanism=PLAIN\nsasl.username=a\n"
         "sasl.password=p;\"q (secret)\n",
         ""},
        {"sasl.mechanism=SCRAM-SHA-256\n"
         "sasl.jaas.config=" LOGIN "scram.ScramLoginModule required username='a' password='b';",
         "sasl.mechanism=SCRAM-SHA-256\nsasl.username=a\nsasl.password=b (secret)\n", ""},
        {"sasl.jaas.config=" LOGIN "scram.ScramLoginModule required username=a password=b tokenauth=true;",
         "sasl.username=a\nsasl.password=b (secret)\n",
         "f:1: sasl.jaas.config: librdkafka does not log in with delegation tokens; tokenauth left "
         "out\n"},
        {"sasl.jaas.config=com.sun.security.auth.module.Krb5LoginModule required "
         "useKeyTab=true storeKey=true keyTab=\"/k\" principal=\"me@R\" serviceName=\"kafka\";\n"
         "sasl.kerberos.service.name=broker\nsasl.kerberos.kinit.cmd=/usr/bin/kinit\n",
         "sasl.kerberos.keytab=/k\nsasl.kerberos.principal=me@R\nsasl.kerberos.service.name=kafka\n"
         "sasl.kerberos.service.name=broker\n",
         "f:3: sasl.kerberos.kinit.cmd: a path for Java, a whole command for librdkafka; left "
         "out\n"},
        {"sasl.jaas.config=com.sun.security.auth.module.Krb5LoginModule required "
         "useTicketCache=true;",
         "sasl.kerberos.min.time.before.relogin=0\n", ""},
        {"sasl.mechanism=OAUTHBEARER\n"
         "sasl.jaas.config=" LOGIN "oauthbearer.OAuthBearerLoginModule required;",
         "sasl.mechanism=OAUTHBEARER\nsasl.oauthbearer.method=oidc\n", ""},
        {"sasl.login.callback.handler.class=org.apache.kafka.common.security.oauthbearer.secured."
         "OAuthBearerLoginCallbackHandler\n"
         "sasl.oauthbearer.token.endpoint.url=https://idp/token\n"
         "sasl.jaas.config=" LOGIN "oauthbearer.OAuthBearerLoginModule required clientId=me clientSecret='s=1' "
         "scope=kafka extension_logicalCluster=lkc extension_pool=p;",
         "sasl.oauthbearer.token.endpoint.url=https://idp/token\nsasl.oauthbearer.method=oidc\n"
         "sasl.oauthbearer.client.id=me\nsasl.oauthbearer.client.secret=s=1 (secret)\nsasl.oauthbearer.scope=kafka\n"
         "sasl.oauthbearer.extensions=logicalCluster=lkc,pool=p\n",
         ""},
        {"sasl.oauthbearer.client.credentials.client.id=me\nsasl.oauthbearer.client.credentials.client.secret=s\n"
         "sasl.login.callback.handler.class=com.example.Own\n",
         "sasl.oauthbearer.client.id=me\nsasl.oauthbearer.client.secret=s (secret)\n",
         "f:3: sasl.login.callback.handler.class: librdkafka has no counterpart; left out\n"},
        {"sasl.jaas.config=" LOGIN "oauthbearer.OAuthBearerLoginModule required "
         "unsecuredLoginStringClaim_sub=\"alice\";",
         "enable.sasl.oauthbearer.unsecure.jwt=true\nsasl.oauthbearer.config=principal=alice (secret)\n", ""},
        {"sasl.jaas.config=software.amazon.msk.auth.iam.IAMLoginModule required;", "",
         "f:1: sasl.jaas.config: IAMLoginModule has no counterpart in librdkafka; left out\n"},
        {"ssl.endpoint.identification.algorithm=\n", "ssl.endpoint.identification.algorithm=none\n", ""},
        {"ssl.endpoint.identification.algorithm=https\n", "ssl.endpoint.identification.algorithm=https\n", ""},
        {"request.timeout.ms=30000\nclient.id=x\n", "socket.timeout.ms=30000\nclient.id=x\n", ""},
        {"request.timeout.ms=600000\n", "socket.timeout.ms=300000\n",
         "f:1: request.timeout.ms: taken as socket.timeout.ms=300000, the nearest that librdkafka "
         "allows\n"},
        {"request.timeout.ms=soon\n", "", "f:1: request.timeout.ms: not a number of milliseconds; left out\n"},
        {"send.buffer.bytes=-1\nreceive.buffer.bytes=65536\n",
         "socket.send.buffer.bytes=0\nsocket.receive.buffer.bytes=65536\n", ""},
        {"group.id=g\nenable.auto.commit=true\nkey.deserializer=x\n", "",
         "f:1: group.id: icetop never joins a group; left out\n"
         "f:2: enable.auto.commit: icetop never commits; left out\n"
         "f:3: key.deserializer: librdkafka has no counterpart; left out\n"},
        {"reconnect.backoff.ms=5000000\n", "",
         "f:1: reconnect.backoff.ms: Configuration property \"reconnect.backoff.ms\" value 5000000 "
         "is outside allowed range 0..3600000; left out\n"},
        {"ssl.truststore.password=${file:/s:p}\n", "",
         "f:1: ssl.truststore.password: a reference to a configuration provider is not resolved; "
         "left out\n"},
        {"ssl.cipher.suites=TLS_AES_128_GCM_SHA256", "",
         "f:1: ssl.cipher.suites: Java and OpenSSL name ciphers differently; left out\n"},
        {"ssl.truststore.location=/no/trust.jks\nssl.truststore.password=x\n", "",
         "f:1: ssl.truststore.location: librdkafka does not read JKS stores; left out. Write the "
         "authorities with `keytool -list -rfc -keystore STORE > ca.pem` and set "
         "ssl.ca.location=ca.pem\n"},
        {"ssl.truststore.location=/no/trust.p12\n", "",
         "f:1: ssl.truststore.location: librdkafka does not take authorities from a PKCS12 store; "
         "left out. Write them with `openssl pkcs12 -nokeys -in STORE -out ca.pem` and set "
         "ssl.ca.location=ca.pem\n"},
        {"ssl.truststore.type=PEM\nssl.truststore.location=/no/ca\n", "ssl.ca.location=/no/ca\n", ""},
        {"ssl.keystore.location=/no/k.jks\nssl.keystore.password=x\nssl.key.password=x\n", "",
         "f:1: ssl.keystore.location: librdkafka does not read JKS stores; left out. Convert it "
         "with `keytool -importkeystore -srckeystore STORE -destkeystore client.p12 "
         "-deststoretype PKCS12`\n"},
        {"ssl.keystore.type=PKCS12\nssl.keystore.location=/no/k\nssl.keystore.password=x\n"
         "ssl.key.password=y\n",
         "ssl.keystore.location=/no/k\nssl.keystore.password=x (secret)\n",
         "f:4: ssl.key.password: librdkafka opens the key of a PKCS12 store with the store's "
         "password; left out\n"},
        {"ssl.keystore.type=PEM\nssl.keystore.location=/no/k\nssl.key.password=y\n",
         "ssl.certificate.location=/no/k\nssl.key.location=/no/k\nssl.key.password=y (secret)\n", ""},
        {"ssl.keystore.type=PEM\nssl.keystore.key=K\nssl.keystore.certificate.chain=C\n"
         "ssl.truststore.certificates=T\nssl.key.password=y\n",
         "ssl.key.pem=K (secret)\nssl.certificate.pem=C\nssl.ca.pem=T\n"
         "ssl.key.password=y (secret)\n",
         ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct conf_properties p = {0};
        struct conf_java j = {0};
        struct str warnings = {0};
        struct error err;
        assert_int_equal(conf_properties_parse("f", cases[i].text, strlen(cases[i].text), &p, &err), 0);
        if (conf_java_translate("f", &p, &j, &warnings, &err) != 0)
            fail_msg("%zu: %s", i, err.text);
        char *got = joined(&j);
        assert_string_equal(got, cases[i].properties);
        assert_string_equal(str_text(&warnings), cases[i].warnings);
        free(got);
        str_done(&warnings);
        conf_java_done(&j);
        conf_properties_done(&p);
    }
}

static void errors(void **state)
{
    static const struct {
        const char *text, *error;
    } cases[] = {
        {"a=b\nsecurity.protocol=TLS\n", "f:2: security.protocol: Invalid value \"TLS\" for "
                                         "configuration property \"security.protocol\""},
        {"\nsasl.jaas.config=nonsense\n",
         "f:2: sasl.jaas.config: at character 9: after the login module comes required, requisite, "
         "sufficient or optional"},
        /* The properties format takes the backslash away, so the quote ends early. */
        {"sasl.jaas.config=P required password=\"p;\\\"q\";\n",
         "f:1: sasl.jaas.config: at character 26: an option is written key=\"value\""},
        {"sasl.jaas.config=PlainLoginModule required password=p;",
         "f:1: sasl.jaas.config: PlainLoginModule has no username; allowed: username=\"...\" "
         "password=\"...\""},
        {"sasl.jaas.config=PlainLoginModule required username=p;",
         "f:1: sasl.jaas.config: PlainLoginModule has no password; allowed: username=\"...\" "
         "password=\"...\""},
        {"ssl.endpoint.identification.algorithm=ftp",
         "f:1: ssl.endpoint.identification.algorithm: Invalid value \"ftp\" for configuration "
         "property \"ssl.endpoint.identification.algorithm\""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct conf_properties p = {0};
        struct conf_java j = {0};
        struct str warnings = {0};
        struct error err;
        assert_int_equal(conf_properties_parse("f", cases[i].text, strlen(cases[i].text), &p, &err), 0);
        assert_int_equal(conf_java_translate("f", &p, &j, &warnings, &err), ERR_INVALID);
        assert_string_equal(err.text, cases[i].error);
        str_done(&warnings);
        conf_properties_done(&p);
    }
}

/* What a store's file holds counts more than its name and its declared type. */
static void stores_by_content(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
        const char *expected; /* the property's name, or NULL for a warning */
    } cases[] = {
        {"Bag\n-----BEGIN CERTIFICATE-----\n", 32, "ssl.certificate.location"},
        {"\x30\x82\x01\x02", 4, "ssl.keystore.location"},
        {"\x30\x80", 2, "ssl.keystore.location"},
        {"\xFE\xED\xFE\xED\0\0", 6, NULL},
        {"", 0, NULL}, /* the declared type stands */
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *path = files_write_bytes("store", cases[i].bytes, cases[i].len);
        char *text = mem_printf("ssl.keystore.type=JKS\nssl.keystore.location=%s\n", path);
        struct conf_properties p = {0};
        struct conf_java j = {0};
        struct str warnings = {0};
        struct error err;
        assert_int_equal(conf_properties_parse("f", text, strlen(text), &p, &err), 0);
        assert_int_equal(conf_java_translate("f", &p, &j, &warnings, &err), 0);
        assert_int_equal(warnings.len == 0, cases[i].expected != NULL);
        if (cases[i].expected)
            assert_string_equal(j.items[0].name, cases[i].expected);
        else
            assert_int_equal(j.n, 0);
        str_done(&warnings);
        conf_java_done(&j);
        conf_properties_done(&p);
        free(text);
        free(path);
    }
}

static const char *value(const struct conf_cluster *c, const char *name, const char **origin)
{
    for (size_t i = 0; i < c->nproperties; i++)
        if (strcmp(c->properties[i].name, name) == 0) {
            *origin = c->properties[i].origin;
            return c->properties[i].value;
        }
    return NULL;
}

/* The file of the configuration lies under its properties, the one of the command line over them,
 * and -X over all. */
static void layers(void **state)
{
    static const char *x[] = {"client.rack=x", NULL};
    struct conf *c = NULL;
    struct error err;
    const char *origin = NULL;
    (void)state;
    char *file = files_write("file.properties", "bootstrap.servers=from-file:1\n"
                                                "client.id=file\nclient.rack=file\n"
                                                "metadata.max.age.ms=1000\nfetch.min.bytes=x\n");
    char *line = files_write("line.properties", "client.id=line\nclient.rack=line\n");
    char *yaml = files_write("icetop.yaml", "clusters:\n"
                                            "  a:\n"
                                            "    command_config: file.properties\n"
                                            "    properties: {client.id: yaml, client.rack: y}\n"
                                            "  b:\n"
                                            "    bootstrap: b:1\n"
                                            "    command_config: file.properties\n");
    struct conf_args args = {.config = yaml};
    assert_int_equal(conf_load(&args, &c, &err), 0);
    assert_string_equal(c->clusters[0].bootstrap, "from-file:1");
    assert_string_equal(c->clusters[1].bootstrap, "b:1");
    assert_string_equal(value(&c->clusters[0], "client.id", &origin), "yaml");
    assert_string_equal(value(&c->clusters[1], "client.id", &origin), "file");
    char *expected = mem_printf("%s:2", file);
    assert_string_equal(origin, expected);
    free(expected);
    assert_string_equal(value(&c->clusters[0], "metadata.max.age.ms", &origin), "1000");
    /* Said once, although two clusters have it. */
    expected = mem_printf("%s:5: fetch.min.bytes: Invalid value for configuration property "
                          "\"fetch.min.bytes\"; left out\n",
                          file);
    assert_string_equal(conf_warnings(c), expected);
    free(expected);
    conf_free(c);

    args.command_config = line;
    args.properties = x;
    assert_int_equal(conf_load(&args, &c, &err), 0);
    assert_int_equal(c->nclusters, 2);
    assert_string_equal(value(&c->clusters[0], "client.id", &origin), "line");
    assert_string_equal(value(&c->clusters[0], "client.rack", &origin), "x");
    assert_string_equal(origin, "-X");
    conf_free(c);

    /* Brokers of the command line's file stand in for -b. */
    args = (struct conf_args){.config = yaml, .command_config = file};
    assert_int_equal(conf_load(&args, &c, &err), 0);
    assert_int_equal(c->nclusters, 1);
    assert_string_equal(c->clusters[0].name, "default");
    assert_string_equal(c->clusters[0].bootstrap, "from-file:1");
    conf_free(c);
    args.bootstrap = "line:1";
    assert_int_equal(conf_load(&args, &c, &err), 0);
    assert_string_equal(c->clusters[0].bootstrap, "line:1");
    conf_free(c);
    free(file);
    free(line);
    free(yaml);
}

static void exposed_files_are_warned_of(void **state)
{
    struct conf_java j = {0};
    struct str warnings = {0};
    struct error err;
    (void)state;
    char *path = files_write("open.properties", "sasl.password=x\n");
    char *expected = files_expand("DIR/open.properties: holds a secret, and every user of this machine may read it\n");
    assert_int_equal(conf_java_load(path, &j, &warnings, &err), 0);
    assert_string_equal(str_text(&warnings), "");
    conf_java_done(&j);
    chmod(path, 0644);
    assert_int_equal(conf_java_load(path, &j, &warnings, &err), 0);
    assert_string_equal(str_text(&warnings), expected);
    conf_java_done(&j);
    str_done(&warnings);
    free(expected);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(translations),
        cmocka_unit_test(errors),
        cmocka_unit_test(stores_by_content),
        cmocka_unit_test(layers),
        cmocka_unit_test(exposed_files_are_warned_of),
    };
    return cmocka_run_group_tests(tests, files_setup, files_teardown);
}
