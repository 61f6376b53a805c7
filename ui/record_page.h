/* The page that shows records of a partition, one at a time. They are asked for when it is opened, and gone when it is left. */
#ifndef UI_RECORD_PAGE_H
#define UI_RECORD_PAGE_H

#include "stream/record_text.h"
#include "ui/context.h"
#include "ui/keys.h"
#include "ui/layout.h"

struct cells;

/* Zeroed is closed. */
struct record_page {
    bool open, loading;
    char *cluster, *topic, *group; /* group: that has committed the offset it was opened at; or NULL */
    char *title;                   /* "orders 7", safe to draw */
    int32_t partition;
    int64_t committed; /* -1: of no group */
    struct app_data data;
    struct error err; /* why there are no (more) records */
    struct stream_records records;
    size_t at;      /* the record that is shown */
    bool back;      /* what is asked for stands before what was shown */
    int64_t before; /* its offset */
    enum stream_record_form form, used;
    struct str lines; /* of that record, made for text_width columns; each ends with a newline */
    int text_width;   /* 0: to be made */
    int top, shown, total;
    void (*changed)(void *arg);
    void *arg;
};

/* Are the rows of this table partitions? */
bool record_page_fits(const struct table *t);
/* Opens it on a row of such a table and asks: at the offset that the group has committed, or for the newest. changed(arg)
 * is called when the answer has come. False if there is nobody to ask. */
bool record_page_open(struct record_page *p, const struct context *ctx, const struct table *t, const struct row *r,
                      void (*changed)(void *arg), void *arg);
/* Asks there from now on; data NULL: nobody is there to ask. */
void record_page_attach(struct record_page *p, const struct app_data *data);
/* Forgets the records. */
void record_page_close(struct record_page *p);
bool record_page_action(struct record_page *p, enum action action);
/* The value as it came, as far as it was sent; false if there is none. Appended. */
bool record_page_value(const struct record_page *p, struct str *out);
void record_page_draw(struct record_page *p, const struct context *ctx, struct cells *c, struct rect box);

#endif
