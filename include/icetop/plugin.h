/* The contract between icetop and a plugin in C: all that a plugin includes, and its manual.
 *
 * A plugin is a shared object that exports one symbol, `const struct icetop_plugin icetop_plugin`: who it is, which
 * options it takes, which tables it fills, and what is to be called. icetop runs it in a process of its own (`icetop
 * plugin-host`), so that a crash, a hang or a flood costs the rows of this plugin and nothing else. It asks for a
 * round whenever one is due; the plugin reads what it reads, writes its rows and says that it is done. Scheduling,
 * deadlines, back-off, and what is done with the rows (screens, filters, history, every format) are icetop's.
 *
 *     #include <icetop/plugin.h>
 *
 *     enum { LAMPS };
 *     enum { LAMP_NAME, LAMP_WATTS };
 *
 *     static const struct icetop_column lamp_columns[] = {
 *         [LAMP_NAME] = {.name = "lamp", .type = ICETOP_TEXT, .flags = ICETOP_KEY, .help = "Which lamp."},
 *         [LAMP_WATTS] = {.name = "watts", .type = ICETOP_REAL, .flags = ICETOP_HISTORY, .help = "What it draws."},
 *     };
 *     static const struct icetop_table tables[] = {
 *         [LAMPS] = {.name = "lamps", .title = "lamps", .help = "One row a lamp.", ICETOP_COLUMNS(lamp_columns)},
 *     };
 *
 *     struct lamps {
 *         const struct icetop_host *host;
 *     };
 *
 *     static void *lamps_open(const struct icetop_host *host)
 *     {
 *         struct lamps *l = malloc(sizeof *l);
 *         if (l)
 *             l->host = host;
 *         return l;
 *     }
 *
 *     static void lamps_round(void *self)
 *     {
 *         const struct icetop_host *host = ((struct lamps *)self)->host;
 *         host->row_begin(host, LAMPS);
 *         host->set_text(host, LAMP_NAME, "desk");
 *         host->set_real(host, LAMP_WATTS, 4.5, ICETOP_EXACT);
 *         host->row_end(host);
 *         host->done(host, ICETOP_OK, NULL);
 *     }
 *
 *     const struct icetop_plugin icetop_plugin = {
 *         ICETOP_PLUGIN_BEGIN,
 *         .name = "lamps", .version = "1.0", .license = "Apache-2.0", .help = "What lamps draw.",
 *         ICETOP_TABLES(tables), .open = lamps_open, .round = lamps_round, .close = free,
 *     };
 *
 * Rules that hold everywhere:
 * - Everything is called on one thread, one call after the other, and nothing may wait there: no sleep, no blocking
 *   read. What takes long is asked for (get, timer, watch) and comes back as a call. A plugin with threads of its own
 *   calls no service from them; it wakes its main thread through a descriptor (watch).
 * - What the plugin hands to a service is copied before the service returns: it may lie on the stack. What a service
 *   hands to the plugin is the host's, and is valid as long as is said at it; nothing of it is ever freed by the
 *   plugin.
 * - Names are of [a-z0-9_] and begin with a letter. Texts in cells are bytes, whatever they are; icetop makes them
 *   safe.
 * - Times are absolute: milliseconds since 1970 UTC. Ages are made where they are drawn.
 * - Unknown is not 0: a cell that is not set, or is set unknown, is unknown.
 * - standard output is nobody's: what is printed there goes to standard error, every line of which is logged.
 * - The declaration and all it points to must stay as it is while the plugin is loaded. It is read once.
 *
 * How this file may change: fields are appended to structs, and values to enums, without a new ICETOP_PLUGIN_ABI;
 * every struct or array comes with the size that it had where it was compiled, so that a plugin built against an
 * older or a newer copy of this file is read right. A field that is absent is as one that is 0. Before a service that
 * a later version appended is used, ask ICETOP_HOST_HAS. */
#ifndef ICETOP_PLUGIN_H
#define ICETOP_PLUGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Rises if what is here ceases to be true for a plugin that was built before. */
#define ICETOP_PLUGIN_ABI 1

#if defined(__GNUC__)
#define ICETOP_PRINTF(format_, first_) __attribute__((format(printf, format_, first_)))
#else
#define ICETOP_PRINTF(format_, first_)
#endif

struct icetop_host;
struct icetop_json;

/* ---- tables ---- */

enum icetop_type {
    ICETOP_TEXT, /* bytes, a name or words; at most 4,096, longer ones are cut */
    ICETOP_INT,  /* int64, exact everywhere */
    ICETOP_REAL, /* double; NaN and infinities are values, not unknown */
    ICETOP_TIME, /* int64, milliseconds since 1970 UTC */
    ICETOP_BOOL,
};

/* How a number is meant and drawn. */
enum icetop_unit {
    ICETOP_UNIT_NONE,
    ICETOP_UNIT_ID,       /* a number that is a name: a partition, a port; never summed */
    ICETOP_UNIT_COUNT,    /* things */
    ICETOP_UNIT_MESSAGES, /* records of a log */
    ICETOP_UNIT_OFFSET,   /* a position in a log: exact, never scaled */
    ICETOP_UNIT_BYTES,
    ICETOP_UNIT_SECONDS,    /* a duration: "1 m 10 s" */
    ICETOP_UNIT_MS,         /* a duration in milliseconds */
    ICETOP_UNIT_PER_SECOND, /* a rate */
    ICETOP_UNIT_RATIO,      /* 0 to 1, drawn as per cent */
    ICETOP_UNIT_LATENCY,    /* a duration in seconds of which fractions count: "35 ms" */
    ICETOP_UNIT_EPOCH,      /* a time in seconds since 1970 UTC */
};

enum icetop_flag {
    ICETOP_KEY = 1 << 0,        /* part of the table's key; before all other columns */
    ICETOP_HISTORY = 1 << 1,    /* numbers are kept as samples, texts and times with the row's life */
    ICETOP_HIDDEN = 1 << 2,     /* not shown unless asked for; still in every machine format */
    ICETOP_SUM = 1 << 3,        /* adds up over rows */
    ICETOP_WORST_HIGH = 1 << 4, /* higher is worse: sorts descending first */
};

struct icetop_column {
    const char *name;  /* unique in its table; the key in JSON and in expressions */
    const char *title; /* the heading on screen; NULL: name */
    enum icetop_type type;
    enum icetop_unit unit;
    unsigned flags;   /* enum icetop_flag */
    int priority;     /* the highest number goes first when the screen is narrow; 0 stays to the end */
    const char *help; /* a sentence for people */
};

/* As members of what has them; array is an array of struct icetop_column. */
#define ICETOP_COLUMNS(array)                                                                                          \
    .columns = (array), .ncolumns = sizeof(array) / sizeof *(array), .column_size = sizeof *(array)

enum icetop_table_flag {
    /* Rows stay until row_gone. Without it a round that ends ICETOP_OK is a whole picture: rows that were not written
     * since it began go at its end. */
    ICETOP_TABLE_KEEPS = 1 << 0,
};

/* A table of the plugin's own. Its name must be nobody else's: it begins with the plugin's name ("flink_jobs" of
 * flink), or is that. All instances of the plugin share the table, so icetop puts a column `instance` before the key.
 * */
struct icetop_table {
    const char *name;
    const char *title;                   /* for people: "Flink jobs" */
    const char *help;                    /* a sentence or two */
    const struct icetop_column *columns; /* at most 200, key columns (one at least) first */
    size_t ncolumns, column_size;
    unsigned flags; /* enum icetop_table_flag */
};

/* Columns on the rows of one of icetop's own tables: an owner's name for each consumer group. Cells are set by key;
 * they show on rows that are there, now or later, and make none. */
struct icetop_group {
    const char *table; /* "groups", "topics", "iceberg_tables" … as icetop-tables(5) has them */
    const char *name;  /* of the group of columns; begins with the plugin's name */
    const struct icetop_column
        *columns; /* the table's key columns by their names and types, with ICETOP_KEY; then the own ones,
                                            whose names no other column of the table has */
    size_t ncolumns, column_size;
    unsigned flags; /* enum icetop_table_flag */
};

/* ---- options ---- */

enum icetop_option_type {
    ICETOP_OPTION_TEXT,
    ICETOP_OPTION_INT,
    ICETOP_OPTION_REAL,
    ICETOP_OPTION_BOOL,     /* true false yes no on off */
    ICETOP_OPTION_DURATION, /* "10s" "2m" "1h30m"; read as an integer, in milliseconds */
    ICETOP_OPTION_BYTES,    /* "64KiB" "1MB"; read as an integer */
};

/* What stands below `options:` of an instance in icetop.yaml. Values are checked before the plugin is opened. */
struct icetop_option {
    const char *name;
    enum icetop_option_type type;
    const char *preset; /* what it is where it is not given, as it would be written; NULL: nothing */
    bool required;      /* must be given */
    bool secret;        /* must come from the environment, a file or a command, and is never shown */
    bool several;       /* a list is allowed */
    const char *help;   /* a sentence for people */
};

/* The options of a plugin that reads a service over HTTP. get() takes them from here by itself: the plugin asks for
 * "/path". */
#define ICETOP_HTTP_OPTIONS                                                                                            \
    {.name = "url",                                                                                                    \
     .required = true,                                                                                                 \
     .help = "Where the service is: http or https, with the path that all requests begin with."},                      \
        {.name = "user", .help = "Who logs in, with password."},                                                       \
        {.name = "password", .secret = true, .help = "The user's password."},                                          \
        {.name = "token", .secret = true, .help = "A bearer token, in place of user and password."},                   \
        {.name = "ca", .help = "A PEM file of the authorities that are trusted, in place of the system's."},           \
        {.name = "certificate", .help = "A PEM file with a client certificate."},                                      \
        {.name = "key", .help = "A PEM file with its key, if that is another one."},                                   \
        {.name = "insecure", .type = ICETOP_OPTION_BOOL, .preset = "false", .help = "Certificates are not verified."}, \
    {                                                                                                                  \
        .name = "proxy", .secret = true, .help = "The proxy, a URL; without it that of the environment."               \
    }

#define ICETOP_OPTIONS(array)                                                                                          \
    .options = (array), .noptions = sizeof(array) / sizeof *(array), .option_size = sizeof *(array)

/* ---- findings ---- */

enum icetop_severity {
    ICETOP_FINDING_INFO,     /* worth knowing */
    ICETOP_FINDING_WARNING,  /* data will not arrive, or arrives late */
    ICETOP_FINDING_CRITICAL, /* it does not arrive, or is lost */
};

/* A diagnosis that the plugin knows: its page, as `icetop explain ID` prints it. */
struct icetop_page {
    const char *id; /* capitals and digits, a hyphen, digits: "FLINK-01"; those that begin with IT- are icetop's */
    enum icetop_severity severity;
    const char *title;  /* "a job restarts again and again" */
    const char *seen;   /* when it is said, with the numbers that count */
    const char *means;  /* what that does to the data */
    const char *todo;   /* what to do */
    const char *unlike; /* what looks like it and is something else; NULL: nothing */
};

/* One that is there now. What is not known is NULL (or 0). */
struct icetop_finding {
    size_t struct_size;  /* sizeof(struct icetop_finding) */
    const char *id;      /* of one of the plugin's pages */
    const char *subject; /* what it is about: a word for its kind and its name, "job payments" */
    const char *cluster; /* the Kafka cluster it belongs to */
    const char *text;    /* what was seen, and never more than that */
    const char *todo;    /* what to do first; NULL: the page's */
    int64_t since_ms;    /* when it began */
    const char *topic, *group, *catalog, *table, *connector; /* which of icetop's rows it is about */
};

/* ---- HTTP ---- */

struct icetop_request {
    size_t struct_size; /* sizeof(struct icetop_request) */
    /* http or https; or a path that begins with a slash, which is appended to option `url`. Credentials and all else
     * of ICETOP_HTTP_OPTIONS are used for requests to the scheme, host and port of option `url`, and for no other. */
    const char *url;
    const char *const *headers; /* further ones, "Name: value", NULL-terminated; NULL: none */
    bool json;                  /* only a status of 2xx with JSON is an answer: all else is an error */
    size_t max_body;            /* bytes after inflation; 0: 4 MiB */
    int deadline_ms;            /* 0: to the end of the round */
};

/* Valid until the callback returns. */
struct icetop_answer {
    const char *error; /* NULL: there is an answer; else why there is none, and all but status is 0 */
    int status;        /* of HTTP; 404 is an answer where json was not asked for; 0 where nothing answered */
    const char *body;  /* len bytes and a NUL behind them */
    size_t len;
    const char *content_type;       /* "" if none was named */
    const struct icetop_json *json; /* the body, where it was asked for as JSON */
};

typedef void icetop_answered(void *arg, const struct icetop_answer *answer);

/* ---- what the host does for a plugin ---- */

enum icetop_quality {
    ICETOP_UNKNOWN, /* there is no value */
    ICETOP_EXACT,
    ICETOP_GE,    /* the truth is this or more */
    ICETOP_LE,    /* the truth is this or less */
    ICETOP_EST,   /* an estimate */
    ICETOP_STALE, /* exact once; could not be read again */
};

enum icetop_level { ICETOP_ERROR, ICETOP_WARN, ICETOP_INFO, ICETOP_DEBUG };

enum icetop_outcome {
    ICETOP_OK,      /* everything that the plugin stands for was read */
    ICETOP_PARTIAL, /* rows were written, something is missing; rows of before stay */
    ICETOP_FAILED,  /* nothing new; rows of before stay, and are shown as old */
};

enum icetop_json_type {
    ICETOP_JSON_NULL,
    ICETOP_JSON_BOOL,
    ICETOP_JSON_NUMBER,
    ICETOP_JSON_TEXT,
    ICETOP_JSON_ARRAY,
    ICETOP_JSON_OBJECT
};

/* Handed to open, and valid until close has returned. Every service takes it as its first argument, but those for
 * JSON. */
struct icetop_host {
    size_t struct_size;
    const char *instance; /* what the user called this instance */
    int interval_ms;      /* between two rounds */
    int deadline_ms;      /* for one round */

    /* -- rows: one at a time, column by column --
     *
     * row_begin (group_begin for columns of one of icetop's tables) names a table by its place in tables[]
     * (groups[]); then cells are set by their place in its columns[], the key's all, others as far as they are known;
     * then row_end. A row of this key that is there keeps the cells that were not set. What is against the
     * declaration (a type that is not the column's, a key that is not whole, a row within a row) drops the row and is
     * said at the end of the round, which is then partial at best. Readers see nothing before the end of the round,
     * or commit(). */
    void (*row_begin)(const struct icetop_host *host, size_t table);
    void (*group_begin)(const struct icetop_host *host, size_t group);
    void (*set_text)(const struct icetop_host *host, size_t column, const char *text); /* NULL: unknown */
    void (*set_bytes)(const struct icetop_host *host, size_t column, const void *bytes, size_t len);
    void (*set_int)(const struct icetop_host *host, size_t column, int64_t value,
                    enum icetop_quality quality); /* INT, TIME, BOOL */
    void (*set_real)(const struct icetop_host *host, size_t column, double value, enum icetop_quality quality);
    void (*set_unknown)(const struct icetop_host *host, size_t column);
    /* A value as another program wrote it, for a column of any type: a number may be a text of digits, a boolean true
     * or "true". Unknown where value is NULL, null, or does not fit. A TIME is a number of milliseconds or a text as
     * RFC 3339 has it. */
    void (*set_json)(const struct icetop_host *host, size_t column, const struct icetop_json *value);
    bool (*row_end)(const struct icetop_host *host);  /* true: it was taken */
    bool (*row_gone)(const struct icetop_host *host); /* in place of row_end: removes the row of this key */

    /* -- rounds -- */

    /* Something could not be read: noted, and said with the round's end, which is then partial at best. Of several
     * the first is shown, with how many there were. In open: why it failed. */
    void (*trouble)(const struct icetop_host *host, const char *format, ...) ICETOP_PRINTF(2, 3);
    /* The end of a round, to be called once for each, within round() or later; format NULL: no words. Ignored where
     * no round is under way: one that was given up has ended. */
    void (*done)(const struct icetop_host *host, enum icetop_outcome outcome, const char *format, ...)
        ICETOP_PRINTF(3, 4);
    /* Shows what was written so far, before the round has ended, or between rounds. Nothing is removed. */
    void (*commit)(const struct icetop_host *host);

    /* -- words -- */

    void (*log)(const struct icetop_host *host, enum icetop_level level, const char *format, ...) ICETOP_PRINTF(3, 4);
    /* Something happened: a row of `events`. subject: a word for its kind and its name, "subject orders-value". At
     * most 100 in a round; the rest is counted. */
    void (*event)(const struct icetop_host *host, enum icetop_level level, const char *subject, const char *format, ...)
        ICETOP_PRINTF(4, 5);
    /* Something is wrong, now: a row of `findings`, which stays until a round that ended ICETOP_OK has not said it
     * again. */
    void (*finding)(const struct icetop_host *host, const struct icetop_finding *finding);

    /* -- options, as given or preset -- */

    const char *(*option_text)(const struct icetop_host *host,
                               const char *name); /* NULL: not given; valid until close */
    int64_t (*option_int)(const struct icetop_host *host,
                          const char *name); /* 0: not given; also durations and bytes */
    double (*option_real)(const struct icetop_host *host, const char *name); /* NaN: not given */
    bool (*option_bool)(const struct icetop_host *host, const char *name);   /* false: not given */
    const char *(*option_item)(const struct icetop_host *host, const char *name,
                               size_t i); /* of a list; NULL behind its end */

    /* -- HTTP: answers come as calls, each exactly once, never from within get: also where the round is given up or
     * the plugin is closed, then with an error. At most 8 requests are under way, others wait. -- */

    void (*get)(const struct icetop_host *host, const struct icetop_request *request, icetop_answered *done, void *arg);
    /* The same for JSON of a URL, or of a path below option `url`. */
    void (*get_json)(const struct icetop_host *host, const char *url, icetop_answered *done, void *arg);
    /* text, percent-encoded for a path or a query, in buf (cut, with size at least 1); returns buf. */
    const char *(*url_encode)(const char *text, char *buf, size_t size);

    /* -- JSON: values are read only, and every function takes NULL for a value that is not there -- */

    /* A text of so many bytes; NULL if it is none, with why in error (of size bytes; may be NULL). To be given back
     * with json_release. */
    const struct icetop_json *(*json_parse)(const void *text, size_t len, char *error, size_t size);
    void (*json_release)(const struct icetop_json *value);
    /* Keeps a value, and all that is in it, beyond the callback it was given to; to be given back with json_release.
     * */
    const struct icetop_json *(*json_keep)(const struct icetop_json *value);
    enum icetop_json_type (*json_type)(const struct icetop_json *value);
    const struct icetop_json *(*json_get)(const struct icetop_json *object, const char *name); /* NULL: none */
    const struct icetop_json *(*json_at)(const struct icetop_json *array, size_t i);           /* NULL behind the end */
    size_t (*json_size)(const struct icetop_json *value); /* of an array or an object; else 0 */
    /* Names in an object, one after the other: that after name, the first for NULL; NULL behind the last. */
    const char *(*json_next)(const struct icetop_json *object, const char *name);
    const char *(*json_text)(const struct icetop_json *value); /* NUL-terminated, as long as the value; NULL: no text */
    /* A number, or a text that is nothing but one: true and *ret. Else false, and *ret stays as it is. json_int wants
     * a whole one within int64. */
    bool (*json_int)(const struct icetop_json *value, int64_t *ret);
    bool (*json_real)(const struct icetop_json *value, double *ret);
    bool (*json_bool)(const struct icetop_json *value, bool *ret);

    /* -- time and descriptors -- */

    int64_t (*now_ms)(const struct icetop_host *host);  /* since 1970 UTC; may jump */
    int64_t (*mono_us)(const struct icetop_host *host); /* microseconds, for differences; never jumps */
    /* Calls once, after so many milliseconds; returns a number for cancel. */
    int (*timer)(const struct icetop_host *host, int after_ms, void (*fired)(void *arg), void *arg);
    /* Calls whenever the descriptor, which is non-blocking and the plugin's, can be read; returns a number for
     * cancel. */
    int (*watch)(const struct icetop_host *host, int fd, void (*readable)(void *arg), void *arg);
    /* Ends a timer or a watch; one that is over, or 0, is none to end. To be called before the descriptor is closed.
     * */
    void (*cancel)(const struct icetop_host *host, int number);

    /* -- appended after the first version: ask ICETOP_HOST_HAS -- */

    /* Of a format, while it writes: what goes to the file or to standard output. */
    void (*write)(const struct icetop_host *host, const void *bytes, size_t len);
};

/* Does this host have the service (or the field), which a later version of this file appended? */
#define ICETOP_HOST_HAS(host, member)                                                                                  \
    ((host)->struct_size >= offsetof(struct icetop_host, member) + sizeof((host)->member))

/* ---- formats and notifiers ---- */

/* A format of snapshots. Declared and checked, but not called by this version of icetop: a plugin that has one is ready
 * for it. */
struct icetop_format {
    const char *name; /* the plugin's name, or begins with it */
    const char *help; /* a sentence */
    /* Writes a document with host->write, as often as needed, and returns when all is written; what went wrong is said
     * with host->trouble. The document is what --format=json writes. Called without open, in a process of its own: of
     * the services, those for words and JSON are there. */
    void (*write)(const struct icetop_host *host, const struct icetop_json *document);
};

/* A way to tell people. icetop makes no alerts yet, so nothing calls it yet: a plugin that has one is ready for them. */
struct icetop_notifier {
    const char *name; /* the plugin's name, or begins with it */
    const char *help; /* a sentence */
    /* An alert has begun or ended: an object with id, severity, subject, text, since and, of one that is over, ended.
     * Valid until it returns; json_keep keeps it. What goes wrong is said with host->trouble. */
    void (*notify)(void *self, const struct icetop_json *alert);
};

/* ---- the plugin ---- */

struct icetop_plugin {
    uint32_t abi;         /* ICETOP_PLUGIN_ABI */
    uint32_t struct_size; /* sizeof(struct icetop_plugin) */
    const char *name;     /* as configured: `plugin: NAME`; the file is NAME.so */
    const char *version;  /* the plugin's own */
    const char *license;  /* by its SPDX name */
    const char *help;     /* a sentence or two */

    const struct icetop_option *options; /* at most 64 */
    size_t noptions, option_size;
    const struct icetop_table *tables; /* at most 32 */
    size_t ntables, table_size;
    const struct icetop_group *groups; /* at most 32 */
    size_t ngroups, group_size;
    const struct icetop_page *pages; /* at most 200 */
    size_t npages, page_size;

    /* Called once, before all else, with the options checked. What it returns is handed to the others as self. NULL:
     * it cannot work, for the reason that was given to trouble(); it is tried again later, in a new process. */
    void *(*open)(const struct icetop_host *host);
    /* A round is due. It ends with host->done. The next one is not asked for before. */
    void (*round)(void *self);
    /* The deadline of a round has passed, which is given up: requests that are under way end with an error right
     * after this, and it counts as failed (as partial, if rows were written) unless done was called. NULL: nothing to
     * do. */
    void (*deadline)(void *self);
    /* The last call: release everything. Answers that are owed have come before, timers and watches are gone. NULL:
     * nothing to release. */
    void (*close)(void *self);

    /* Appended after the first version. */
    const struct icetop_format *formats; /* at most 32 */
    size_t nformats, format_size;
    const struct icetop_notifier *notifiers; /* at most 32 */
    size_t nnotifiers, notifier_size;
};

#define ICETOP_PLUGIN_BEGIN .abi = ICETOP_PLUGIN_ABI, .struct_size = sizeof(struct icetop_plugin)
#define ICETOP_TABLES(array)                                                                                           \
    .tables = (array), .ntables = sizeof(array) / sizeof *(array), .table_size = sizeof *(array)
#define ICETOP_GROUPS(array)                                                                                           \
    .groups = (array), .ngroups = sizeof(array) / sizeof *(array), .group_size = sizeof *(array)
#define ICETOP_FORMATS(array)                                                                                          \
    .formats = (array), .nformats = sizeof(array) / sizeof *(array), .format_size = sizeof *(array)
#define ICETOP_NOTIFIERS(array)                                                                                        \
    .notifiers = (array), .nnotifiers = sizeof(array) / sizeof *(array), .notifier_size = sizeof *(array)
#define ICETOP_PAGES(array) .pages = (array), .npages = sizeof(array) / sizeof *(array), .page_size = sizeof *(array)

/* What a plugin exports. */
#if defined(__GNUC__)
__attribute__((visibility("default")))
#endif
extern const struct icetop_plugin icetop_plugin;

#endif
