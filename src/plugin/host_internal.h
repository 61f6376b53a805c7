/* What the files of the host share; nobody else includes it. */
#ifndef PLUGIN_HOST_INTERNAL_H
#define PLUGIN_HOST_INTERNAL_H

#include "base/str.h"
#include "base/vec.h"
#include "net/http.h"
#include "plugin/host.h"
#include "plugin/host_rows.h"
#include "plugin/options.h"

struct event;
struct plugin_host_call;
struct plugin_host_wake;

/* What was counted in a round. */
struct plugin_host_counts {
    size_t events, findings, lines, troubles;
};

struct plugin_host {
    struct icetop_host face; /* first: what the plugin has */
    struct plugin_host_settings settings;
    const struct plugin_descriptor *d;
    struct event_base *base;
    struct plugin_options *options;
    char *instance;
    void *self;
    bool open;
    struct str out; /* messages on their way to settings.write */

    bool round;             /* one is under way */
    int64_t began_us;       /* the round; monotonic */
    struct event *deadline; /* of the round */
    struct plugin_host_counts counts;
    char trouble[400]; /* the first of the round */

    struct plugin_host_rows rows;

    /* host_web.c */
    struct net_http *http;
    VEC(struct plugin_host_call *) calls; /* in the order they were asked for */
    struct event *answer;                 /* some have answers, or may begin */
    size_t under_way;
    bool giving_up; /* every request ends at once with give_up_text */

    /* host_wake.c */
    VEC(struct plugin_host_wake *) wakes;
    int last_wake;
};

static inline struct plugin_host *plugin_host_of(const struct icetop_host *face)
{
    return (struct plugin_host *)(uintptr_t)face;
}

/* Hands over what messages there are. */
void plugin_host_send(struct plugin_host *h);
/* Notes what went wrong in this round. */
__attribute__((format(printf, 2, 3))) void plugin_host_trouble(struct plugin_host *h, const char *fmt, ...);

/* Each fills in some of the services. */
void plugin_host_cells_serve(struct icetop_host *face);
void plugin_host_words_serve(struct icetop_host *face);
void plugin_host_web_serve(struct icetop_host *face);
void plugin_host_wake_serve(struct icetop_host *face);

/* Notes what was counted past its cap as trouble of the round. */
void plugin_host_words_rest(struct plugin_host *h);

void plugin_host_web_init(struct plugin_host *h);
/* Answers all that wait with this error; what is asked for meanwhile too. */
void plugin_host_web_give_up(struct plugin_host *h, const char *why);
void plugin_host_web_done(struct plugin_host *h);

void plugin_host_wake_done(struct plugin_host *h);

#endif
