/* Pages of pieces of one size, in regions that are taken from the system as a whole. */
#include "base/slab.h"
#include "base/mem.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <sys/mman.h>

enum {
    UNIT = 8,
    LARGEST = 1024, /* what is larger comes from the allocator */
    PAGE = 16 * 1024,
    REGION = 1024 * 1024, /* aligned so: a piece's address tells its region */
    PAGES = REGION / PAGE,
    KEPT = 16,     /* empty pages whose memory is not given back */
    DENSE_8TH = 7, /* a page with less than so many eighths of its pieces in use is sparse */
};

#if defined(__SANITIZE_ADDRESS__)
#define PLAIN true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define PLAIN true
#endif
#endif
#ifndef PLAIN
#define PLAIN false
#endif

struct slab_page {
    struct slab_page *prev, *next; /* among those with room, or the empty ones; not of a full one */
    uint16_t units;                /* of a piece; 0: it is empty */
    uint16_t room, used;           /* pieces */
    uint16_t fresh;                /* pieces that were never given out: the last ones */
    uint16_t free;                 /* 1 + offset of the first free piece, which begins with the next one's; 0: none */
    bool cold;                     /* its memory was given back */
    bool sparse;                   /* which list it is in, while it has room */
};

struct slab_region {
    struct slab_region *prev, *next;
    size_t used;                   /* pages */
    struct slab_page pages[PAGES]; /* the first is where this stands */
};

static struct slab_region *region_of(const void *p)
{
    return (struct slab_region *)((uintptr_t)p & ~(uintptr_t)(REGION - 1));
}

static struct slab_page *page_of(const void *p)
{
    return &region_of(p)->pages[((uintptr_t)p & (REGION - 1)) / PAGE];
}

static char *bytes_of(const struct slab_page *page)
{
    struct slab_region *r = region_of(page);
    return (char *)r + (size_t)(page - r->pages) * PAGE;
}

static void link_page(struct slab_page **list, struct slab_page *page)
{
    page->prev = NULL;
    page->next = *list;
    if (*list)
        (*list)->prev = page;
    *list = page;
}

static void unlink_page(struct slab_page **list, struct slab_page *page)
{
    *(page->prev ? &page->prev->next : list) = page->next;
    if (page->next)
        page->next->prev = page->prev;
}

/* The list that a page with room is in. */
static struct slab_page **list_of(struct slab *s, const struct slab_page *page)
{
    return page->sparse ? &s->sparse[page->units] : &s->partial[page->units];
}

/* Behind the first one, which is being filled up. */
static void link_sparse(struct slab *s, struct slab_page *page)
{
    struct slab_page *first = s->sparse[page->units];
    page->sparse = true;
    link_page(first ? &first->next : &s->sparse[page->units], page);
    page->prev = first;
}

/* ---- regions ---- */

static char *map_aligned(void)
{
    char *p = mmap(NULL, 2 * REGION, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        mem_none();
    size_t before = (REGION - ((uintptr_t)p & (REGION - 1))) & (REGION - 1);
    if (before)
        munmap(p, before);
    munmap(p + before + REGION, REGION - before);
    return p + before;
}

static void add_region(struct slab *s)
{
    struct slab_region *r = (struct slab_region *)map_aligned();
    r->next = s->regions;
    if (s->regions)
        s->regions->prev = r;
    s->regions = r;
    for (size_t i = PAGES; i-- > 1;) {
        r->pages[i].cold = true;
        link_page(&s->empty, &r->pages[i]);
    }
    s->nempty += PAGES - 1;
}

static void drop_region(struct slab *s, struct slab_region *r)
{
    for (size_t i = 1; i < PAGES; i++) {
        unlink_page(&s->empty, &r->pages[i]);
        s->nwarm -= !r->pages[i].cold;
    }
    s->nempty -= PAGES - 1;
    *(r->prev ? &r->prev->next : &s->regions) = r->next;
    if (r->next)
        r->next->prev = r->prev;
    munmap(r, REGION);
}

/* ---- pages ---- */

static struct slab_page *take_page(struct slab *s, size_t units)
{
    if (!s->empty)
        add_region(s);
    struct slab_page *page = s->empty;
    unlink_page(&s->empty, page);
    s->nempty--;
    s->nwarm -= !page->cold;
    region_of(page)->used++;
    page->cold = false;
    page->units = (uint16_t)units;
    page->room = page->fresh = (uint16_t)(PAGE / (units * UNIT));
    page->used = page->free = 0;
    page->sparse = false;
    link_page(&s->partial[units], page);
    return page;
}

static void give_page(struct slab *s, struct slab_page *page)
{
    struct slab_region *r = region_of(page);
    unlink_page(list_of(s, page), page);
    page->units = 0;
    page->cold = s->nwarm >= KEPT;
    if (page->cold)
        madvise(bytes_of(page), PAGE, MADV_DONTNEED);
    s->nempty++;
    s->nwarm += !page->cold;
    link_page(&s->empty, page);
    if (--r->used == 0 && s->nempty >= 2 * (PAGES - 1)) /* else it may be needed again at once */
        drop_region(s, r);
}

/* ---- pieces ---- */

static bool is_plain(const struct slab *s, size_t size)
{
    return PLAIN || !s || size > LARGEST;
}

static size_t units_of(size_t size)
{
    return size ? (size + UNIT - 1) / UNIT : 1;
}

/* The page that the next piece comes from; NULL: none has room. */
static struct slab_page *page_next(const struct slab *s, size_t units)
{
    return s->partial[units] ? s->partial[units] : s->sparse[units];
}

void *slab_alloc(struct slab *s, size_t size)
{
    if (is_plain(s, size))
        return mem_alloc(size);
    size_t units = units_of(size);
    struct slab_page *page = page_next(s, units);
    if (!page)
        page = take_page(s, units);
    char *p = bytes_of(page);
    if (page->free) {
        p += (size_t)page->free - 1;
        memcpy(&page->free, p, sizeof page->free);
    } else {
        p += (size_t)(page->room - page->fresh--) * units * UNIT;
    }
    if (++page->used == page->room) {
        unlink_page(list_of(s, page), page);
        page->sparse = false;
    }
    return p;
}

void slab_free(struct slab *s, void *p, size_t size)
{
    if (is_plain(s, size)) {
        free(p);
        return;
    }
    if (!p)
        return;
    struct slab_page *page = page_of(p);
    if (page->used-- == page->room)
        link_page(&s->partial[page->units], page);
    memcpy(p, &page->free, sizeof page->free);
    page->free = (uint16_t)(((uintptr_t)p & (PAGE - 1)) + 1);
    if (!page->used) {
        give_page(s, page);
    } else if (!page->sparse && page->used * 8 < page->room * DENSE_8TH) {
        unlink_page(&s->partial[page->units], page);
        link_sparse(s, page);
    }
}

void *slab_resize(struct slab *s, void *p, size_t old, size_t size)
{
    if (is_plain(s, size) && (!p || is_plain(s, old)))
        return mem_realloc(p, 1, size);
    if (p && !is_plain(s, old) && !is_plain(s, size) && units_of(old) == units_of(size))
        return p;
    void *to = slab_alloc(s, size);
    if (p)
        memcpy(to, p, old < size ? old : size);
    slab_free(s, p, old);
    return to;
}

void *slab_settle(struct slab *s, void *p, size_t size)
{
    if (is_plain(s, size) || !p)
        return p;
    const struct slab_page *page = page_of(p);
    if (!page->sparse || page_next(s, page->units) == page)
        return p;
    void *to = slab_alloc(s, size);
    memcpy(to, p, size);
    slab_free(s, p, size);
    return to;
}

size_t slab_bytes(const struct slab *s)
{
    size_t pages = s->nwarm;
    for (const struct slab_region *r = s->regions; r; r = r->next)
        pages += r->used;
    return pages * PAGE;
}

void slab_done(struct slab *s)
{
    for (struct slab_region *r = s->regions, *next; r; r = next) {
        next = r->next;
        munmap(r, REGION);
    }
    *s = (struct slab){.regions = NULL};
}
