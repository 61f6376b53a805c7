/* The host of a plugin in C: gives it what include/icetop/plugin.h promises, asks it for rounds, and makes messages of what it
 * says, as icetop-plugin(7) describes them. */
#ifndef PLUGIN_HOST_H
#define PLUGIN_HOST_H

#include "base/clock.h"
#include "base/error.h"
#include "plugin/descriptor.h"
#include "plugin/recorded.h"

#include <jansson.h>

struct event_base;
struct plugin_host;

enum plugin_host_limits {
    PLUGIN_HOST_EVENTS = 100,      /* of a round; more are counted */
    PLUGIN_HOST_FINDINGS = 1000,   /* likewise */
    PLUGIN_HOST_LOG = 1000,        /* lines, likewise */
    PLUGIN_HOST_REQUESTS = 8,      /* under way at once */
    PLUGIN_HOST_GIVEN_UP = 100000, /* requests that are ended at once; who asks again each time gets no more answers */
    PLUGIN_HOST_TIMERS = 1000,     /* and watches, together */
};

struct plugin_host_settings {
    const struct plugin_descriptor *descriptor; /* must outlive the host */
    const json_t *configure;                    /* the message; read once */
    const struct clock *clock;
    struct plugin_recorded *recorded; /* answers requests in place of the network; NULL: none does */
    /* Takes messages, each with its line end. */
    void (*write)(void *arg, const char *bytes, size_t len);
    void *arg;
};

/* Opens the plugin, and says what it declares. ERR_INVALID: its options are wrong; ERR_UNAVAILABLE: it could not be opened. */
int plugin_host_new(struct event_base *base, const struct plugin_host_settings *settings, struct plugin_host **ret,
                    struct error *err);
/* Closes the plugin; answers that it waits for come before. NULL is allowed. */
void plugin_host_free(struct plugin_host *h);

/* A round is due; while one is under way nothing happens. */
void plugin_host_refresh(struct plugin_host *h);
bool plugin_host_in_round(const struct plugin_host *h);

/* Appends the pages of a plugin's findings, as messages. */
struct str;
void plugin_host_words_pages(const struct plugin_descriptor *d, struct str *out);
/* Appends the end of a round that failed without the plugin. */
void plugin_host_fail(struct str *out, const struct error *err);

#endif
