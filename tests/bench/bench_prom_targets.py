"""What the collector costs that scrapes very many endpoints, as ratios to its limits: its share of a processor, its memory.

bench_prom_targets.py --icetop build/icetop [--targets 500] [--series 1000] [--interval 15] [--seconds 75] [--own 15]
                      [--history] [--quick]

The endpoints answer as node exporters do: of a thousand series close to half move, in 270 families, and --own percent of the
labels are none that another endpoint has. They are served by a process of their own. With --targets 1 --series 100000 the
longest turns of the loop count.
"""

import argparse
import asyncio
import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time

LIMITS = {"percent": 10, "mb": 200}
TICKS = os.sysconf("SC_CLK_TCK")


# ---- the endpoints ----


def families(series, own):
    """(name, type, help, [(labels, moves)]) of so many series. @ in a label is the endpoint's own."""
    wanted = [
        ("node_cpu_seconds_total", "counter", [f'cpu="{c}",mode="{m}"' for c in range(24) for m in
         ("idle", "iowait", "irq", "nice", "softirq", "steal", "system", "user")], 0.7),
        *((f"node_network_{n}_total", "counter", [f'device="eth{i}"' if i < 5 else f'device="veth@{i}"' for i in range(14)],
           0.6 if n.endswith(("bytes", "packets")) else 0) for n in
          [f"{d}_{k}" for d in ("receive", "transmit") for k in
           ("bytes", "packets", "errs", "drop", "fifo", "frame", "compressed", "multicast", "colls", "carrier")]),
        *((f"node_disk_{n}", "counter", [f'device="sd{d}"' for d in "abcdef"], 0.8) for n in
          ("reads_completed_total", "read_bytes_total", "written_bytes_total", "read_time_seconds_total",
           "writes_completed_total", "write_time_seconds_total", "io_time_seconds_total", "io_now")),
        *((f"node_filesystem_{n}", "gauge", [f'device="/dev/vg/{i}",fstype="ext4",mountpoint="/var/lib/kubelet/pods/@/{i}"'
           for i in range(10)], 0.5 if n in ("avail_bytes", "free_bytes") else 0) for n in
          ("avail_bytes", "free_bytes", "size_bytes", "files", "files_free", "readonly")),
        *((f"node_softnet_{n}_total", "counter", [f'cpu="{c}"' for c in range(24)], 0.6 if n == "processed" else 0) for n in
          ("processed", "dropped", "times_squeezed", "received_rps", "flow_limit_count")),
        *((f"node_memory_{i}_bytes", "gauge", [""], 0.7) for i in range(60)),
        *((f"node_netstat_Tcp_{i}", "unknown", [""], 0.5) for i in range(60)),
        *((f"node_vmstat_{i}", "unknown", [""], 0.5) for i in range(180)),
    ]
    parts = -(-series // sum(len(labels) for _, _, labels, _ in wanted))  # more series of the same families
    result, count = [], 0
    for name, kind, labels, moving in wanted:
        cells = []
        for i, text in enumerate(labels):
            moves = (i + 1) / len(labels) <= moving if len(labels) > 1 else (count * 7919 % 100) / 100 < moving
            both = [", ".join(filter(None, (text, f'part="{p}"' if p else ""))) for p in range(parts)]
            cells += [(both_text.replace(", ", ","), moves) for both_text in both]
        cells = cells[: series - count]
        count += len(cells)
        if cells:
            result.append((name, kind, "Statistic " + name + " of the system.", cells))
    wants = int(series * own / 100)
    for _, _, _, cells in result:  # the endpoint's own labels first where they are, then elsewhere
        for i, (text, moves) in enumerate(cells):
            if "@" in text:
                wants -= 1
                if wants < 0:
                    cells[i] = (text.replace("@", "x"), moves)
    for _, _, _, cells in result:
        for i, (text, moves) in enumerate(cells):
            if wants > 0 and "@" not in text:
                cells[i] = ((text + "," if text else "") + 'pod="checkout-@"', moves)
                wants -= 1
    return result


def body(described, n):
    """What a scrape sees as the n-th, for all endpoints; @ to be replaced."""
    lines, k = [], 0
    for name, kind, text, cells in described:
        lines.append(f"# HELP {name} {text}\n# TYPE {name} {'untyped' if kind == 'unknown' else kind}\n")
        for labels, moves in cells:
            k += 1
            value = (k * 7919) % 100000 + (n * (k % 97 + 1) * 15 if moves else 0)
            shown = f"{value / 100:.2f}" if k % 3 == 0 else f"{value * 1000003.0:e}" if k % 7 == 0 else str(value)
            lines.append(f"{name}{{{labels}}} {shown}\n" if labels else f"{name} {shown}\n")
    return "".join(lines).encode()


async def serve(a):
    described, bodies, counts = families(a.series, a.own), {}, {}

    async def answer(reader, writer):
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                request = await reader.readuntil(b"\r\n\r\n")
                place = request.split(b" ", 2)[1].split(b"/")[1]
                n = counts[place] = counts.get(place, 0) + 1
                if n not in bodies:
                    bodies[n] = body(described, n)
                    bodies.pop(n - 20, None)
                text = bodies[n].replace(b"@", b"%s-%x" % (place, int(place) * 2654435761 % 2**32))
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: %d\r\n\r\n" % len(text) + text)
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], len(body(described, 1)), flush=True)
    await server.serve_forever()


# ---- the collector ----


def memory(pid):
    """MB resident now, and at most so far."""
    with open(f"/proc/{pid}/status") as f:
        text = f.read()
    return [int(re.search(rf"{name}:\s+(\d+)", text)[1]) / 1024 for name in ("VmRSS", "VmHWM")]


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat") as f:
        fields = f.read().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def report(name, value, unit, limit):
    print(f"{name:44} {value:9.2f} {unit:8} limit {limit:6} {value / limit:9.2f} of it", flush=True)
    return value <= limit


def targets(icetop, socket):
    got = subprocess.run([icetop, f"--attach={socket}", "snapshot", "targets", "--format", "json"], capture_output=True, text=True)
    return json.loads(got.stdout)["tables"]["targets"]["rows"] if got.returncode in (0, 3) else []


def wait_up(icetop, socket, n, seconds):
    end = time.monotonic() + seconds
    up = []
    while len(up) < n:
        if time.monotonic() > end:
            raise SystemExit(f"{len(up)} of {n} are up: " + str([r for r in targets(icetop, socket) if r not in up][:1]))
        time.sleep(1)
        up = [r for r in targets(icetop, socket) if r["state"] == "up"]
    return up


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--icetop")
    p.add_argument("--targets", type=int, default=500)
    p.add_argument("--series", type=int, default=1000)
    p.add_argument("--interval", type=float, default=15)
    p.add_argument("--seconds", type=float, default=75)
    p.add_argument("--own", type=float, default=15)
    p.add_argument("--history", action="store_true")
    p.add_argument("--quick", action="store_true", help="50 targets, a third of the time, the same limits")
    p.add_argument("--pause", action="store_true", help="at the end, until a line is read: to look at the process")
    p.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    a = p.parse_args()
    if a.serve:
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(serve(a))
        return
    if a.quick:
        a.targets, a.interval, a.seconds = 50, 3, 15
    icetop, fine = os.path.abspath(a.icetop), True
    with tempfile.TemporaryDirectory() as directory, contextlib.ExitStack() as stack:
        server = stack.enter_context(subprocess.Popen(
            [sys.executable, __file__, "--serve", "--series", str(a.series), "--own", str(a.own)], stdout=subprocess.PIPE, text=True))
        stack.callback(server.kill)
        port, size = server.stdout.readline().split()
        conf, log, socket = (os.path.join(directory, n) for n in ("icetop.yaml", "log", "s"))
        with open(conf, "w") as f:
            urls = ", ".join(f"'http://127.0.0.1:{port}/{i}'" for i in range(a.targets))
            f.write(f"prometheus: {{bench: {{urls: [{urls}], interval: {int(a.interval * 1000)}ms, max_body: 64MB, max_series: 1000000}}}}\n"
                    f"history: {{enabled: {str(a.history).lower()}, path: {directory}/history.db}}\n")
        c = stack.enter_context(subprocess.Popen([icetop, "--config", conf, "--socket", socket, "--log", log, "--log-level", "debug", "collect"],
                                                 stdout=subprocess.DEVNULL, env={**os.environ, "HOME": directory}))
        stack.callback(c.wait)
        stack.callback(c.send_signal, signal.SIGTERM)
        print(f"{a.targets} endpoints of {a.series} series, {int(size) / 1000:.0f} kB each, every {a.interval:g} s; history {'on' if a.history else 'off'}")
        up = wait_up(icetop, socket, a.targets, 120)
        if sum(r["kept"] for r in up) != a.targets * a.series:
            raise SystemExit("not all series are there")
        print("first scrapes: {:.1f} s of a processor, {:.1f} MB, {:.1f} at most".format(cpu_seconds(c.pid), *memory(c.pid)), flush=True)
        time.sleep(a.interval * 2)
        begun, at = cpu_seconds(c.pid), time.monotonic()
        time.sleep(a.seconds)
        percent = 100 * (cpu_seconds(c.pid) - begun) / (time.monotonic() - at)
        now, peak = memory(c.pid)
        fine &= report("a processor, collecting", percent, "%", LIMITS["percent"])
        fine &= report("memory", now, "MB", LIMITS["mb"])
        report("memory at most", peak, "MB", LIMITS["mb"])
        print(f"{now * 1048576 / (a.targets * a.series):.0f} bytes a series, everything in it")
        if a.pause:
            print(c.pid, socket)
            input()
        with open(log) as f:
            text = f.read()
        for what in ("read", "wrote"):
            took = [int(n) for n in re.findall(rf"{what} .* in (\d+) us", text)]
            if took:
                print(f"{what}: at most {max(took) / 1000:.1f} ms in one turn")
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()
