/* Files are known by device, inode and their first bytes: names change at every rotation, and inodes are given
 * again. */
#include "connect/follow.h"
#include "base/mem.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum {
    PIECE = 32 * 1024,
    REMEMBERED = 1000, /* files */
};

static const int64_t SWITCH_US = 5 * INT64_C(1000000); /* a writer may go on in the old file so long */

void connect_follow_files_done(struct connect_follow_files *files)
{
    vec_done(&files->list);
}

static struct connect_follow_seen *find(struct connect_follow_files *files, const struct stat *st)
{
    for (size_t i = 0; i < files->list.n; i++)
        if (files->list.items[i].device == st->st_dev && files->list.items[i].inode == st->st_ino)
            return &files->list.items[i];
    return NULL;
}

/* Puts down what is known of the file that is open; holder: who goes on with it. */
static void remember(struct connect_follow *f, const void *holder)
{
    const struct stat st = {.st_dev = f->seen.device, .st_ino = f->seen.inode};
    struct connect_follow_seen *s = find(f->files, &st);
    if (!s) {
        if (f->files->list.n == REMEMBERED) {
            memmove(f->files->list.items, f->files->list.items + 1, (REMEMBERED - 1) * sizeof *f->files->list.items);
            f->files->list.n--;
        }
        vec_push(&f->files->list, f->seen);
        s = &f->files->list.items[f->files->list.n - 1];
    }
    *s = f->seen;
    s->holder = holder;
}

__attribute__((format(printf, 2, 3))) static void set_error(struct connect_follow *f, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *text = mem_vprintf(fmt, ap);
    va_end(ap);
    free(f->error);
    f->error = text;
}

static void clear_error(struct connect_follow *f)
{
    free(f->error);
    f->error = NULL;
}

struct connect_follow *connect_follow_new(const char *path, bool archive, int64_t back,
                                          struct connect_follow_files *files, connect_entries_fn *fn, void *arg)
{
    struct connect_follow *f = mem_new(struct connect_follow);
    f->path = mem_strdup(path);
    f->archive = archive;
    f->back = back;
    f->files = files;
    f->fd = -1;
    connect_entries_init(&f->entries, fn, arg);
    return f;
}

static void close_file(struct connect_follow *f)
{
    if (f->fd < 0)
        return;
    remember(f, NULL);
    if (f->gzip)
        gzclose_r(f->gzip); /* closes the descriptor */
    else
        close(f->fd);
    f->gzip = NULL;
    f->fd = -1;
}

void connect_follow_free(struct connect_follow *f)
{
    if (!f)
        return;
    close_file(f);
    connect_entries_done(&f->entries);
    free(f->error);
    free(f->path);
    free(f);
}

/* ---- opening ---- */

static ssize_t read_at(int fd, char *bytes, size_t len, off_t at)
{
    ssize_t n;
    do
        n = pread(fd, bytes, len, at);
    while (n < 0 && errno == EINTR);
    return n;
}

/* Reads more of the beginning, as far as there is more by now. */
static void extend_head(struct connect_follow *f)
{
    struct connect_follow_seen *s = &f->seen;
    if (s->head_len == CONNECT_FOLLOW_HEAD)
        return;
    ssize_t n = read_at(f->fd, s->head + s->head_len, CONNECT_FOLLOW_HEAD - s->head_len, (off_t)s->head_len);
    if (n > 0)
        s->head_len += (size_t)n;
}

/* Does the file still begin as it did? */
static bool same_head(int fd, const struct connect_follow_seen *s)
{
    char now[CONNECT_FOLLOW_HEAD];
    return !s->head_len ||
           (read_at(fd, now, s->head_len, 0) == (ssize_t)s->head_len && memcmp(now, s->head, s->head_len) == 0);
}

static bool is_gzip(const struct connect_follow_seen *s)
{
    return s->head_len > 2 && memcmp(s->head, "\x1f\x8b\x08", 3) == 0;
}

/* Where reading begins: where it ended the last time, else at the beginning or so many bytes before the end. */
static void seek_begin(struct connect_follow *f, const struct connect_follow_seen *known, const struct stat *st)
{
    f->skip_line = false;
    f->seen.offset = 0;
    if (known && known->offset <= st->st_size && same_head(f->fd, known)) {
        f->seen.offset = known->offset;
    } else if (f->back >= 0 && st->st_size > f->back && !is_gzip(&f->seen)) {
        f->seen.offset = st->st_size - f->back;
        f->skip_line = true;
    }
    lseek(f->fd, f->seen.offset, SEEK_SET);
}

static bool open_file(struct connect_follow *f)
{
    struct stat st;
    int fd = open(f->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 || fstat(fd, &st)) {
        set_error(f, "%s: %s", f->path, strerror(errno));
        if (errno == ENOENT)
            f->back = -1; /* what is made later is new from its first byte on */
        if (fd >= 0)
            close(fd);
        return false;
    }
    const struct connect_follow_seen *known = find(f->files, &st);
    if (!S_ISREG(st.st_mode) || (known && known->holder && known->holder != f)) {
        close(fd);
        if (S_ISREG(st.st_mode))
            clear_error(f); /* read under its other name */
        else
            set_error(f, "%s: no regular file", f->path);
        f->caught_up = true;
        f->finished |= f->archive;
        return false;
    }
    clear_error(f);
    f->fd = fd;
    f->seen = (struct connect_follow_seen){.device = st.st_dev, .inode = st.st_ino};
    extend_head(f);
    seek_begin(f, known, &st);
    f->back = -1;
    f->missed_us = 0;
    if (is_gzip(&f->seen)) {
        f->gzip = gzdopen(fd, "rb");
        if (!f->gzip)
            mem_none();
        gzbuffer(f->gzip, PIECE);
    }
    remember(f, f);
    return true;
}

/* ---- reading ---- */

static void feed(struct connect_follow *f, const char *bytes, size_t len)
{
    if (f->skip_line) {
        const char *newline = memchr(bytes, '\n', len);
        f->skip_line = !newline;
        len = newline ? len - (size_t)(newline + 1 - bytes) : 0;
        bytes = newline ? newline + 1 : bytes;
    }
    connect_entries_feed(&f->entries, bytes, len);
}

/* Cut, or written anew in its place: then all of it is new. */
static bool begin_again(struct connect_follow *f, const struct stat *st)
{
    if (st->st_size >= f->seen.offset && same_head(f->fd, &f->seen))
        return false;
    connect_entries_end(&f->entries, true);
    f->truncations++;
    f->seen.offset = 0;
    f->seen.head_len = 0;
    f->skip_line = false;
    lseek(f->fd, 0, SEEK_SET);
    extend_head(f);
    return true;
}

/* At the end of the file that is open: is it still the one at the path? True where another is open now. */
static bool switch_file(struct connect_follow *f, int64_t now_us)
{
    struct stat st;
    const int failed = stat(f->path, &st) ? errno : 0;
    if (failed && !f->missed_us)
        f->missed_us = now_us;
    if (failed) {
        if (now_us - f->missed_us >= SWITCH_US) /* between rotation and the new file is no fault */
            set_error(f, "%s: %s", f->path, strerror(failed));
        return false;
    }
    if (st.st_dev == f->seen.device && st.st_ino == f->seen.inode) {
        clear_error(f);
        f->missed_us = 0;
        return false;
    }
    if (!f->missed_us)
        f->missed_us = now_us;
    if (!st.st_size && now_us - f->missed_us < SWITCH_US)
        return false;
    close_file(f);
    connect_entries_end(&f->entries, true);
    f->rotations++;
    return open_file(f);
}

static size_t read_gzip(struct connect_follow *f, size_t max)
{
    char piece[PIECE];
    int n = gzread(f->gzip, piece, (unsigned)(max < sizeof piece ? max : sizeof piece));
    if (n > 0) {
        connect_entries_feed(&f->entries, piece, (size_t)n);
        return (size_t)n;
    }
    int code;
    const char *why = gzerror(f->gzip, &code);
    if (n < 0 || code != Z_OK)
        set_error(f, "%s: cannot be unpacked: %s", f->path, code == Z_ERRNO ? strerror(errno) : why);
    connect_entries_end(&f->entries, true);
    f->caught_up = f->finished = true;
    close_file(f);
    return 0;
}

static size_t read_plain(struct connect_follow *f, size_t max)
{
    char piece[PIECE];
    struct stat st;
    if (fstat(f->fd, &st) == 0 && begin_again(f, &st))
        clear_error(f);
    ssize_t n = read(f->fd, piece, max < sizeof piece ? max : sizeof piece);
    if (n < 0 && errno != EINTR && errno != EAGAIN) {
        set_error(f, "%s: %s", f->path, strerror(errno));
        close_file(f);
        return 0;
    }
    if (n > 0) {
        feed(f, piece, (size_t)n);
        extend_head(f);
        f->seen.offset += n;
        return (size_t)n;
    }
    f->caught_up = true;
    if (f->archive) {
        connect_entries_end(&f->entries, true);
        f->finished = true;
        close_file(f);
    }
    return 0;
}

size_t connect_follow_read(struct connect_follow *f, size_t max, int64_t now_us)
{
    if (f->finished || (f->fd < 0 && !open_file(f)))
        return 0;
    size_t n = f->gzip ? read_gzip(f, max) : read_plain(f, max);
    if (!n && f->fd >= 0 && switch_file(f, now_us))
        n = f->gzip ? read_gzip(f, max) : read_plain(f, max);
    f->bytes += (int64_t)n;
    if (n)
        f->read_us = now_us;
    return n;
}

bool connect_follow_gone(const struct connect_follow *f)
{
    struct stat st;
    return f->fd >= 0 && fstat(f->fd, &st) == 0 && st.st_nlink == 0;
}

/* Where a number (".2") or a date ("-20261120") that ends at `end` begins; end if there is none. "connect-0" is
 * a worker's name. */
static size_t number_begin(const char *s, size_t end)
{
    enum { DATE_DIGITS = 6 };
    size_t at = end, digits = 0;
    while (at && ((s[at - 1] >= '0' && s[at - 1] <= '9') || s[at - 1] == '-' || s[at - 1] == '_'))
        digits += s[--at] >= '0' && s[at] <= '9';
    if (at < end && at && s[at - 1] == '.')
        return at - 1;
    return digits >= DATE_DIGITS && (s[at] == '-' || s[at] == '_') ? at : end;
}

char *connect_follow_log(const char *path)
{
    char *log = mem_strdup(path);
    const char *slash = strrchr(log, '/');
    const size_t name = slash ? (size_t)(slash + 1 - log) : 0;
    size_t n = strlen(log);
    if (n - name > 3 && strcmp(log + n - 3, ".gz") == 0)
        log[n -= 3] = '\0';
    size_t begin = number_begin(log, n), end = n;
    const char *dot = strrchr(log + name, '.');
    if (begin == n && dot) { /* before the extension */
        end = (size_t)(dot - log);
        begin = number_begin(log, end);
    }
    if (begin > name && begin < end)
        memmove(log + begin, log + end, n - end + 1);
    return log;
}
