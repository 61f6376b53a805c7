/* Any bytes as a configuration file: the tree, the sections and the printing of what loaded. */
#include "base/str.h"
#include "conf/conf.h"
#include "conf/yaml.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Would loading it run a command, or read a file that is named in it? */
static int reaches_out(const uint8_t *data, size_t size)
{
    return memmem(data, size, "command", 7) || memmem(data, size, "file", 4);
}

/* What was read, written and read again is the same. */
static void check_scalar(const struct conf_yaml *node)
{
    for (size_t i = 0; i < node->n; i++)
        check_scalar(&node->items[i]);
    if (!node->text)
        return;
    struct str s = {0};
    struct conf_yaml again = {0};
    conf_yaml_write(&s, node->text);
    if (conf_yaml_parse("again", s.s, s.len, &again, NULL) != 0 || !again.text || strcmp(again.text, node->text) != 0)
        abort();
    conf_yaml_done(&again);
    str_done(&s);
}

static void load_from_memory(const uint8_t *data, size_t size)
{
    int fd = memfd_create("conf", 0);
    char path[64];
    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    struct conf_args args = {.config = path, .bootstrap = "127.0.0.1:9092"};
    struct conf *c;
    struct error err;
    if (conf_load(&args, &c, &err) == 0) {
        struct str s = {0};
        conf_print(c, &s);
        str_done(&s);
        conf_free(c);
    }
    close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct conf_yaml root;
    if (conf_yaml_parse("fuzz", (const char *)data, size, &root, NULL) == 0) {
        check_scalar(&root);
        conf_yaml_done(&root);
        if (!reaches_out(data, size))
            load_from_memory(data, size);
    }
    return 0;
}
