/* Declares the bindings, and writes them for people. */
#include "ui/keys.h"

#include "ui/views.h"

#define CTRL(c) (INPUT_CTRL | (c))

static const struct key_binding bindings[] = {
    {ACTION_HELP,
     KEYS_ALL,
     90,
     {'?', INPUT_F1},
     0,
     "help",
     "help",
     "Shows the keys that work here, or leaves that page."},
    {ACTION_OPEN,
     KEYS_LIST | KEYS_CHOOSER | KEYS_MENU,
     1,
     {INPUT_ENTER},
     0,
     "open",
     "open",
     "Opens the row under the cursor; chooses in a list."},
    {ACTION_UP,
     KEYS_ALL,
     2,
     {INPUT_ESCAPE, INPUT_BACKSPACE},
     0,
     "up",
     "back",
     "Leaves what is open; clears the filter first where there is one."},
    {ACTION_BACK, KEYS_LIST, 0, {'['}, 0, "back", "back", "Goes to the view before this one."},
    {ACTION_FORWARD,
     KEYS_LIST,
     0,
     {']'},
     0,
     "forward",
     "forward",
     "Goes to the view after this one, when back was used."},
    {ACTION_GOTO,
     KEYS_LIST | KEYS_PAGE | KEYS_RECORD,
     0,
     {':'},
     0,
     "command",
     "command",
     "Asks for a command, or the name of a view, table, group, topic or cluster to go to; Tab completes it."},
    {ACTION_FILTER,
     KEYS_LIST,
     10,
     {'/'},
     0,
     "filter",
     "filter",
     "Shows only rows for which an expression is true, while it is typed: lag > 1000, "
     "group ~ \"^pay\", or just a word."},
    {ACTION_NEXT,
     KEYS_LIST,
     0,
     {'n'},
     0,
     "next",
     "next match",
     "Goes to the next row that the last search or filter is true of."},
    {ACTION_PREVIOUS,
     KEYS_LIST,
     0,
     {'N'},
     0,
     "previous",
     "previous match",
     "Goes to the row before that the last search or filter is true of."},
    {ACTION_ROW_DOWN, KEYS_ALL, 0, {'j', INPUT_DOWN, CTRL('n')}, 0, "down", "down", "One row down."},
    {ACTION_ROW_UP, KEYS_ALL, 0, {'k', INPUT_UP, CTRL('p')}, 0, "row-up", "up", "One row up."},
    {ACTION_LEFT,
     KEYS_LIST | KEYS_CHOOSER,
     0,
     {'h', INPUT_LEFT},
     0,
     "left",
     "left",
     "Brings back the columns that went out on the left; makes a column narrower where columns are chosen."},
    {ACTION_RIGHT,
     KEYS_LIST | KEYS_CHOOSER,
     0,
     {'l', INPUT_RIGHT},
     0,
     "right",
     "right",
     "Moves one column out on the left, so that others come in on the right; makes a column wider where columns are "
     "chosen."},
    {ACTION_PAGE_DOWN,
     KEYS_ALL,
     0,
     {INPUT_PAGE_DOWN, CTRL('f'), CTRL('d')},
     0,
     "page-down",
     "page down",
     "One page down."},
    {ACTION_PAGE_UP, KEYS_ALL, 0, {INPUT_PAGE_UP, CTRL('b'), CTRL('u')}, 0, "page-up", "page up", "One page up."},
    {ACTION_FIRST, KEYS_ALL, 0, {INPUT_HOME}, 'g', "first", "first", "To the first row."},
    {ACTION_LAST, KEYS_ALL, 0, {'G', INPUT_END}, 0, "last", "last", "To the last row."},
    {ACTION_PANE, KEYS_LIST, 3, {INPUT_TAB}, 0, "pane", "next pane", "To the next list on screen."},
    {ACTION_PANE_BACK, KEYS_LIST, 0, {INPUT_BACKTAB}, 0, "pane-back", "pane before", "To the list before."},
    {ACTION_SORT,
     KEYS_LIST | KEYS_CHOOSER,
     11,
     {'s'},
     0,
     "sort",
     "sort",
     "Chooses the column to sort by; again for the next one. The first choice is the worst first."},
    {ACTION_INVERT, KEYS_LIST | KEYS_CHOOSER, 0, {'S'}, 0, "invert", "invert", "Turns the order round."},
    {ACTION_COLUMNS,
     KEYS_LIST | KEYS_CHOOSER,
     12,
     {'c'},
     0,
     "columns",
     "columns",
     "Chooses the columns that are shown."},
    {ACTION_TOGGLE,
     KEYS_CHOOSER,
     4,
     {' '},
     0,
     "toggle",
     "show or hide",
     "Shows the column, or hides it. Where the order is chosen: keeps this column and adds another behind it."},
    {ACTION_COLUMN_BACK, KEYS_CHOOSER, 0, {'<'}, 0, "column-back", "to the left", "Moves the column to the left."},
    {ACTION_COLUMN_ON, KEYS_CHOOSER, 0, {'>'}, 0, "column-on", "to the right", "Moves the column to the right."},
    {ACTION_RESET,
     KEYS_CHOOSER,
     5,
     {'d'},
     0,
     "reset",
     "as declared",
     "Columns, widths and order as they were in the beginning."},
    {ACTION_TAG,
     KEYS_LIST,
     0,
     {' '},
     0,
     "tag",
     "mark row",
     "Marks the row, or takes the mark away, and goes on to the next one. Marked rows are summed up below the list."},
    {ACTION_TAGGED, KEYS_LIST, 0, {'*'}, 0, "tagged", "marked only", "Shows marked rows only, or all of them again."},
    {ACTION_TAG_NONE, KEYS_LIST, 0, {'U'}, 0, "tag-none", "unmark all", "Takes all marks away."},
    {ACTION_SEARCH,
     KEYS_LIST,
     0,
     {'\\'},
     0,
     "search",
     "search",
     "Goes to the next row for which an expression is true, while it is typed; hides none. n and N go on from there."},
    {ACTION_GROUP,
     KEYS_LIST,
     0,
     {'b'},
     0,
     "group-by",
     "group by",
     "Puts rows together that have the same in a column, which is chosen: sums, or the worst of each. Enter lists the "
     "rows of a group."},
    {ACTION_JUMP,
     KEYS_LIST,
     0,
     {'J'},
     0,
     "jump",
     "go to",
     "Goes to what the row names: its group, topic, member, brokers, cluster, one of which is chosen."},
    {ACTION_SPLIT,
     KEYS_LIST,
     0,
     {'v'},
     0,
     "split",
     "split",
     "Shows what Enter would open of the row under the cursor, on the right of the list where the screen has 160 "
     "columns, "
     "else below; or the list alone again."},
    {ACTION_INSPECT,
     KEYS_LIST,
     13,
     {'i'},
     0,
     "inspect",
     "inspect",
     "Shows every column of the row; of the one chosen what it means, whose it is, how old, and its history."},
    {ACTION_LOOK,
     KEYS_LIST,
     9,
     {'o'},
     0,
     "look",
     "records",
     "Reads records of the partition under the cursor and shows them: from where the group stands, or the newest. "
     "Nothing of "
     "them is kept."},
    {ACTION_RECORD_NEXT,
     KEYS_RECORD,
     5,
     {'n', INPUT_RIGHT, 'l'},
     0,
     "record-next",
     "next record",
     "Goes to the next record."},
    {ACTION_RECORD_BACK,
     KEYS_RECORD,
     6,
     {'N', INPUT_LEFT, 'h'},
     0,
     "record-back",
     "record before",
     "Goes to the record before."},
    {ACTION_RECORD_FORM,
     KEYS_RECORD,
     7,
     {'f', INPUT_TAB},
     0,
     "record-form",
     "form",
     "Shows the record's value in another form: as what it is, as text, as JSON, in hex."},
    {ACTION_COPY,
     KEYS_LIST | KEYS_PAGE | KEYS_RECORD,
     0,
     {'y'},
     0,
     "copy",
     "copy",
     "Copies the name of the row, or the value of the record, to the terminal's clipboard (OSC 52)."},
    {ACTION_COPY_AS,
     KEYS_LIST,
     0,
     {'Y'},
     0,
     "copy-as",
     "copy as",
     "Asks what of the row to copy: its name, a cell, the row as JSON or TSV, the command of Kafka's own tools or of "
     "icetop for it."},
    {ACTION_PAUSE,
     KEYS_ALL,
     20,
     {'p'},
     0,
     "pause",
     "pause",
     "Freezes the picture, for reading; counts what changed meanwhile. Again: goes on."},
    {ACTION_SLOWER,
     KEYS_ALL,
     0,
     {'+', '='},
     0,
     "slower",
     "slower",
     "Longer between two pictures: for slow links and slow reading."},
    {ACTION_FASTER, KEYS_ALL, 0, {'-'}, 0, "faster", "faster", "Shorter between two pictures, down to as it comes."},
    {ACTION_REFRESH, KEYS_ALL, 21, {'r'}, 0, "refresh", "read now", "Has every source read now."},
    {ACTION_UNITS, KEYS_ALL, 0, {'u'}, 0, "units", "units", "Numbers with all digits, or with three and a unit."},
    {ACTION_ZONE, KEYS_ALL, 0, {'z'}, 0, "zone", "time zone", "Clock times in UTC, or local."},
    {ACTION_SPAN,
     KEYS_LIST | KEYS_PAGE,
     23,
     {'t'},
     0,
     "span",
     "time span",
     "Charts and spark lines of the last hour, 6 hours, day, week, or again of 15 minutes at most."},
    {ACTION_LOG_SCALE,
     KEYS_LIST | KEYS_PAGE,
     0,
     {'|'},
     0,
     "log-scale",
     "log scale",
     "Charts and spark lines on a logarithmic scale, or on a linear one."},
    {ACTION_SHARED_SCALE,
     KEYS_LIST,
     0,
     {'~'},
     0,
     "shared-scale",
     "one scale",
     "All spark lines of a list on one scale, so that they compare, or each on its own."},
    {ACTION_MARK,
     KEYS_LIST,
     22,
     {'m'},
     0,
     "mark",
     "since mark",
     "Shows how numbers changed since a mark, or the numbers again; sets the mark the first time."},
    {ACTION_MARK_ANEW,
     KEYS_LIST,
     0,
     {'M'},
     0,
     "mark-anew",
     "mark now",
     "Sets the mark anew: changes count from now on."},
    {ACTION_REDRAW, KEYS_ALL, 0, {CTRL('l')}, 0, "redraw", "redraw", "Draws the screen anew."},
    {ACTION_QUIT, KEYS_ALL, 91, {'q', CTRL('c')}, 0, "quit", "quit", "Ends icetop."},
};

const struct key_binding *keys_at(size_t i)
{
    return i < sizeof bindings / sizeof *bindings ? &bindings[i] : NULL;
}

void keys_text(const struct key_binding *b, struct str *out)
{
    char buf[16];
    size_t before = out->len;
    if (b->twice) {
        str_add(out, input_name(b->twice, buf));
        str_add(out, input_name(b->twice, buf));
    }
    for (size_t k = 0; k < sizeof b->keys / sizeof *b->keys && b->keys[k]; k++) {
        if (out->len > before)
            str_char(out, ' ');
        str_add(out, input_name(b->keys[k], buf));
    }
}

/* Text of scdoc: what it would read as markup gets a backslash. */
static void scdoc_text(struct str *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '_' || *text == '*' || *text == '\\' || *text == '[' || *text == '#' || *text == '<' ||
            *text == '+' || *text == '`' || *text == '~')
            str_char(out, '\\');
        str_char(out, *text);
    }
}

void keys_document(struct str *out)
{
    char buf[16];
    for (size_t i = 0; i < sizeof bindings / sizeof *bindings; i++) {
        struct str keys = {0};
        keys_text(&bindings[i], &keys);
        str_char(out, '*');
        scdoc_text(out, str_text(&keys));
        str_printf(out, "* (%s)\n\t", bindings[i].name);
        scdoc_text(out, bindings[i].help);
        str_add(out, "\n\n");
        str_done(&keys);
    }
    for (size_t i = 0; views_at(i); i++) {
        if (!views_at(i)->key)
            continue;
        str_char(out, '*');
        scdoc_text(out, input_name(views_at(i)->key, buf));
        str_printf(out, "* (%s)\n\t", views_at(i)->name);
        scdoc_text(out, views_at(i)->help);
        str_add(out, "\n\n");
    }
}
