/* Reads, merges and replaces the state file. */
#include "cmd/state.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/path.h"
#include "base/str.h"
#include "cmd/output.h"
#include "ui/app.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FORMAT = 1, MOST_BYTES = 1 << 20 };

struct cmd_state {
    struct app *app;
    char *path;
    json_t *base; /* what the app had when it was last in step with the file */
};

/* ---- the file ---- */

/* Reads the file; ERR_NOT_FOUND if there is none, ERR_INVALID if it is none of ours, ERR_LIMIT if a newer icetop wrote it. */
static int read_file(const char *path, json_t **ret, struct error *err)
{
    struct stat st;
    json_error_t where;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return error_set_errno(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, errno, "%s", path);
    if (fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_size > MOST_BYTES) {
        close(fd);
        return error_set(err, ERR_INVALID, "%s is no file of at most %d bytes", path, MOST_BYTES);
    }
    json_t *all = json_loadfd(fd, JSON_REJECT_DUPLICATES, &where);
    close(fd);
    const json_t *format = json_object_get(all, "format");
    int rc = 0;
    if (!all)
        rc = error_set(err, ERR_INVALID, "%s is broken: line %d: %s", path, where.line, where.text);
    else if (json_is_integer(format) && json_integer_value(format) > FORMAT)
        rc = error_set(err, ERR_LIMIT, "%s was written by a newer icetop", path);
    else if (!json_is_integer(format) || json_integer_value(format) != FORMAT)
        rc = error_set(err, ERR_INVALID, "%s is broken: it has no format", path);
    if (rc)
        json_decref(all);
    else
        *ret = all;
    return rc;
}

/* Renames the file out of the way, and says so behind what is the matter with it; 0 if that went well. */
static int set_aside(const char *path, struct error *err)
{
    const int rc = path_set_aside(path, clock_wall_ms(&clock_system), err);
    return rc == ERR_IO ? rc : 0;
}

static int replace(const char *path, const json_t *all, bool sync, struct error *err)
{
    struct cmd_output out = {.fd = -1};
    char *text = json_dumps(all, JSON_INDENT(1) | JSON_SORT_KEYS);
    size_t len = strlen(text);
    text[len] = '\n'; /* in place of its NUL */
    int rc = cmd_output_open(&out, path, err);
    if (!rc && fchmod(out.fd, 0600))
        rc = error_set_errno(err, ERR_IO, errno, "%s", path);
    if (!rc)
        rc = cmd_output_write(&out, text, len + 1, err);
    if (!rc)
        rc = sync ? cmd_output_commit(&out, err) : cmd_output_commit_soon(&out, err);
    cmd_output_done(&out);
    free(text);
    return rc;
}

/* ---- merging ---- */

/* What is different in `mine` from `base` becomes so in `theirs`: member by member, and of members that are maps, these. */
static void patch(const json_t *base, json_t *mine, json_t *theirs, int depth)
{
    const char *name;
    json_t *value;
    json_object_foreach(mine, name, value)
    {
        json_t *before = json_object_get(base, name), *there = json_object_get(theirs, name);
        if (before && json_equal(before, value))
            continue;
        if (depth && json_is_object(value) && json_is_object(there) && json_is_object(before))
            patch(before, value, there, depth - 1);
        else
            json_object_set(theirs, name, value);
    }
    json_object_foreach((json_t *)(uintptr_t)base, name, value)
    {
        if (!json_object_get(mine, name))
            json_object_del(theirs, name);
    }
}

static json_t *of_app(const struct cmd_state *s)
{
    struct str text = {0};
    app_state_save(s->app, &text);
    json_t *ret = json_loads(str_text(&text), 0, NULL);
    str_done(&text);
    return ret ? ret : json_object();
}

/* Into what there is now; what there is may have become unreadable since. */
static int merge(struct cmd_state *s, json_t *mine, bool sync, struct error *err)
{
    json_t *all;
    int rc = read_file(s->path, &all, err);
    if (rc == ERR_IO || rc == ERR_LIMIT) /* a newer one is at work: it is not ours to write */
        return rc;
    if (rc == ERR_INVALID && set_aside(s->path, err))
        return ERR_IO;
    if (rc)
        all = json_object();
    if (err)
        *err = (struct error){0};
    patch(s->base, mine, all, 1);
    json_object_set_new(all, "format", json_integer(FORMAT));
    rc = replace(s->path, all, sync, err);
    json_decref(all);
    return rc;
}

int cmd_state_write(struct cmd_state *s, int wait_ms, struct error *err)
{
    if (!s->path)
        return 0;
    json_t *mine = of_app(s);
    int rc = 0, lock = -1;
    if (!json_equal(mine, s->base)) {
        rc = path_make_directories(s->path, err);
        if (!rc)
            lock = path_lock_directory(s->path, wait_ms, err);
        if (lock < 0)
            rc = rc ? rc : lock;
        if (!rc)
            rc = merge(s, mine, wait_ms > 0, err);
        if (lock >= 0)
            close(lock);
    }
    if (rc) {
        json_decref(mine);
        return rc;
    }
    json_decref(s->base);
    s->base = mine;
    return 0;
}

/* ---- life ---- */

static int load(struct cmd_state *s, struct error *err)
{
    json_t *all;
    int rc = read_file(s->path, &all, err);
    if (rc == 0) {
        char *text = json_dumps(all, JSON_COMPACT);
        rc = app_state_restore(s->app, text, err);
        if (rc)
            error_prefix(err, "%s is broken", s->path);
        free(text);
        json_decref(all);
    }
    if (rc == ERR_NOT_FOUND) {
        *err = (struct error){0};
        return 0;
    }
    return rc == ERR_INVALID || rc == ERR_LIMIT ? set_aside(s->path, err) : rc;
}

struct cmd_state *cmd_state_new(struct app *app, struct error *word)
{
    struct cmd_state *s = mem_new(struct cmd_state);
    s->app = app;
    *word = (struct error){0};
    if (path_state("state.json", &s->path, word) == 0 && load(s, word)) {
        free(s->path); /* what cannot be read is not written either */
        s->path = NULL;
    }
    s->base = of_app(s);
    return s;
}

void cmd_state_free(struct cmd_state *s)
{
    if (!s)
        return;
    json_decref(s->base);
    free(s->path);
    free(s);
}
