/* Walks the values of a container's blocks. */
#include "avro/file.h"

#include "base/mem.h"

struct avro_file {
    struct avro_container *container;
    struct avro_plan *plan;
    struct avro_datum *datum;
    struct avro_container_block block;
    size_t at;     /* in the block */
    uint64_t left; /* values of the block */
    struct error failed;
};

int avro_file_open(struct avro_cache *cache, const void *bytes, size_t len,
                   const struct avro_container_options *options, struct avro_file **ret, struct error *err)
{
    struct avro_container *c = avro_container_new(options);
    struct avro_plan *plan = NULL;
    size_t schema_len;
    bool known;
    avro_container_give(c, bytes, len);
    int rc = avro_container_header(c, &known, err);
    const void *schema = avro_container_property(c, "avro.schema", &schema_len);
    if (!rc && !schema)
        rc = error_set(err, ERR_INVALID, "Avro container: no schema");
    if (!rc)
        rc = avro_cache_get(cache, schema, schema_len, &plan, err);
    if (rc) {
        avro_container_free(c);
        return rc;
    }
    struct avro_file *f = mem_new(struct avro_file);
    f->container = c;
    f->plan = avro_plan_hold(plan);
    f->datum = avro_datum_new();
    *ret = f;
    return 0;
}

void avro_file_free(struct avro_file *f)
{
    if (!f)
        return;
    avro_container_free(f->container);
    avro_plan_free(f->plan);
    avro_datum_free(f->datum);
    free(f);
}

/* Says where a value is that cannot be read. */
static int fail(struct avro_file *f, struct error *err)
{
    error_prefix(&f->failed, "block at byte %llu, byte %zu of it", (unsigned long long)f->block.offset, f->at);
    return error_set(err, f->failed.code, "%s", f->failed.text);
}

/* Goes to the next block that has values; *there becomes false at the file's end. */
static int next_block(struct avro_file *f, bool *there, struct error *err)
{
    for (;;) {
        if (f->at != f->block.len) {
            error_set(&f->failed, ERR_INVALID, "more bytes than values");
            return fail(f, err);
        }
        int rc = avro_container_next(f->container, &f->block, &f->failed);
        if (rc)
            return error_set(err, f->failed.code, "%s", f->failed.text);
        *there = f->block.state == AVRO_CONTAINER_BLOCK;
        f->at = 0;
        f->left = f->block.count;
        if (!*there || f->left)
            break;
    }
    if (f->left > f->block.len) { /* values of no bytes carry nothing, and there is no end of them */
        error_set(&f->failed, ERR_INVALID, "more values than bytes");
        return fail(f, err);
    }
    return 0;
}

int avro_file_next(struct avro_file *f, const struct avro_datum **ret, struct error *err)
{
    bool there = true;
    size_t used;
    if (f->failed.code)
        return error_set(err, f->failed.code, "%s", f->failed.text);
    int rc = f->left ? 0 : next_block(f, &there, err);
    if (rc)
        return rc;
    if (there) {
        const char *bytes = f->block.bytes;
        if (avro_datum_read(f->datum, f->plan, bytes + f->at, f->block.len - f->at, &used, &f->failed))
            return fail(f, err);
        f->at += used;
        f->left--;
    }
    *ret = there ? f->datum : NULL;
    return 0;
}

const void *avro_file_property(const struct avro_file *f, const char *name, size_t *len)
{
    return avro_container_property(f->container, name, len);
}
