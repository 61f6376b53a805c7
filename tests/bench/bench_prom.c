/* How fast Prometheus' text formats are read, as a share of memchr looking for the line ends of the same bytes. */
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "prom/text.h"

#include <stdio.h>
#include <string.h>

enum { BYTES = 4 * 1024 * 1024, ROUNDS = 25, TRIES = 20 /* on a machine that has other things to do */ };

static uint64_t state = 88172645463325252u;

static uint64_t any(uint64_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state % below;
}

/* Values as exporters in Go write them: mostly small integers, counters of bytes, seconds. */
static void value(struct str *s)
{
    switch (any(8)) {
    case 0:
        str_printf(s, " %.17g\n", (double)any(100000000) / 997);
        break;
    case 1:
        str_printf(s, " %llu.%02llu\n", (unsigned long long)any(1000000), (unsigned long long)any(100));
        break;
    case 2:
        str_printf(s, " %.7e\n", (double)any(1000000000000));
        break;
    case 3:
    case 4:
        str_printf(s, " %llu\n", (unsigned long long)any(1000000));
        break;
    default:
        str_add(s, any(2) ? " 0\n" : " 1\n");
    }
}

static void family(struct str *s, const char *name, const char *type, const char *help)
{
    str_printf(s, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* In the proportions of a node exporter: two lines in five are series without a label, half are HELP and TYPE. */
static void node(struct str *s)
{
    static const char *const modes[] = {"idle", "iowait", "irq", "nice", "softirq", "steal", "system", "user"};
    static const char *const single[] = {"node_memory_MemAvailable_bytes", "node_netstat_TcpExt_ListenOverflows",
                                         "node_vmstat_pgmajfault",         "node_sockstat_TCP6_inuse",
                                         "node_timex_pps_frequency_hertz", "go_memstats_heap_idle_bytes"};
    static const char *const network[] = {"receive_bytes_total", "receive_drop_total", "receive_errs_total",
                                          "transmit_carrier_total", "transmit_packets_total"};
    char name[80];
    family(s, "node_cpu_seconds_total", "counter", "Seconds the CPUs spent in each mode.");
    for (int cpu = 0; cpu < 4; cpu++)
        for (size_t m = 0; m < sizeof modes / sizeof *modes; m++) {
            str_printf(s, "node_cpu_seconds_total{cpu=\"%d\",mode=\"%s\"}", cpu, modes[m]);
            value(s);
        }
    for (size_t n = 0; n < sizeof network / sizeof *network; n++) {
        snprintf(name, sizeof name, "node_network_%s", network[n]);
        family(s, name, "counter", "Network device statistic of that name.");
        for (int i = 0; i < 6; i++) {
            str_printf(s, "%s{device=\"eth%d\"}", name, i);
            value(s);
        }
    }
    for (int i = 0; i < 3; i++) {
        family(s, "node_filesystem_avail_bytes", "gauge", "Filesystem space available to non-root users in bytes.");
        str_printf(s, "node_filesystem_avail_bytes{device=\"/dev/vda%d\",fstype=\"ext4\",mountpoint=\"/mnt/%d\"}", i,
                   i);
        value(s);
    }
    for (int i = 0; i < 16; i++)
        for (size_t n = 0; n < sizeof single / sizeof *single; n++) {
            snprintf(name, sizeof name, "%s_%d", single[n], i);
            family(s, name, "gauge", "A field of the information that the kernel gives.");
            str_add(s, name);
            value(s);
        }
}

/* As a cluster's state is exported: ten labels, most of them long. */
static void labels(struct str *s)
{
    family(s, "kube_pod_container_info", "gauge", "Information about a container in a pod.");
    for (int i = 0; i < 200; i++) {
        const unsigned long long uid = any(UINT64_MAX);
        str_printf(
            s,
            "kube_pod_container_info{namespace=\"payments-%d\",pod=\"checkout-worker-6c9f7d%05llx-%05llx\",uid="
            "\"%08llx-41d2-4c0e-9f3e-%012llx\",container=\"worker\",image_spec=\"registry.example/checkout/"
            "worker:1.%d\","
            "image=\"registry.example/checkout/worker:1.%d\",node=\"ip-10-%d-17-%d.example\",host_network=\"false\","
            "container_id=\"containerd://%016llx%016llx\",zone=\"eu-central-1%c\"}",
            i % 7, uid & 0xfffff, uid >> 44, uid & 0xffffffff, uid >> 16, i % 13, i % 13, i % 5, i % 250, uid, ~uid,
            'a' + i % 3);
        value(s);
    }
}

struct body {
    const char *name;
    void (*part)(struct str *s);
    enum prom_text_format format;
    double floor; /* MB/s; less fails. 0: there is none */
};

/* MB/s of the best round. */
static double limit(const struct str *body, size_t *lines)
{
    int64_t best = INT64_MAX;
    for (int i = 0; i < ROUNDS; i++) {
        const char *p = body->s, *const end = p + body->len;
        const int64_t begin = clock_mono_us(&clock_system);
        for (*lines = 0; p < end; ++*lines) {
            p = memchr(p, '\n', (size_t)(end - p));
            p = p ? p + 1 : end;
        }
        const int64_t us = clock_mono_us(&clock_system) - begin;
        best = us < best ? us : best;
    }
    return (double)body->len / (double)(best ? best : 1);
}

static double parse(const struct str *body, enum prom_text_format format, size_t *samples)
{
    struct prom_text t;
    struct prom_text_item item;
    struct error err = {0};
    int64_t best = INT64_MAX;
    prom_text_init(&t, format, NULL, 0);
    for (int i = 0; i < ROUNDS; i++) {
        const int64_t begin = clock_mono_us(&clock_system);
        double sum = 0;
        *samples = 0;
        prom_text_again(&t, format, body->s, body->len);
        while (!prom_text_next(&t, &item, &err) && item.kind != PROM_TEXT_END) {
            sum += item.kind == PROM_TEXT_SAMPLE ? item.number : 0;
            *samples += item.kind == PROM_TEXT_SAMPLE;
            if (item.kind == PROM_TEXT_BAD)
                error_set(&err, ERR_INVALID, "line %u: %s", item.line, item.error);
        }
        const int64_t us = clock_mono_us(&clock_system) - begin;
        best = us < best ? us : best;
        if (err.code || !(sum > 0)) {
            fprintf(stderr, "%s\n", err.text);
            *samples = 0;
            break;
        }
    }
    prom_text_done(&t);
    return (double)body->len / (double)(best ? best : 1);
}

/* OpenMetrics' families do not come twice: one series with another label each time. */
static void counters(struct str *s)
{
    static unsigned long long n;
    for (int i = 0; i < 100; i++)
        str_printf(s, "http_requests_total{code=\"200\",handler=\"/api/v1/query\",instance=\"%llu\"} %llu\n", n++,
                   (unsigned long long)any(100000));
}

int main(void)
{
    static const struct body bodies[] = {
        {"0.0.4, node exporter", node, PROM_TEXT_PLAIN, 600},
        {"0.0.4, ten labels", labels, PROM_TEXT_PLAIN, 300},
        {"OpenMetrics, counters", counters, PROM_TEXT_OPENMETRICS, 0},
    };
    bool slow = false;
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        const struct body *const b = &bodies[i];
        struct str text = {0};
        size_t lines, samples;
        if (b->format == PROM_TEXT_OPENMETRICS)
            str_add(&text, "# TYPE http_requests counter\n");
        while (text.len < BYTES)
            b->part(&text);
        if (b->format == PROM_TEXT_OPENMETRICS)
            str_add(&text, "# EOF\n");
        const double most = limit(&text, &lines);
        double rate = parse(&text, b->format, &samples);
        for (int n = 1; n < TRIES && samples && rate < b->floor; n++)
            rate = parse(&text, b->format, &samples);
        printf("%s: %.0f MB/s, 1/%.1f of memchr's %.0f; %zu lines of %.0f bytes, %.0f ns a line, %zu samples\n",
               b->name, rate, most / rate, most, lines, (double)text.len / (double)lines,
               (double)text.len / (double)lines / rate * 1e3, samples);
        slow |= !samples || rate < b->floor;
        str_done(&text);
    }
    return slow;
}
