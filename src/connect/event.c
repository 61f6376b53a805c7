/* Reads control events by plans of their schemas: one table of wants serves all types of both sinks. */
#include "connect/event.h"

#include "avro/cache.h"
#include "avro/datum.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"

#include <string.h>

enum { MAGIC_0 = 0xC2, MAGIC_1 = 0x01, HEAD = 4 /* the magic and the schema's length */ };

enum { LARGE = 1024 * 1024 /* bytes of a value, whose memory is not kept for the next */ };

static const int64_t last_ms = 253402300799999; /* of the year 9999 */

/* Wants. Of TABLE, FILES and DELETES those that follow are below them. */
enum {
    TYPE,
    ID,
    TIME,
    GROUP,
    OLD_GROUP,
    PAYLOAD,
    COMMIT_ID,
    START_ID,
    COMPLETE_ID,
    WRITTEN_ID,
    COMMITTED_ID,
    ASSIGNMENTS,
    TOPIC,
    PARTITION,
    OFFSET,
    TIMESTAMP,
    TABLE, /* of DATA_WRITTEN, and of both in the old ones */
    CATALOG,
    NAMESPACE,
    LEVEL,
    NAME,
    UUID,
    COMMITTED, /* of COMMIT_TO_TABLE */
    COMMITTED_CATALOG,
    COMMITTED_NAMESPACE,
    COMMITTED_LEVEL,
    COMMITTED_NAME,
    COMMITTED_UUID,
    FILES,
    PATH,
    ROWS,
    BYTES,
    DELETES,
    DELETES_PATH,
    DELETES_ROWS,
    DELETES_BYTES,
    SNAPSHOT,
    COMMITTED_THROUGH,
    COMPLETE_THROUGH,
    WANTS
};

/* clang-format off: a table */
static const struct avro_plan_want wants[WANTS] = {
    [TYPE] = {AVRO_PLAN_TOP, 10501, "type", AVRO_PLAN_LONG, .required = true},
    [ID] = {AVRO_PLAN_TOP, 10500, "id", AVRO_PLAN_BYTES},
    [TIME] = {AVRO_PLAN_TOP, 10502, "timestamp", AVRO_PLAN_LONG},
    [GROUP] = {AVRO_PLAN_TOP, 10503, "group_id", AVRO_PLAN_BYTES},
    [OLD_GROUP] = {AVRO_PLAN_TOP, AVRO_SCHEMA_NO_ID, "groupId", AVRO_PLAN_BYTES},
    [PAYLOAD] = {AVRO_PLAN_TOP, 10504, "payload", AVRO_PLAN_RECORD, .required = true},
    [COMMIT_ID] = {PAYLOAD, 10000, "commit_id|commitId", AVRO_PLAN_BYTES},
    [START_ID] = {PAYLOAD, 10200, NULL, AVRO_PLAN_BYTES},
    [COMPLETE_ID] = {PAYLOAD, 10100, NULL, AVRO_PLAN_BYTES},
    [WRITTEN_ID] = {PAYLOAD, 10300, NULL, AVRO_PLAN_BYTES},
    [COMMITTED_ID] = {PAYLOAD, 10400, NULL, AVRO_PLAN_BYTES},
    [ASSIGNMENTS] = {PAYLOAD, 10101, "assignments", AVRO_PLAN_LIST},
    [TOPIC] = {ASSIGNMENTS, 10700, "topic", AVRO_PLAN_BYTES, .required = true},
    [PARTITION] = {ASSIGNMENTS, 10701, "partition", AVRO_PLAN_LONG, .required = true},
    [OFFSET] = {ASSIGNMENTS, 10702, "offset", AVRO_PLAN_LONG},
    [TIMESTAMP] = {ASSIGNMENTS, 10703, "timestamp", AVRO_PLAN_LONG},
    [TABLE] = {PAYLOAD, 10301, "table_reference|tableName", AVRO_PLAN_RECORD},
    [CATALOG] = {TABLE, 10600, "catalog", AVRO_PLAN_BYTES},
    [NAMESPACE] = {TABLE, 10601, "namespace", AVRO_PLAN_LIST},
    [LEVEL] = {NAMESPACE, 10602, "element", AVRO_PLAN_BYTES},
    [NAME] = {TABLE, 10603, "name", AVRO_PLAN_BYTES, .required = true},
    [UUID] = {TABLE, 10604, "table_uuid", AVRO_PLAN_BYTES},
    [COMMITTED] = {PAYLOAD, 10401, NULL, AVRO_PLAN_RECORD},
    [COMMITTED_CATALOG] = {COMMITTED, 10600, "catalog", AVRO_PLAN_BYTES},
    [COMMITTED_NAMESPACE] = {COMMITTED, 10601, "namespace", AVRO_PLAN_LIST},
    [COMMITTED_LEVEL] = {COMMITTED_NAMESPACE, 10602, "element", AVRO_PLAN_BYTES},
    [COMMITTED_NAME] = {COMMITTED, 10603, "name", AVRO_PLAN_BYTES, .required = true},
    [COMMITTED_UUID] = {COMMITTED, 10604, "table_uuid", AVRO_PLAN_BYTES},
    [FILES] = {PAYLOAD, 10302, "data_files|dataFiles", AVRO_PLAN_LIST},
    [PATH] = {FILES, 100, "file_path", AVRO_PLAN_BYTES},
    [ROWS] = {FILES, 103, "record_count", AVRO_PLAN_LONG, .required = true},
    [BYTES] = {FILES, 104, "file_size_in_bytes", AVRO_PLAN_LONG, .required = true},
    [DELETES] = {PAYLOAD, 10304, "delete_files|deleteFiles", AVRO_PLAN_LIST},
    [DELETES_PATH] = {DELETES, 100, "file_path", AVRO_PLAN_BYTES},
    [DELETES_ROWS] = {DELETES, 103, "record_count", AVRO_PLAN_LONG, .required = true},
    [DELETES_BYTES] = {DELETES, 104, "file_size_in_bytes", AVRO_PLAN_LONG, .required = true},
    [SNAPSHOT] = {PAYLOAD, 10402, "snapshot_id|snapshotId", AVRO_PLAN_LONG},
    [COMMITTED_THROUGH] = {PAYLOAD, 10403, "valid_through_ts|vtts", AVRO_PLAN_LONG},
    [COMPLETE_THROUGH] = {PAYLOAD, 10001, NULL, AVRO_PLAN_LONG},
};
/* clang-format on */

struct connect_event_reader {
    struct avro_cache *cache;
    struct avro_datum *datum;
    bool tabular; /* of the event at hand */
    bool large;   /* the last one was */
    struct str table;
    VEC(struct connect_event_assignment) assignments;
    VEC(struct connect_event_file) files;
};

struct connect_event_reader *connect_event_reader_new(void)
{
    struct connect_event_reader *r = mem_new(struct connect_event_reader);
    r->cache = avro_cache_new(&(struct avro_cache_options){.wants = wants, .nwants = WANTS, .mutf8 = true});
    r->datum = avro_datum_new();
    return r;
}

void connect_event_reader_free(struct connect_event_reader *r)
{
    if (!r)
        return;
    avro_cache_free(r->cache);
    avro_datum_free(r->datum);
    str_done(&r->table);
    vec_done(&r->assignments);
    vec_done(&r->files);
    free(r);
}

bool connect_event_is(const void *value, size_t len)
{
    const unsigned char *p = value;
    return len > HEAD && p[0] == MAGIC_0 && p[1] == MAGIC_1 && (p[2] || p[3]) && p[HEAD] == '{';
}

/* Milliseconds of a timestamp, whose unit its logical type tells; the old events' have none and are milliseconds.
 * What is null, before 1970 or after 9999 is unknown, so that times can be subtracted. */
static int64_t time_of(const struct connect_event_reader *r, int want, size_t row)
{
    const struct avro_datum_cell *c = avro_datum_get(r->datum, want, row);
    int64_t unit = r->tabular ? 1 : 1000, ms;
    if (c->is != AVRO_DATUM_LONG || c->i < 0)
        return CONNECT_EVENT_UNKNOWN;
    switch (r->datum->plan->places[want].logical) {
    case AVRO_SCHEMA_TIMESTAMP_MILLIS:
        unit = 1;
        break;
    case AVRO_SCHEMA_TIMESTAMP_MICROS:
        unit = 1000;
        break;
    case AVRO_SCHEMA_TIMESTAMP_NANOS:
        unit = 1000000;
        break;
    default:
        break;
    }
    ms = c->i / unit;
    return ms > last_ms ? CONNECT_EVENT_UNKNOWN : ms;
}

/* A name; s NULL where there is none. */
static int name_of(const struct connect_event_reader *r, int want, size_t row, struct connect_event_text *ret,
                   struct error *err)
{
    const struct avro_datum_cell *c = avro_datum_get(r->datum, want, row);
    *ret = (struct connect_event_text){0};
    if (c->is != AVRO_DATUM_BYTES)
        return 0;
    if (c->n > CONNECT_EVENT_NAME)
        return error_set(err, ERR_LIMIT, "control event: a name of %u bytes, more than %d", c->n, CONNECT_EVENT_NAME);
    *ret = (struct connect_event_text){(const char *)c->bytes, c->n};
    return 0;
}

/* A UUID of 16 bytes as text; what is none leaves buf as it is. */
static void uuid_of(const struct connect_event_reader *r, int want, char *buf)
{
    static const char digits[] = "0123456789abcdef";
    const struct avro_datum_cell *c = avro_datum_get(r->datum, want, 0);
    if (c->is != AVRO_DATUM_BYTES || c->n != 16)
        return;
    for (unsigned i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *buf++ = '-';
        *buf++ = digits[c->bytes[i] >> 4];
        *buf++ = digits[c->bytes[i] & 15];
    }
    *buf = '\0';
}

static int read_assignments(struct connect_event_reader *r, struct connect_event *e, struct error *err)
{
    const struct avro_datum_cell *list = avro_datum_get(r->datum, ASSIGNMENTS, 0);
    int rc = 0;
    if (list->is != AVRO_DATUM_LIST)
        return 0;
    if (list->n > CONNECT_EVENT_ASSIGNMENTS)
        return error_set(err, ERR_LIMIT, "control event: %u assignments, more than %d", list->n,
                         CONNECT_EVENT_ASSIGNMENTS);
    vec_reserve(&r->assignments, list->n);
    for (size_t row = list->first; row < list->first + list->n && !rc; row++) {
        struct connect_event_assignment a = {.time_ms = time_of(r, TIMESTAMP, row)};
        int64_t partition = avro_datum_long(r->datum, PARTITION, row, -1);
        int64_t offset = avro_datum_long(r->datum, OFFSET, row, -1);
        if (partition < 0 || partition > INT32_MAX)
            return error_set(err, ERR_INVALID, "control event: an assignment of no partition");
        a.partition = (int32_t)partition;
        a.offset = offset < 0 ? CONNECT_EVENT_UNKNOWN : offset;
        rc = name_of(r, TOPIC, row, &a.topic, err);
        if (!rc && !a.topic.s)
            rc = error_set(err, ERR_INVALID, "control event: an assignment of no topic");
        vec_push(&r->assignments, a);
    }
    e->assignments = r->assignments.items;
    e->nassignments = r->assignments.n;
    return rc;
}

/* One of the two lists of files; its wants are in the order of FILES and what is below it. */
static int read_files(struct connect_event_reader *r, int want, struct error *err)
{
    const struct avro_datum_cell *list = avro_datum_get(r->datum, want, 0);
    if (list->is != AVRO_DATUM_LIST)
        return 0;
    if (list->n > CONNECT_EVENT_FILES)
        return error_set(err, ERR_LIMIT, "control event: %u files, more than %d", list->n, CONNECT_EVENT_FILES);
    vec_reserve(&r->files, list->n);
    for (size_t row = list->first; row < list->first + list->n; row++) {
        const struct avro_datum_cell *path = avro_datum_get(r->datum, want + PATH - FILES, row);
        struct connect_event_file f = {
            .deletes = want == DELETES,
            .rows = avro_datum_long(r->datum, want + ROWS - FILES, row, -1),
            .bytes = avro_datum_long(r->datum, want + BYTES - FILES, row, -1),
        };
        if (f.rows < 0 || f.bytes < 0)
            return error_set(err, ERR_INVALID, "control event: a file of no size");
        if (path->is == AVRO_DATUM_BYTES)
            f.path = (struct connect_event_text){(const char *)path->bytes, path->n};
        vec_push(&r->files, f);
    }
    return 0;
}

/* The table, whose wants are in the order of TABLE and what is below it: its levels and its name, joined by dots. */
static int read_table(struct connect_event_reader *r, int want, struct connect_event *e, struct error *err)
{
    const struct avro_datum_cell *space = avro_datum_get(r->datum, want + NAMESPACE - TABLE, 0);
    struct connect_event_text part = {0};
    int rc = name_of(r, want + CATALOG - TABLE, 0, &e->catalog, err);
    for (uint32_t i = 0; !rc && space->is == AVRO_DATUM_LIST && i < space->n && r->table.len <= CONNECT_EVENT_NAME;
         i++) {
        rc = name_of(r, want + LEVEL - TABLE, space->first + i, &part, err);
        str_bytes(&r->table, part.s, part.len);
        str_char(&r->table, '.');
    }
    if (!rc)
        rc = name_of(r, want + NAME - TABLE, 0, &part, err);
    str_bytes(&r->table, part.s, part.len);
    if (!rc && r->table.len > CONNECT_EVENT_NAME)
        rc = error_set(err, ERR_LIMIT, "control event: a table's name of more than %d bytes", CONNECT_EVENT_NAME);
    e->table = (struct connect_event_text){str_text(&r->table), r->table.len};
    uuid_of(r, want + UUID - TABLE, e->table_uuid);
    return rc;
}

/* What every event has. */
static int read_head(struct connect_event_reader *r, struct connect_event *e, struct error *err)
{
    static const int ids[] = {COMMIT_ID, START_ID, COMPLETE_ID, WRITTEN_ID, COMMITTED_ID};
    int64_t type = avro_datum_long(r->datum, TYPE, 0, -1);
    if (type >= CONNECT_EVENT_TYPES)
        return error_set(err, ERR_NOT_FOUND, "control event: type %lld is not known", (long long)type);
    if (type < 0)
        return error_set(err, ERR_INVALID, "control event: it has no type");
    e->type = (enum connect_event_type)type;
    e->tabular = r->tabular;
    e->time_ms = time_of(r, TIME, 0);
    uuid_of(r, ID, e->id);
    for (size_t i = 0; i < sizeof ids / sizeof *ids && !*e->commit_id; i++)
        uuid_of(r, ids[i], e->commit_id);
    if (!*e->commit_id)
        return error_set(err, ERR_INVALID, "control event: it has no commit id");
    return name_of(r, r->tabular ? OLD_GROUP : GROUP, 0, &e->group, err);
}

static int read_event(struct connect_event_reader *r, struct connect_event *e, struct error *err)
{
    int64_t snapshot = avro_datum_long(r->datum, SNAPSHOT, 0, CONNECT_EVENT_UNKNOWN);
    int rc = read_head(r, e, err);
    if (rc || (rc = read_assignments(r, e, err)))
        return rc;
    if ((rc = read_files(r, FILES, err)) || (rc = read_files(r, DELETES, err)))
        return rc;
    e->files = r->files.items;
    e->nfiles = r->files.n;
    e->snapshot_id = snapshot;
    e->valid_through_ms = time_of(r, COMMITTED_THROUGH, 0);
    if (e->valid_through_ms == CONNECT_EVENT_UNKNOWN)
        e->valid_through_ms = time_of(r, COMPLETE_THROUGH, 0);
    if (avro_datum_get(r->datum, TABLE, 0)->is == AVRO_DATUM_RECORD)
        return read_table(r, TABLE, e, err);
    if (avro_datum_get(r->datum, COMMITTED, 0)->is == AVRO_DATUM_RECORD)
        return read_table(r, COMMITTED, e, err);
    return 0;
}

/* Forgets the event before; of a large one also the memory. */
static void clear(struct connect_event_reader *r)
{
    if (r->large) {
        avro_datum_free(r->datum);
        r->datum = avro_datum_new();
        vec_done(&r->assignments);
        vec_done(&r->files);
    }
    r->large = false;
    r->assignments.n = r->files.n = 0;
    str_clear(&r->table);
}

int connect_event_read(struct connect_event_reader *r, const void *value, size_t len, struct connect_event *ret,
                       struct error *err)
{
    const unsigned char *p = value;
    struct connect_event e = {0};
    struct avro_plan *plan;
    size_t schema, used;
    int rc;
    clear(r);
    if (len > CONNECT_EVENT_BYTES)
        return error_set(err, ERR_LIMIT, "control event: %zu bytes, more than %d", len, CONNECT_EVENT_BYTES);
    if (len < HEAD || p[0] != MAGIC_0 || p[1] != MAGIC_1)
        return error_set(err, ERR_INVALID, "control event: it does not begin as one does");
    schema = (size_t)p[2] << 8 | p[3];
    if (schema > len - HEAD)
        return error_set(err, ERR_INVALID, "control event: %zu bytes, too few for its schema of %zu", len, schema);
    r->large = len > LARGE;
    rc = avro_cache_get(r->cache, p + HEAD, schema, &plan, err);
    if (!rc)
        rc = avro_datum_read(r->datum, plan, p + HEAD + schema, len - HEAD - schema, &used, err);
    if (rc)
        return error_prefix(err, "control event");
    if (used != len - HEAD - schema)
        return error_set(err, ERR_INVALID, "control event: %zu bytes follow its end", len - HEAD - schema - used);
    r->tabular = plan->places[OLD_GROUP].found;
    rc = read_event(r, &e, err);
    if (!rc)
        *ret = e;
    return rc;
}
