/* Copies of logins. */
#include "tests/unit/unit.h"

#include "base/mem.h"
#include "net/login.h"

static void test_copy(void **state)
{
    (void)state;
    char user[] = "joe", password[] = "pw", bearer[] = "token", ca[] = "ca.pem", certificate[] = "own.pem",
         key[] = "own.key", key_password[] = "kp";
    char *const texts[] = {user, password, bearer, ca, certificate, key, key_password};
    const struct net_login login = {{user, password, bearer}, {ca, certificate, key, key_password, true}};
    struct net_login copy = net_login_copy(&login);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        *texts[i] = 'X';
    assert_string_equal(copy.auth.user, "joe");
    assert_string_equal(copy.auth.password, "pw");
    assert_string_equal(copy.auth.bearer, "token");
    assert_string_equal(copy.tls.ca, "ca.pem");
    assert_string_equal(copy.tls.certificate, "own.pem");
    assert_string_equal(copy.tls.key, "own.key");
    assert_string_equal(copy.tls.key_password, "kp");
    assert_true(copy.tls.insecure);
    net_login_done(&copy);
    assert_null(copy.auth.bearer);
    assert_null(copy.tls.key_password);
    net_login_done(&copy);
}

static void test_none(void **state)
{
    (void)state;
    struct net_login copy = net_login_copy(&(struct net_login){.auth.user = "joe"});
    assert_string_equal(copy.auth.user, "joe");
    assert_null(copy.auth.password);
    assert_null(copy.auth.bearer);
    assert_null(copy.tls.ca);
    assert_false(copy.tls.insecure);
    net_login_done(&copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_copy), cmocka_unit_test(test_none)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
