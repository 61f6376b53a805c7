/* Letters of states and the signs that stand for them. */
#include "ui/signs.h"

#include <string.h>

static const struct sign {
    char letter, ascii;
    uint32_t code;
    enum role role;
} signs[] = {
    {'F', 'F', 0x2588, ROLE_OK}, {'P', 'P', 0x2592, ROLE_WARN}, {'x', 'x', 0xd7, ROLE_BAD},
    {'d', 'd', 'd', ROLE_BAD},   {'o', 'o', 0x25cb, ROLE_DIM},  {'s', 's', 's', ROLE_WARN},
    {'c', 'c', 0x2593, ROLE_OK}, {'?', '?', '?', ROLE_DIM},     {'.', '.', 0x25cc, ROLE_CHART},
};

void signs_draw(struct cells *c, int x, int y, int width, const char *text, bool dim)
{
    size_t len = strlen(text), most = width > 0 ? (size_t)width : 0;
    for (size_t i = len > most ? len - most : 0; i < len; i++, x++) {
        struct sign s = {text[i], text[i], (unsigned char)text[i], ROLE_TEXT};
        for (size_t k = 0; k < sizeof signs / sizeof *signs; k++)
            if (signs[k].letter == text[i])
                s = signs[k];
        cells_glyph(c, x, y, dim ? ROLE_DIM : s.role, s.code, s.ascii);
    }
}
