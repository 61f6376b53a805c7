/* icetop plugins test: a plugin against what was recorded, and against the contract. */
#include "base/mem.h"
#include "base/text.h"
#include "cmd/child.h"
#include "cmd/plugins.h"
#include "cmd/tables.h"
#include "plugin/intake.h"
#include "plugin/recorded.h"
#include "plugin/trust.h"

#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    WELL,
    BAD,
    UNTRIED,
    ROUND_MS = 5000, /* the deadline of a round where a configuration does not say */
    START_MS = 5000,
    MOST_BYTES = 256 * 1024 * 1024,
    MOST_ROWS = 100000,
};

struct test {
    const char *path;
    char *recorded; /* or NULL */
    bool object;
    size_t rounds, ended; /* wanted, seen */
    unsigned bad;
    struct cmd_child child;
    struct store *store;
    struct plugin_book book;
    struct plugin_intake *in;
};

__attribute__((format(printf, 2, 3))) static void complain(struct test *t, const char *fmt, ...)
{
    struct str text = {0}, safe = {0};
    va_list ap;
    va_start(ap, fmt);
    str_vprintf(&text, fmt, ap);
    va_end(ap);
    text_safe_line(&safe, str_text(&text), text.len);
    printf("BAD  %s\n", str_text(&safe));
    t->bad++;
    str_done(&text);
    str_done(&safe);
}

/* ---- what it said ---- */

static void end_round(struct test *t, size_t line, const struct plugin_intake_done *done)
{
    struct error err = {0};
    t->ended++;
    if (done->outcome == SOURCE_FAILED) {
        plugin_intake_drop(t->in);
        complain(t, "round %zu failed: %s", t->ended, done->err.text);
    } else if (plugin_intake_end(t->in, &err)) {
        complain(t, "line %zu: %s", line, err.text);
    } else if (done->outcome == SOURCE_PARTIAL) {
        complain(t, "round %zu was partial: %s", t->ended, done->err.text);
    }
    if (plugin_intake_odd(t->in))
        complain(t, "round %zu: %s", t->ended, plugin_intake_odd(t->in));
    if (done->outcome == SOURCE_OK)
        plugin_intake_sweep(t->in, !t->object);
    store_commit(t->store);
    printf("     round %zu: %zu rows\n", t->ended, plugin_intake_rows(t->in));
    plugin_intake_begin(t->in);
}

static bool take_line(struct test *t, size_t number, const char *line, size_t len)
{
    enum plugin_intake_said said;
    struct plugin_intake_done done = {.outcome = SOURCE_OK};
    struct error err = {0};
    if (!len)
        return true;
    int rc = plugin_intake_line(t->in, line, len, &said, &done, &err);
    if (!rc && said == PLUGIN_INTAKE_END)
        rc = plugin_intake_end(t->in, &err);
    if (rc)
        complain(t, "line %zu: %s", number, err.text);
    else if (said == PLUGIN_INTAKE_DONE)
        end_round(t, number, &done);
    return rc == 0;
}

/* A program that ends without a last word has done its round. */
static void take_output(struct test *t)
{
    size_t number = 0;
    bool good = true;
    const char *line = str_text(&t->child.out), *stop = line + t->child.out.len, *end;
    plugin_intake_begin(t->in);
    for (; good && line < stop; line = end + 1) {
        end = memchr(line, '\n', (size_t)(stop - line));
        if (!end)
            end = stop;
        good = take_line(t, ++number, line, (size_t)(end - line));
    }
    const struct plugin_intake_done done = {.outcome = SOURCE_OK};
    if (good && !t->object && !t->ended)
        end_round(t, number, &done);
    if (good && t->ended < t->rounds)
        complain(t, "%zu of %zu rounds ended", t->ended, t->rounds);
}

static void look_at_end(struct test *t)
{
    const char *said = str_text(&t->child.complaints);
    if (*said)
        printf("     it said: %.*s\n", (int)strcspn(said, "\n"), said);
    if (t->child.late)
        complain(t, "it did not end within %lld ms", (long long)t->child.took_ms);
    else if (WIFSIGNALED(t->child.status))
        complain(t, "it was ended by signal %d", WTERMSIG(t->child.status));
    else if (WEXITSTATUS(t->child.status))
        complain(t, "it ended with status %d", WEXITSTATUS(t->child.status));
}

/* ---- running it ---- */

static int run_object(struct test *t, struct error *err)
{
    char name[] = "icetop", command[] = "plugin-host", option[] = "--recorded";
    char *path = mem_strdup(t->path), *words[] = {name, command, path, NULL, NULL, NULL};
    struct plugin_recorded *r = NULL;
    int rc = t->recorded ? plugin_recorded_read(t->recorded, &r, err) : 0;
    if (r) {
        words[3] = option;
        words[4] = t->recorded;
    }
    t->rounds = r ? plugin_recorded_rounds(r) : 1;
    const struct process_options o = {.path = "/proc/self/exe", .argv = words, .input = !r};
    if (!rc)
        rc = cmd_child_run(&o, "{\"t\":\"refresh\"}\n", START_MS + (int)t->rounds * ROUND_MS, MOST_BYTES, &t->child,
                           err);
    plugin_recorded_free(r);
    free(path);
    return rc;
}

/* What it is told first: the recorded options, and to do a round, for those that stay. */
static char *first_words(const struct test *t, struct error *err)
{
    struct plugin_recorded *r = NULL;
    if (t->recorded && plugin_recorded_read(t->recorded, &r, err))
        return NULL;
    json_t *m =
        json_pack("{s:s, s:s, s:i, s:i, s:o}", "t", "configure", "instance", "test", "interval_ms", 2 * ROUND_MS,
                  "deadline_ms", ROUND_MS, "options", r ? plugin_recorded_options(r) : json_array());
    char *text = json_dumps(m, JSON_COMPACT), *lines = mem_printf("%s\n{\"t\":\"refresh\"}\n", text);
    free(text);
    json_decref(m);
    plugin_recorded_free(r);
    return lines;
}

static int run_program(struct test *t, struct error *err)
{
    int fd;
    char *file = NULL, *words[] = {NULL, NULL};
    int rc = plugin_trust_open(t->path, &fd, &file, err);
    if (rc)
        return rc;
    close(fd);
    char *input = first_words(t, err);
    if (t->recorded)
        setenv("ICETOP_RECORDED", t->recorded, 1);
    const struct process_options o = {.path = file, .argv = words, .input = true};
    words[0] = file;
    t->rounds = 1;
    rc = input ? cmd_child_run(&o, input, START_MS + ROUND_MS, MOST_BYTES, &t->child, err) : ERR_INVALID;
    if (rc)
        error_prefix(err, "%s", t->path);
    free(input);
    free(file);
    return rc;
}

/* Whoever names a plugin to be tried has built it: what is above its directory is his own affair. */
static void vouch(const char *path)
{
    char *copy = mem_strdup(path), *slash = strrchr(copy, '/');
    if (slash)
        *slash = '\0';
    char *directory = realpath(slash ? *copy ? copy : "/" : ".", NULL);
    const char *before = getenv("ICETOP_PLUGIN_TRUST");
    char *list = mem_printf("%s%s%s", before ? before : "", before && *before ? ":" : "", directory ? directory : "");
    setenv("ICETOP_PLUGIN_TRUST", list, 1);
    free(copy);
    free(directory);
    free(list);
}

static char *find_recorded(const char *path, const char *given)
{
    const char *slash = strrchr(path, '/');
    char *beside = mem_printf("%.*srecorded.json", slash ? (int)(slash + 1 - path) : 0, path);
    if (!given && access(beside, R_OK) == 0)
        return beside;
    free(beside);
    return mem_strdup_opt(given);
}

int cmd_plugins_test(const char *path, const char *recorded)
{
    struct test t = {.path = path, .recorded = find_recorded(path, recorded), .object = text_ends(path, ".so")};
    struct error err = {0};
    vouch(path);
    t.store = store_new(&clock_system);
    cmd_tables_add(t.store);
    store_add(t.store, &source_table_sources, NULL, NULL, NULL);
    store_add(t.store, &source_table_events, NULL, NULL, NULL);
    plugin_book_init(&t.book, t.store);
    t.in = plugin_intake_new(&t.book, "test", "plugin:test", MOST_ROWS);
    int rc = t.object ? run_object(&t, &err) : run_program(&t, &err);
    if (rc) {
        fprintf(stderr, "icetop: %s\n", err.text);
    } else {
        take_output(&t);
        look_at_end(&t);
        printf("%s %s\n", t.bad ? "bad " : "well", path);
    }
    plugin_intake_free(t.in);
    plugin_book_done(&t.book);
    store_free(t.store);
    cmd_child_done(&t.child);
    free(t.recorded);
    return rc ? UNTRIED : t.bad ? BAD : WELL;
}
