/* icetop plugins new: a plugin that does something, builds and passes its test, to go on from. */
#include "base/mem.h"
#include "base/str.h"
#include "cmd/plugins.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* In each text @ stands for the plugin's name and ~ for it with underscores. */

static const char c_source[] =
    "/* What things a service tells of, for icetop. */\n"
    "#include <icetop/plugin.h>\n"
    "\n"
    "#include <stdlib.h>\n"
    "\n"
    "enum { THINGS };\n"
    "enum { THING_NAME, THING_STATE, THING_SIZE };\n"
    "\n"
    "static const struct icetop_column things[] = {\n"
    "    [THING_NAME] = {.name = \"thing\", .type = ICETOP_TEXT, .flags = ICETOP_KEY, .help = \"Which thing.\"},\n"
    "    [THING_STATE] = {.name = \"state\", .type = ICETOP_TEXT, .flags = ICETOP_HISTORY, .help = \"How it is.\"},\n"
    "    [THING_SIZE] = {.name = \"size\",\n"
    "                    .type = ICETOP_INT,\n"
    "                    .unit = ICETOP_UNIT_BYTES,\n"
    "                    .flags = ICETOP_HISTORY | ICETOP_SUM,\n"
    "                    .help = \"How large it is.\"},\n"
    "};\n"
    "static const struct icetop_table tables[] = {\n"
    "    [THINGS] = {.name = \"~_things\",\n"
    "                .title = \"@ things\",\n"
    "                .help = \"One row for each thing that the service tells of.\",\n"
    "                ICETOP_COLUMNS(things)},\n"
    "};\n"
    "static const struct icetop_option options[] = {ICETOP_HTTP_OPTIONS};\n"
    "\n"
    "struct plugin {\n"
    "    const struct icetop_host *host;\n"
    "};\n"
    "\n"
    "static void *plugin_open(const struct icetop_host *host)\n"
    "{\n"
    "    struct plugin *p = malloc(sizeof *p);\n"
    "    if (p)\n"
    "        p->host = host;\n"
    "    return p;\n"
    "}\n"
    "\n"
    "static void on_things(void *arg, const struct icetop_answer *answer)\n"
    "{\n"
    "    struct plugin *p = arg;\n"
    "    const struct icetop_host *host = p->host;\n"
    "    if (answer->error) {\n"
    "        host->done(host, ICETOP_FAILED, \"%s\", answer->error);\n"
    "        return;\n"
    "    }\n"
    "    for (size_t i = 0; i < host->json_size(answer->json); i++) {\n"
    "        const struct icetop_json *thing = host->json_at(answer->json, i);\n"
    "        host->row_begin(host, THINGS);\n"
    "        host->set_json(host, THING_NAME, host->json_get(thing, \"name\"));\n"
    "        host->set_json(host, THING_STATE, host->json_get(thing, \"state\"));\n"
    "        host->set_json(host, THING_SIZE, host->json_get(thing, \"size\"));\n"
    "        host->row_end(host);\n"
    "    }\n"
    "    host->done(host, ICETOP_OK, NULL);\n"
    "}\n"
    "\n"
    "static void plugin_round(void *self)\n"
    "{\n"
    "    struct plugin *p = self;\n"
    "    p->host->get_json(p->host, \"/things\", on_things, p);\n"
    "}\n"
    "\n"
    "const struct icetop_plugin icetop_plugin = {\n"
    "    ICETOP_PLUGIN_BEGIN,\n"
    "    .name = \"@\",\n"
    "    .version = \"0.1\",\n"
    "    .license = \"Apache-2.0\",\n"
    "    .help = \"Things of a service.\",\n"
    "    ICETOP_OPTIONS(options),\n"
    "    ICETOP_TABLES(tables),\n"
    "    .open = plugin_open,\n"
    "    .round = plugin_round,\n"
    "    .close = free,\n"
    "};\n";

static const char c_makefile[] =
    "# make: the plugin. make test: it, against recorded answers. make install: for oneself.\n"
    "ICETOP ?= icetop\n"
    "CFLAGS ?= -O2 -g\n"
    "CPPFLAGS += $(shell pkg-config --cflags icetop-plugin 2>/dev/null)\n"
    "\n"
    "@.so: @.c\n"
    "\t$(CC) -std=c11 -Wall -Wextra $(CPPFLAGS) $(CFLAGS) -fPIC -fvisibility=hidden $(LDFLAGS) -shared -o $@ $<\n"
    "\n"
    "test: @.so\n"
    "\t$(ICETOP) plugins test ./@.so\n"
    "\n"
    "install: @.so\n"
    "\tinstall -D -m 755 @.so ~/.local/lib/icetop/plugins/@.so\n"
    "\n"
    ".PHONY: test install\n";

static const char c_recorded[] = "{\n"
                                 "  \"options\": {\"url\": \"http://localhost:8080\"},\n"
                                 "  \"answers\": {\n"
                                 "    \"/things\": {\"json\": [\n"
                                 "      {\"name\": \"first\", \"state\": \"good\", \"size\": 1024},\n"
                                 "      {\"name\": \"second\", \"state\": \"bad\", \"size\": null}\n"
                                 "    ]}\n"
                                 "  }\n"
                                 "}\n";

static const char c_readme[] =
    "# @\n"
    "\n"
    "A plugin of icetop: things of a service.\n"
    "\n"
    "`make test` builds it and runs it against recorded.json; `make install` puts it where icetop finds it. Then, in\n"
    "icetop.yaml:\n"
    "\n"
    "    plugins:\n"
    "      @:\n"
    "        plugin: @\n"
    "        options: {url: http://localhost:8080}\n"
    "\n"
    "icetop-plugin(7) and <icetop/plugin.h> say what a plugin can do.\n";

static const char program[] =
    "#!/bin/sh\n"
    "# Files of a directory, for icetop: a table, a row for each, and the end. icetop-plugin(7) says what else there "
    "is.\n"
    "echo '{\"t\":\"table\",\"table\":\"~_files\",\"title\":\"@ files\",\"help\":\"One row for each "
    "file.\",\"columns\":[\n"
    "  {\"name\":\"file\",\"type\":\"text\",\"flags\":[\"key\"],\"help\":\"Its name.\"},\n"
    "  {\"name\":\"size\",\"type\":\"int\",\"unit\":\"bytes\",\"help\":\"How large it is.\"}]}' | tr -d '\\n'\n"
    "echo\n"
    "for file in /etc/hostname /etc/passwd; do\n"
    "    [ -r \"$file\" ] || continue\n"
    "    echo \"{\\\"t\\\":\\\"row\\\",\\\"table\\\":\\\"~_files\\\",\\\"file\\\":\\\"$file\\\",\\\"size\\\":$(($(wc "
    "-c <\"$file\")))}\"\n"
    "done\n"
    "echo '{\"t\":\"done\",\"outcome\":\"ok\"}'\n";

static const char program_makefile[] =
    "# make test: runs it once and looks at what it says. make install: for oneself.\n"
    "ICETOP ?= icetop\n"
    "\n"
    "test:\n"
    "\t$(ICETOP) plugins test ./@\n"
    "\n"
    "install:\n"
    "\tinstall -D -m 755 @ ~/.local/lib/icetop/plugins/@\n"
    "\n"
    ".PHONY: test install\n";

static const char program_readme[] =
    "# @\n"
    "\n"
    "A plugin of icetop: files of a directory.\n"
    "\n"
    "`make test` runs it; `make install` puts it where icetop finds it. Then, in icetop.yaml:\n"
    "\n"
    "    plugins:\n"
    "      @: {plugin: @}\n"
    "\n"
    "icetop-plugin(7) says what a program can say.\n";

struct file {
    const char *name, *text; /* @ in both; the end's name is NULL */
    mode_t mode;
};

static const struct file c_files[] = {
    {"@.c", c_source, 0644},
    {"Makefile", c_makefile, 0644},
    {"recorded.json", c_recorded, 0644},
    {"README.md", c_readme, 0644},
    {NULL, NULL, 0},
};
static const struct file program_files[] = {
    {"@", program, 0755}, {"Makefile", program_makefile, 0644}, {"README.md", program_readme, 0644}, {NULL, NULL, 0}};

/* Make's own $@ stays. */
static void fill_in(const char *text, const char *name, struct str *out)
{
    for (const char *c = text; *c; c++) {
        if (*c == '@' && (c == text || c[-1] != '$'))
            str_add(out, name);
        else if (*c == '~' && c[1] == '_')
            for (const char *n = name; *n; n++)
                str_char(out, *n == '-' ? '_' : *n);
        else
            str_char(out, *c);
    }
}

static int write_file(int directory, const struct file *f, const char *name)
{
    struct str path = {0}, text = {0};
    fill_in(f->name, name, &path);
    fill_in(f->text, name, &text);
    int fd = openat(directory, str_text(&path), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, f->mode);
    bool written = fd >= 0 && write(fd, text.s, text.len) == (ssize_t)text.len;
    if (fd >= 0 && (fchmod(fd, f->mode) || close(fd)))
        written = false;
    if (written)
        printf("%s/%s\n", name, str_text(&path));
    else
        fprintf(stderr, "icetop: %s/%s: %s\n", name, str_text(&path), strerror(errno));
    str_done(&path);
    str_done(&text);
    return written ? 0 : 1;
}

static bool name_ok(const char *name)
{
    size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");
    return islower((unsigned char)*name) && !name[n] && n <= 40;
}

int cmd_plugins_new(const char *name, bool as_program)
{
    if (!name_ok(name)) {
        fprintf(stderr, "icetop: a plugin's name is of a-z, 0-9 and -, and begins with a letter\n");
        return 2;
    }
    if (mkdir(name, 0755)) {
        fprintf(stderr, "icetop: %s: %s\n", name, strerror(errno));
        return 1;
    }
    int directory = open(name, O_PATH | O_DIRECTORY | O_CLOEXEC), status = directory < 0;
    for (const struct file *f = as_program ? program_files : c_files; !status && f->name; f++)
        status = write_file(directory, f, name);
    if (directory >= 0)
        close(directory);
    if (!status)
        printf("Next: cd %s && make test\n", name);
    return status;
}
