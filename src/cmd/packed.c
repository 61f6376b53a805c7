/* zlib reads what is not packed as it is. */
#include "cmd/packed.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { PIECE = 128 * 1024 };

static int open_packed(const char *path, gzFile *ret, struct error *err)
{
    struct stat st;
    int fd =
        strcmp(path, "-") == 0 ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3) : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0 || fstat(fd, &st) || S_ISDIR(st.st_mode)) {
        error_set(err, ERR_NOT_FOUND, "%s", fd < 0 ? strerror(errno) : "it is a directory");
        if (fd >= 0)
            close(fd);
        return ERR_NOT_FOUND;
    }
    *ret = gzdopen(fd, "rb");
    if (!*ret)
        mem_none();
    gzbuffer(*ret, PIECE);
    return 0;
}

int cmd_packed_read(const char *path, void (*piece)(void *arg, const char *bytes, size_t len), void *arg,
                    struct error *err)
{
    gzFile g;
    int n, code, rc = open_packed(path, &g, err);
    if (rc)
        return rc;
    char *bytes = mem_alloc(PIECE);
    while ((n = gzread(g, bytes, PIECE)) > 0)
        piece(arg, bytes, (size_t)n);
    (void)gzerror(g, &code);
    if (n < 0 || code != Z_OK)
        rc = error_set(err, ERR_IO, "%s",
                       code == Z_ERRNO ? strerror(errno) : "the end of what is packed is damaged or missing");
    free(bytes);
    gzclose_r(g);
    return rc;
}

const char *cmd_packed_name(const char *path)
{
    return strcmp(path, "-") == 0 ? "standard input" : path;
}
