/* Keys: one table from curses' codes to ours, one of sequences that terminfo does not name. */
#include "ui/term_keys.h"

#include <string.h>

enum { ESCAPE = 0x1b };

/* Codes of our own for sequences beyond terminfo; curses leaves numbers this high alone. */
enum {
    OWN_CTRL_UP = 0x2000,
    OWN_CTRL_DOWN,
    OWN_CTRL_LEFT,
    OWN_CTRL_RIGHT,
};

static const struct {
    int code;
    uint32_t key;
} codes[] = {
    {KEY_UP, INPUT_UP},
    {KEY_DOWN, INPUT_DOWN},
    {KEY_LEFT, INPUT_LEFT},
    {KEY_RIGHT, INPUT_RIGHT},
    {KEY_PPAGE, INPUT_PAGE_UP},
    {KEY_NPAGE, INPUT_PAGE_DOWN},
    {KEY_HOME, INPUT_HOME},
    {KEY_END, INPUT_END},
    {KEY_FIND, INPUT_HOME}, /* what vt220s have in their places */
    {KEY_SELECT, INPUT_END},
    {KEY_A1, INPUT_HOME}, /* the keypad's corners */
    {KEY_A3, INPUT_PAGE_UP},
    {KEY_C1, INPUT_END},
    {KEY_C3, INPUT_PAGE_DOWN},
    {KEY_ENTER, INPUT_ENTER},
    {KEY_BTAB, INPUT_BACKTAB},
    {KEY_BACKSPACE, INPUT_BACKSPACE},
    {KEY_DC, INPUT_DELETE},
    {KEY_IC, INPUT_INSERT},
    {KEY_SR, INPUT_UP}, /* with Shift, for terminals that tell it apart */
    {KEY_SF, INPUT_DOWN},
    {KEY_SLEFT, INPUT_LEFT},
    {KEY_SRIGHT, INPUT_RIGHT},
    {OWN_CTRL_UP, INPUT_CTRL | INPUT_UP},
    {OWN_CTRL_DOWN, INPUT_CTRL | INPUT_DOWN},
    {OWN_CTRL_LEFT, INPUT_CTRL | INPUT_LEFT},
    {OWN_CTRL_RIGHT, INPUT_CTRL | INPUT_RIGHT},
};

/* Sequences of the xterm family and of terminals that take its part; arrows also as they come
 * without keypad mode. */
static const struct {
    const char *sequence;
    int code;
} sequences[] = {
    {"\033[A", KEY_UP},           {"\033[B", KEY_DOWN},         {"\033[C", KEY_RIGHT},
    {"\033[D", KEY_LEFT},         {"\033OA", KEY_UP},           {"\033OB", KEY_DOWN},
    {"\033OC", KEY_RIGHT},        {"\033OD", KEY_LEFT},         {"\033[H", KEY_HOME},
    {"\033[F", KEY_END},          {"\033OH", KEY_HOME},         {"\033OF", KEY_END},
    {"\033[1~", KEY_HOME},        {"\033[4~", KEY_END},         {"\033[7~", KEY_HOME},
    {"\033[8~", KEY_END},         {"\033[2~", KEY_IC},          {"\033[3~", KEY_DC},
    {"\033[5~", KEY_PPAGE},       {"\033[6~", KEY_NPAGE},       {"\033[Z", KEY_BTAB},
    {"\033[1;5A", OWN_CTRL_UP},   {"\033[1;5B", OWN_CTRL_DOWN}, {"\033[1;5C", OWN_CTRL_RIGHT},
    {"\033[1;5D", OWN_CTRL_LEFT},
};

WINDOW *term_keys_new(bool mouse)
{
    WINDOW *w = newpad(1, 1);
    if (!w)
        return NULL;
    set_escdelay(25); /* the default blocks the loop for a second after every Esc */
    noecho();
    nonl();
    keypad(w, TRUE);
    nodelay(w, TRUE);
    for (size_t i = 0; i < sizeof sequences / sizeof *sequences; i++)
        if (key_defined(sequences[i].sequence) <= 0 || sequences[i].code >= OWN_CTRL_UP)
            define_key(sequences[i].sequence, sequences[i].code);
    if (mouse) {
        mouseinterval(0); /* else curses waits for what may become a click */
        mousemask(BUTTON1_PRESSED | BUTTON2_PRESSED | BUTTON3_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
    }
    return w;
}

static bool read_mouse(struct input *in)
{
    static const struct {
        mmask_t state;
        int button;
    } buttons[] = {
        {BUTTON1_PRESSED, 1}, {BUTTON2_PRESSED, 2}, {BUTTON3_PRESSED, 3}, {BUTTON4_PRESSED, 4}, {BUTTON5_PRESSED, 5},
    };
    MEVENT event;
    if (getmouse(&event) != OK)
        return false;
    for (size_t i = 0; i < sizeof buttons / sizeof *buttons; i++)
        if (event.bstate & buttons[i].state) {
            *in = (struct input){.mouse = true, .x = event.x, .y = event.y, .button = buttons[i].button};
            return true;
        }
    return false; /* a release */
}

static uint32_t from_code(int code)
{
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (codes[i].code == code)
            return codes[i].key;
    if (code >= KEY_F(1) && code <= KEY_F(12))
        return INPUT_F1 + (uint32_t)(code - KEY_F(1));
    return INPUT_NONE;
}

/* One key; kind is what wget_wch says. INPUT_NONE for what has no meaning here, as the KEY_RESIZE
 * of curses. */
static uint32_t to_key(int kind, wint_t c)
{
    return kind == KEY_CODE_YES ? from_code((int)c) : input_from_control((uint32_t)c);
}

bool term_keys_read(WINDOW *w, struct input *in)
{
    for (;;) {
        wint_t c;
        int kind = wget_wch(w, &c);
        if (kind == ERR)
            return false;
        if (kind == KEY_CODE_YES && c == KEY_MOUSE) {
            if (read_mouse(in))
                return true;
            continue;
        }
        uint32_t key = to_key(kind, c);
        if (key == INPUT_ESCAPE) { /* what came in the same breath was held with Alt */
            kind = wget_wch(w, &c);
            uint32_t with = kind == ERR ? INPUT_NONE : to_key(kind, c);
            if (with == INPUT_ESCAPE)
                unget_wch(ESCAPE);
            else if (with != INPUT_NONE)
                key = with | INPUT_ALT;
        }
        if (key == INPUT_NONE)
            continue;
        *in = (struct input){.key = key};
        return true;
    }
}
