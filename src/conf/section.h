/* One section of the file, read by the table of options into its struct. */
#ifndef CONF_SECTION_H
#define CONF_SECTION_H

#include "conf/loading.h"

/* Sets every option to its default and gives an array of no origins, for conf_section_done. */
char **conf_section_preset(const struct conf_section *s, void *base);

/* Sets what the map has; NULL or an empty one sets nothing. path names the section in errors,
 * "clusters.prod". CONF_PROPERTIES and CONF_SECRET are left to the cluster and to conf_section_secrets. */
int conf_section_apply(struct conf_loading *l, const struct conf_section *s, const struct conf_yaml *map,
                       const char *path, void *base, char **origins);

/* Sets the secrets that the map has, or else defaults (NULL: nobody else). Fetched only where fetch is true, what they belong
 * to being one that stays. */
int conf_section_secrets(struct conf_loading *l, const struct conf_section *s, const struct conf_yaml *map,
                         const struct conf_yaml *defaults, const char *path, bool fetch, void *base, char **origins);

/* Sets one option from the command line, origin and place in errors being its flag. */
int conf_section_set(struct conf_loading *l, const struct conf_section *s, const char *name, const char *flag,
                     const char *text, void *base, char **origins);
/* The same for texts and for globs, NULL-terminated; NULL sets nothing. */
int conf_section_set_texts(struct conf_loading *l, const struct conf_section *s, const char *name, const char *flag,
                           const char *const *texts, void *base, char **origins);
int conf_section_set_globs(struct conf_loading *l, const struct conf_section *s, const char *name, const char *flag,
                           const char *const *globs, void *base, char **origins);

/* The path that a text of the file means, on the heap: "~/" is the home directory, and what is
 * relative is so to the configuration file, since the collector may run elsewhere than its author.
 */
char *conf_section_resolve(const struct conf_loading *l, const char *text);

/* A path of the command line: one that holds whatever the directory of who reads it. On the heap. */
char *conf_section_absolute(const char *path);

/* Frees what the options own, and the origins. */
void conf_section_done(const struct conf_section *s, void *base, char **origins);

/* Where an option came from; NULL: it is the default. */
const char *conf_section_origin_of(const struct conf_section *s, char *const *origins, const char *name);

/* Replaces an origin; takes text. */
void conf_section_origin(const struct conf_section *s, char **origins, const char *name, char *text);

/* An error at a place of the file: "file:line:column: path: ..." from the text that err has. */
int conf_section_place(struct conf_loading *l, unsigned line, unsigned column, const char *path);

/* An error at an option: "ORIGIN: path.name: ..." from the text that err has. */
int conf_section_wrong(struct conf_loading *l, const struct conf_section *s, char *const *origins, const char *name,
                       const char *path);

/* An error that a value is of the wrong kind: "a list, where a map is expected; allowed: ...". */
int conf_section_kind(struct conf_loading *l, const struct conf_yaml *node, const char *path, const char *expected,
                      const char *allowed);

/* An error at a key that is not among the names: the nearest one, and all that are allowed. */
int conf_section_unknown(struct conf_loading *l, const struct conf_yaml *item, const char *path,
                         const char *const *names, size_t n);

#endif
