/* Where the console's picture comes from: the stream's client in the program, a plain store in
 * tests. */
#ifndef UI_APP_DATA_H
#define UI_APP_DATA_H

#include "stream/client.h"
#include "stream/record.h"

/* Every function is there, unless it is said; meanings as in stream/client.h. Once the stream has ended, ending a subscription removes no row. */
struct app_data_ops {
    struct store *(*store)(void *self);
    int (*subscribe)(void *self, const struct stream_query *q,
                     void (*failed)(void *arg, int id, const struct error *err), void *arg);
    void (*unsubscribe)(void *self, int id);
    void (*history)(void *self, const struct stream_history_query *q,
                    void (*done)(void *arg, const struct stream_point *points, size_t n, const struct error *err),
                    void *arg);
    /* NULL: there are no records to look at. */
    void (*look)(void *self, const struct stream_record_query *q,
                 void (*done)(void *arg, struct stream_records *records, const struct error *err), void *arg);
    void (*forget)(void *self, const void *arg);
    void (*refresh)(void *self, const char *what);
    void (*focus)(void *self, const char *table, const struct value *keys, size_t n);
    const char *(*table)(void *self, size_t i); /* the i-th table there is; NULL at the end */
};

struct app_data {
    const struct app_data_ops *ops; /* NULL: nothing is attached */
    void *self;
};

#endif
