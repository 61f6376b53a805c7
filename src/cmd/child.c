/* Pipes and poll: commands that do nothing else meanwhile need no loop. */
#include "cmd/child.h"
#include "base/clock.h"
#include "base/str.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

enum { INPUT, OUTPUT, COMPLAINTS, PIPES, TURN_MS = 20 };

static void shut(struct pollfd *p)
{
    if (p->fd >= 0)
        close(p->fd);
    p->fd = -1;
}

static void write_input(struct pollfd *p, const char **input)
{
    ssize_t n = **input ? write(p->fd, *input, strlen(*input)) : 0;
    if (n > 0)
        *input += n;
    if (!**input || (n < 0 && errno != EAGAIN && errno != EINTR))
        shut(p);
}

static void read_output(struct pollfd *p, struct str *to)
{
    char bytes[16384];
    ssize_t n = read(p->fd, bytes, sizeof bytes);
    if (n > 0)
        str_bytes(to, bytes, (size_t)n);
    else if (n == 0 || (errno != EAGAIN && errno != EINTR))
        shut(p);
}

/* One turn: whatever can be written and read now, or soon. */
static void turn(struct pollfd *pipes, const char **input, struct cmd_child *c)
{
    if (poll(pipes, PIPES, TURN_MS) <= 0)
        return;
    if (pipes[INPUT].fd >= 0 && pipes[INPUT].revents)
        write_input(&pipes[INPUT], input);
    if (pipes[OUTPUT].fd >= 0 && pipes[OUTPUT].revents)
        read_output(&pipes[OUTPUT], &c->out);
    if (pipes[COMPLAINTS].fd >= 0 && pipes[COMPLAINTS].revents)
        read_output(&pipes[COMPLAINTS], &c->complaints);
}

int cmd_child_run(const struct process_options *o, const char *input, int deadline_ms, size_t most,
                  struct cmd_child *ret, struct error *err)
{
    struct process_pipes p = {.in = -1, .out = -1, .complaints = -1};
    struct cmd_child c = {0};
    pid_t pid;
    int rc = process_start(o, &pid, &p, err);
    if (rc)
        return rc;
    struct pollfd pipes[PIPES] = {
        {.fd = p.in, .events = POLLOUT}, {.fd = p.out, .events = POLLIN}, {.fd = p.complaints, .events = POLLIN}};
    int64_t began = clock_mono_us(&clock_system);
    bool ended = false;
    str_init(&c.out, most);
    str_init(&c.complaints, most);
    while (!ended || pipes[OUTPUT].fd >= 0 || pipes[COMPLAINTS].fd >= 0) {
        turn(pipes, &input, &c);
        ended = ended || process_ended(pid, &c.status, NULL);
        c.took_ms = (clock_mono_us(&clock_system) - began) / 1000;
        c.late = c.took_ms > deadline_ms;
        if (c.late || c.out.overflow)
            break;
    }
    if (!ended)
        process_kill(pid);
    for (size_t i = 0; i < PIPES; i++)
        shut(&pipes[i]);
    if (c.out.overflow) {
        cmd_child_done(&c);
        return error_set(err, ERR_LIMIT, "it wrote more than %zu bytes", most);
    }
    *ret = c;
    return 0;
}

void cmd_child_done(struct cmd_child *c)
{
    str_done(&c->out);
    str_done(&c->complaints);
}
