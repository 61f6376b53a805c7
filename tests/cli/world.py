"""What the tests of the command line share: a home with brokers in it, and what they expect."""

import contextlib
import os
import pathlib
import shlex
import shutil
import subprocess
import tempfile
import time

TESTS = []
DEADLINE = 30


def cli(test):
    TESTS.append(test)
    return test


def wait_for(what, condition, seconds=DEADLINE):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        answer = condition()
        if answer:
            return answer
        time.sleep(0.02)
    raise AssertionError(f"waited {seconds} s: {what}")


def children(pid):
    try:
        return [int(c) for c in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


def is_alive(pid):
    try:
        stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"


class World:
    """A home, a directory for temporary files, and brokers that live as long as it does."""

    def __init__(self, icetop):
        self.icetop = str(pathlib.Path(icetop).resolve())
        self.stack = contextlib.ExitStack()
        self.path = pathlib.Path(self.stack.enter_context(tempfile.TemporaryDirectory(prefix="icetop-cli-")))
        self.home, self.tmp = self.path / "home", self.path / "tmp"
        self.home.mkdir()
        self.tmp.mkdir()
        self.env = {"PATH": os.environ["PATH"], "HOME": str(self.home), "TMPDIR": str(self.tmp), "LANG": "C.UTF-8", "TZ": "UTC"}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
            if name in os.environ:  # a collector's stderr leads nowhere
                self.env[name] = f"{os.environ[name]}:log_path={self.path}/report"
        known = pathlib.Path(__file__).parent.parent / "leaks.supp"
        self.env["LSAN_OPTIONS"] = f"suppressions={known}:print_suppressions=0"
        self.brokers = self.start("demo-broker", stdin=subprocess.PIPE)
        self.b = self.brokers.stdout.readline().strip()

    def clean(self):
        """Nothing of the test before in the home and among the temporary files."""
        for d in (self.home, self.tmp):
            shutil.rmtree(d)
            d.mkdir()

    def take_reports(self):
        """What a sanitizer found in any process, once."""
        found = list(self.path.glob("report.*"))
        text = "".join(f.read_text(errors="replace") for f in found)
        for f in found:
            f.unlink()
        return text

    def close(self):
        self.brokers.stdin.close()
        self.brokers.wait(DEADLINE)
        self.stack.close()

    def start(self, *args, **how):
        how = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL, **how}
        return subprocess.Popen([self.icetop, *args], env={**self.env, **how.pop("env", {})}, text=True, **how)

    def run(self, *args, **how):
        p = self.start(*args, **how)
        try:
            out, err = p.communicate(timeout=DEADLINE)
        except subprocess.TimeoutExpired:
            p.kill()
            raise AssertionError(f"icetop {shlex.join(args)} did not end") from None
        return p.returncode, out, err

    def shell(self, line):
        """A line for the shell in which icetop is $I and the brokers are $B."""
        p = subprocess.run(["bash", "-c", line], env={**self.env, "I": self.icetop, "B": self.b}, text=True, cwd=self.path,
                           stdin=subprocess.DEVNULL, capture_output=True, timeout=DEADLINE, check=False)
        return p.returncode, p.stdout, p.stderr

    def snapshot(self, *args, **how):
        return self.run("-b", self.b, "snapshot", *args, **how)


def expect(got, status, *words):
    """Status, and words that must stand in what was printed."""
    text = (got[1] or "") + (got[2] or "")
    assert got[0] == status, f"status {got[0]}, not {status}: {text[-2000:]}"
    for word in words:
        assert word in text, f"{word!r} is not in: {text[-2000:]}"
