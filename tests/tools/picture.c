/* Pictures of the console for the README and for looking at: runs a program on a terminal of our own, does steps in
 * their order, and writes what is on its screen. */
#include "base/mem.h"
#include "base/str.h"
#include "tests/ui/screen.h"
#include "ui/cells.h"
#include "ui/dump.h"
#include "ui/theme.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] = "usage: picture WIDTHxHEIGHT STEP... -- PROGRAM ARGUMENT...\n"
                            "  key=NAME     presses a key: Enter, Esc, Down, ^L, q\n"
                            "  type=TEXT    types it\n"
                            "  see=REGEX    waits until a row of the screen matches\n"
                            "  for=SECONDS  lets it run for so long\n"
                            "  size=WxH     changes the size of the terminal\n"
                            "  text=FILE    writes the screen as text; - is standard output\n"
                            "  svg=FILE     writes it as a picture\n"
                            "  theme=NAME   of the pictures from here on; the program has its own option\n";

enum { KEY_MS = 100 };

struct tool {
    struct screen *screen;
    int width, height;
    const struct theme *theme;
};

/* The role that the theme draws like this; plain text if none does. */
static enum role role_of(const VTermScreenCell *cell, const struct theme *theme)
{
    enum { COLORS = 256 };
    int fg = VTERM_COLOR_IS_DEFAULT_FG(&cell->fg) || !VTERM_COLOR_IS_INDEXED(&cell->fg) ? -1 : cell->fg.indexed.idx;
    for (int role = 0; role < ROLE_COUNT; role++) {
        const struct theme_style *style = &theme->styles[role];
        if (theme_foreground(style, COLORS) == fg && !!(style->attrs & THEME_BOLD) == cell->attrs.bold &&
            !!(style->attrs & THEME_UNDERLINE) == cell->attrs.underline)
            return (enum role)role;
    }
    return ROLE_TEXT;
}

static void copy_cell(struct cell_glyph *g, const VTermScreenCell *cell, const struct theme *theme)
{
    *g = (struct cell_glyph){.code = {' '}, .role = (uint8_t)role_of(cell, theme)};
    if (cell->chars[0] == (uint32_t)-1) /* the right half of a wide one */
        g->code[0] = 0;
    else if (cell->chars[0])
        memcpy(g->code, cell->chars, sizeof g->code);
    g->selected = cell->attrs.reverse && !(theme->styles[g->role].attrs & THEME_REVERSE);
}

static void write_file(const char *path, const void *bytes, size_t len)
{
    FILE *f = strcmp(path, "-") == 0 ? stdout : fopen(path, "w");
    bool ok = f && fwrite(bytes, 1, len, f) == len;
    if (f && (f == stdout ? fflush(f) : fclose(f)))
        ok = false;
    if (!ok) {
        fprintf(stderr, "picture: %s: %s\n", path, strerror(errno));
        exit(1);
    }
}

static void write_svg(struct tool *t, const char *path)
{
    struct cells c;
    struct str out = {0};
    screen_poll(t->screen);
    cells_init(&c, t->width, t->height, false);
    for (int y = 0; y < t->height; y++) {
        for (int x = 0; x < t->width; x++) {
            VTermScreenCell cell = screen_cell(t->screen, x, y);
            copy_cell(&c.at[y * t->width + x], &cell, t->theme);
        }
    }
    dump_svg(&out, &c, t->theme);
    write_file(path, out.s, out.len);
    str_done(&out);
    cells_done(&c);
}

static void write_text(struct tool *t, const char *path)
{
    screen_poll(t->screen);
    char *dump = screen_dump(t->screen);
    write_file(path, dump, strlen(dump));
    free(dump);
}

static bool never(struct screen *s, void *arg)
{
    (void)s;
    (void)arg;
    return false;
}

static bool step(struct tool *t, const char *name, const char *value)
{
    if (strcmp(name, "key") == 0) {
        screen_key(t->screen, value);
        screen_wait(t->screen, never, NULL, KEY_MS); /* a key on the heels of Esc would make Alt of the two */
    } else if (strcmp(name, "type") == 0) {
        screen_send(t->screen, value);
    } else if (strcmp(name, "see") == 0) {
        screen_expect_regex(t->screen, value);
    } else if (strcmp(name, "for") == 0) {
        screen_wait(t->screen, never, NULL, (int)(strtod(value, NULL) * 1000));
    } else if (strcmp(name, "size") == 0) {
        if (sscanf(value, "%dx%d", &t->width, &t->height) != 2)
            return false;
        screen_resize(t->screen, t->width, t->height);
    } else if (strcmp(name, "text") == 0) {
        write_text(t, value);
    } else if (strcmp(name, "svg") == 0) {
        write_svg(t, value);
    } else if (strcmp(name, "theme") == 0) {
        t->theme = theme_find(value);
    } else {
        return false;
    }
    return t->theme != NULL;
}

int main(int argc, char *argv[])
{
    struct tool t = {.theme = theme_at(0)};
    int program = 1;
    while (program < argc && strcmp(argv[program], "--") != 0)
        program++;
    if (program + 1 >= argc || program < 2 || sscanf(argv[1], "%dx%d", &t.width, &t.height) != 2) {
        fputs(usage, stderr);
        return 2;
    }
    const struct screen_settings settings = {.width = t.width, .height = t.height, .term = "xterm-256color"};
    t.screen = screen_run(&settings, (const char *const *)argv + program + 1);
    int status = 0;
    for (int i = 2; i < program && !status; i++) {
        char *value = strchr(argv[i], '=');
        char *name = value ? mem_printf("%.*s", (int)(value - argv[i]), argv[i]) : mem_strdup("");
        if (!value || !step(&t, name, value + 1)) {
            fprintf(stderr, "picture: %s\n%s", argv[i], usage);
            status = 2;
        }
        free(name);
    }
    screen_signal(t.screen, SIGTERM);
    screen_wait(t.screen, never, NULL, SCREEN_DEADLINE);
    screen_free(t.screen);
    return status;
}
