/* Recorded warehouses and what pyiceberg said of them. */
#include "tests/unit/data.h"

#include "base/path.h"
#include "iceberg/file.h"
#include "tests/unit/iceberg/captures.h"

#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

char *captures_path(const char *name)
{
    return data_path("iceberg/%s", name);
}

struct iceberg_metadata *captures_metadata(const char *name)
{
    char *path = captures_path(name);
    struct str text = {0};
    struct error err = {0};
    struct iceberg_metadata *m = NULL;
    if (iceberg_file_read(path, ICEBERG_METADATA_BYTES, &text, NULL, &err) ||
        iceberg_metadata_parse(text.s, text.len, path, &m, &err))
        fail_msg("%s", err.text);
    str_done(&text);
    free(path);
    return m;
}

json_t *captures_expected(const char *run)
{
    char *name = mem_printf("%s/pyiceberg.json", run), *path = captures_path(name);
    json_t *all = json_load_file(path, 0, NULL), *table = json_object_get(all, "db.orders");
    assert_non_null(table);
    json_incref(table);
    json_decref(all);
    free(path);
    free(name);
    return table;
}

struct iceberg_metadata *captures_parse(const char *text)
{
    struct error err = {0};
    struct iceberg_metadata *m = NULL;
    if (iceberg_metadata_parse(text, strlen(text), "text", &m, &err))
        fail_msg("%s", err.text);
    return m;
}

char *captures_directory(void)
{
    const char *tmp = getenv("TMPDIR");
    char *path = mem_printf("%s/iceberg-XXXXXX", tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(path));
    return path;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st, (void)type, (void)at;
    return remove(path);
}

void captures_remove(char *directory)
{
    assert_int_equal(nftw(directory, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
    free(directory);
}

void captures_write(const char *directory, const char *name, const void *bytes, size_t len)
{
    char *path = mem_printf("%s/%s", directory, name);
    assert_int_equal(path_make_directories(path, NULL), 0);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
    free(path);
}
