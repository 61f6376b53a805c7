/* A plugin as the header's manual shows one, with a bit of everything: a table, columns on a table of icetop's, options, a finding,
 * events, requests. */
#include <icetop/plugin.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LAMPS, SHADES };
enum { LAMP_NAME, LAMP_ROOM, LAMP_WATTS, LAMP_LIT, LAMP_SINCE, LAMP_SOCKET };
enum { SHADE_NAME, SHADE_COLOUR };
enum { OWNERS };
enum { OWNER_CLUSTER, OWNER_GROUP, OWNER_NAME };

static const struct icetop_column lamp_columns[] = {
    [LAMP_NAME] = {.name = "lamp", .type = ICETOP_TEXT, .flags = ICETOP_KEY, .help = "Which lamp."},
    [LAMP_ROOM] = {.name = "room", .type = ICETOP_TEXT, .help = "Where it stands."},
    [LAMP_WATTS] = {.name = "watts",
                    .title = "draws",
                    .type = ICETOP_REAL,
                    .flags = ICETOP_HISTORY | ICETOP_SUM,
                    .priority = 1,
                    .help = "What it draws."},
    [LAMP_LIT] = {.name = "lit", .type = ICETOP_BOOL, .help = "Whether it is on."},
    [LAMP_SINCE] = {.name = "since", .type = ICETOP_TIME, .help = "Since when."},
    [LAMP_SOCKET] = {.name = "socket", .type = ICETOP_INT, .unit = ICETOP_UNIT_ID, .help = "Its socket."},
};
static const struct icetop_column shade_columns[] = {
    [SHADE_NAME] = {.name = "shade", .type = ICETOP_TEXT, .flags = ICETOP_KEY, .help = "Which shade."},
    [SHADE_COLOUR] = {.name = "colour", .type = ICETOP_TEXT, .help = "Its colour."},
};
static const struct icetop_table tables[] = {
    [LAMPS] = {.name = "lamps", .title = "lamps", .help = "One row a lamp.", ICETOP_COLUMNS(lamp_columns)},
    [SHADES] = {.name = "lamps_shades",
                .title = "shades",
                .help = "Shades that were seen.",
                ICETOP_COLUMNS(shade_columns),
                .flags = ICETOP_TABLE_KEEPS},
};
static const struct icetop_column owner_columns[] = {
    [OWNER_CLUSTER] = {.name = "cluster", .type = ICETOP_TEXT, .flags = ICETOP_KEY, .help = "The cluster."},
    [OWNER_GROUP] = {.name = "group", .type = ICETOP_TEXT, .flags = ICETOP_KEY, .help = "The group."},
    [OWNER_NAME] = {.name = "owner", .type = ICETOP_TEXT, .help = "Whose group it is."},
};
static const struct icetop_group groups[] = {
    [OWNERS] = {.table = "groups", .name = "lamps_owner", ICETOP_COLUMNS(owner_columns)},
};
static const struct icetop_option options[] = {
    ICETOP_HTTP_OPTIONS,
    {.name = "room", .preset = "attic", .help = "The room where lamps stand."},
    {.name = "limit", .type = ICETOP_OPTION_REAL, .preset = "60", .help = "Watts of which a lamp is too bright."},
    {.name = "quiet", .type = ICETOP_OPTION_BOOL, .help = "Events are not made."},
    {.name = "shade", .several = true, .help = "Shades that there are, NAME=COLOUR."},
};
static const struct icetop_page pages[] = {
    {.id = "LAMPS-01",
     .severity = ICETOP_FINDING_WARNING,
     .title = "a lamp is too bright",
     .seen = "A lamp draws more than the limit.",
     .means = "Nobody sleeps.",
     .todo = "Turn it off."},
};

struct lamps {
    const struct icetop_host *host;
    unsigned round, waits;
};

static void *lamps_open(const struct icetop_host *host)
{
    struct lamps *l = calloc(1, sizeof *l);
    if (!l)
        return NULL;
    l->host = host;
    host->log(host, ICETOP_INFO, "lamps of %s", host->option_text(host, "room"));
    puts("what a plugin prints is no message");
    return l;
}

static void say_finding(struct lamps *l, const char *name, double watts)
{
    char subject[200], text[200];
    snprintf(subject, sizeof subject, "lamp %s", name);
    snprintf(text, sizeof text, "it draws %g W", watts);
    const struct icetop_finding f = {
        .struct_size = sizeof f, .id = "LAMPS-01", .subject = subject, .text = text, .topic = "light"};
    l->host->finding(l->host, &f);
}

/* One lamp as the service tells of it. */
static void take_lamp(struct lamps *l, const struct icetop_json *lamp)
{
    const struct icetop_host *host = l->host;
    const char *name = host->json_text(host->json_get(lamp, "name"));
    double watts = 0;
    if (!name) {
        host->trouble(host, "a lamp without a name");
        return;
    }
    host->row_begin(host, LAMPS);
    host->set_text(host, LAMP_NAME, name);
    host->set_text(host, LAMP_ROOM, host->option_text(host, "room"));
    host->set_json(host, LAMP_WATTS, host->json_get(lamp, "watts"));
    host->set_json(host, LAMP_LIT, host->json_get(lamp, "lit"));
    host->set_json(host, LAMP_SINCE, host->json_get(lamp, "since"));
    host->set_json(host, LAMP_SOCKET, host->json_get(lamp, "socket"));
    host->row_end(host);
    if (host->json_real(host->json_get(lamp, "watts"), &watts) && watts > host->option_real(host, "limit"))
        say_finding(l, name, watts);
}

static void finish(struct lamps *l)
{
    if (--l->waits == 0)
        l->host->done(l->host, ICETOP_OK, NULL);
}

static void on_lamps(void *arg, const struct icetop_answer *answer)
{
    struct lamps *l = arg;
    const struct icetop_host *host = l->host;
    if (answer->error)
        host->trouble(host, "%s", answer->error);
    for (size_t i = 0; i < host->json_size(answer->json); i++)
        take_lamp(l, host->json_at(answer->json, i));
    finish(l);
}

static void on_owners(void *arg, const struct icetop_answer *answer)
{
    struct lamps *l = arg;
    const struct icetop_host *host = l->host;
    for (const char *name = NULL; (name = host->json_next(answer->json, name));) {
        host->group_begin(host, OWNERS);
        host->set_text(host, OWNER_CLUSTER, "home");
        host->set_text(host, OWNER_GROUP, name);
        host->set_json(host, OWNER_NAME, host->json_get(answer->json, name));
        host->row_end(host);
    }
    if (answer->error)
        host->trouble(host, "%s", answer->error);
    finish(l);
}

static void take_shades(struct lamps *l)
{
    const struct icetop_host *host = l->host;
    const char *shade;
    for (size_t i = 0; (shade = host->option_item(host, "shade", i)); i++) {
        const char *colour = strchr(shade, '=');
        host->row_begin(host, SHADES);
        host->set_bytes(host, SHADE_NAME, shade, colour ? (size_t)(colour - shade) : strlen(shade));
        host->set_text(host, SHADE_COLOUR, colour ? colour + 1 : NULL);
        host->row_end(host);
    }
}

static void lamps_round(void *self)
{
    struct lamps *l = self;
    const struct icetop_host *host = l->host;
    l->waits = 1;
    if (!l->round++ && !host->option_bool(host, "quiet"))
        host->event(host, ICETOP_INFO, "lamps all", "the first round of %s", host->instance);
    if (l->round == 1)
        take_shades(l);
    if (host->option_text(host, "url")) {
        l->waits += 2;
        host->get_json(host, "/lamps", on_lamps, l);
        host->get_json(host, "/owners", on_owners, l);
    }
    finish(l);
}

const struct icetop_plugin icetop_plugin = {
    ICETOP_PLUGIN_BEGIN,        .name = "lamps",         .version = "1.0",      .license = "Apache-2.0",
    .help = "What lamps draw.", ICETOP_OPTIONS(options), ICETOP_TABLES(tables), ICETOP_GROUPS(groups),
    ICETOP_PAGES(pages),        .open = lamps_open,      .round = lamps_round,  .close = free,
};
