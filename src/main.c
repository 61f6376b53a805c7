/* argv to a command. */
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "cmd/output.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <jansson.h>
#include <librdkafka/rdkafka.h>
#include <locale.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

static const struct {
    enum cmd_options_command command;
    int (*run)(const struct cmd_options *o);
} runs[] = {
    {OPTIONS_TOP, cmd_top_run},
    {OPTIONS_SNAPSHOT, cmd_snapshot_run},
    {OPTIONS_COLLECT, cmd_collect_run},
    {OPTIONS_CHECK, cmd_check_run},
    {OPTIONS_RECORD, cmd_record_run},
    {OPTIONS_CONFIG, cmd_config_run},
    {OPTIONS_EXPLAIN, cmd_explain_run},
    {OPTIONS_DRIFT, cmd_drift_run},
    {OPTIONS_PLUGINS, cmd_plugins_run},
    {OPTIONS_PLUGIN_HOST, cmd_plugin_host_run},
    {OPTIONS_DEMO_BROKER, cmd_demo_broker_run},
};

static int run_command(const struct cmd_options *o)
{
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++)
        if (runs[i].command == cmd_options_command(o)->command)
            return runs[i].run(o);
    return 2;
}

static int print_help(const struct cmd_options *o)
{
    struct str out = {0};
    cmd_options_help(o ? cmd_options_command(o) : NULL, (int)cmd_output_columns(), &out);
    fputs(str_text(&out), stdout);
    str_done(&out);
    return 0;
}

static int print_version(void)
{
    printf("icetop %s (librdkafka %s, sqlite %s, libevent %s, jansson %s)\n", ICETOP_VERSION, rd_kafka_version_str(),
           sqlite3_libversion(), event_get_version(), jansson_version_str());
    return 0;
}

static int open_log(const struct cmd_options *o, struct error *err)
{
    const char *level = cmd_options_value(o, OPTIONS_LOG_LEVEL), *path = cmd_options_value(o, OPTIONS_LOG);
    enum log_level parsed;
    if (level && log_level_parse(level, &parsed))
        return error_set(err, ERR_INVALID, "option --log-level: \"%.50s\" is not error, warn, info or debug", level);
    if (level)
        log_set_level(parsed);
    return path ? log_open(path, err) : 0;
}

/* A descriptor that was closed would be given to the next file or socket that is opened, and what is meant for the user would
 * go there. These cannot be used the way they are meant to, so that it is an error instead. */
static void fill_standard_descriptors(void)
{
    static const int modes[] = {[STDIN_FILENO] = O_WRONLY, [STDOUT_FILENO] = O_RDONLY, [STDERR_FILENO] = O_RDONLY};
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
            open("/dev/null", modes[fd]);
}

/* Secrets are in the memory of all who read a configuration, librdkafka's and OpenSSL's copies among them: none of it is to
 * reach a file when a process dies, whatever handles cores here, nor another process of the same user. */
static void keep_memory(void)
{
    const char *wanted = getenv("ICETOP_CORE");
    if (wanted && *wanted)
        return;
    const struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0);
}

/* Text that could not be written must not end as a success; where nobody reads it any longer, we end as any filter does. */
static int flush_output(int status, int failure)
{
    int why = errno; /* of a write that failed before: whoever made it left the reason */
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    why = errno ? errno : why;
    if (why == EPIPE) {
        signal(SIGPIPE, SIG_DFL);
        raise(SIGPIPE);
    }
    fprintf(stderr, "icetop: standard output: %s\n", why ? strerror(why) : "not all could be written");
    return failure;
}

int main(int argc, char **argv)
{
    mem_begin();
    fill_standard_descriptors();
    keep_memory();
    setlocale(LC_CTYPE, ""); /* characters only: numbers have a point wherever one is */
    signal(SIGPIPE, SIG_IGN);
    struct error err = {0};
    struct cmd_options *o;
    if (cmd_options_parse(argc, argv, &o, &err)) {
        fprintf(stderr, "icetop: %s\n", err.text);
        return cmd_options_bad_usage(argc, argv);
    }
    int status, bad = cmd_options_bad_usage(argc, argv);
    if (cmd_options_given(o, OPTIONS_HELP)) {
        status = print_help(o);
    } else if (cmd_options_given(o, OPTIONS_VERSION)) {
        status = print_version();
    } else if (open_log(o, &err)) {
        fprintf(stderr, "icetop: %s\n", err.text);
        status = bad;
    } else {
        status = run_command(o);
    }
    status = flush_output(status, bad == 2 ? 1 : bad);
    cmd_options_free(o);
    log_close();
    return status;
}
