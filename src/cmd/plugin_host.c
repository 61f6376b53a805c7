/* icetop plugin-host: a shared object as a process of its own. */
#include "base/str.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "plugin/host_stdio.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

enum { FAILED = 1, REFUSED = 2 };

#if defined(__SANITIZE_ADDRESS__)
#define LIMITED false /* its shadow counts as data */
#else
#define LIMITED true
#endif

/* A plugin that eats memory ends itself before it is a burden to others. */
static void limit_memory(void)
{
    const struct rlimit data = {.rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY};
    struct rlimit now = data;
    if (!LIMITED || getrlimit(RLIMIT_DATA, &now))
        return;
    const rlim_t most = (rlim_t)1 << 30;
    if (now.rlim_cur > most)
        now.rlim_cur = most;
    setrlimit(RLIMIT_DATA, &now);
}

/* What the plugin prints must not stand between messages: it goes where its complaints go. */
static int take_output(void)
{
    fflush(stdout);
    int fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (fd >= 0)
        dup2(STDERR_FILENO, STDOUT_FILENO);
    return fd;
}

static int describe(const struct plugin_object *object, int out)
{
    struct str text = {0};
    plugin_host_stdio_describe(object, &text);
    FILE *f = fdopen(out, "w");
    bool written = f && fwrite(text.s, 1, text.len, f) == text.len;
    if (f && fclose(f))
        written = false;
    str_done(&text);
    return written ? 0 : FAILED;
}

static int run(const struct cmd_options *o, const struct plugin_object *object, int out)
{
    const char *path = cmd_options_value(o, OPTIONS_RECORDED);
    struct plugin_host_stdio s = {.object = object, .in = STDIN_FILENO, .out = out};
    struct error err = {0};
    int rc = path ? plugin_recorded_read(path, &s.recorded, &err) : 0;
    if (!rc)
        rc = plugin_host_stdio_run(&s, &err);
    if (rc)
        fprintf(stderr, "icetop: %s\n", err.text);
    plugin_recorded_free(s.recorded);
    close(out);
    return rc ? FAILED : 0;
}

int cmd_plugin_host_run(const struct cmd_options *o)
{
    const char *const *operands = cmd_options_operands(o);
    struct plugin_object *object;
    struct error err = {0};
    if (!operands[0] || operands[1]) {
        fprintf(stderr, "icetop: icetop plugin-host PATH: the path of one shared object\n");
        return REFUSED;
    }
    int out = take_output();
    if (out < 0) {
        perror("icetop: standard output");
        return FAILED;
    }
    limit_memory();
    if (plugin_object_open(operands[0], &object, &err)) {
        fprintf(stderr, "icetop: plugin %s\n", err.text);
        return REFUSED;
    }
    int status = cmd_options_given(o, OPTIONS_DESCRIBE) ? describe(object, out) : run(o, object, out);
    plugin_object_close(object);
    return status;
}
