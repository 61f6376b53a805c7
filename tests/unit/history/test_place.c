/* Where the database is put, and what network file systems are called. */
#include "tests/unit/unit.h"

#include "history/place.h"

static void the_place_follows_the_environment(void **state)
{
    (void)state;
    char *path = NULL;
    struct error err = {0};
    setenv("XDG_STATE_HOME", "/var/lib/me", 1);
    setenv("HOME", "/home/me", 1);
    assert_int_equal(history_place_default(&path, &err), 0);
    assert_string_equal(path, "/var/lib/me/icetop/history.db");
    free(path);
    setenv("XDG_STATE_HOME", "relative", 1);
    assert_int_equal(history_place_default(&path, &err), 0);
    assert_string_equal(path, "/home/me/.local/state/icetop/history.db");
    free(path);
    unsetenv("XDG_STATE_HOME");
    unsetenv("HOME");
    assert_int_equal(history_place_default(&path, &err), ERR_UNAVAILABLE);
    assert_true(strlen(err.text) > 0);
}

static void network_file_systems_are_known(void **state)
{
    (void)state;
    assert_string_equal(history_place_network(0x6969), "nfs");
    /* A 32-bit type may arrive with its sign. */
    assert_string_equal(history_place_network((int64_t)(int32_t)0xFF534D42), "cifs");
    assert_null(history_place_network(0xEF53));     /* ext4 */
    assert_null(history_place_network(0x01021994)); /* tmpfs */
    assert_null(history_place_network_of("/proc"));
    assert_null(history_place_network_of("/nowhere/at/all"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_place_follows_the_environment),
        cmocka_unit_test(network_file_systems_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
