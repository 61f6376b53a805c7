/* A file is told by its first line, and read once. */
#include "cmd/references.h"

#include "base/clock.h"
#include "base/mem.h"
#include "cmd/events.h"
#include "cmd/output.h"
#include "cmd/packed.h"
#include "drift/event_json.h"
#include "drift/json.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- of events ---- */

static struct conf_dataset as_one_window(const struct conf_dataset *conf)
{
    struct conf_dataset c = *conf; /* borrows */
    c.window_rows = CMD_EVENTS_LINES;
    c.slide_rows = 0;
    c.reference = NULL;
    c.reference_file = NULL;
    return c;
}

/* Takes what was fed as a reference. */
static int take(struct cmd_events *e, struct drift_reference **ret, bool *good, struct error *err)
{
    *good = cmd_events_tell(e);
    struct drift_reference *r = e->setup->dataset ? drift_dataset_reference(e->setup->dataset) : NULL;
    if (!r)
        return error_set(err, ERR_NOT_FOUND, "%s: nothing that a reference could be made of", cmd_packed_name(e->path));
    char *file = strcmp(e->path, "-") == 0 ? NULL : (char *)(uintptr_t)e->path;
    struct drift_reference_origin origin = {.icetop = (char *)(uintptr_t)ICETOP_VERSION, .file = file};
    drift_reference_from(r, &origin);
    if (r->from_ms == e->now_ms && r->to_ms == e->now_ms) /* no event said its time */
        r->from_ms = r->to_ms = -1;
    *ret = r;
    return 0;
}

static struct cmd_events begin(const char *path, const struct conf_dataset *conf)
{
    const struct conf_dataset whole = as_one_window(conf);
    return (struct cmd_events){.setup = drift_setup_new(&whole), .path = path, .now_ms = clock_wall_ms(&clock_system)};
}

static void end(struct cmd_events *e)
{
    drift_setup_free(e->setup);
    cmd_events_done(e);
}

int cmd_references_make(const char *path, const struct conf_dataset *conf, struct drift_reference **ret, bool *good,
                        struct error *err)
{
    struct cmd_events e = begin(path, conf);
    int rc = cmd_events_read(&e, err);
    if (rc)
        error_prefix(err, "%s", cmd_packed_name(path));
    else
        rc = take(&e, ret, good, err);
    end(&e);
    return rc;
}

/* ---- of either kind ---- */

struct reading {
    struct cmd_events events;
    struct str text; /* until it is known what it is; of a reference all of it */
    size_t blanks;   /* at its begin, as far as it was looked at */
    bool known, is_events;
};

/* The first line that is not empty; false where it has no end yet. */
static bool first_line(struct reading *r, bool over, const char **line, size_t *len)
{
    const char *s = str_text(&r->text), *end = s + r->text.len;
    r->blanks += strspn(s + r->blanks, " \t\r\n");
    s += r->blanks;
    const char *behind = memchr(s, '\n', (size_t)(end - s));
    *line = s;
    *len = (size_t)((behind ? behind : end) - s);
    return behind || over || *len > DRIFT_EVENT_JSON_BYTES;
}

/* Is it an object or a list by itself that is no reference? */
static bool is_event(const char *line, size_t len)
{
    json_t *o;
    struct error err;
    if (drift_json_load("line", line, len, DRIFT_EVENT_JSON_BYTES, &o, &err))
        return false;
    const bool event = !json_object_get(o, "icetop_drift_reference");
    json_decref(o);
    return event;
}

static void look(struct reading *r, bool over)
{
    const char *line;
    size_t len;
    if (r->known || !first_line(r, over, &line, &len))
        return;
    r->known = true;
    r->is_events = is_event(line, len);
    if (r->is_events) {
        cmd_events_piece(&r->events, str_text(&r->text), r->text.len);
        str_done(&r->text);
    }
}

static void on_piece(void *arg, const char *bytes, size_t len)
{
    struct reading *r = arg;
    const size_t room = DRIFT_REFERENCE_BYTES + 1 - r->text.len;
    if (r->is_events)
        cmd_events_piece(&r->events, bytes, len);
    else
        str_bytes(&r->text, bytes, len < room ? len : room); /* by one byte too much it is refused */
    look(r, false);
}

static int of_events(struct reading *r, int min_rows, struct drift_reference **ret, struct error *err)
{
    bool good;
    int rc = cmd_events_end(&r->events, err);
    if (rc)
        return error_prefix(err, "%s", cmd_packed_name(r->events.path));
    rc = take(&r->events, ret, &good, err);
    if (rc == 0 && (*ret)->rows < (uint64_t)min_rows) {
        rc = error_set(err, ERR_INVALID, "%s: %" PRIu64 " events; %d are wanted of a reference",
                       cmd_packed_name(r->events.path), (*ret)->rows, min_rows);
        drift_reference_unref(*ret);
        *ret = NULL;
    }
    return rc;
}

int cmd_references_read(const char *path, const struct conf_dataset *conf, struct drift_reference **ret,
                        struct error *err)
{
    struct reading r = {.events = begin(path, conf)};
    int rc = cmd_packed_read(path, on_piece, &r, err);
    if (rc == 0) {
        look(&r, true);
        rc = r.is_events ? of_events(&r, conf->min_rows, ret, err)
                         : drift_reference_read(str_text(&r.text), r.text.len, ret, err);
    }
    if (rc && !r.is_events)
        error_prefix(err, "%s", cmd_packed_name(path));
    end(&r.events);
    str_done(&r.text);
    return rc;
}

/* ---- writing ---- */

int cmd_references_write(const struct drift_reference *r, const char *path, int min_rows, struct error *err)
{
    struct cmd_output out = {.fd = -1};
    struct str text = {0};
    if (r->rows < (uint64_t)min_rows)
        return error_set(err, ERR_INVALID,
                         "%" PRIu64 " events are too few for a reference, %d are wanted; --force saves it all the same",
                         r->rows, min_rows);
    drift_reference_write(r, &text);
    int rc = cmd_output_open(&out, path, err);
    if (!rc)
        rc = cmd_output_write(&out, str_text(&text), text.len, err);
    if (!rc)
        rc = cmd_output_commit(&out, err);
    cmd_output_done(&out);
    str_done(&text);
    return rc;
}
