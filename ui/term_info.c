/* Which terminfo entry to draw with, and what its strings are. */
#include "ui/term_info.h"

#include "base/mem.h"

#include <curses.h>
#include <stdlib.h>
#include <string.h>
#include <term.h>
#include <unistd.h>

/* Terminals that are often unknown on a server, and the entry that fits them well enough. */
static const struct {
    const char *prefix, *instead;
} families[] = {
    {"xterm-", "xterm-256color"},  {"alacritty", "xterm-256color"}, {"kitty", "xterm-256color"},
    {"ghostty", "xterm-256color"}, {"foot", "xterm-256color"},      {"wezterm", "xterm-256color"},
    {"contour", "xterm-256color"}, {"konsole", "xterm-256color"},   {"gnome", "xterm-256color"},
    {"vte", "xterm-256color"},     {"iterm", "xterm-256color"},     {"rio", "xterm-256color"},
    {"st-", "xterm-256color"},     {"tmux", "screen-256color"},     {"screen.", "screen-256color"},
};

const char *term_info_string(const char *name)
{
    const char *s = tigetstr(name);
    return s == (const char *)-1 ? NULL : s;
}

/* Is the name in the database? Then whether it can move its cursor. */
static bool known(const char *name, bool *drawable)
{
    int status;
    if (setupterm(name, STDOUT_FILENO, &status) != OK)
        return false;
    *drawable = term_info_string("cup") != NULL;
    del_curterm(cur_term);
    return true;
}

int term_info_choose(const char **entry, char **note, struct error *err)
{
    const char *name = getenv("TERM");
    bool drawable = false;
    if (!name || !*name)
        return error_set(err, ERR_UNAVAILABLE,
                         "TERM is not set, so nothing is known about this terminal: set it "
                         "(TERM=xterm-256color fits most), or use icetop --plain, or icetop snapshot");
    *entry = name;
    if (!known(name, &drawable)) {
        *entry = NULL;
        for (size_t i = 0; i < sizeof families / sizeof *families && !*entry; i++)
            if (strncmp(name, families[i].prefix, strlen(families[i].prefix)) == 0)
                *entry = families[i].instead;
        if (!*entry || !known(*entry, &drawable))
            return error_set(err, ERR_UNAVAILABLE,
                             "TERM=%s is not in the terminfo database here: try another "
                             "(TERM=xterm-256color fits most), or use icetop --plain, or icetop snapshot",
                             name);
        *note = mem_printf("TERM=%s is not known here, drawn as %s", name, *entry);
    }
    if (!drawable) {
        free(*note);
        *note = NULL;
        return error_set(err, ERR_UNAVAILABLE, "TERM=%s cannot move its cursor: use icetop --plain, or icetop snapshot",
                         name);
    }
    return 0;
}

const char *term_info_scrolled(int height)
{
    const char *csr = term_info_string("csr");
    return csr ? tiparm(csr, 0, height - 1) : NULL;
}

static bool starts_with_one(const char *name, const char *const *prefixes)
{
    for (; *prefixes; prefixes++)
        if (strncmp(name, *prefixes, strlen(*prefixes)) == 0)
            return true;
    return false;
}

/* Appends a capability without its padding ("$<2>"), which a handler of signals could not make. */
static void add_capability(struct str *out, const char *name)
{
    const char *s = term_info_string(name);
    if (!s)
        return;
    while (*s) {
        const char *end = s[0] == '$' && s[1] == '<' ? strchr(s, '>') : NULL;
        if (end)
            s = end + 1;
        else
            str_char(out, *s++);
    }
}

void term_info_restore(struct str *out, bool colors, bool mouse)
{
    if (mouse)
        str_add(out, "\033[?1006l\033[?1000l");
    add_capability(out, "rmkx");
    add_capability(out, "sgr0");
    if (colors)
        add_capability(out, "op");
    add_capability(out, "rmcup");
    add_capability(out, "cnorm");
}

bool term_info_braille(const char *entry)
{
    static const char *const without[] = {"linux", "vt", "rxvt", NULL};
    return !starts_with_one(entry, without);
}

bool term_info_clipboard(const char *entry)
{
    static const char *const without[] = {"linux", "vt", "ansi", "cons", "sun", NULL};
    return !starts_with_one(entry, without);
}
