/* Directories, the lock file, file systems, and setting a bad file aside. */
#include "history/place.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

int history_place_default(char **path, struct error *err)
{
    int rc = path_state("history.db", path, err);
    if (rc)
        error_prefix(err, "history");
    return rc;
}

int history_place_make(const char *path, struct error *err)
{
    int rc = path_make_directories(path, err);
    if (rc) {
        error_prefix(err, "history");
        return rc;
    }
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return error_set_errno(err, ERR_IO, errno, "history: cannot open %s", path);
    struct stat st;
    if (fstat(fd, &st) == 0 && (st.st_mode & 077) && fchmod(fd, 0600) != 0)
        rc = error_set_errno(err, ERR_IO, errno, "history: cannot make %s private", path);
    close(fd);
    return rc;
}

int history_place_lock(const char *path, int *ret, int64_t *pid, struct error *err)
{
    char *name = mem_printf("%s.lock", path);
    char text[24] = "";
    int rc = 0, fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) {
        rc = error_set_errno(err, ERR_IO, errno, "history: cannot open %s", name);
    } else if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        int number = errno;
        ssize_t n = pread(fd, text, sizeof text - 1, 0);
        text[n > 0 ? n : 0] = '\0';
        *pid = strtol(text, NULL, 10);
        rc = number == EWOULDBLOCK ? error_set(err, ERR_UNAVAILABLE, "history: another icetop writes %s", path)
                                   : error_set_errno(err, ERR_IO, number, "history: cannot lock %s", name);
    }
    free(name);
    if (rc) {
        if (fd >= 0)
            close(fd);
        return rc;
    }
    int n = snprintf(text, sizeof text, "%ld\n", (long)getpid());
    if (ftruncate(fd, 0) == 0) { /* the number is for people: without it the lock is as good */
        ssize_t ignored = pwrite(fd, text, (size_t)n, 0);
        (void)ignored;
    }
    *ret = fd;
    return 0;
}

const char *history_place_network(int64_t type)
{
    /* Numbers of statfs(2); not all are in the kernel's public headers. FUSE is in the list because
     * it may be anything (sshfs), and shared memory over it is not to be relied on. */
    static const struct {
        uint32_t type;
        const char *name;
    } networks[] = {
        {0x6969, "nfs"},      {0x517B, "smb"},      {0xFF534D42, "cifs"},   {0xFE534D42, "smb2"},
        {0x5346414F, "afs"},  {0x6B414653, "afs"},  {0x73757245, "coda"},   {0x01021997, "9p"},
        {0x00C36400, "ceph"}, {0x01161970, "gfs2"}, {0x7461636F, "ocfs2"},  {0x0BD00BD0, "lustre"},
        {0x65735546, "fuse"}, {0x47504653, "gpfs"}, {0x19830326, "beegfs"},
    };
    for (size_t i = 0; i < sizeof networks / sizeof *networks; i++)
        if (networks[i].type == (uint32_t)type)
            return networks[i].name;
    return NULL;
}

const char *history_place_network_of(const char *path)
{
    struct statfs fs;
    return statfs(path, &fs) == 0 ? history_place_network((int64_t)fs.f_type) : NULL;
}

int history_place_set_aside(const char *path, int64_t now_ms, char **aside, struct error *err)
{
    char time[32];
    clock_format(now_ms, true, "%Y%m%dT%H%M%SZ", time, sizeof time);
    char *to = mem_printf("%s.corrupt-%s", path, time);
    if (rename(path, to) != 0) {
        int rc = error_set_errno(err, ERR_IO, errno, "history: cannot rename %s to %s", path, to);
        free(to);
        return rc;
    }
    /* The write-ahead log belongs to the file; beside a new one it would only do harm. */
    static const char *const companions[] = {"-wal", "-shm", "-journal"};
    for (size_t i = 0; i < sizeof companions / sizeof *companions; i++) {
        char *from = mem_printf("%s%s", path, companions[i]);
        char *with = mem_printf("%s%s", to, companions[i]);
        if (rename(from, with) != 0 && errno != ENOENT)
            unlink(from);
        free(from);
        free(with);
    }
    *aside = to;
    return 0;
}
