/* The words between a SOCKS5 proxy and who connects through it. */
#include "net/socks_talk.h"

#include <arpa/inet.h>
#include <string.h>

enum { VERSION = 5, LOGIN_VERSION = 1, NO_LOGIN = 0, PASSWORD = 2, NONE_ACCEPTED = 0xff, CONNECT = 1 };
enum { IPV4 = 1, NAME = 3, IPV6 = 4 };
enum { MAX_TEXT = 255 };

static int check_text(const char *what, const char *text, struct error *err)
{
    size_t n = text ? strlen(text) : 1;
    if (n == 0 || n > MAX_TEXT)
        return error_set(err, ERR_INVALID, "%s has %zu bytes; allowed: 1 to %d", what, n, MAX_TEXT);
    return 0;
}

int net_socks_talk_check(const struct net_socks_talk *t, struct error *err)
{
    int rc = check_text("the host", t->host, err);
    if (rc == 0)
        rc = check_text("the proxy's user", t->user, err);
    if (rc == 0)
        rc = check_text("the proxy's password", t->password, err);
    if (rc == 0 && (t->port < 1 || t->port > 65535))
        rc = error_set(err, ERR_INVALID, "no such port: %d", t->port);
    return rc;
}

void net_socks_talk_begin(struct net_socks_talk *t, struct str *out)
{
    t->step = NET_SOCKS_TALK_GREETING;
    str_char(out, VERSION);
    str_char(out, t->user ? 2 : 1);
    str_char(out, NO_LOGIN);
    if (t->user)
        str_char(out, PASSWORD);
}

static void say_text(struct str *out, const char *text)
{
    str_char(out, (char)(unsigned char)strlen(text));
    str_add(out, text);
}

static void say_login(struct net_socks_talk *t, struct str *out)
{
    t->step = NET_SOCKS_TALK_LOGIN;
    str_char(out, LOGIN_VERSION);
    say_text(out, t->user);
    say_text(out, t->password ? t->password : "");
}

static void say_connect(struct net_socks_talk *t, struct str *out)
{
    unsigned char address[16];
    t->step = NET_SOCKS_TALK_CONNECT;
    str_bytes(out, (const char[]){VERSION, CONNECT, 0}, 3);
    if (inet_pton(AF_INET, t->host, address) == 1) {
        str_char(out, IPV4);
        str_bytes(out, address, 4);
    } else if (inet_pton(AF_INET6, t->host, address) == 1) {
        str_char(out, IPV6);
        str_bytes(out, address, 16);
    } else {
        str_char(out, NAME);
        say_text(out, t->host);
    }
    str_char(out, (char)(t->port >> 8));
    str_char(out, (char)(t->port & 0xff));
}

static int read_method(struct net_socks_talk *t, const unsigned char *b, struct str *out, struct error *err)
{
    if (b[0] != VERSION)
        return error_set(err, ERR_REMOTE, "not a SOCKS5 proxy");
    if (b[1] == NO_LOGIN)
        say_connect(t, out);
    else if (b[1] == PASSWORD && t->user)
        say_login(t, out);
    else if (t->user)
        return error_set(err, ERR_REMOTE, "the proxy takes neither a password nor nobody");
    else
        return error_set(err, ERR_REMOTE, "the proxy wants a login");
    return 0;
}

static int read_login(struct net_socks_talk *t, const unsigned char *b, struct str *out, struct error *err)
{
    if (b[1] != 0)
        return error_set(err, ERR_REMOTE, "the proxy refuses the user or its password");
    say_connect(t, out);
    return 0;
}

static int refused(unsigned char code, struct error *err)
{
    static const char *const words[] = {
        [1] = "the proxy failed",         [2] = "the proxy does not allow it",
        [3] = "network unreachable",      [4] = "host unreachable",
        [5] = "connection refused",       [6] = "the time to live expired",
        [7] = "the proxy cannot connect", [8] = "the proxy does not take this kind of address",
    };
    if (code < sizeof words / sizeof *words)
        return error_set(err, ERR_REMOTE, "%s", words[code]);
    return error_set(err, ERR_REMOTE, "the proxy refuses with code %d", code);
}

static int read_connected(struct net_socks_talk *t, const unsigned char *b, size_t len, size_t *used, struct error *err)
{
    if (b[0] != VERSION)
        return error_set(err, ERR_REMOTE, "not a SOCKS5 proxy");
    if (b[1] != 0)
        return refused(b[1], err);
    if (len < 5)
        return 0;
    size_t address = b[3] == IPV4 ? 4 : b[3] == IPV6 ? 16 : b[3] == NAME ? 1 + (size_t)b[4] : 0;
    if (address == 0)
        return error_set(err, ERR_REMOTE, "the proxy's answer has an address of unknown kind %d", b[3]);
    if (len < 4 + address + 2)
        return 0;
    t->step = NET_SOCKS_TALK_OPEN;
    *used = 4 + address + 2;
    return 0;
}

int net_socks_talk_read(struct net_socks_talk *t, const unsigned char *bytes, size_t len, size_t *used, struct str *out,
                        struct error *err)
{
    *used = 0;
    if (len < 2 || t->step == NET_SOCKS_TALK_OPEN)
        return 0;
    if (t->step == NET_SOCKS_TALK_CONNECT)
        return read_connected(t, bytes, len, used, err);
    int rc = t->step == NET_SOCKS_TALK_GREETING ? read_method(t, bytes, out, err) : read_login(t, bytes, out, err);
    if (rc == 0)
        *used = 2;
    return rc;
}
