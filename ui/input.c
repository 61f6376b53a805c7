/* Names of keys, in both directions, from one table. */
#include "ui/input.h"

#include "base/error.h"
#include "base/text.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The first name of a key is the one that is shown; others are understood as well. */
static const struct {
    const char *name;
    uint32_t key;
} names[] = {
    {"Up", INPUT_UP},
    {"Down", INPUT_DOWN},
    {"Left", INPUT_LEFT},
    {"Right", INPUT_RIGHT},
    {"PgUp", INPUT_PAGE_UP},
    {"PageUp", INPUT_PAGE_UP},
    {"PgDn", INPUT_PAGE_DOWN},
    {"PageDown", INPUT_PAGE_DOWN},
    {"Home", INPUT_HOME},
    {"End", INPUT_END},
    {"Enter", INPUT_ENTER},
    {"Return", INPUT_ENTER},
    {"Esc", INPUT_ESCAPE},
    {"Escape", INPUT_ESCAPE},
    {"Tab", INPUT_TAB},
    {"BackTab", INPUT_BACKTAB},
    {"Shift-Tab", INPUT_BACKTAB},
    {"Backspace", INPUT_BACKSPACE},
    {"Del", INPUT_DELETE},
    {"Delete", INPUT_DELETE},
    {"Ins", INPUT_INSERT},
    {"Insert", INPUT_INSERT},
    {"Space", ' '},
};

/* Control characters that terminals send for keys with a name of their own. */
static const struct {
    char letter;
    uint32_t key;
} twins[] = {
    {'i', INPUT_TAB}, {'m', INPUT_ENTER}, {'j', INPUT_ENTER}, {'[', INPUT_ESCAPE}, {'h', INPUT_BACKSPACE},
};

static int parse_function(const char *text, uint32_t *key)
{
    if ((*text != 'F' && *text != 'f') || text[1] < '1' || text[1] > '9')
        return ERR_INVALID;
    char *end;
    long n = strtol(text + 1, &end, 10);
    if (*end || n > 12)
        return ERR_INVALID;
    *key = INPUT_F1 + (uint32_t)n - 1;
    return 0;
}

/* A key without modifiers. */
static int parse_plain(const char *text, uint32_t *key)
{
    size_t len = strlen(text);
    if (!len)
        return ERR_INVALID;
    uint32_t code;
    if (text_decode(text, len, &code) == len) {
        if (!text_is_utf8(text, len) || code < 0x20 || (code >= 0x7f && code < 0xa0) || text_code_width(code) == 0)
            return ERR_INVALID;
        *key = code;
        return 0;
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcasecmp(text, names[i].name) == 0) {
            *key = names[i].key;
            return 0;
        }
    return parse_function(text, key);
}

/* Ctrl with a plain key: letters in either case are the same, ^I is Tab. */
static uint32_t with_ctrl(uint32_t plain)
{
    if (plain < 0x80)
        plain = (uint32_t)tolower((int)plain);
    for (size_t i = 0; i < sizeof twins / sizeof *twins; i++)
        if (plain == (uint32_t)twins[i].letter)
            return twins[i].key;
    return plain | INPUT_CTRL;
}

int input_parse(const char *text, uint32_t *key)
{
    bool alt = strncasecmp(text, "Alt-", 4) == 0 && text[4];
    if (alt)
        text += 4;
    bool ctrl = false;
    if (*text == '^' && text[1]) {
        ctrl = true;
        text += 1;
    } else if (strncasecmp(text, "Ctrl-", 5) == 0 && text[5]) {
        ctrl = true;
        text += 5;
    }
    uint32_t plain;
    int rc = parse_plain(text, &plain);
    if (rc < 0)
        return rc;
    *key = (ctrl ? with_ctrl(plain) : plain) | (alt ? INPUT_ALT : 0u);
    return 0;
}

uint32_t input_from_control(uint32_t code)
{
    if (code == 0x7f)
        return INPUT_BACKSPACE;
    if (code >= 0x20)
        return code;
    return code ? with_ctrl(code + 0x40) : (INPUT_CTRL | ' ');
}

const char *input_name(uint32_t key, char *buf)
{
    enum { SIZE = 16 };
    const char *alt = key & INPUT_ALT ? "Alt-" : "";
    const char *ctrl = key & INPUT_CTRL ? "^" : "";
    uint32_t plain = key & ~(uint32_t)(INPUT_ALT | INPUT_CTRL);
    if (ctrl[0] && plain < 0x80)
        plain = (uint32_t)toupper((int)plain);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].key == plain) {
            snprintf(buf, SIZE, "%s%s%s", alt, ctrl, names[i].name);
            return buf;
        }
    char text[12] = "";
    if (plain >= INPUT_F1 && plain <= INPUT_F12)
        snprintf(text, sizeof text, "F%u", plain - INPUT_F1 + 1);
    else if (plain > 0x20 && plain < INPUT_SPECIAL && text_code_width(plain) > 0)
        text[text_encode(plain, text)] = '\0';
    else
        snprintf(text, sizeof text, "U+%04X", plain & 0xffffffu);
    snprintf(buf, SIZE, "%s%s%s", alt, ctrl, text);
    return buf;
}
