/* Schemas out of files. */
#include "drift/writers.h"

#include "base/mem.h"
#include "conf/file.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

enum { ID_DIGITS = 10 };

static int read_one(const char *path, int64_t id, struct drift_writers *to, struct error *err)
{
    struct drift_writer w = {.id = id};
    struct conf_file f = {0};
    int code = conf_file_read(path, AVRO_SCHEMA_TEXT_BYTES, &f, &w.error);
    if (!code && (code = avro_schema_parse(f.bytes, f.len, &w.schema, &w.error)) != 0)
        error_prefix(&w.error, "%s", path);
    conf_file_done(&f);
    vec_push(&to->items, w);
    return code ? error_set(err, code, "%s", w.error.text) : 0;
}

/* "258.avsc"; -1: none. */
static int64_t id_of(const char *name)
{
    const size_t digits = strspn(name, "0123456789");
    if (!digits || digits > ID_DIGITS || strcmp(name + digits, ".avsc") != 0)
        return -1;
    const int64_t id = strtoll(name, NULL, 10);
    return id <= UINT32_MAX ? id : -1;
}

static int read_directory(DIR *dir, const char *path, struct drift_writers *to, struct error *err)
{
    for (const struct dirent *e; (e = readdir(dir));) {
        const int64_t id = id_of(e->d_name);
        if (id < 0)
            continue;
        if (to->items.n == DRIFT_DECODER_SCHEMAS)
            return error_set(err, ERR_LIMIT, "%s: more than %d schemas", path, DRIFT_DECODER_SCHEMAS);
        char *file = mem_printf("%s/%s", path, e->d_name);
        (void)read_one(file, id, to, NULL); /* it is told by its records */
        free(file);
    }
    return to->items.n ? 0 : error_set(err, ERR_NOT_FOUND, "%s: no schema in it, as 1.avsc", path);
}

int drift_writers_read(const char *path, struct drift_writers *ret, struct error *err)
{
    struct drift_writers w = {0};
    DIR *dir = opendir(path);
    const int code = dir ? read_directory(dir, path, &w, err) : read_one(path, DRIFT_DECODER_PLAIN, &w, err);
    if (dir)
        closedir(dir);
    if (code)
        drift_writers_done(&w);
    else
        *ret = w;
    return code;
}

void drift_writers_give(struct drift_writers *w, struct drift_decoder *d)
{
    for (size_t i = 0; i < w->items.n; i++) {
        const struct drift_writer *one = &w->items.items[i];
        drift_decoder_schema(d, one->id, one->schema, &one->error);
    }
    w->items.n = 0;
    drift_writers_done(w);
}

void drift_writers_done(struct drift_writers *w)
{
    for (size_t i = 0; i < w->items.n; i++)
        avro_schema_free(w->items.items[i].schema);
    vec_done(&w->items);
    *w = (struct drift_writers){0};
}
