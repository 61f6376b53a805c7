/* The declaration of the table of services; the enum gives the columns' positions. */
#ifndef PROM_SERVICES_TABLES_H
#define PROM_SERVICES_TABLES_H

#include "table/table.h"

enum prom_services_column {
    SERVICES_JOB, /* key, as the next three */
    SERVICES_INSTANCE,
    SERVICES_SERVICE,
    SERVICES_RECIPE,
    SERVICES_REQUESTS_S,
    SERVICES_ERROR_RATIO,
    SERVICES_P50_MS,
    SERVICES_P95_MS,
    SERVICES_P99_MS,
    SERVICES_MEAN_MS,
    SERVICES_IN_FLIGHT,
    SERVICES_QUEUE,
    SERVICES_SATURATION,
    SERVICES_LATENCY_FROM,
    SERVICES_NOTE,
};

extern const struct table_def prom_table_services;

#endif
