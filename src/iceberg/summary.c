/* What a snapshot's summary says. */
#include "iceberg/summary.h"
#include "base/clock.h"
#include "base/vec.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* What it means that a counter is not there. */
enum absent { UNKNOWN, ZERO, ZERO_IF_TRUSTED };

static const struct {
    const char *key;
    enum absent absent;
} counters[ICEBERG_SUMMARY_COUNTERS] = {
    [ICEBERG_SUMMARY_ADDED_DATA_FILES] = {"added-data-files", ZERO},
    [ICEBERG_SUMMARY_DELETED_DATA_FILES] = {"deleted-data-files", ZERO},
    [ICEBERG_SUMMARY_TOTAL_DATA_FILES] = {"total-data-files", UNKNOWN},
    [ICEBERG_SUMMARY_ADDED_DELETE_FILES] = {"added-delete-files", ZERO},
    [ICEBERG_SUMMARY_REMOVED_DELETE_FILES] = {"removed-delete-files", ZERO},
    [ICEBERG_SUMMARY_TOTAL_DELETE_FILES] = {"total-delete-files", UNKNOWN},
    [ICEBERG_SUMMARY_ADDED_EQUALITY_DELETE_FILES] = {"added-equality-delete-files", ZERO},
    [ICEBERG_SUMMARY_REMOVED_EQUALITY_DELETE_FILES] = {"removed-equality-delete-files", ZERO},
    [ICEBERG_SUMMARY_ADDED_POSITION_DELETE_FILES] = {"added-position-delete-files", ZERO},
    [ICEBERG_SUMMARY_REMOVED_POSITION_DELETE_FILES] = {"removed-position-delete-files", ZERO},
    [ICEBERG_SUMMARY_ADDED_DVS] = {"added-dvs", ZERO},
    [ICEBERG_SUMMARY_REMOVED_DVS] = {"removed-dvs", ZERO},
    [ICEBERG_SUMMARY_ADDED_RECORDS] = {"added-records", ZERO},
    [ICEBERG_SUMMARY_DELETED_RECORDS] = {"deleted-records", ZERO},
    [ICEBERG_SUMMARY_TOTAL_RECORDS] = {"total-records", UNKNOWN},
    [ICEBERG_SUMMARY_ADDED_BYTES] = {"added-files-size", ZERO_IF_TRUSTED},
    [ICEBERG_SUMMARY_REMOVED_BYTES] = {"removed-files-size", ZERO_IF_TRUSTED},
    [ICEBERG_SUMMARY_TOTAL_BYTES] = {"total-files-size", UNKNOWN},
    [ICEBERG_SUMMARY_ADDED_POSITION_DELETES] = {"added-position-deletes", ZERO_IF_TRUSTED},
    [ICEBERG_SUMMARY_REMOVED_POSITION_DELETES] = {"removed-position-deletes", ZERO_IF_TRUSTED},
    [ICEBERG_SUMMARY_TOTAL_POSITION_DELETES] = {"total-position-deletes", UNKNOWN},
    [ICEBERG_SUMMARY_ADDED_EQUALITY_DELETES] = {"added-equality-deletes", ZERO_IF_TRUSTED},
    [ICEBERG_SUMMARY_REMOVED_EQUALITY_DELETES] = {"removed-equality-deletes", ZERO_IF_TRUSTED},
    [ICEBERG_SUMMARY_TOTAL_EQUALITY_DELETES] = {"total-equality-deletes", UNKNOWN},
    [ICEBERG_SUMMARY_CHANGED_PARTITIONS] = {"changed-partition-count", UNKNOWN},
    [ICEBERG_SUMMARY_MANIFESTS_CREATED] = {"manifests-created", UNKNOWN},
    [ICEBERG_SUMMARY_MANIFESTS_KEPT] = {"manifests-kept", UNKNOWN},
    [ICEBERG_SUMMARY_MANIFESTS_REPLACED] = {"manifests-replaced", UNKNOWN},
    [ICEBERG_SUMMARY_ENTRIES_PROCESSED] = {"entries-processed", UNKNOWN},
};

static const char offsets_prefix[] = "kafka.connect.offsets.";

/* A decimal number of the format, which is never negative. */
static bool number(const char *text, int64_t *ret)
{
    char *end = NULL;
    errno = 0;
    long long n = *text >= '0' && *text <= '9' ? strtoll(text, &end, 10) : -1;
    if (n < 0 || errno || *end)
        return false;
    *ret = n;
    return true;
}

/* A time as Java prints it, which leaves out seconds that are zero. */
static bool iso_time(const char *text, int64_t *ret)
{
    enum { MINUTES = sizeof "2025-01-02T03:04" - 1 };
    char buf[64];
    size_t len = strlen(text);
    if (len <= MINUTES || len > sizeof buf - sizeof ":00")
        return false;
    snprintf(buf, sizeof buf, "%.*s%s%s", MINUTES, text, text[MINUTES] == ':' ? "" : ":00", text + MINUTES);
    return clock_parse_iso(buf, ret) == 0;
}

/* {"0":123}: partitions to next offsets. */
static bool offsets(struct iceberg_summary *s, const char *reader, const char *text)
{
    json_t *json = json_loads(text, 0, NULL), *value;
    size_t n = json_object_size(json);
    const char *key;
    bool good = json_is_object(json) && n <= ICEBERG_SUMMARY_PARTITIONS;
    struct iceberg_summary_offsets o = {.reader = reader};
    if (good)
        o.items = mem_calloc(n + 1, sizeof *o.items);
    json_object_foreach(json, key, value)
    {
        int64_t partition = 0;
        good = good && number(key, &partition) && partition <= INT32_MAX && json_is_integer(value) &&
               json_integer_value(value) >= 0;
        if (!good)
            break;
        o.items[o.n++] = (struct iceberg_summary_offset){(int32_t)partition, json_integer_value(value)};
    }
    json_decref(json);
    if (!good) {
        free(o.items);
        return false;
    }
    s->offsets = mem_realloc(s->offsets, s->n_offsets + 1, sizeof *s->offsets);
    s->offsets[s->n_offsets++] = o;
    return true;
}

/* Anything that is no counter; false if the value is not what the key wants. */
static bool text(struct iceberg_summary *s, const struct iceberg_pair *pair)
{
    const struct {
        const char *key, **to;
    } texts[] = {
        {"kafka.connect.commit-id", &s->commit_id},
        {"kafka.connect.commitId", &s->commit_id},
        {"kafka.connect.task-id", &s->task_id},
        {"engine-name", &s->engine},
        {"engine-version", &s->engine_version},
        {"iceberg-version", &s->iceberg_version},
        {"wap.id", &s->wap_id},
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (strcmp(pair->key, texts[i].key) == 0)
            *texts[i].to = pair->value;
    if (strcmp(pair->key, "kafka.connect.valid-through-ts") == 0)
        return iso_time(pair->value, &s->valid_through_ms);
    if (strcmp(pair->key, "kafka.connect.vtts") == 0)
        return number(pair->value, &s->valid_through_ms);
    if (strncmp(pair->key, offsets_prefix, sizeof offsets_prefix - 1) == 0)
        return offsets(s, pair->key + sizeof offsets_prefix - 1, pair->value);
    return true;
}

/* Puts the zeros in that were left out; what is malformed stays unknown. */
static void zeros(struct iceberg_summary *s, const bool *malformed)
{
    const int64_t *c = s->counters;
    bool any = false;
    for (size_t i = 0; i < ICEBERG_SUMMARY_CHANGED_PARTITIONS; i++)
        any = any || c[i] != ICEBERG_UNKNOWN;
    bool sized = c[ICEBERG_SUMMARY_ADDED_BYTES] > 0 || c[ICEBERG_SUMMARY_REMOVED_BYTES] > 0;
    bool files = c[ICEBERG_SUMMARY_ADDED_DATA_FILES] > 0 || c[ICEBERG_SUMMARY_DELETED_DATA_FILES] > 0 ||
                 c[ICEBERG_SUMMARY_ADDED_DELETE_FILES] > 0 || c[ICEBERG_SUMMARY_REMOVED_DELETE_FILES] > 0;
    for (size_t i = 0; i < ICEBERG_SUMMARY_COUNTERS && any; i++) {
        bool zero = counters[i].absent == ZERO || (counters[i].absent == ZERO_IF_TRUSTED && (sized || !files));
        if (c[i] == ICEBERG_UNKNOWN && zero && !malformed[i])
            s->counters[i] = 0;
    }
}

void iceberg_summary_init(struct iceberg_summary *s, const struct iceberg_pairs *pairs)
{
    bool malformed[ICEBERG_SUMMARY_COUNTERS] = {false};
    *s = (struct iceberg_summary){.valid_through_ms = ICEBERG_UNKNOWN};
    for (size_t i = 0; i < ICEBERG_SUMMARY_COUNTERS; i++)
        s->counters[i] = ICEBERG_UNKNOWN;
    for (size_t i = 0; i < pairs->n; i++) {
        const struct iceberg_pair *pair = &pairs->items[i];
        size_t k = 0;
        while (k < ICEBERG_SUMMARY_COUNTERS && strcmp(pair->key, counters[k].key) != 0)
            k++;
        bool counter = k < ICEBERG_SUMMARY_COUNTERS;
        bool good = counter ? number(pair->value, &s->counters[k]) : text(s, pair);
        if (counter)
            malformed[k] = !good;
        s->malformed += !good;
    }
    zeros(s, malformed);
}

void iceberg_summary_done(struct iceberg_summary *s)
{
    for (size_t i = 0; i < s->n_offsets; i++)
        free(s->offsets[i].items);
    free(s->offsets);
    *s = (struct iceberg_summary){0};
}

const struct iceberg_summary_offsets *iceberg_summary_find(const struct iceberg_summary *s, const char *topic,
                                                           const char *group)
{
    size_t len = strlen(topic);
    for (size_t i = 0; i < s->n_offsets; i++) {
        const char *reader = s->offsets[i].reader;
        if (strncmp(reader, topic, len) == 0 && reader[len] == '.' && strcmp(reader + len + 1, group) == 0)
            return &s->offsets[i];
    }
    return NULL;
}
