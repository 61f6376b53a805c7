/* Figures of a machine, each a function of the time alone. */
#include "demo/machine.h"

#include "demo/plan.h"

#include <math.h>
#include <stdio.h>

enum { CPUS = 4, UP_S = 1209600, SWING_S = 120, WAVE_S = 47 };

#define GIB 1073741824.0

const char *const demo_machine_names[DEMO_MACHINE_COUNT] = {"ml-1", "ml-2"};

/* How a processor spends its time: the share that is always so, and what swings with the requests. */
static const struct mode {
    const char *name;
    double share, swing;
} modes[] = {
    {"user", 0.46, 0.13}, {"system", 0.07, 0.02}, {"iowait", 0.01, 0}, {"softirq", 0.015, 0.005},
    {"irq", 0, 0},        {"nice", 0, 0},         {"steal", 0.002, 0},
};

/* The integral of share + swing * sin from long ago until now, in seconds. */
static double spent(const struct mode *m, double s)
{
    double turn = 2 * M_PI / SWING_S;
    return m->share * (s + UP_S) + m->swing * (1 - cos(turn * s)) / turn;
}

static void write_cpus(int machine, uint64_t seed, double s, struct demo_exposition *e)
{
    char labels[64];
    demo_exposition_family(e, DEMO_EXPOSITION_COUNTER, "node_cpu_seconds", "seconds",
                           "Seconds the CPUs spent in each mode.");
    for (int cpu = 0; cpu < CPUS; cpu++) {
        double busy = 0, own = 0.85 + 0.3 * demo_plan_chance(seed, demo_machine_names[machine], cpu);
        for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
            double seconds = own * spent(&modes[i], s);
            busy += seconds;
            snprintf(labels, sizeof labels, "cpu=\"%d\",mode=\"%s\"", cpu, modes[i].name);
            demo_exposition_value(e, labels, floor(seconds * 100) / 100);
        }
        snprintf(labels, sizeof labels, "cpu=\"%d\",mode=\"idle\"", cpu);
        demo_exposition_value(e, labels, floor((s + UP_S - busy) * 100) / 100);
    }
}

static void gauge(struct demo_exposition *e, const char *name, const char *help, const char *labels, double value)
{
    demo_exposition_family(e, DEMO_EXPOSITION_GAUGE, name, "", help);
    demo_exposition_value(e, labels, value);
}

static void write_memory(double wave, struct demo_exposition *e)
{
    gauge(e, "node_memory_MemTotal_bytes", "Memory information field MemTotal_bytes.", "", 16 * GIB);
    gauge(e, "node_memory_MemAvailable_bytes", "Memory information field MemAvailable_bytes.", "",
          floor((6.2 + 0.4 * wave) * GIB));
    gauge(e, "node_memory_Cached_bytes", "Memory information field Cached_bytes.", "", floor((3.1 - 0.1 * wave) * GIB));
    gauge(e, "node_filesystem_size_bytes", "Filesystem size in bytes.",
          "device=\"/dev/nvme0n1p1\",fstype=\"ext4\",mountpoint=\"/\"", 80 * GIB);
    gauge(e, "node_filesystem_avail_bytes", "Filesystem space available to non-root users in bytes.",
          "device=\"/dev/nvme0n1p1\",fstype=\"ext4\",mountpoint=\"/\"", floor((31 + 0.02 * wave) * GIB));
}

static void write_traffic(double s, struct demo_exposition *e)
{
    static const struct mode in = {"", 4.1e6, 0.8e6}, out = {"", 1.7e6, 0.3e6}, disk = {"", 9.2e5, 1e5};
    demo_exposition_family(e, DEMO_EXPOSITION_COUNTER, "node_network_receive_bytes", "bytes",
                           "Network device statistic receive_bytes.");
    demo_exposition_value(e, "device=\"eth0\"", floor(spent(&in, s)));
    demo_exposition_family(e, DEMO_EXPOSITION_COUNTER, "node_network_transmit_bytes", "bytes",
                           "Network device statistic transmit_bytes.");
    demo_exposition_value(e, "device=\"eth0\"", floor(spent(&out, s)));
    demo_exposition_family(e, DEMO_EXPOSITION_COUNTER, "node_disk_written_bytes", "bytes",
                           "The total number of bytes written successfully.");
    demo_exposition_value(e, "device=\"nvme0n1\"", floor(spent(&disk, s)));
}

void demo_machine_write(int machine, uint64_t seed, int64_t ms, int64_t begin_wall_ms, struct demo_exposition *e)
{
    double s = (double)ms / 1000, wave = sin(2 * M_PI * s / WAVE_S + machine), swing = sin(2 * M_PI * s / SWING_S);
    char uname[160];
    snprintf(uname, sizeof uname,
             "machine=\"x86_64\",nodename=\"%s\",release=\"6.12.57\",sysname=\"Linux\",version=\"#1 SMP\"",
             demo_machine_names[machine]);
    write_cpus(machine, seed, s, e);
    gauge(e, "node_load1", "1m load average.", "", floor((2.2 + 0.6 * swing + 0.2 * wave) * 100) / 100);
    gauge(e, "node_load5", "5m load average.", "", floor((2.1 + 0.1 * swing) * 100) / 100);
    gauge(e, "node_load15", "15m load average.", "", 2.08);
    gauge(e, "node_procs_running", "Number of processes in runnable state.", "", floor(3 + 2 * wave * wave));
    gauge(e, "node_procs_blocked", "Number of processes blocked waiting for I/O to complete.", "", wave > 0.9 ? 1 : 0);
    write_memory(wave, e);
    write_traffic(s, e);
    gauge(e, "node_boot_time_seconds", "Node boot time, in unixtime.", "", floor((double)begin_wall_ms / 1000) - UP_S);
    gauge(e, "node_uname_info", "Labeled system information as provided by the uname system call.", uname, 1);
}
