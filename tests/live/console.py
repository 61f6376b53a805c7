"""icetop as its user runs it: in a terminal (tmux on a socket of its own), and as a snapshot."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import threading

from kafka import wait_for

os.environ.setdefault("ICETOP_CORE", "1")  # what is in /proc can be read by others than root

# What whoever runs the tests has configured, and what icetop remembers for him, are not the tests' concern.
HOMES = ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR")
EMPTY = tempfile.TemporaryDirectory(prefix="icetop-home-")
os.environ.update({name: EMPTY.name for name in HOMES})


class Console:
    """icetop in a tmux of its own; the screen is read as text."""

    def __init__(self, icetop, *args, width=120, height=36):
        self.dir = tempfile.TemporaryDirectory(prefix="icetop-console-")
        self.socket = str(pathlib.Path(self.dir.name) / "tmux")
        self.history = str(pathlib.Path(self.dir.name) / "history.db")
        words = [str(icetop), "--history", self.history, *map(str, args)]
        own = [w for name in HOMES for w in ("-e", f"{name}={self.dir.name}")]  # no other's collector, nothing remembered
        self.tmux("-f", "/dev/null", "new-session", "-d", *own, "-x", str(width), "-y", str(height), "-s", "t", *words)
        self.tmux("set-option", "-g", "remain-on-exit", "on")

    def tmux(self, *args):
        return subprocess.run(["tmux", "-S", self.socket, *args], capture_output=True, text=True, check=False).stdout

    def keys(self, *keys):
        self.tmux("send-keys", "-t", "t", *keys)

    def screen(self):
        return self.tmux("capture-pane", "-p", "-t", "t")

    def dead(self):
        return self.tmux("display", "-p", "-t", "t", "#{pane_dead}").strip() == "1"

    def wait(self, what, condition=None, deadline=60):
        """Waits until the text `what` (or condition(screen)) is on the screen; returns the screen."""
        last = ""

        def look():
            nonlocal last
            last = self.screen()
            return condition(last) if condition else what in last

        try:
            wait_for(what, look, deadline)
        except AssertionError as late:
            raise AssertionError(f"{late}\n{last}") from None
        return last

    def pid(self):
        return int(self.tmux("display", "-p", "-t", "t", "#{pane_pid}").strip())

    def close(self):
        self.tmux("kill-server")

        def removed():  # what is just ending may still write there
            shutil.rmtree(self.dir.name, ignore_errors=True)
            return not os.path.exists(self.dir.name)
        wait_for("its directory is removed", removed)
        self.dir.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def snapshot(icetop, bootstrap, *args, status=0):
    """icetop snapshot … --format json; its tables as lists of dictionaries. bootstrap None: args say where to look."""
    where = ["-b", bootstrap] if bootstrap else []
    done = subprocess.run(
        [str(icetop), *where, "--no-history", "snapshot", *map(str, args), "--format", "json"],
        capture_output=True, text=True, check=False, timeout=90)
    if done.returncode != status:
        raise AssertionError(f"snapshot {args}: exit {done.returncode}: {done.stderr}")
    return {name: table["rows"] for name, table in json.loads(done.stdout)["tables"].items()}


def collector_of(pid):
    """The pid of a console's or snapshot's collector, None while there is none."""
    try:
        children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:
        return None
    return int(children[0]) if children else None


def resources(pid):
    """Threads, descriptors and resident kB of a process."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return (len(os.listdir(f"/proc/{pid}/task")), len(os.listdir(f"/proc/{pid}/fd")),
            int(status.split("VmRSS:")[1].split()[0]))


def brief(tables, rows=5, width=320):
    """What a failure shows of tables: a few rows of each, without cells that are empty and topics of Kafka's own."""
    lines = []
    for name, table in (tables or {}).items():
        seen = [r for r in table if not str(r.get("topic")).startswith("__")]
        shown = seen[-rows:] if name == "events" else seen[:rows]
        lines += [f"{name}: " + " ".join(f"{k}={v}" for k, v in r.items() if v not in (None, ""))[:width] for r in shown]
        if len(seen) > len(shown):
            lines.append(f"{name}: {len(seen)} rows")
    return "\n".join(lines)


class Watch:
    """A snapshot that is repeated by one collector; `last` is the newest one's tables. bootstrap None: args say where."""

    TABLES = ("groups", "group_partitions", "group_members", "brokers", "topics", "partitions", "clusters", "sources",
              "events")

    def __init__(self, icetop, bootstrap, *args, delay="0.5", tables=TABLES):
        self.last, self.count, self.errors = None, 0, []
        where = ["-b", bootstrap] if bootstrap else []
        self.process = subprocess.Popen(
            [str(icetop), *where, "--no-history", *map(str, args), "snapshot", *tables, "--format", "json",
             "-d", delay], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.threads = [threading.Thread(target=f, daemon=True) for f in (self.read, self.read_errors)]
        for thread in self.threads:
            thread.start()

    def read(self):
        lines = []
        for line in self.process.stdout:
            lines.append(line)
            if not line.endswith("]}}}\n"):
                continue  # not yet whole
            document = json.loads("".join(lines))
            lines = []
            self.last = {name: table["rows"] for name, table in document["tables"].items()}
            self.count += 1

    def read_errors(self):
        self.errors.extend(self.process.stderr)

    def wait(self, what, condition, deadline=60):
        """Waits until condition(tables) is true; returns the tables. What is not there yet is not true."""
        seen = None

        def look():
            nonlocal seen
            seen = self.last
            try:
                return seen and condition(seen) and seen
            except (KeyError, IndexError):
                return None

        try:
            return wait_for(what, look, deadline)
        except AssertionError as late:
            raise AssertionError(f"{late}\n{brief(seen)}\n{''.join(self.errors[-5:])}") from None

    def source(self):
        return next(s for s in self.last["sources"] if s["kind"] == "kafka")

    def close(self):
        self.process.terminate()
        self.process.wait(30)
        for thread in self.threads:
            thread.join(10)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
