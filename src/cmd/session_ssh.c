/* Runs icetop collect --stdio on another host by ssh. */
#include "cmd/session_ssh.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "stream/child.h"

#include <errno.h>
#include <event2/event.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { WAIT_MS = 1000, END_WAIT_MS = 200, LINE = 400 };

struct session_ssh {
    char *host;
    struct stream_child *child;
    bool waiting;       /* started, and not yet taken */
    int fd, complaints; /* -1: none */
    struct event *readable;
    char line[LINE]; /* what it says, up to its end of line */
    size_t len;
    char last[LINE]; /* the last whole line, safe to show */
    char why[2 * LINE];
};

struct session_ssh *session_ssh_new(const char *host)
{
    struct session_ssh *s = mem_new(struct session_ssh);
    *s = (struct session_ssh){.host = mem_strdup(host), .fd = -1, .complaints = -1};
    return s;
}

static void stop(struct session_ssh *s)
{
    if (s->readable)
        event_free(s->readable);
    if (s->complaints >= 0)
        close(s->complaints);
    if (s->waiting && s->fd >= 0)
        close(s->fd);
    stream_child_free(s->child, WAIT_MS);
    s->readable = NULL;
    s->child = NULL;
    s->fd = s->complaints = -1;
    s->waiting = false;
    s->len = 0;
}

void session_ssh_free(struct session_ssh *s)
{
    if (!s)
        return;
    stop(s);
    free(s->host);
    free(s);
}

static void end_line(struct session_ssh *s)
{
    struct str safe = {0};
    text_safe(&safe, s->line, s->len);
    if (safe.len) {
        snprintf(s->last, sizeof s->last, "%s", str_text(&safe));
        log_warn("ssh: %s", s->last);
    }
    str_done(&safe);
    s->len = 0;
}

/* Takes what it says; false at the end. */
static bool hear(struct session_ssh *s, bool echo)
{
    char buf[1024];
    ssize_t n = read(s->complaints, buf, sizeof buf);
    if (n <= 0)
        return n < 0 && (errno == EINTR || errno == EAGAIN);
    if (echo)
        fwrite(buf, 1, (size_t)n, stderr);
    for (ssize_t i = 0; i < n; i++) {
        if (buf[i] == '\n')
            end_line(s);
        else if (buf[i] != '\r' && s->len < sizeof s->line)
            s->line[s->len++] = buf[i];
    }
    return true;
}

static void on_complaint(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    struct session_ssh *s = arg;
    if (!hear(s, false))
        event_del(s->readable);
}

const char *session_ssh_why(struct session_ssh *s)
{
    const char *how = s->child ? stream_child_failed(s->child, END_WAIT_MS) : NULL;
    struct pollfd p = {.fd = s->complaints, .events = POLLIN};
    while (s->complaints >= 0 && poll(&p, 1, 0) > 0 && hear(s, false))
        ;
    if (s->last[0])
        snprintf(s->why, sizeof s->why, "ssh %.100s: %s", s->host, s->last);
    else if (how)
        snprintf(s->why, sizeof s->why, "ssh %.100s: %s", s->host, how);
    else
        return NULL;
    return s->why;
}

/* Until the other side says something, or ssh has ended. */
static int wait_for_speech(struct session_ssh *s, struct error *err)
{
    for (;;) {
        char c;
        struct pollfd p[] = {{.fd = s->fd, .events = POLLIN}, {.fd = s->complaints, .events = POLLIN}};
        if (poll(p, 2, -1) < 0)
            continue;
        if (p[1].revents && !hear(s, true)) {
            close(s->complaints);
            s->complaints = -1;
        }
        if (!p[0].revents)
            continue;
        if (recv(s->fd, &c, 1, MSG_PEEK | MSG_DONTWAIT) == 1)
            return 0;
        const char *why = session_ssh_why(s);
        return error_set(err, ERR_CLOSED, "%s", why ? why : "ssh ended");
    }
}

int session_ssh_start(struct session_ssh *s, struct event_base *base, bool ask, struct error *err)
{
    /* After the first time nobody can be asked: the terminal is a screen. */
    const char *const argv[] = {"ssh",     "-T",
                                "-o",      "ServerAliveInterval=15",
                                "-o",      ask ? "BatchMode=no" : "BatchMode=yes",
                                s->host,   "icetop",
                                "collect", "--stdio",
                                NULL};
    stop(s);
    s->last[0] = '\0';
    if (s->host[0] == '-')
        return error_set(err, ERR_INVALID, "--ssh: \"%.100s\" is no host", s->host);
    const struct stream_child_options options = {
        .exe = "ssh", .argv = argv, .foreign = true, .complaints = &s->complaints};
    int rc = stream_child_spawn(&options, &s->child, err);
    if (rc)
        return rc;
    s->fd = stream_child_take_fd(s->child);
    s->waiting = true;
    if (ask)
        rc = wait_for_speech(s, err);
    if (rc == 0 && s->complaints >= 0) {
        s->readable = event_new(base, s->complaints, EV_READ | EV_PERSIST, on_complaint, s);
        event_add(s->readable, NULL);
    }
    return rc;
}

int session_ssh_take(struct session_ssh *s, struct event_base *base, int *fd, struct error *err)
{
    int rc = s->waiting ? 0 : session_ssh_start(s, base, false, err);
    if (rc)
        return rc;
    *fd = s->fd;
    s->waiting = false;
    return 0;
}
