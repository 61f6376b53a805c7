/* Files named by dataset and kind of reference, replaced when they are whole. */
#include "cmd/kept.h"

#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/path.h"
#include "cmd/output.h"
#include "conf/file.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MOST_NAME = 150 }; /* bytes; of longer ones a hash stands for the rest */

struct cmd_kept {
    char *path, *cluster, *topic;
};

/* A dataset's name may hold anything but control characters. */
static void add_name(struct str *out, const char *name)
{
    const size_t begin = out->len;
    for (const char *p = name; *p; p++) {
        const bool plain = isalnum((unsigned char)*p) || strchr("_-", *p);
        if (out->len - begin > MOST_NAME) {
            str_printf(out, "%%%016" PRIx64, map_hash(name, strlen(name)));
            return;
        }
        str_printf(out, plain ? "%c" : "%%%02X", (unsigned char)*p);
    }
}

struct cmd_kept *cmd_kept_new(const struct conf_history *history, const struct conf_dataset *dataset)
{
    struct str path = {0};
    struct error err;
    char *place = NULL;
    if (!history->enabled || !dataset->topic || !dataset->cluster || dataset->reference_file)
        return NULL;
    if (history->path)
        place = mem_strdup(history->path);
    else if (path_state("history.db", &place, &err))
        return NULL; /* then there is no history either, which says so */
    const char *slash = strrchr(place, '/');
    str_printf(&path, "%.*sreferences/", slash ? (int)(slash + 1 - place) : 0, place);
    add_name(&path, dataset->name);
    str_printf(&path, ".%s.json", dataset->reference);
    free(place);
    struct cmd_kept *k = mem_new(struct cmd_kept);
    *k = (struct cmd_kept){
        .path = str_take(&path), .cluster = mem_strdup(dataset->cluster), .topic = mem_strdup(dataset->topic)};
    return k;
}

static bool is_text(const char *a, const char *b)
{
    return a && strcmp(a, b) == 0;
}

static int load(void *arg, struct drift_reference **ret, struct error *err)
{
    const struct cmd_kept *k = arg;
    struct conf_file f = {0};
    struct drift_reference *r = NULL;
    struct error own = {0};
    int rc = conf_file_read(k->path, DRIFT_REFERENCE_BYTES, &f, &own);
    if (rc == ERR_NOT_FOUND)
        return 0;
    if (rc == 0 && (rc = drift_reference_read(f.bytes, f.len, &r, &own)) != 0)
        error_prefix(&own, "%s", k->path);
    conf_file_done(&f);
    if (rc == ERR_INVALID || rc == ERR_LIMIT)
        rc = path_set_aside(k->path, clock_wall_ms(&clock_system), &own);
    if (rc) {
        *err = own;
        return rc;
    }
    if (is_text(r->origin.cluster, k->cluster) && is_text(r->origin.topic, k->topic)) {
        *ret = r;
        return 0;
    }
    drift_reference_unref(r);
    return error_set(err, ERR_INVALID, "%s is of another topic, and is not taken", k->path);
}

static int save(void *arg, const struct drift_reference *r, struct error *err)
{
    const struct cmd_kept *k = arg;
    struct cmd_output out = {.fd = -1};
    struct str text = {0};
    drift_reference_write(r, &text);
    int rc = text.len <= DRIFT_REFERENCE_BYTES ? path_make_directories(k->path, err)
                                               : error_set(err, ERR_LIMIT, "%s would have %zu bytes, and may have %d",
                                                           k->path, text.len, DRIFT_REFERENCE_BYTES);
    if (!rc)
        rc = cmd_output_open(&out, k->path, err);
    if (!rc && fchmod(out.fd, 0600))
        rc = error_set_errno(err, ERR_IO, errno, "%s", k->path);
    if (!rc)
        rc = cmd_output_write(&out, str_text(&text), text.len, err);
    if (!rc)
        rc = cmd_output_commit_soon(&out, err);
    cmd_output_done(&out);
    str_done(&text);
    return rc;
}

static void forget(void *arg)
{
    struct cmd_kept *k = arg;
    free(k->path);
    free(k->cluster);
    free(k->topic);
    free(k);
}

const struct drift_keep_ops cmd_kept_ops = {.load = load, .save = save, .free = forget};
