/* The login of a source, as its configuration has it. */
#ifndef SOURCE_LOGIN_H
#define SOURCE_LOGIN_H

#include "conf/conf.h"
#include "net/login.h"

/* Borrowed: the texts are those of the configuration. */
struct net_login source_login(const struct conf_http *http);

#endif
