"""Memory and speed at 10,000 groups of 10 partitions, as ratios to their limits: what the collector and the console hold,
how soon the first picture is whole, how long a turn of the collector's loop is, and what a key costs over 100,000 rows.

bench_scale.py --icetop build/icetop [--groups 10000] [--partitions 10] [--seconds 30] [--history] [--offsets subscribe]
               [--commits 20000]

--commits: all partitions move, by so many commits a second over all. --collector: only its memory, every few seconds.
"""

import argparse
import os
import re
import sys
import tempfile
import time

from bench_console import Brokers, Console, report, waited_ms

LIMITS = {
    "collector_mb": 150,
    "console_mb": 60,
    "first_s": 10,
    "key_ms": 50,
}


def memory(pid):
    """MB resident now, and at most so far."""
    with open(f"/proc/{pid}/status") as f:
        text = f.read()
    return [int(re.search(rf"{name}:\s+(\d+)", text)[1]) / 1024 for name in ("VmRSS", "VmHWM")]


def cpu_s(pid):
    """Seconds on a processor so far."""
    with open(f"/proc/{pid}/stat") as f:
        fields = f.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def watch_collector(c, pid, seconds):
    """Its memory and its share of a processor, every few seconds."""
    for _ in range(int(seconds // 5)):
        begun, used = time.perf_counter(), cpu_s(pid)
        c.drain(5)
        share = 100 * (cpu_s(pid) - used) / (time.perf_counter() - begun)
        print("collector: {:.1f} MB now, {:.1f} MB at most, {:.0f}% of a processor".format(*memory(pid), share), flush=True)


def frame(c, key, quiet):
    """Milliseconds from a key until its frame is out, and the same without waits for a processor. The frame is over when
    nothing comes for a while."""
    while c.read(quiet):
        pass
    waited, begun = waited_ms(c.pid), time.perf_counter()
    os.write(c.fd, key)
    if not c.read(20):
        raise SystemExit(f"no frame for {key}")
    took = (time.perf_counter() - begun) * 1000
    return took, took - (waited_ms(c.pid) - waited)


def bench_typing(c, rows):
    """A filter typed letter by letter and deleted again, then each order: the slowest of each."""
    slowest = {}
    sequences = {
        "filter typed": [b"/", *(bytes([k]) for k in b'group ~ "00"'), b"\x7f", b"\x7f", b"\x1b"],
        "words typed": [b"/", *(bytes([k]) for k in b"load-0042"), b"\x7f", b"\x7f", b"\x1b"],
        "sorted": [b"S", b"S", b"s", b"\r", b"S"],
        "moved": [b"j", b"j", b"G", b"gg", b"k"],
    }
    for name, keys in sequences.items():
        all_took = [frame(c, key, 0.2) for key in keys]
        slowest[name] = max(ours for _, ours in all_took)
        print(f"{name}: " + " ".join(f"{ours:.0f}" for _, ours in all_took) + f" ms over {rows} rows")
    return slowest


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--icetop", required=True)
    p.add_argument("--groups", type=int, default=10000)
    p.add_argument("--partitions", type=int, default=10)
    p.add_argument("--seconds", type=float, default=30)
    p.add_argument("--history", action="store_true")
    p.add_argument("--view", default="group_partitions")
    p.add_argument("--offsets", default="auto")
    p.add_argument("--commits", type=int, default=0)
    p.add_argument("--collector", action="store_true")
    p.add_argument("--log", help="keep it there")
    a = p.parse_args()
    fine, icetop = True, os.path.abspath(a.icetop)
    rows = a.groups * a.partitions
    scale = f"{a.groups},{a.partitions},{a.commits}"
    with tempfile.TemporaryDirectory() as directory, Brokers(icetop, "--scale", scale) as b:
        history = ["--history", os.path.join(directory, "history.db")] if a.history else ["--no-history"]
        log, conf = a.log or os.path.join(directory, "log"), os.path.join(directory, "icetop.yaml")
        with open(conf, "w") as f:
            f.write(f"clusters:\n  scale:\n    bootstrap: \"{b.bootstrap}\"\n    offsets: {a.offsets}\n")
        c = Console([icetop, "--config", conf, *history, "--log", log, "--log-level", "debug", "--view", a.view], directory)
        try:
            _, took = c.expect(rb"load-0\d\d\d\d", 60)
            fine &= report("exec to the first whole picture", took, "s", LIMITS["first_s"])
            collector = c.collector()
            begun, used = time.perf_counter(), cpu_s(collector)
            watch_collector(c, collector, a.seconds if a.collector else 0)
            c.drain(0 if a.collector else a.seconds)
            share = 100 * (cpu_s(collector) - used) / (time.perf_counter() - begun)
            print(f"collector: {share:.1f}% of a processor")
            for name, pid in (("collector", collector), ("console", c.pid)):
                now, peak = memory(pid)
                print(f"{name}: {now:.1f} MB now, {peak:.1f} MB at most")
                fine &= report(f"{name}'s memory", now, "MB", LIMITS[f"{name}_mb"])
            typed = {} if a.collector else bench_typing(c, rows)
            for name, ms in typed.items():
                fine &= report(f"a key, {name}, the slowest", ms, "ms", LIMITS["key_ms"])
            for name, pid in (("collector", collector), ("console", c.pid)):
                print(f"{name}: {memory(pid)[0]:.1f} MB now, {memory(pid)[1]:.1f} MB at most")
        finally:
            c.end()
        with open(log) as f:
            turns = [int(n) for n in re.findall(r"rows written in (\d+) us", f.read())]
        if turns:
            print(f"rows written: first {turns[0] / 1000:.1f} ms, later at most {max(turns[1:] or [0]) / 1000:.1f} ms")
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()
