/* A dataset as the configuration has it, made what drift/dataset.h asks for: types that nobody named come from the first events. */
#ifndef DRIFT_SETUP_H
#define DRIFT_SETUP_H

#include "conf/conf.h"
#include "drift/dataset.h"
#include "drift/dataset_infer.h"

struct drift_setup_partition {
    int32_t partition;
    bool behind;
};

/* A copy of a dataset's configuration, with a dataset that begins when there are events enough. Used by one thread at a time. */
struct drift_setup {
    struct conf_dataset conf;
    struct drift_reference
        *reference; /* of the file, or kept from before, once it was read; the setup's. One that was kept is let go
                                          where it has not what is compared now, which note tells */
    struct drift_decoder *decoder; /* of the format; schemas are given to it */
    struct drift_dataset_infer infer;
    struct drift_dataset *dataset; /* NULL: not begun */
    bool holding;                  /* events are held until types are known */
    bool inferred;                 /* no feature was named */
    struct str note;               /* what was left out of features that were found out; holds names from events */
    uint64_t unread;               /* events that could not be read while they were held */
    int32_t unread_partition;      /* where the last of them lies */
    int64_t unread_offset;
    VEC(struct drift_setup_partition) partitions; /* as they were told of last, until it begins */
    struct error error;                           /* why it cannot begin, or the last of those events */
    int64_t held_us;                              /* when the last event came that is held */
};

struct drift_setup *drift_setup_new(const struct conf_dataset *conf);
void drift_setup_free(struct drift_setup *s); /* NULL is allowed */

/* As drift_dataset_tell. */
void drift_setup_tell(struct drift_setup *s, int32_t partition, bool behind);
/* As drift_dataset_feed. */
void drift_setup_feed(struct drift_setup *s, int32_t partition, int64_t offset, int64_t time_ms, const char *bytes,
                      size_t len);

/* There is nothing more to read for now: begins with as few events as drift_dataset_close does, and closes what is due. */
void drift_setup_pause(struct drift_setup *s, const struct clock *clock);
/* There are no more: begins with what is held, if it has not begun, and closes all windows. */
void drift_setup_close(struct drift_setup *s);

struct drift_window_settings drift_setup_window(const struct conf_dataset *conf);
enum drift_reference_from drift_setup_from(const struct conf_dataset *conf);
/* The part of events that is read. */
double drift_setup_sample(const struct conf_dataset *conf);

#endif
