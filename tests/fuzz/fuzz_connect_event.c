/* Any bytes as a control event; and as the datum behind the schemas that sinks write. Every part of what was read is
 * looked at. */
#include "connect/event.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#define HEAD                                                                                                           \
    "{\"type\":\"record\",\"name\":\"Event\",\"fields\":[{\"name\":\"type\",\"type\":\"int\",\"field-id\":10501},{"    \
    "\"name\":\"timestamp\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-micros\"},\"field-id\":10502},{"   \
    "\"name\":\"payload\",\"field-id\":10504,\"type\":{\"type\":\"record\",\"name\":\"P\",\"fields\":[{\"name\":"      \
    "\"commit_id\",\"type\":{\"type\":\"fixed\",\"name\":\"u\",\"size\":16},\"field-id\":10100},"
#define TAIL "]}}]}"

static const char *const schemas[] = {
    HEAD "{\"name\":\"assignments\",\"field-id\":10101,\"type\":[\"null\",{\"type\":\"array\",\"items\":{\"type\":"
         "\"record\",\"name\":\"A\",\"fields\":[{\"name\":\"topic\",\"type\":\"string\",\"field-id\":10700},{\"name\":"
         "\"partition\",\"type\":\"int\",\"field-id\":10701},{\"name\":\"offset\",\"type\":[\"null\",\"long\"],"
         "\"field-id\":10702}]}}]}" TAIL,
    HEAD "{\"name\":\"table_reference\",\"field-id\":10301,\"type\":{\"type\":\"record\",\"name\":\"T\",\"fields\":[{"
         "\"name\":\"namespace\",\"field-id\":10601,\"type\":{\"type\":\"array\",\"items\":\"string\"}},{\"name\":"
         "\"name\",\"type\":\"string\",\"field-id\":10603}]}},{\"name\":\"data_files\",\"field-id\":10302,\"type\":{"
         "\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"F\",\"fields\":[{\"name\":\"file_path\","
         "\"type\":\"string\",\"field-id\":100},{\"name\":\"record_count\",\"type\":\"long\",\"field-id\":103},{"
         "\"name\":\"file_size_in_bytes\",\"type\":\"long\",\"field-id\":104}]}}}" TAIL,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static volatile unsigned sink;

static void look(struct connect_event_text t)
{
    for (size_t i = 0; i < t.len; i++)
        sink += (unsigned char)t.s[i];
}

static void read_one(struct connect_event_reader *r, const void *value, size_t len)
{
    struct connect_event e;
    struct error err;
    if (connect_event_read(r, value, len, &e, &err))
        return;
    if ((unsigned)e.type >= CONNECT_EVENT_TYPES || strlen(e.commit_id) != CONNECT_EVENT_ID - 1)
        abort();
    look(e.group);
    look(e.catalog);
    look(e.table);
    for (size_t i = 0; i < e.nfiles; i++)
        look(e.files[i].path);
    for (size_t i = 0; i < e.nassignments; i++)
        look(e.assignments[i].topic);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct connect_event_reader *r = connect_event_reader_new();
    read_one(r, data, size);
    read_one(r, data, size);
    for (size_t i = 0; i < sizeof schemas / sizeof *schemas; i++) {
        size_t n = strlen(schemas[i]);
        char *value = mem_alloc(4 + n + size);
        memcpy(value, (char[]){(char)0xC2, 1, (char)(n >> 8), (char)n}, 4);
        memcpy(value + 4, schemas[i], n);
        if (size)
            memcpy(value + 4 + n, data, size);
        read_one(r, value, 4 + n + size);
        free(value);
    }
    connect_event_reader_free(r);
    return 0;
}
