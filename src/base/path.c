/* Places by the XDG base directory specification, directories and their locks. */
#include "base/path.h"
#include "base/clock.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

int path_state(const char *name, char **ret, struct error *err)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    if (state && state[0] == '/') /* a relative one is to be ignored, says the specification */
        *ret = mem_printf("%s/icetop/%s", state, name);
    else if (home && home[0])
        *ret = mem_printf("%s/.local/state/icetop/%s", home, name);
    else
        return error_set(err, ERR_UNAVAILABLE, "neither XDG_STATE_HOME nor HOME is set, so there is no place for %s",
                         name);
    return 0;
}

int path_set_aside(const char *path, int64_t now_ms, struct error *err)
{
    char time[32];
    clock_format(now_ms, true, "%Y%m%dT%H%M%SZ", time, sizeof time);
    char *to = mem_printf("%s.aside-%s", path, time);
    char *what = mem_strdup(err->text);
    int rc = rename(path, to) ? ERR_IO : ERR_INVALID;
    if (rc == ERR_IO)
        error_set_errno(err, ERR_IO, errno, "%s, and cannot be renamed", what);
    else
        error_set(err, ERR_INVALID, "%s; it is %s now", what, strrchr(to, '/') ? strrchr(to, '/') + 1 : to);
    free(what);
    free(to);
    return rc;
}

int path_make_directories(const char *path, struct error *err)
{
    char *dir = mem_strdup(path);
    int rc = 0;
    for (char *slash = strchr(*dir ? dir + 1 : dir, '/'); slash && !rc; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(dir, 0700) != 0 && errno != EEXIST)
            rc = error_set_errno(err, ERR_IO, errno, "cannot make directory %s", dir);
        *slash = '/';
    }
    free(dir);
    return rc;
}

int path_lock_directory(const char *path, int wait_ms, struct error *err)
{
    enum { STEP_MS = 20 };
    const char *slash = strrchr(path, '/');
    char *dir = slash ? mem_memdup(path, slash > path ? (size_t)(slash - path) : 1) : mem_strdup(".");
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), failed = fd < 0 ? errno : 0;
    while (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) && (failed = errno) == EWOULDBLOCK && wait_ms > 0) {
        failed = 0;
        poll(NULL, 0, STEP_MS); /* others have it for a moment only */
        wait_ms -= STEP_MS;
    }
    int rc = fd;
    if (failed == EWOULDBLOCK)
        rc = error_set(err, ERR_UNAVAILABLE, "%s is locked by another process", dir);
    else if (failed)
        rc = error_set_errno(err, ERR_IO, failed, "%s", dir);
    if (failed && fd >= 0)
        close(fd);
    free(dir);
    return rc;
}
