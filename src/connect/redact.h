/* What of another system's texts is hidden before anybody sees them: values of settings that may be secrets, and what looks
 * like a password within a URI or a message. What is hidden becomes three bullets. */
#ifndef CONNECT_REDACT_H
#define CONNECT_REDACT_H

#include "base/str.h"
#include "base/vec.h"

#include <stdbool.h>

/* Does the name of a setting say that its value is a secret ("iceberg.catalog.s3.secret-access-key")? */
bool connect_redact_named(const char *setting);

/* Appends text in which these are hidden: USER:PASSWORD@ and TOKEN@ of URIs (a container, as abfss://CONTAINER@ACCOUNT has
 * it, is none), and values that follow NAME= or "NAME": where the name says that they are secrets. */
void connect_redact_text(struct str *out, const char *text);

/* Values to be hidden wherever they stand. Zeroed is none. */
struct connect_redact {
    VEC(char *) values; /* the longest first */
};

/* Notes the value of a setting of which it is not known that it may be shown: all of it and, where the name says that it is
 * a secret, also its parts (what is in quotation marks, what follows the colon of USER:PASSWORD, the password of a URI).
 * Values so short that they would hide half of any text, numbers and booleans are left out, unless the name says so. */
void connect_redact_add(struct connect_redact *r, const char *setting, const char *value);
/* Appends text with these values hidden, and what connect_redact_text hides. */
void connect_redact_apply(const struct connect_redact *r, struct str *out, const char *text);
/* Wipes the values. */
void connect_redact_done(struct connect_redact *r);

#endif
