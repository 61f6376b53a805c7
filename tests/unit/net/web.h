/* A web server of the tests' own, on a thread: what it answers is scripted, byte by byte. */
#ifndef TESTS_UNIT_NET_WEB_H
#define TESTS_UNIT_NET_WEB_H

#include <stddef.h>

/* What comes for a path (any, if path is NULL): bytes, and then the end, or nothing more, for ever. */
struct web_page {
    const char *path;
    const char *bytes;
    size_t len; /* 0: of the text */
    int hang;   /* the connection stays open */
};

struct web;

/* Listens on a free port of 127.0.0.1. The pages are borrowed; the last one has no bytes. */
struct web *web_start(const struct web_page *pages);
/* Other pages from now on. */
void web_set(struct web *w, const struct web_page *pages);
int web_port(const struct web *w);
/* "http://127.0.0.1:PORT" and path, on the heap. */
char *web_url(const struct web *w, const char *path);
/* The n-th request that came, from 0, whole; NULL if fewer did. On the heap. */
char *web_request(struct web *w, size_t n);
size_t web_count(struct web *w);
void web_stop(struct web *w);

#endif
