"""icetop as its user runs it: in a terminal (tmux on a socket of its own), and as a snapshot."""

import json
import pathlib
import subprocess
import tempfile

from kafka import wait_for


class Console:
    """icetop in a tmux of its own; the screen is read as text."""

    def __init__(self, icetop, *args, width=120, height=36):
        self.dir = tempfile.TemporaryDirectory(prefix="icetop-console-")
        self.socket = str(pathlib.Path(self.dir.name) / "tmux")
        self.history = str(pathlib.Path(self.dir.name) / "history.db")
        words = [str(icetop), "--history", self.history, *map(str, args)]
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", str(width), "-y", str(height), "-s", "t", *words)
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
        self.dir.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def snapshot(icetop, bootstrap, *args, status=0):
    """icetop snapshot … --format json; its tables as lists of dictionaries."""
    done = subprocess.run(
        [str(icetop), "-b", bootstrap, "--no-history", "snapshot", *map(str, args), "--format", "json"],
        capture_output=True, text=True, check=False, timeout=90)
    if done.returncode != status:
        raise AssertionError(f"snapshot {args}: exit {done.returncode}: {done.stderr}")
    return {name: table["rows"] for name, table in json.loads(done.stdout)["tables"].items()}
