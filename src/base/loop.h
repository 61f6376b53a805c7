/* An event loop in which long work waits for everything else. */
#ifndef BASE_LOOP_H
#define BASE_LOOP_H

struct event;
struct event_base;

/* For event_base_free. */
struct event_base *loop_new(void);
/* Before it is added or made active: of such events one callback is run at a time, and only where nothing else is ready. Work that
 * is done in slices, each of which makes the next one's event active, so keeps nobody waiting for more than a slice; as an
 * ordinary event it would run to its end before the loop looks for what has come. On a loop that is not of loop_new it stays
 * ordinary. */
void loop_work(struct event *e);

/* Adds an event, or sets it anew, to come in so many milliseconds, from 0. */
void loop_after(struct event *e, int ms);

#endif
