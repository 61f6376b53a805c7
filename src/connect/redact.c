/* What of another system's texts is hidden before anybody sees them. */
#include "connect/redact.h"

#include "base/mem.h"
#include "conf/secret.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    SHORT_NAMED = 3,   /* bytes from which on a value is hidden in texts: of a setting that is named like a secret */
    SHORT_OTHER = 6,   /* of others */
    SHORT_BEARER = 12, /* of a token after the word Bearer */
    NAME_BYTES = 64,   /* of a parameter's name that is looked at */
};

/* Parts of names whose values are secrets, in lower case. */
static const char *const words[] = {
    "password",    "passwd",     "passphrase",     "pwd",       "secret",  "token",       "credential",
    "jaas",        "apikey",     "api-key",        "api.key",   "api_key", "access-key",  "access.key",
    "access_key",  "accesskey",  "auth.user.info", "userinfo",  "private", "account-key", "account.key",
    "account_key", "accountkey", "shared-key",     "signature",
};

/* Those of them that nobody but a secret follows after a colon, as in "password: abc"; not so "token: expired". */
static const char *const colon_words[] = {"password", "passwd", "passphrase", "secret", "access-key", "access_key"};

/* Names that are secrets only as a whole, as parameters of URIs have them. */
static const char *const whole[] = {"sig", "sas", "pass", "key", "auth", "sharedaccesskey"};

static bool names_secret(const char *name, size_t len)
{
    char low[NAME_BYTES + 1];
    size_t skip = len > NAME_BYTES ? len - NAME_BYTES : 0, n = len - skip;
    for (size_t i = 0; i < n; i++)
        low[i] = (char)tolower((unsigned char)name[skip + i]);
    low[n] = '\0';
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strstr(low, words[i]))
            return true;
    const char *last = strrchr(low, '.');
    last = last ? last + 1 : low;
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        if (strcmp(last, whole[i]) == 0)
            return true;
    return false;
}

bool connect_redact_named(const char *setting)
{
    return names_secret(setting, strlen(setting)) || conf_secret_named(setting);
}

/* ---- within one text ---- */

static bool name_char(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '-' || c == '.';
}

/* Where a value ends that begins at s: behind the closing quotation mark if it opens with one. */
static size_t value_length(const char *s)
{
    if (*s == '"' || *s == '\'') {
        size_t n = 1;
        while (s[n] && s[n] != *s)
            n += s[n] == '\\' && s[n + 1] ? 2 : 1;
        return n;
    }
    return strcspn(s, "&;,)}] \t\r\n\"'");
}

/* Does the name end with one of colon_words? */
static bool takes_colon(const char *s, size_t n)
{
    for (size_t i = 0; i < sizeof colon_words / sizeof *colon_words; i++) {
        size_t len = strlen(colon_words[i]);
        if (n >= len && strncasecmp(s + n - len, colon_words[i], len) == 0)
            return true;
    }
    return false;
}

/* After NAME at s (of n bytes): how far it is to the value that it is given, 0 if none. */
static size_t to_value(const char *s, size_t n)
{
    size_t at = n;
    bool quoted = s[at] == '"' || s[at] == '\'';
    at += quoted;
    at += strspn(s + at, " \t");
    bool colon = s[at] == ':' && (quoted || (at == n && takes_colon(s, n)));
    if (s[at] != '=' && !colon)
        return 0;
    at++;
    return at + strspn(s + at, " \t");
}

/* The user info of a URI whose "//" ends at s: bytes to hide, before the '@'; 0 if there is none. */
static size_t user_info(const char *text, const char *s)
{
    size_t n = strcspn(s, " \t\r\n\"'<>"), at = 0;
    for (size_t i = 0; i < n; i++)
        if (s[i] == '@')
            at = i;
    const char *scheme = s;
    while (scheme > text && scheme[-1] != ' ' && scheme[-1] != '"' && scheme[-1] != '=')
        scheme--;
    bool container = strncasecmp(scheme, "abfs", 4) == 0 || strncasecmp(scheme, "wasb", 4) == 0;
    bool path = memchr(s, '/', at) && !memchr(s, ':', at); /* an '@' within a path */
    return path || (container && !memchr(s, ':', at)) ? 0 : at;
}

/* "jdbc:oracle:thin:USER/PASSWORD@...": bytes of the password at s, which is behind a '/' of a text without "//". */
static size_t thin_password(const char *text, const char *s)
{
    size_t n = strcspn(s, "@ \t\r\n\"'/");
    const char *from = s;
    while (from > text && !isspace((unsigned char)from[-1]) && from[-1] != '"' && from[-1] != '=')
        from--;
    return s[n] == '@' && n && strncasecmp(from, "jdbc:", 5) == 0 ? n : 0;
}

/* "Bearer TOKEN", "Authorization: Basic TOKEN": how far it is from the word at s (of n bytes) to the token, 0 if there is none. */
static size_t to_token(const char *text, const char *s, size_t n)
{
    static const char header[] = "authorization:";
    size_t len = sizeof header - 1;
    bool bearer = n == 6 && strncasecmp(s, "bearer", n) == 0, basic = n == 5 && strncasecmp(s, "basic", n) == 0;
    if ((!bearer && !basic) || s[n] != ' ')
        return 0;
    const char *before = s;
    while (before > text && (before[-1] == ' ' || before[-1] == '['))
        before--;
    bool headed =
        (size_t)(before - text) >= len && strncasecmp(before - len, header, len - 1) == 0 && strchr(":=", before[-1]);
    return headed || (bearer && value_length(s + n + 1) >= SHORT_BEARER) ? n + 1 : 0;
}

void connect_redact_text(struct str *out, const char *text)
{
    for (const char *s = text; *s;) {
        size_t hide = 0, keep = 1;
        if (strncmp(s, "//", 2) == 0) {
            keep = 2;
            hide = user_info(text, s + keep);
        } else if (*s == '/') {
            hide = thin_password(text, s + keep);
        } else if (name_char(*s)) {
            while (name_char(s[keep]))
                keep++;
            size_t value = to_value(s, keep); /* asked first: few words of a trace are given a value */
            value = value && names_secret(s, keep) ? value : to_token(text, s, keep);
            keep = value ? value : keep;
            hide = value ? value_length(s + value) : 0;
            if (hide && strchr("\"'", s[keep])) { /* its quotation marks stay */
                keep++;
                hide--;
            }
        }
        str_bytes(out, s, keep);
        if (hide)
            str_add(out, CONF_SECRET_SHOWN);
        s += keep + hide;
    }
}

/* ---- values ---- */

static void note(struct connect_redact *r, const char *value, size_t len, size_t shortest)
{
    if (len < shortest)
        return;
    size_t at = 0;
    while (at < r->values.n && strlen(r->values.items[at]) >= len) {
        if (strlen(r->values.items[at]) == len && strncmp(r->values.items[at], value, len) == 0)
            return;
        at++;
    }
    vec_push(&r->values, NULL);
    memmove(&r->values.items[at + 1], &r->values.items[at], (r->values.n - 1 - at) * sizeof *r->values.items);
    r->values.items[at] = mem_memdup(value, len);
}

/* What is in quotation marks. */
static void note_quoted(struct connect_redact *r, const char *value)
{
    for (const char *s = value; (s = strpbrk(s, "\"'"));) {
        size_t n = value_length(s);
        note(r, s + 1, n - 1, SHORT_NAMED);
        s += n + (s[n] != '\0');
    }
}

static bool is_plain(const char *value)
{
    static const char *const plain[] = {"true", "false", "null", "none"};
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (strcasecmp(value, plain[i]) == 0)
            return true;
    return value[strspn(value, "+-.0123456789")] == '\0';
}

void connect_redact_add(struct connect_redact *r, const char *setting, const char *value)
{
    if (strncmp(value, "${", 2) == 0) /* a placeholder says where the secret is */
        return;
    const char *uri = strstr(value, "//");
    size_t user = uri ? user_info(value, uri + 2) : 0;
    const char *colon = user ? memchr(uri + 2, ':', user) : NULL;
    if (colon)
        note(r, colon + 1, (size_t)(uri + 2 + user - colon - 1), SHORT_NAMED);
    if (!connect_redact_named(setting)) {
        if (!is_plain(value))
            note(r, value, strlen(value), SHORT_OTHER);
        return;
    }
    note(r, value, strlen(value), SHORT_NAMED);
    note_quoted(r, value);
    colon = strpbrk(value, " \t\"'") || uri ? NULL : strchr(value, ':');
    if (colon)
        note(r, colon + 1, strlen(colon + 1), SHORT_NAMED);
}

void connect_redact_apply(const struct connect_redact *r, struct str *out, const char *text)
{
    struct str now = {0}, next = {0};
    str_add(&now, text);
    for (size_t i = 0; i < r->values.n; i++) {
        const char *value = r->values.items[i], *s = str_text(&now);
        const char *hit = strstr(s, value);
        if (!hit)
            continue;
        str_clear(&next);
        for (; hit; hit = strstr(s, value)) {
            str_bytes(&next, s, (size_t)(hit - s));
            str_add(&next, CONF_SECRET_SHOWN);
            s = hit + strlen(value);
        }
        str_add(&next, s);
        struct str was = now;
        now = next;
        next = was;
    }
    connect_redact_text(out, str_text(&now));
    str_done(&now);
    str_done(&next);
}

void connect_redact_done(struct connect_redact *r)
{
    for (size_t i = 0; i < r->values.n; i++)
        mem_free_secret(r->values.items[i]);
    vec_done(&r->values);
}
