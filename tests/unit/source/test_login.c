/* Logins of the configuration as requests have them. */
#include "tests/unit/unit.h"

#include "source/login.h"

#include <string.h>

static void test_parts(void **state)
{
    (void)state;
    char texts[] = "user\0password\0bearer\0ca\0certificate\0key\0key_password", *at = texts;
    struct conf_http http = {.insecure = true};
    char **const fields[] = {&http.user,        &http.password, &http.bearer,      &http.ca,
                             &http.certificate, &http.key,      &http.key_password};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++, at += strlen(at) + 1)
        *fields[i] = at;
    const struct net_login login = source_login(&http);
    assert_string_equal(login.auth.user, "user");
    assert_string_equal(login.auth.password, "password");
    assert_string_equal(login.auth.bearer, "bearer");
    assert_string_equal(login.tls.ca, "ca");
    assert_string_equal(login.tls.certificate, "certificate");
    assert_string_equal(login.tls.key, "key");
    assert_string_equal(login.tls.key_password, "key_password");
    assert_true(login.tls.insecure);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_parts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
