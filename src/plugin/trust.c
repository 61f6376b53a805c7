/* A walk from the root down to a plugin's file, each step on a descriptor. */
#include "plugin/trust.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINKS = 40 }; /* as many as the kernel follows */

struct walk {
    int fd;             /* of what at names */
    struct stat st;     /* of it */
    struct str at;      /* absolute, without links; "" is the root */
    char *rest;         /* what is still to be walked */
    unsigned links;     /* followed so far */
    struct error doubt; /* the first directory above that is not to be trusted; code 0: none */
};

/* ---- one step's look ---- */

static const char *user_name(uid_t uid, char *buf, size_t size)
{
    char room[4096];
    struct passwd entry, *found = NULL;
    if (getpwuid_r(uid, &entry, room, sizeof room, &found) == 0 && found)
        snprintf(buf, size, "%s", found->pw_name);
    else
        snprintf(buf, size, "user %u", (unsigned)uid);
    return buf;
}

/* As error texts name a path: safe to print, and short. */
static const char *shown(const char *path, char *buf, size_t size)
{
    struct str safe = {0};
    text_safe(&safe, path, strlen(path));
    snprintf(buf, size, "%s", *str_text(&safe) ? str_text(&safe) : "/");
    str_done(&safe);
    return buf;
}

/* What is wrong with the owner or the mode of what was reached. */
static int look(const struct walk *w, struct error *err)
{
    char path[300], owner[64];
    const char *what = S_ISDIR(w->st.st_mode) ? "directory" : S_ISLNK(w->st.st_mode) ? "link" : "file";
    shown(str_text(&w->at), path, sizeof path);
    if (w->st.st_uid != 0 && w->st.st_uid != geteuid())
        return error_set(err, ERR_INVALID, "%s %s belongs to %s; a plugin is run only where root or you own it", what,
                         path, user_name(w->st.st_uid, owner, sizeof owner));
    if (!S_ISLNK(w->st.st_mode) && w->st.st_mode & (S_IWGRP | S_IWOTH))
        return error_set(err, ERR_INVALID,
                         "%s %s may be written by %s (mode %04o); a plugin is run only where nobody else can", what,
                         path, w->st.st_mode & S_IWOTH ? "everybody" : "its group", w->st.st_mode & 07777);
    return 0;
}

/* Is the directory one that the user vouches for? */
static bool vouched(const struct walk *w)
{
    const char *list = getenv("ICETOP_PLUGIN_TRUST");
    for (const char *end; list && *list; list = *end ? end + 1 : end) {
        end = strchrnul(list, ':');
        char *path = mem_memdup(list, (size_t)(end - list));
        struct stat st;
        bool same = *path == '/' && stat(path, &st) == 0 && st.st_dev == w->st.st_dev && st.st_ino == w->st.st_ino;
        free(path);
        if (same)
            return true;
    }
    return false;
}

static void look_at_directory(struct walk *w)
{
    if (vouched(w))
        w->doubt.code = 0;
    else if (!w->doubt.code)
        look(w, &w->doubt);
}

/* ---- steps ---- */

static int failed(const struct walk *w, const char *name, struct error *err)
{
    char path[300];
    int errnum = errno, code = errnum == ENOENT || errnum == ENOTDIR ? ERR_NOT_FOUND : ERR_IO;
    struct str whole = {0};
    str_printf(&whole, "%s/%s", str_text(&w->at), name);
    code = error_set_errno(err, code, errnum, "%s", shown(str_text(&whole), path, sizeof path));
    str_done(&whole);
    return code;
}

static int begin_at_root(struct walk *w, struct error *err)
{
    int fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &w->st)) {
        int errnum = errno;
        if (fd >= 0)
            close(fd);
        return error_set_errno(err, ERR_IO, errnum, "/");
    }
    if (w->fd >= 0)
        close(w->fd);
    w->fd = fd;
    str_clear(&w->at);
    w->doubt.code = 0;
    look_at_directory(w);
    return 0;
}

/* Goes on from the root: head, "/" and what was still to be walked. */
static int begin_again(struct walk *w, const char *head, struct error *err)
{
    char *rest = mem_printf("%s/%s", head, w->rest);
    free(w->rest);
    w->rest = rest;
    return begin_at_root(w, err);
}

/* The link of this descriptor, called name in the directory that was reached. */
static int follow(struct walk *w, int link, const char *name, struct error *err)
{
    char target[PATH_MAX];
    ssize_t n = readlinkat(link, "", target, sizeof target - 1);
    if (n < 0)
        return failed(w, name, err);
    target[n] = '\0';
    if (++w->links > LINKS) {
        errno = ELOOP;
        return failed(w, name, err);
    }
    if (*target == '/' && w->doubt.code) { /* what is doubted is left behind */
        *err = w->doubt;
        return err->code;
    }
    if (*target == '/')
        return begin_again(w, target, err);
    char *rest = mem_printf("%s/%s", target, w->rest);
    free(w->rest);
    w->rest = rest;
    return 0;
}

/* Up: from the root once more, since what was doubted above may have been vouched for below. */
static int step_up(struct walk *w, struct error *err)
{
    const char *slash = strrchr(str_text(&w->at), '/');
    char *parent = mem_memdup(str_text(&w->at), slash ? (size_t)(slash - str_text(&w->at)) : 0);
    int rc = 0;
    if (w->doubt.code) {
        *err = w->doubt;
        rc = err->code;
    } else {
        rc = begin_again(w, parent, err);
    }
    free(parent);
    return rc;
}

static int step_into(struct walk *w, const char *name, struct error *err)
{
    struct stat st;
    int fd = openat(w->fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return failed(w, name, err);
    if (fstat(fd, &st)) {
        int rc = failed(w, name, err);
        close(fd);
        return rc;
    }
    if (S_ISLNK(st.st_mode)) {
        struct walk link = {.fd = -1, .st = st};
        str_printf(&link.at, "%s/%s", str_text(&w->at), name);
        int rc = look(&link, err);
        str_done(&link.at);
        if (!rc)
            rc = follow(w, fd, name, err);
        close(fd);
        return rc;
    }
    close(w->fd);
    w->fd = fd;
    w->st = st;
    str_printf(&w->at, "/%s", name);
    if (S_ISDIR(st.st_mode))
        look_at_directory(w);
    return 0;
}

/* Cuts the first component off what is to be walked; NULL at the end. The caller's to free. */
static char *next_component(struct walk *w)
{
    const char *begin = w->rest + strspn(w->rest, "/");
    size_t len = strcspn(begin, "/");
    if (!len)
        return NULL;
    char *name = mem_memdup(begin, len), *rest = mem_strdup(begin + len);
    free(w->rest);
    w->rest = rest;
    return name;
}

static int walk_down(struct walk *w, struct error *err)
{
    int rc = begin_at_root(w, err);
    char *name = NULL;
    while (!rc && (name = next_component(w))) {
        if (strcmp(name, "..") == 0)
            rc = step_up(w, err);
        else if (strcmp(name, ".") != 0)
            rc = step_into(w, name, err);
        free(name);
    }
    return rc;
}

static int judge(const struct walk *w, struct error *err)
{
    char path[300];
    if (!S_ISREG(w->st.st_mode))
        return error_set(err, ERR_INVALID, "%s is no regular file", shown(str_text(&w->at), path, sizeof path));
    if (w->doubt.code) {
        *err = w->doubt;
        return err->code;
    }
    return look(w, err);
}

int plugin_trust_open(const char *path, int *ret_fd, char **ret_path, struct error *err)
{
    struct walk w = {.fd = -1};
    struct error own = {0};
    char here[PATH_MAX];
    int rc = 0;
    if (*path == '/')
        w.rest = mem_strdup(path);
    else if (getcwd(here, sizeof here))
        w.rest = mem_printf("%s/%s", here, path);
    else
        return error_set_errno(err, ERR_IO, errno, "the working directory");
    rc = walk_down(&w, &own);
    if (!rc)
        rc = judge(&w, &own);
    if (rc) {
        error_set(err, rc, "%s", own.text);
        if (w.fd >= 0)
            close(w.fd);
    } else {
        *ret_fd = w.fd;
        *ret_path = mem_strdup(str_text(&w.at));
    }
    str_done(&w.at);
    free(w.rest);
    return rc;
}
