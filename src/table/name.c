/* The pool of interned names. */
#include "table/name.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/vec.h"
#include "table/index.h"

#include <stdlib.h>
#include <string.h>

struct names {
    struct table_index by_bytes;
    VEC(struct name *) by_id; /* NULL: free */
    VEC(uint32_t) free_ids;
};

static uint64_t hash_of(const void *name)
{
    return ((const struct name *)name)->hash;
}

struct names *names_new(void)
{
    struct names *pool = mem_new(struct names);
    pool->by_bytes.hash = hash_of;
    return pool;
}

void names_free(struct names *pool)
{
    if (!pool)
        return;
    table_index_done(&pool->by_bytes);
    vec_done(&pool->by_id);
    vec_done(&pool->free_ids);
    free(pool);
}

struct name *names_at(const struct names *pool, uint32_t id)
{
    return pool->by_id.items[id];
}

static uint32_t new_id(struct names *pool)
{
    if (pool->free_ids.n)
        return pool->free_ids.items[--pool->free_ids.n];
    vec_push(&pool->by_id, NULL);
    return (uint32_t)(pool->by_id.n - 1);
}

size_t names_count(const struct names *pool)
{
    return pool->by_bytes.n;
}

/* One allocation: the struct, raw, and safe unless it is the same. */
static struct name *name_new(struct names *pool, const void *bytes, size_t len, uint32_t hash)
{
    struct str safe = {0};
    text_safe(&safe, bytes, len);
    bool same = safe.len == len && (len == 0 || memcmp(safe.s, bytes, len) == 0);
    struct name *n = mem_alloc(sizeof *n + len + 1 + (same ? 0 : safe.len + 1));
    char *raw = (char *)(n + 1);
    if (len)
        memcpy(raw, bytes, len);
    raw[len] = '\0';
    char *drawn = raw;
    if (!same) {
        drawn = raw + len + 1;
        memcpy(drawn, str_text(&safe), safe.len + 1);
    }
    *n = (struct name){
        .raw = raw,
        .safe = drawn,
        .len = (uint32_t)len,
        .safe_len = (uint32_t)safe.len,
        .width = (uint32_t)text_width(drawn, safe.len),
        .hash = hash,
        .id = new_id(pool),
        .utf8 = text_is_utf8(bytes, len),
        .pool = pool,
    };
    pool->by_id.items[n->id] = n;
    str_done(&safe);
    return n;
}

/* Where to cut a text that is too long: before a split UTF-8 sequence. */
static size_t cut_at(const char *bytes, size_t max)
{
    size_t at = max;
    while (at > max - 4 && ((unsigned char)bytes[at] & 0xC0) == 0x80)
        at--;
    return at;
}

static struct name *find(const struct names *pool, const void *bytes, size_t len, uint32_t hash)
{
    struct name *n;
    uint64_t at = hash;
    while ((n = table_index_next(&pool->by_bytes, &at)))
        if (n->hash == hash && n->len == len && (len == 0 || memcmp(n->raw, bytes, len) == 0))
            break;
    return n;
}

struct name *name_intern(struct names *pool, const void *bytes, size_t len)
{
    char cut[LIMITS_NAME_BYTES + 4];
    if (len > LIMITS_NAME_BYTES) {
        size_t keep = cut_at(bytes, LIMITS_NAME_BYTES - 3);
        memcpy(cut, bytes, keep);
        memcpy(cut + keep, "\xE2\x80\xA6", 3);
        bytes = cut;
        len = keep + 3;
    }
    uint32_t hash = (uint32_t)map_hash(bytes, len);
    struct name *n = find(pool, bytes, len, hash);
    if (!n) {
        n = name_new(pool, bytes, len, hash);
        table_index_add(&pool->by_bytes, n);
    }
    return name_ref(n);
}

struct name *name_ref(struct name *n)
{
    n->refs++;
    return n;
}

void name_unref(struct name *n)
{
    if (!n || --n->refs)
        return;
    table_index_del(&n->pool->by_bytes, n);
    n->pool->by_id.items[n->id] = NULL;
    vec_push(&n->pool->free_ids, n->id);
    free(n);
}

bool name_replace(struct name **at, struct name *with)
{
    if (*at == with)
        return false;
    if (with)
        name_ref(with);
    name_unref(*at);
    *at = with;
    return true;
}
