/* Key presses and mouse events, as the terminal delivers them and bindings name them. */
#ifndef UI_INPUT_H
#define UI_INPUT_H

#include <stdbool.h>
#include <stdint.h>

/* Keys that are no character. Characters are their code point; control characters are INPUT_CTRL |
 * letter. */
enum input_key {
    INPUT_NONE = 0,
    INPUT_SPECIAL = 0x200000, /* above every code point */
    INPUT_UP,
    INPUT_DOWN,
    INPUT_LEFT,
    INPUT_RIGHT,
    INPUT_PAGE_UP,
    INPUT_PAGE_DOWN,
    INPUT_HOME,
    INPUT_END,
    INPUT_ENTER,
    INPUT_ESCAPE,
    INPUT_TAB,
    INPUT_BACKTAB,
    INPUT_BACKSPACE,
    INPUT_DELETE,
    INPUT_INSERT,
    INPUT_F1, /* F1..F12 follow one another */
    INPUT_F12 = INPUT_F1 + 11,
    INPUT_CTRL = 0x400000,
    INPUT_ALT = 0x800000,
};

struct input {
    uint32_t key; /* a code point, an input_key, or either with INPUT_CTRL / INPUT_ALT; 0 for a
                     mouse event */
    bool mouse;
    int x, y, button; /* button 1..3, 4 wheel up, 5 wheel down; 0 no button */
};

/* "a" "?" "Space" "Enter" "Esc" "^L" "Alt-x" "PgUp" "F5" → key; names in any case, "Ctrl-l" is
 * "^L". ERR_INVALID for what it does not know. Keys that terminals cannot tell apart are one key:
 * "^I" is Tab, "^M" and "^J" Enter, "^H" Backspace. */
int input_parse(const char *text, uint32_t *key);
/* The name of a key, into buf (16 bytes), which is returned; input_parse reads it back. */
const char *input_name(uint32_t key, char *buf);
/* The key of a byte below 0x20, or of 0x7f, as a terminal sends it; any other code point is its own
 * key. */
uint32_t input_from_control(uint32_t code);

#endif
