/* Unix sockets: taking a place safely, and who is at the other end. */
#include "stream/listen.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/path.h"

#include <dirent.h>
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 16, LOCK_WAIT_MS = 1000 };

struct stream_listener {
    int fd;
    char *path;
    dev_t device; /* of the socket that is ours */
    ino_t inode;
    struct event *readable;
    void (*accepted)(void *arg, int fd);
    void *arg;
};

int stream_listen_directory(char **ret, struct error *err)
{
    const char *run = getenv("XDG_RUNTIME_DIR"), *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    if (run && *run == '/')
        *ret = mem_printf("%s/icetop", run);
    else if (state && *state == '/')
        *ret = mem_printf("%s/icetop", state);
    else if (home && *home == '/')
        *ret = mem_printf("%s/.local/state/icetop", home);
    else
        return error_set(err, ERR_UNAVAILABLE,
                         "none of XDG_RUNTIME_DIR, XDG_STATE_HOME and HOME is set, so there is no place for a socket");
    return 0;
}

static int make_address(const char *path, struct sockaddr_un *ret, struct error *err)
{
    *ret = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof ret->sun_path)
        return error_set(err, ERR_LIMIT, "%.200s: longer than %zu bytes, the limit for a socket", path,
                         sizeof ret->sun_path - 1);
    memcpy(ret->sun_path, path, strlen(path));
    return 0;
}

/* Is the process at the other end of this user, or of root? */
static bool is_ours(int fd, pid_t *pid)
{
    struct ucred peer;
    socklen_t len = sizeof peer;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len))
        return false;
    *pid = peer.pid;
    return peer.uid == getuid() || peer.uid == 0;
}

int stream_listen_connect(const char *path, int *ret, pid_t *pid, struct error *err)
{
    struct sockaddr_un address;
    int rc = make_address(path, &address, err);
    if (rc)
        return rc;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return error_set_errno(err, ERR_IO, errno, "a socket");
    if (connect(fd, (const struct sockaddr *)&address, sizeof address)) {
        int failed = errno;
        close(fd);
        return error_set_errno(err, failed == ENOENT ? ERR_NOT_FOUND : ERR_UNAVAILABLE, failed, "%s", path);
    }
    if (!is_ours(fd, pid)) {
        close(fd);
        return error_set(err, ERR_UNAVAILABLE, "%s: another user's process listens there", path);
    }
    *ret = fd;
    return 0;
}

/* ---- listening ---- */

static void on_readable(evutil_socket_t listening, short what, void *arg)
{
    (void)what;
    struct stream_listener *l = arg;
    pid_t pid;
    int fd = accept4(listening, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0)
        return;
    if (is_ours(fd, &pid)) {
        l->accepted(l->arg, fd);
        return;
    }
    log_warn("%s: a connection of another user was refused", l->path);
    close(fd);
}

/* Binds beside the place and moves there, so that who finds the socket can connect to it, and nobody else can. */
static int take_place(struct stream_listener *l, struct error *err)
{
    struct sockaddr_un address;
    struct stat st;
    char *beside = mem_printf("%s.%d", l->path, (int)getpid());
    int rc = make_address(beside, &address, err);
    unlink(beside);
    if (!rc && bind(l->fd, (const struct sockaddr *)&address, sizeof address))
        rc = error_set_errno(err, ERR_IO, errno, "%s", l->path);
    else if (!rc && (chmod(beside, 0600) || listen(l->fd, BACKLOG) || stat(beside, &st) || rename(beside, l->path))) {
        rc = error_set_errno(err, ERR_IO, errno, "%s", l->path);
        unlink(beside);
    } else if (!rc) {
        l->device = st.st_dev;
        l->inode = st.st_ino;
    }
    free(beside);
    return rc;
}

/* Takes the place if nobody answers there. What is there must be a socket: no file is ever replaced. */
static int take_if_free(struct stream_listener *l, pid_t *holder, struct error *err)
{
    int fd;
    pid_t pid = 0;
    struct stat st;
    if (lstat(l->path, &st) == 0 && !S_ISSOCK(st.st_mode))
        return error_set(err, ERR_UNAVAILABLE, "%s: there is something that is no socket", l->path);
    int rc = stream_listen_connect(l->path, &fd, &pid, err);
    if (rc == 0) {
        close(fd);
        *holder = pid;
        return error_set(err, ERR_UNAVAILABLE, "%s: process %d listens there already", l->path, (int)pid);
    }
    if (rc != ERR_NOT_FOUND && rc != ERR_UNAVAILABLE)
        return rc;
    *err = (struct error){0};
    return take_place(l, err);
}

int stream_listener_new(struct event_base *base, const char *path, void (*accepted)(void *arg, int fd), void *arg,
                        struct stream_listener **ret, pid_t *holder, struct error *err)
{
    struct error own = {0};
    struct stream_listener *l = mem_new(struct stream_listener);
    *l = (struct stream_listener){.fd = -1, .path = mem_strdup(path), .accepted = accepted, .arg = arg};
    int rc = path_make_directories(path, &own), lock = -1;
    if (!rc)
        lock = path_lock_directory(path, LOCK_WAIT_MS, &own);
    if (lock < 0)
        rc = rc ? rc : lock;
    if (!rc && (l->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) < 0)
        rc = error_set_errno(&own, ERR_IO, errno, "a socket");
    if (!rc)
        rc = take_if_free(l, holder, &own);
    if (lock >= 0)
        close(lock);
    if (rc) {
        stream_listener_free(l);
        return error_set(err, rc, "%s", own.text);
    }
    l->readable = event_new(base, l->fd, EV_READ | EV_PERSIST, on_readable, l);
    event_add(l->readable, NULL);
    *ret = l;
    return 0;
}

void stream_listener_free(struct stream_listener *l)
{
    struct stat st;
    if (!l)
        return;
    if (l->inode && stat(l->path, &st) == 0 && st.st_ino == l->inode && st.st_dev == l->device)
        unlink(l->path);
    if (l->readable)
        event_free(l->readable);
    if (l->fd >= 0)
        close(l->fd);
    free(l->path);
    free(l);
}

/* ---- looking ---- */

static int is_socket_name(const struct dirent *e)
{
    size_t len = strlen(e->d_name);
    return len > 5 && strcmp(e->d_name + len - 5, ".sock") == 0;
}

int stream_listen_find(const char *directory, stream_listen_paths *ret, struct error *err)
{
    struct dirent **names;
    int n = scandir(directory, &names, is_socket_name, alphasort);
    if (n < 0 && errno != ENOENT)
        return error_set_errno(err, ERR_IO, errno, "%s", directory);
    for (int i = 0; i < n; i++) {
        char *path = mem_printf("%s/%s", directory, names[i]->d_name);
        int fd;
        pid_t pid;
        if (stream_listen_connect(path, &fd, &pid, NULL) == 0) {
            close(fd);
            vec_push(ret, path);
            path = NULL;
        }
        free(path);
        free(names[i]);
    }
    if (n >= 0)
        free(names);
    return 0;
}

void stream_listen_paths_done(stream_listen_paths *paths)
{
    for (size_t i = 0; i < paths->n; i++)
        free(paths->items[i]);
    vec_done(paths);
}
