"""What the console costs, as ratios to its limits: bytes for the terminal, time to the first rows, keys to frames, CPU; and
bytes at rest of htop, btop and top on the same terminal, where they are installed.

bench_console.py --icetop build/icetop [--cpu-seconds 60] [--idle-seconds 20] [--keys 200] [--install]
"""

import argparse
import fcntl
import os
import pty
import re
import select
import shutil
import signal
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time

WIDTH, HEIGHT = 200, 50
LIMITS = {
    "idle": 1000,  # bytes a second
    "first_bytes": 12000,
    "first_ms": 100,
    "key_ms": 50,
    "repaint": 12000,
    "cpu_percent": 1,
    "console_cpu_percent": 0.3,
}
OTHERS = [["htop"], ["btop", "--utf-force"], ["top"]]


class Brokers:
    """The embedded brokers as a process of their own; they end when the socket closes."""

    def __init__(self, icetop, *options):
        self.ours, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(
                [icetop, "demo-broker", "--stdio-fd", str(theirs.fileno()), *options], pass_fds=[theirs.fileno()]
            )
        self.bootstrap = self.ours.makefile().readline().strip()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.ours.close()
        self.process.wait(10)


class Console:
    """icetop on a pseudo terminal of 200x50."""

    def __init__(self, argv, directory):
        env = {**os.environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "TZ": "UTC", "HOME": directory}
        env["TMPDIR"] = directory
        self.pid, self.fd = None, None
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))
        self.begun = time.perf_counter()
        self.process = subprocess.Popen(
            argv, stdin=slave, stdout=slave, stderr=slave, env=env, start_new_session=True, close_fds=True
        )
        os.close(slave)
        os.set_blocking(master, False)
        self.fd, self.pid = master, self.process.pid

    def read(self, seconds):
        """What comes within so long, as soon as something does; b"" if nothing."""
        if not select.select([self.fd], [], [], max(seconds, 0))[0]:
            return b""
        try:
            return os.read(self.fd, 1 << 20)
        except (BlockingIOError, OSError):
            return b""

    def drain(self, seconds):
        """All that comes within so long."""
        out, until = b"", time.perf_counter() + seconds
        while (left := until - time.perf_counter()) > 0:
            out += self.read(left)
        return out

    def expect(self, pattern, seconds=30):
        """What came until it matched, and when that was, in seconds since the start."""
        out, until = b"", time.perf_counter() + seconds
        while not re.search(pattern, out):
            if time.perf_counter() > until:
                raise SystemExit(f"{pattern} did not come; this did: {out[-2000:]!r}")
            out += self.read(0.1)
        return out, time.perf_counter() - self.begun

    def collector(self):
        for task in os.listdir(f"/proc/{self.pid}/task"):
            with open(f"/proc/{self.pid}/task/{task}/children") as f:
                for child in f.read().split():
                    with open(f"/proc/{child}/cmdline") as g:
                        if "collect" in g.read():
                            return int(child)
        raise SystemExit("the console has no collector")

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        until = time.perf_counter() + 10
        while self.process.poll() is None and time.perf_counter() < until:
            self.read(0.05)
        os.close(self.fd)
        self.process.wait(1)


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def report(name, value, unit, limit):
    print(f"{name:<46} {value:>10.2f} {unit:<6} limit {limit:>6} {unit:<6} {value / limit:>6.2f} of it")
    return value <= limit


def bench_first(argv, directory, runs):
    """Bytes and milliseconds from exec to a picture with rows: the best of some runs, as other work on the machine is no
    cost of ours."""
    sizes, times, frames = [], [], []
    for _ in range(runs):
        c = Console(argv, directory)
        _, frame = c.expect(rb"BEHIND|CLUSTERS|connecting|reading")
        c.end()
        c = Console(argv, directory)
        out, rows = c.expect(rb"billing-export")
        out += c.drain(0.05)
        c.end()
        sizes.append(len(out))
        times.append(rows * 1000)
        frames.append(frame * 1000)
    print(f"first frame after {min(frames):.0f} ms, rows after {min(times):.0f} to {max(times):.0f} ms")
    return max(sizes), min(times)


def bench_rest(c, seconds):
    """Bytes a second of a program that nobody presses a key of; its first pictures are no rest."""
    c.drain(15)
    return len(c.drain(seconds)) / seconds


def bench_others(directory, seconds):
    """What others write on the same terminal with nobody at it, as they come."""
    for argv in OTHERS:
        if not shutil.which(argv[0]):
            print(f"{argv[0]:<46} is not installed")
            continue
        c = Console(argv, directory)
        first = len(c.drain(3))
        rate = bench_rest(c, seconds)
        c.end()
        print(f"{argv[0] + ', at rest':<46} {rate:>10.1f} B/s    {first} B in its first three seconds")


def bench_repaint(c):
    """Bytes of everything drawn anew."""
    while c.read(0.03):
        pass
    os.write(c.fd, b"\x0c")
    return len(c.drain(0.3))


def waited_ms(pid):
    """How long a process was ready and had no processor, on a machine that others use as well."""
    with open(f"/proc/{pid}/schedstat") as f:
        return int(f.read().split()[1]) / 1e6


def bench_keys(c, n):
    """Milliseconds from a key to the first byte of its frame, and the same without the wait for a processor. A key is
    pressed when nothing has come for a while."""
    took, ours = [], []
    for i in range(n):
        while c.read(0.03):
            pass
        waited, begun = waited_ms(c.pid), time.perf_counter()
        os.write(c.fd, b"j" if i // 20 % 2 == 0 else b"k")
        if not c.read(5):
            raise SystemExit("no frame for a key")
        took.append((time.perf_counter() - begun) * 1000)
        ours.append(took[-1] - (waited_ms(c.pid) - waited))
    return sorted(took), sorted(ours)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--icetop", required=True)
    p.add_argument("--cpu-seconds", type=float, default=60)
    p.add_argument("--idle-seconds", type=float, default=20)
    p.add_argument("--keys", type=int, default=200)
    p.add_argument("--runs", type=int, default=5)
    p.add_argument("--install", action="store_true", help="htop and btop, by apt-get")
    a = p.parse_args()
    if a.install:
        subprocess.run(["apt-get", "install", "-qy", "--no-install-recommends", "htop", "btop"], check=True)
    fine = True
    icetop = os.path.abspath(a.icetop)
    with tempfile.TemporaryDirectory() as directory:
        with Brokers(icetop) as b:
            connect = [icetop, "-b", b.bootstrap, "--no-history"]
            size, ms = bench_first(connect, directory, a.runs)
            fine &= report("first picture with rows", size, "B", LIMITS["first_bytes"])
            fine &= report("exec to first rows", ms, "ms", LIMITS["first_ms"])
            for view in ["overview", "groups"]:
                c = Console([*connect, "--view", view], directory)
                c.expect(rb"payments")
                rate = bench_rest(c, a.idle_seconds)
                size = bench_repaint(c)
                c.end()
                fine &= report(f"{view} at rest, all of 30 groups new every 5 s", rate, "B/s", LIMITS["idle"])
                fine &= report(f"{view}, all drawn anew", size, "B", LIMITS["repaint"])
        bench_others(directory, a.idle_seconds)
        with Brokers(icetop, "--scale", "200,10") as b:
            history = os.path.join(directory, "history.db")
            c = Console([icetop, "-b", b.bootstrap, "--history", history, "--view", "groups"], directory)
            c.expect(rb"load-00")
            c.drain(2)
            took, ours = bench_keys(c, a.keys)
            p50, p99 = statistics.median(took), took[int(len(took) * 0.99) - 1]
            print(f"key to frame: p50 {p50:.1f} ms, p99 {p99:.1f} ms, max {took[-1]:.1f} ms, {len(took)} keys, 230 groups")
            fine &= report("key to frame, the slowest, without waits for CPU", ours[-1], "ms", LIMITS["key_ms"])
            collector = c.collector()
            c.drain(5)
            before = cpu_seconds(c.pid), cpu_seconds(collector)
            c.drain(a.cpu_seconds)
            console, collect = cpu_seconds(c.pid) - before[0], cpu_seconds(collector) - before[1]
            c.end()
            print(f"CPU over {a.cpu_seconds:.0f} s: console {console:.2f} s, collector {collect:.2f} s")
            percent = console / a.cpu_seconds * 100
            fine &= report("console alone, 230 groups at 5 s", percent, "%", LIMITS["console_cpu_percent"])
            percent = (console + collect) / a.cpu_seconds * 100
            fine &= report("collector and console, 230 groups at 5 s", percent, "%", LIMITS["cpu_percent"])
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()
