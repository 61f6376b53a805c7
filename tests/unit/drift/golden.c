/* Sketches from files, and bytes beside digits. */
#include "tests/unit/unit.h"

#include "golden.h"

void golden_read(const char *name, struct str *out)
{
    char path[512], buf[4096];
    snprintf(path, sizeof path, "%s/drift/sketches/%s.sk", getenv("TEST_DATA"), name);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    for (size_t n; (n = fread(buf, 1, sizeof buf, f)) > 0;)
        str_bytes(out, buf, n);
    fclose(f);
}

void golden_hex(const struct str *bytes, const char *hex)
{
    assert_int_equal(bytes->len * 2, strlen(hex));
    for (size_t i = 0; i < bytes->len; i++) {
        char two[3];
        snprintf(two, sizeof two, "%02x", (uint8_t)bytes->s[i]);
        assert_memory_equal(two, hex + 2 * i, 2);
    }
}
