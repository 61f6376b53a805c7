/* The process's log. */
#include "base/log.h"
#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static _Atomic int the_level = LOG_LEVEL_WARN;
static _Atomic int the_fd = STDERR_FILENO;

static const char *const names[] = {
    [LOG_LEVEL_ERROR] = "error",
    [LOG_LEVEL_WARN] = "warn",
    [LOG_LEVEL_INFO] = "info",
    [LOG_LEVEL_DEBUG] = "debug",
};

void log_set_level(enum log_level level)
{
    the_level = (int)level;
}

int log_level_parse(const char *text, enum log_level *level)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(text, names[i]) == 0) {
            *level = (enum log_level)i;
            return 0;
        }
    return ERR_INVALID;
}

int log_open(const char *path, struct error *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0)
        return error_set_errno(err, ERR_IO, errno, "log file %s", path);
    int old = atomic_exchange(&the_fd, fd);
    if (old != STDERR_FILENO)
        close(old);
    return 0;
}

void log_close(void)
{
    int old = atomic_exchange(&the_fd, STDERR_FILENO);
    if (old != STDERR_FILENO)
        close(old);
}

void log_line(enum log_level level, const char *fmt, ...)
{
    if ((int)level > the_level)
        return;
    char line[2048], when[32];
    int n =
        snprintf(line, sizeof line, "%s %-5s ",
                 clock_iso(clock_wall_ms(&clock_system), true, when, sizeof when), names[level]);
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(line + n, sizeof line - (size_t)n - 1, fmt, ap);
    va_end(ap);
    size_t len = strlen(line);
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
            line[i] = '?';
    line[len++] = '\n';
    ssize_t ignored =
        write(the_fd, line, len); /* one write a line: whole lines, also from several threads */
    (void)ignored;
}
