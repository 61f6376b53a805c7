/* Decodes the records of __consumer_offsets: a table of keys, and a reader for each kind of value. */
#include "kafka/offset_record.h"
#include "kafka/assignment.h"
#include "kafka/wire.h"

#include <string.h>

enum { MEMBER_MIN_BYTES = 10 }; /* of a classic member in the tightest version: five compact lengths or more */

static void read_commit(struct kafka_wire *w, struct kafka_arena *arena, struct kafka_offset_record *r)
{
    w->flexible = r->value_version >= 4;
    r->commit.offset = kafka_wire_i64(w);
    r->commit.leader_epoch = r->value_version >= 3 ? kafka_wire_i32(w) : -1;
    r->commit.metadata = kafka_wire_string(w, arena);
    r->commit.commit_ms = kafka_wire_i64(w);
    r->commit.expire_ms = r->value_version == 1 ? kafka_wire_i64(w) : -1;
}

/* What a member is assigned, if it can be read. */
static void read_assigned(struct kafka_wire *w, struct kafka_arena *arena, bool consumer, struct kafka_member *m)
{
    size_t len;
    const void *bytes = kafka_wire_bytes(w, &len);
    if (!w->bad && consumer)
        m->known = kafka_assignment_parse(bytes ? bytes : "", len, arena, &m->assigned, &m->nassigned) == 0;
}

static void read_member(struct kafka_wire *w, struct kafka_arena *arena, int16_t version, bool consumer,
                        struct kafka_member *m)
{
    size_t ignored;
    m->id = kafka_wire_string(w, arena);
    if (version >= 3)
        m->instance = kafka_wire_string(w, arena);
    m->client = kafka_wire_string(w, arena);
    m->host = kafka_wire_string(w, arena);
    if (version >= 1)
        kafka_wire_i32(w); /* rebalance timeout */
    kafka_wire_i32(w);     /* session timeout */
    kafka_wire_bytes(w, &ignored);
    read_assigned(w, arena, consumer, m);
    kafka_wire_tags(w);
    if (!m->id || !m->client || !m->host)
        w->bad = true;
}

static void read_classic(struct kafka_wire *w, struct kafka_arena *arena, struct kafka_offset_record *r)
{
    struct kafka_offset_record_group *g = &r->classic;
    w->flexible = r->value_version >= 4;
    g->protocol_type = kafka_wire_string(w, arena);
    g->generation = kafka_wire_i32(w);
    g->protocol = kafka_wire_string(w, arena);
    g->leader = kafka_wire_string(w, arena);
    g->state_ms = r->value_version >= 2 ? kafka_wire_i64(w) : -1;
    g->nmembers = kafka_wire_count(w, MEMBER_MIN_BYTES);
    g->members = kafka_arena_alloc(arena, g->nmembers, sizeof *g->members);
    bool consumer = g->protocol_type && strcmp(g->protocol_type, "consumer") == 0;
    for (size_t i = 0; i < g->nmembers && !w->bad; i++)
        read_member(w, arena, r->value_version, consumer, &g->members[i]);
}

static void read_epoch(struct kafka_wire *w, struct kafka_arena *arena, struct kafka_offset_record *r)
{
    (void)arena;
    r->consumer.epoch = kafka_wire_i32(w);
}

static void read_current(struct kafka_wire *w, struct kafka_arena *arena, struct kafka_offset_record *r)
{
    (void)arena;
    r->consumer.epoch = kafka_wire_i32(w);
    kafka_wire_i32(w); /* the epoch before */
    r->consumer.state = kafka_wire_i8(w);
}

static void read_who(struct kafka_wire *w, struct kafka_arena *arena, struct kafka_offset_record *r)
{
    w->flexible = true;
    r->who.instance = kafka_wire_string(w, arena);
    kafka_wire_string(w, arena); /* rack */
    r->who.client = kafka_wire_string(w, arena);
    r->who.host = kafka_wire_string(w, arena);
    if (!r->who.client || !r->who.host)
        w->bad = true;
}

/* What a key version is about: its kind, what follows the group in the key, the last value version known, who reads the
 * value (NULL: nothing of it is needed). */
static const struct key {
    enum kafka_offset_record_kind kind;
    bool topic, member;
    int16_t values;
    void (*read)(struct kafka_wire *w, struct kafka_arena *arena, struct kafka_offset_record *r);
} keys[] = {
    [0] = {KAFKA_OFFSET_RECORD_COMMIT, true, false, 4, read_commit},
    [1] = {KAFKA_OFFSET_RECORD_COMMIT, true, false, 4, read_commit},
    [2] = {KAFKA_OFFSET_RECORD_GROUP, false, false, 4, read_classic},
    [3] = {KAFKA_OFFSET_RECORD_EPOCH, false, false, 0, read_epoch},
    [4] = {KAFKA_OFFSET_RECORD_TOPICS, false, false, 0, NULL},
    [5] = {KAFKA_OFFSET_RECORD_MEMBER, false, true, 0, read_who},
    [6] = {KAFKA_OFFSET_RECORD_TARGET, false, false, 0, read_epoch},
    [7] = {KAFKA_OFFSET_RECORD_TARGET_MEMBER, false, true, 0, NULL},
    [8] = {KAFKA_OFFSET_RECORD_CURRENT, false, true, 0, read_current},
};

enum { SHARE_FIRST = 9, SHARE_LAST = 15 };

static void read_key(struct kafka_wire *w, const struct key *k, struct kafka_arena *arena,
                     struct kafka_offset_record *r)
{
    r->kind = k->kind;
    r->group = kafka_wire_string(w, arena);
    if (k->topic) {
        r->topic = kafka_wire_string(w, arena);
        r->partition = kafka_wire_i32(w);
    }
    if (k->member)
        r->member = kafka_wire_string(w, arena);
    if (!r->group || (k->topic && (!r->topic || r->partition < 0)) || (k->member && !r->member))
        w->bad = true;
}

int kafka_offset_record_parse(const void *key, size_t key_len, const void *value, size_t value_len,
                              struct kafka_arena *arena, struct kafka_offset_record *ret)
{
    struct kafka_wire w = kafka_wire_of(key, key ? key_len : 0);
    struct kafka_offset_record r = {.value_version = -1, .tombstone = !value || value_len == 0};
    r.key_version = kafka_wire_i16(&w);
    const struct key *k = NULL;
    if (r.key_version >= 0 && r.key_version < (int16_t)(sizeof keys / sizeof *keys))
        k = &keys[r.key_version];
    if (k)
        read_key(&w, k, arena, &r);
    else if (r.key_version >= SHARE_FIRST && r.key_version <= SHARE_LAST)
        r.kind = KAFKA_OFFSET_RECORD_SHARE;
    if (w.bad)
        return ERR_INVALID;
    if (!r.tombstone) {
        w = kafka_wire_of(value, value_len);
        r.value_version = kafka_wire_i16(&w);
        r.value_known = k && r.value_version >= 0 && r.value_version <= k->values;
        if (r.value_known && k->read)
            k->read(&w, arena, &r);
        if (w.bad)
            return ERR_INVALID;
    }
    *ret = r;
    return 0;
}

/* ---- where a group's records are ---- */

/* The next code point of UTF-8, U+FFFD for a byte that belongs to none. */
static uint32_t next_point(const unsigned char **at)
{
    static const struct {
        unsigned char mask, lead;
        unsigned more;
        uint32_t least;
    } forms[] = {{0x80, 0x00, 0, 0}, {0xe0, 0xc0, 1, 0x80}, {0xf0, 0xe0, 2, 0x800}, {0xf8, 0xf0, 3, 0x10000}};
    const unsigned char *p = *at;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if ((p[0] & forms[i].mask) != forms[i].lead)
            continue;
        uint32_t v = p[0] & (unsigned char)~forms[i].mask;
        unsigned n = 1;
        for (; n <= forms[i].more && (p[n] & 0xc0) == 0x80; n++)
            v = v << 6 | (p[n] & 0x3f);
        if (n <= forms[i].more || v < forms[i].least || v > 0x10ffff || (v >= 0xd800 && v < 0xe000))
            break;
        *at += n;
        return v;
    }
    *at += 1;
    return 0xfffd;
}

int32_t kafka_offset_record_partition(const char *group, int32_t npartitions)
{
    uint32_t hash = 0;
    for (const unsigned char *at = (const unsigned char *)group; *at;) {
        uint32_t point = next_point(&at);
        if (point >= 0x10000) {
            hash = 31 * hash + (0xd800 + ((point - 0x10000) >> 10));
            point = 0xdc00 + ((point - 0x10000) & 0x3ff);
        }
        hash = 31 * hash + point;
    }
    int32_t signed_hash = (int32_t)hash;
    return signed_hash == INT32_MIN ? 0 : (signed_hash < 0 ? -signed_hash : signed_hash) % npartitions;
}
