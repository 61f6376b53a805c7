"""The command line as a user meets it, with the program's embedded brokers: run.py --list | run.py --icetop PROGRAM [NAME...]."""

import argparse
import contextlib
import csv
import io
import json
import os
import pathlib
import pty
import resource
import shlex
import signal
import socket
import subprocess
import sys
import time
import traceback

import datasets  # noqa: F401: its tests are added to the list
import drift  # noqa: F401: likewise
import exporters  # noqa: F401: likewise
import findings  # noqa: F401: likewise
import from_log  # noqa: F401: likewise
import metrics  # noqa: F401: likewise
import plugins  # noqa: F401: likewise
import plugin_host  # noqa: F401: likewise
import plugins_python  # noqa: F401: likewise
import prometheus  # noqa: F401: likewise
import queryable  # noqa: F401: likewise
import servers  # noqa: F401: likewise
import sinks  # noqa: F401: likewise
import targets  # noqa: F401: likewise
from world import DEADLINE, TESTS, World, children, cli, expect, is_alive, wait_for


@cli
def bad_usage_is_named(w):
    for line, status, words in [
        ("--nonsense", 2, ["unknown option --nonsense"]),
        ("snapshto", 2, ['unknown command "snapshto"']),
        ("check --nonsense", 3, ["unknown option"]),
        ("check --log-level loud", 3, ["--log-level"]),
        ("snapshot", 2, ["no cluster", "-b HOST:PORT"]),
        ("check", 3, ["no cluster"]),
        ("--demo -b x:1 snapshot", 2, ["leave -b out"]),
        ("-b x:1 snapshot -n 0.5", 2, ["--iterations"]),
        ("-b x:1 snapshot --limit 0", 2, ["--limit"]),
        ("-b x:1 snapshot --limit 1.5", 2, ["--limit"]),
        ("-b x:1 snapshot --deadline 0", 2, ["--deadline"]),
        ("-b x:1 snapshot -d 0", 2, ["-d"]),
        ("-b x:1 snapshot --output ''", 2, ["--output"]),
        ("-b x:1 snapshot --format yaml", 2, ["json, ndjson"]),
        ("-b x:1 snapshot --where 'lag >'", 2, ["--where", "^"]),
        ("-b x:1 snapshot --screen groups topics", 2, ["takes no table"]),
        ("-b x:1 snapshot --screen groups -n 2", 2, ["--iterations"]),
        ("-b x:1 snapshot --screen groups --size 80", 2, ["--size"]),
        ("-b x:1 snapshot --screen groups --size 80x0", 2, ["--size"]),
        ("-b x:1 snapshot --screen groups --size 80x24x", 2, ["--size"]),
        ("-b x:1 snapshot --screen groups --format csv", 2, ["ansi, html or svg"]),
        ("-b x:1 snapshot --screen groups --theme nope", 2, ["--theme"]),
        ("-b x:1 snapshot --size 80x24", 2, ["--screen"]),
        ("-b x:1 snapshot --where a --filter b", 2, ["are one"]),
        ("-b x:1 snapshot --screen groups --filter 'lag >'", 2, ["--filter", "^"]),
        ("-b x:1 --view groups --filter 'lag >'", 2, ["--filter", "^"]),
        ("-b x:1 --view groups --filter 'nope > 1'", 2, ['no column "nope"']),
        ("-b x:1 --view groups --sort nope", 2, ['no column "nope"']),
        ("-b x:1 --view group_members --columns nope", 2, ['no column "nope"']),
        ("-b x:99999 snapshot", 2, ["HOST:PORT"]),
        ("-b '[::1' snapshot", 2, ["IPv6"]),
        ("-b ,, snapshot", 2, ["HOST:PORT"]),
        ("-b x:1 -X nonsense=1 snapshot", 2, ["no such property"]),
        ("-b x:1 -X socket.timeout.ms=abc snapshot", 2, ["socket.timeout.ms"]),
        ("-b x:1 --config /nonexistent snapshot", 2, ["/nonexistent"]),
        ("-b x:1 --log /nonexistent/x snapshot", 2, ["/nonexistent/x"]),
        ("collect -g", 2, ["-g"]),
        ("collect --stdio --config /nonexistent x", 2, ["takes no"]),
        ("--attach=/nonexistent/sock snapshot", 1, ["/nonexistent/sock"]),
        ("--attach --demo snapshot", 2, ["--demo means nothing with --attach"]),
        ("--attach -b x:1", 2, ["--bootstrap-server means nothing with --attach"]),
        ("--ssh h --alone", 2, ["--alone means nothing with --ssh"]),
        ("--ssh -oProxyCommand=x snapshot", 1, ["is no host"]),
        ("collect --stdio-fd 0", 2, ["--stdio-fd"]),
        ("collect --stdio-fd x", 2, ["--stdio-fd"]),
        ("collect --stdio-fd 2", 2, ["no socket"]),
    ]:
        got = w.run(*shlex.split(line))
        expect(got, status, *words)
        assert not got[1] and got[2].startswith("icetop: "), (line, got)


@cli
def tables_columns_and_rows_are_chosen(w):
    expect(w.snapshot("nope"), 2, 'no table "nope"', "groups")
    expect(w.snapshot("nope", "--deadline", "0.001", "-n", "100", "-d", "0.2"), 2, 'no table "nope"')
    expect(w.snapshot("--columns", "nope"), 2, 'no column "nope"', "lag")
    expect(w.snapshot("--where", "nope > 1"), 2, 'no column "nope"')
    expect(w.snapshot("--sort", "lag down"), 2, '"down"')
    got = w.snapshot("--sort", "lag desc", "--columns", "group,lag", "--where", "lag > 1000", "--limit", "2", "--format", "csv")
    expect(got, 0)
    rows = list(csv.DictReader(io.StringIO(got[1])))
    assert len(rows) == 2 and int(rows[0]["lag"]) >= int(rows[1]["lag"]) > 1000, got
    got = w.snapshot("--format", "json", "groups", "topics", "groups")
    pairs = json.loads(got[1], object_pairs_hook=lambda p: p)
    names = [name for name, _ in dict(pairs)["tables"]]
    assert names == ["groups", "topics"], names


@cli
def screens_are_drawn_without_a_terminal(w):
    got = w.snapshot("--screen", "groups", "--size", "100x20", "--filter", "lag > 0", "--sort", "members desc, group", "--columns", "lag,members")
    expect(got, 0, "GROUPS", "members", "search-indexer")
    lines = got[1].splitlines()
    assert len(lines) == 20 and max(map(len, lines)) <= 100, got
    heading = next(line for line in lines if "GROUPS" in line)
    assert heading.index("lag") < heading.index("members") and "state" not in heading, heading
    got = w.snapshot("--screen", "open search-indexer", "--ascii", "--size", "80x24")
    expect(got, 0, "search-indexer", "PARTITIONS", "Stable")
    assert got[1].isascii(), got
    for style, begin in (("ansi", ""), ("html", "<!DOCTYPE html>"), ("svg", "<svg ")):
        path = w.path / f"x.{style}"
        expect(w.snapshot("--screen", "overview", "--format", style, "-o", str(path)), 0)
        text = path.read_text(encoding="utf-8")
        assert text.startswith(begin) and "BEHIND" in text and ("\033[" in text) == (style == "ansi"), text[:500]
    expect(w.snapshot("--screen", "filter nope > 1"), 2, 'no column "nope"', "^")
    expect(w.snapshot("--screen", "open nobody", "--deadline", "2"), 2, "is called nobody", "^")
    expect(w.run("-b", "127.0.0.1:9", "snapshot", "--screen", "groups", "--deadline", "1"), 1)
    assert not list(w.path.glob("x.*.*")), "temporary files are left"


@cli
def lines_instead_of_a_screen(w):
    got = w.run("-b", w.b, "--plain", "-n", "2", env={"TERM": "dumb"})
    expect(got, 0, " fine; 1 of 1 source", "\nwarning: ")
    assert "\033" not in got[1] and "\r" not in got[1], got
    got = w.run("-b", w.b, "--plain", "-n", "1", env={"LANG": "C", "LC_ALL": "C"})
    expect(got, 0, " fine; 1 of 1 source")
    assert got[1].isascii(), got
    for out, status, words in [("/dev/full", 1, "No space left on device"), (None, -signal.SIGPIPE, "")]:
        read, write = os.pipe() if not out else (None, os.open(out, os.O_WRONLY))
        if read:
            os.close(read)
        p = subprocess.run([w.icetop, "-b", w.b, "--plain", "--alone"], stdin=subprocess.DEVNULL, stdout=write,
                           stderr=subprocess.PIPE, text=True, timeout=60, env=w.env)
        os.close(write)
        assert p.returncode == status and words in p.stderr, (p.returncode, p.stderr)
    expect(w.run("-b", "x:1", "--plain", "--view", "groups"), 2, "--view means nothing to --plain")
    expect(w.run("-b", "x:1", "--plain", "-o", "x"), 2, "--output means nothing to --plain")
    expect(w.run("-b", "x:1", "snapshot", "--plain"), 2, "--plain")
    ours, theirs = pty.openpty()
    p = w.start("-b", w.b, "--plain", "--alone", stdin=theirs)
    os.close(theirs)
    try:
        assert "Enter says all again" in p.stdout.readline()
        while " fine; 1 of 1 source" not in p.stdout.readline():  # else the end of the output, at which this fails
            assert p.poll() is None
        os.write(ours, b"what\n")
        while "Enter says all that is wrong" not in p.stdout.readline():
            assert p.poll() is None
        os.write(ours, b"\n")
        while " fine; 1 of 1 source" not in p.stdout.readline():
            assert p.poll() is None
        os.write(ours, b"q\n")
        p.stdout.read()
        assert p.wait(DEADLINE) == 0
    finally:
        p.kill()
        p.wait()
        p.stdout.close()
        p.stderr.close()
        os.close(ours)
    (w.tmp / "plain.yaml").write_text("ui: {plain: true}\n")
    ours, theirs = pty.openpty()
    p = w.start("--config", str(w.tmp / "plain.yaml"), "-b", w.b, "--alone", "-n", "1", stdin=theirs, stdout=theirs)
    os.close(theirs)
    said = b""
    with contextlib.suppress(OSError):  # as Linux says that nobody has the other end any longer
        while more := os.read(ours, 4096):
            said += more
    os.close(ours)
    assert p.wait(DEADLINE) == 0 and b"Enter says all again" in said and b"\033" not in said, said
    p.stderr.close()
    for how in (signal.SIGTERM, signal.SIGINT):
        p = w.start("-b", w.b, "--plain")
        assert " fine; " in p.stdout.readline() or " fine; " in p.stdout.readline()
        p.send_signal(how)
        p.communicate(timeout=DEADLINE)
        assert p.returncode == 0, p.returncode


@cli
def themes_are_files(w):
    themes = w.home / ".config" / "icetop" / "themes"
    themes.mkdir(parents=True)
    (themes / "mine.yaml").write_text("base: mono\nroles: {strong: 201/magenta, dim: '#ff0000 bold'}\n")
    shared = pathlib.Path(__file__).resolve().parents[2] / "share" / "themes"
    for name in ["mine", *map(str, shared.glob("*.yaml"))]:
        got = w.snapshot("--screen", "groups", "--theme", name, "--format", "ansi")
        expect(got, 0, "GROUPS", "\033[")
        assert ("38;5;201m" in got[1]) == (name == "mine"), got
    expect(w.snapshot("--screen", "theme mine", "--format", "ansi"), 0, "38;5;201m")
    expect(w.snapshot("--screen", "groups", "--theme", "plaid"), 2, "--theme: there is no theme", "mono, mine, or a file")
    expect(w.snapshot("--screen", "groups", "--theme", "./nowhere.yaml"), 2, "--theme: ./nowhere.yaml")
    bad = {
        "roles:\n  wran: red\n": ':2:3: unknown key "wran" (did you mean "warn"?)',
        "roles:\n  warn: yelow\n": ':2:9: "yelow" is no colour',
        "roles:\n  warn: red/300\n": ':2:9: "300" is none of the first eight',
        "roles: [red]\n": ":1:8: roles: a list, where a map",
        "base: plaid\n": ':1:7: base: "plaid" is not built in; allowed: default',
        "background: pink\n": ':1:13: background: "pink" is not known',
        "colors: {}\n": ':1:1: unknown key "colors"',
        "- red\n": ":1:1: the theme: a list",
        "roles: {warn: *x}\n": ":1:",
    }
    for text, words in bad.items():
        (themes / "mine.yaml").write_text(text)
        expect(w.snapshot("--screen", "groups", "--theme", "mine"), 2, f"--theme: {themes}/mine.yaml{words}")
    config = w.tmp / "c.yaml"
    config.write_text("ui:\n  theme: plaid\n")
    expect(w.run("--config", str(config), "-b", "x:1", "config"), 2, f"{config}:2:10: there is no theme")
    config.write_text("ui: {theme: ./here.yaml}\n")
    (w.tmp / "here.yaml").write_text("base: dark\n")
    expect(w.run("--config", str(config), "-b", "x:1", "config"), 0, "./here.yaml")
    (themes / "mine.yaml").unlink()
    own = "theme: {base: mono, roles: {strong: 201/magenta, title: red}}\n"
    config.write_text(own)
    screen = ["--config", str(config), "snapshot", "--screen", "groups", "--format", "ansi"]
    expect(w.run(*screen, "-b", w.b), 0, "GROUPS", "38;5;201m")
    expect(w.run(*screen, "-b", w.b, "--theme", "own"), 0, "38;5;201m")
    expect(w.run(*screen, "-b", w.b, "--theme", "nope"), 2, "there is no theme")
    config.write_text("ui: {theme: mono}\n" + own)
    got = w.run(*screen, "-b", w.b)
    expect(got, 0, "GROUPS")
    assert "38;5;201m" not in got[1], got
    printed = w.run("--config", str(config), "-b", "x:1", "config")
    expect(printed, 0, "theme:", "strong: 201/magenta", f"{config}:2:")
    (w.tmp / "again.yaml").write_text(printed[1])
    expect(w.run("--config", str(w.tmp / "again.yaml"), "config"), 0, "strong: 201/magenta")
    for text, words in {
        "theme: {roles: {strong: yelow}}": ':1:25: "yelow" is no colour',
        "theme: {base: plaid}": ':1:15: base: "plaid" is not built in',
        "theme: {colors: red}": ':1:9: unknown key "colors"',
        "theme: dark": ":1:8: theme: a text, where a map is expected",
        "theme: {base: [dark]}": ":1:15: theme.base: a list, where a text",
    }.items():
        config.write_text(text)
        expect(w.run("--config", str(config), "-b", "x:1", "config"), 2, f"{config}{words}")


@cli
def records_are_shown_and_kept_nowhere(w):
    record = ("-b", w.b, "record", "orders.created", "1")
    got = w.run(*record, "-g", "billing-export", "--format", "json", "--count", "3")
    expect(got, 0)
    rows = [json.loads(line) for line in got[1].splitlines()]
    where = w.snapshot("group_partitions", "-g", "billing-export", "--where", "partition = 1", "--format", "json")
    committed = {r["topic"]: r["committed"] for r in json.loads(where[1])["tables"]["group_partitions"]["rows"]}["orders.created"]
    assert rows[0]["offset"] <= committed, (rows, committed)
    for i, r in enumerate(rows):
        assert r["offset"] == rows[0]["offset"] + i and r["clock"] == "create" and r["headers"] == [], r
        assert json.loads(r["value"])["offset"] == r["offset"], r
    first = rows[0]["offset"]
    log, history = w.path / "record.log", w.path / "record.db"
    got = w.run(*record, "--offset", str(first), "--log", str(log), "--log-level", "debug", "--history", str(history))
    expect(got, 0, f"offset {first}", '\n  "topic": "orders.created",\n', "(CreateTime, ")
    value = json.loads(rows[0]["value"])["value"]
    assert str(value) in got[1], got
    for f in [log, *w.path.glob("record.db*")]:
        assert str(value).encode() not in f.read_bytes(), f"{f} has what was in the record"
    expect(w.run(*record, "--offset", str(first), "--format", "hex"), 0, "00000000  7b 22 74 6f 70 69 63 22")
    expect(w.run(*record, "--offset", "0"), 3, "was deleted: the log starts at")
    expect(w.run(*record, "--offset", "99999999999"), 1, "is beyond the log")
    expect(w.run("-b", w.b, "record", "nope", "0"), 1, "topic nope does not exist")
    expect(w.run(*record, "-g", "nobody"), 1, "no such group")
    config = w.path / "deny.yaml"
    config.write_text(f"clusters: {{east: {{bootstrap: '{w.b}', records: deny}}}}\n")
    expect(w.run("--config", str(config), "record", "orders.created", "1"), 1, "records: deny")
    for line, words in [("record", "TOPIC PARTITION"), ("record a x", "no partition"), ("record a 1 --offset -1", "--offset"),
                        ("record a 1 --offset committed", "-g"), ("record a 1 --count 101", "--count"),
                        ("record a 1 --format csv", "--format")]:
        expect(w.run("-b", w.b, *line.split()), 2, words)


@cli
def words_after_two_dashes_are_tables(w):
    expect(w.snapshot("--columns", "group", "--", "groups"), 0, "GROUP")
    expect(w.run("--demo", "snapshot", "--columns", "group", "--", "groups"), 0, "GROUP")
    assert not list(w.home.rglob("*")), "a snapshot has left something in the user's home"
    expect(w.shell('"$I" -b "$B" --columns group | cat'), 0, "GROUP")
    assert not list(w.home.rglob("*")), "icetop | cat is a snapshot and keeps no history"


@cli
def numbers_have_a_point_in_every_locale(w):
    made = subprocess.run(["localedef", "-i", "de_DE", "-f", "UTF-8", str(w.path / "de_DE.UTF-8")], check=False, capture_output=True)
    if made.returncode not in (0, 1):
        return "no source of locales here"
    env = {"LOCPATH": str(w.path), "LC_ALL": "de_DE.UTF-8"}
    got = w.snapshot("--deadline", "20.5", "--format", "json", "group_partitions", env=env)
    expect(got, 0)
    json.loads(got[1])
    got = w.snapshot("--format", "csv", "--where", "lag_s > 0.5", "--columns", "lag_s", env=env)
    expect(got, 0)
    assert all(float(row["lag_s"]) > 0.5 for row in csv.DictReader(io.StringIO(got[1]))), got
    return None


@cli
def a_file_is_replaced_whole(w):
    target, link = w.path / "lag.json", w.path / "link"
    target.write_text("before")
    target.chmod(0o640)
    link.symlink_to("lag.json")
    expect(w.snapshot("--format", "json", "-o", str(link)), 0)
    assert link.is_symlink() and target.stat().st_mode & 0o777 == 0o640
    json.loads(target.read_text())
    held = target.read_text()
    expect(w.run("-b", "127.0.0.1:1", "snapshot", "--deadline", "3", "-o", str(target)), 1)
    expect(w.snapshot("-o", str(target), "--columns", "nope"), 2)
    assert target.read_text() == held
    small = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
    got = w.snapshot("-o", str(target), preexec_fn=lambda: (signal.signal(signal.SIGXFSZ, signal.SIG_IGN), small()))
    expect(got, 1, "File too large")
    assert target.read_text() == held
    assert sorted(p.name for p in w.path.iterdir() if "lag.json" in p.name) == ["lag.json"]
    expect(w.snapshot("-o", str(w.path)), 1, "Is a directory")
    expect(w.snapshot("-o", "/nonexistent/x"), 1, "/nonexistent/x")
    expect(w.snapshot("-o", "/dev/full"), 1, "No space left")
    expect(w.shell('mkfifo f; cat f >got & "$I" -b "$B" snapshot -o f && wait && grep -c billing-export got'), 0, "1\n")


@cli
def closed_and_full_outputs(w):
    expect(w.shell('"$I" -b "$B" snapshot >&-'), 1, "Bad file descriptor")
    expect(w.shell('"$I" -b "$B" snapshot >/dev/full'), 1, "No space left")
    expect(w.shell('"$I" -b "$B" snapshot <&- 2>&- | grep -c billing-export'), 0, "1\n")
    for words in ("--help", "--version", '-b "$B" config'):
        expect(w.shell(f'"$I" {words} >/dev/full'), 1, "No space left")
        expect(w.shell(f'"$I" {words} >&-'), 1, "Bad file descriptor")
    expect(w.shell('"$I" -b "$B" check >/dev/full'), 3, "No space left")
    expect(w.shell('"$I" -b "$B" snapshot | true; echo ${PIPESTATUS[0]}'), 0, "141\n")
    expect(w.shell('"$I" -b "$B" snapshot -d 0.2 group_partitions | head -1 >/dev/null; echo ${PIPESTATUS[0]}'), 0, "141\n")
    expect(w.shell('"$I" -b "$B" config | true; echo ${PIPESTATUS[0]}'), 0)
    got = w.shell('"$I" -b "$B" snapshot | true')
    assert not got[2], got


@cli
def strange_environments(w):
    for env in ({"HOME": "/nonexistent"}, {"XDG_STATE_HOME": "/proc/x"}, {"TZ": "Nonsense/Odd"}, {"LANG": "C"}, {"LC_ALL": "xx_YY"}):
        expect(w.snapshot("--columns", "group", env=env), 0, "billing-export")
    expect(w.shell('env -i "$I" -b "$B" snapshot --columns group'), 0, "billing-export")
    expect(w.run("--demo", "snapshot", "--columns", "group", env={"TMPDIR": "/nonexistent"}), 0, "billing-export")
    expect(w.snapshot("-g", "g" * 100000), 0)


@cli
def unreachable_is_said_in_time(w):
    expect(w.run("-b", "[::1]:1,127.0.0.1:1", "snapshot", "--deadline", "5"), 1, "refused")
    expect(w.run("-b", "127.0.0.1:1", "check", "--deadline", "5"), 3, "CRITICAL", "UNKNOWN")
    expect(w.run("-b", "127.0.0.1:1," + w.b, "check"), 0, "OK kafka:default")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        for command, status in (("check", 3), ("snapshot", 1)):
            begin = time.monotonic()
            expect(w.run("-b", address, command, "--deadline", "1"), status, "before the deadline")
            assert time.monotonic() - begin < 10


@cli
def a_series_ends_after_its_times(w):
    got = w.snapshot("-n", "3", "-d", "0.2", "--format", "ndjson", "--limit", "1", "--columns", "group,lag")
    expect(got, 0)
    assert len([json.loads(line) for line in got[1].splitlines()]) == 3, got
    expect(w.snapshot("-n", "2", "-d", "300ms", "--limit", "1"), 0)
    expect(w.run("-b", "127.0.0.1:1", "snapshot", "-n", "2", "-d", "0.2"), 1, "refused")


@cli
def signals_end_it_at_once(w):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        for args in (["-b", address, "snapshot"], ["-b", address, "check"], ["--demo", "snapshot", "-d", "60"]):
            for sig in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                p = w.start(*args)
                family = wait_for("children", lambda: (len(c := children(p.pid)) == (2 if "--demo" in args else 1)) and c)
                p.send_signal(sig)
                begin = time.monotonic()
                assert p.wait(DEADLINE) == -sig
                assert time.monotonic() - begin < 10
                p.stdout.close()
                p.stderr.close()
                wait_for("no orphan", lambda: not any(is_alive(c) for c in family))
    assert not list(w.tmp.iterdir()), "temporary files are left"


@cli
def a_killed_collector_is_named(w):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        for command, status in (("snapshot", 1), ("check", 3)):
            p = w.start("-b", address, command)
            os.kill(wait_for("the collector", lambda: children(p.pid))[0], signal.SIGKILL)
            out, err = p.communicate(timeout=DEADLINE)
            expect((p.returncode, out, err), status, "killed by signal 9")
    p = w.start("-b", w.b, "snapshot", "--columns", "group", "-d", "0.2")
    wait_for("the first snapshot", p.stdout.readline)
    os.kill(children(p.pid)[0], signal.SIGKILL)
    out, err = p.communicate(timeout=DEADLINE)
    expect((p.returncode, out, err), 3, "killed by signal 9")


class Series:
    """A snapshot that goes on, the newest document of which can be asked for."""

    def __init__(self, w, *args):
        self.path = w.path / "series.json"
        self.path.unlink(missing_ok=True)
        self.process = w.start("snapshot", *args, "--format", "json", "-d", "0.2", "-o", str(self.path), stderr=subprocess.DEVNULL)

    def rows(self, table):
        try:
            return json.loads(self.path.read_text())["tables"][table]["rows"]
        except FileNotFoundError:
            return []

    def reload(self):
        os.kill(children(self.process.pid)[0], signal.SIGHUP)

    def close(self):
        self.process.terminate()
        self.process.wait(DEADLINE)
        self.process.stdout.close()


@cli
def the_collector_reads_its_configuration_again(w):
    conf = w.path / "icetop.yaml"
    line = '  %s: {bootstrap: "' + w.b + '"%s}\n'

    def write(*clusters):
        conf.write_text("clusters:\n" + "".join(line % c for c in clusters))

    write(("one", ""), ("two", ""))
    series = Series(w, "--config", str(conf), "groups", "events", "sources", "clusters")
    names = lambda: {r["cluster"] for r in series.rows("groups")}
    told = lambda severity: [r["text"] for r in series.rows("events") if r["severity"] == severity and r["source"] == "collector"]
    try:
        wait_for("two clusters", lambda: names() == {"one", "two"})
        write(("two", ""), ("three", ""))
        series.reload()
        wait_for("one has gone, three has come", lambda: names() == {"two", "three"})
        assert {r["cluster"] for r in series.rows("clusters")} == {"two", "three"}
        assert {r["source"] for r in series.rows("sources")} == {"kafka:two", "kafka:three"}
        write(("two", ', groups: ["billing*"]'), ("three", ""))
        series.reload()
        wait_for("two has fewer groups", lambda: len([r for r in series.rows("groups") if r["cluster"] == "two"]) == 1)
        assert len([r for r in series.rows("groups") if r["cluster"] == "three"]) > 10
        conf.write_text("clusters: {two: {bootstrip: x}}\n")
        series.reload()
        wait_for("the mistake is told", lambda: any("bootstrip" in text for text in told("error")))
        conf.unlink()
        series.reload()
        wait_for("the lost file is told", lambda: any("No such file" in text for text in told("error")))
        assert names() == {"two", "three"}, "what was in force stays"
        write(("four", ""))
        for _ in range(5):
            series.reload()
        wait_for("only four", lambda: names() == {"four"})
    finally:
        series.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--icetop")
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    if args.list:
        print(*(test.__name__ for test in TESTS), sep="\n")
        return 0
    for sig in (signal.SIGHUP, signal.SIGINT):
        if signal.getsignal(sig) == signal.SIG_IGN:  # by nohup or a shell's &; it would be inherited
            signal.signal(sig, signal.SIG_DFL)
    world, failed = World(args.icetop), 0
    try:
        for test in TESTS:
            if args.names and test.__name__ not in args.names:
                continue
            begin = time.monotonic()
            try:
                world.clean()
                note = test(world)
                reports = world.take_reports()
                assert not reports, reports
                print(f"ok   {test.__name__} {time.monotonic() - begin:.1f} s{': ' + note if note else ''}", flush=True)
            except Exception:  # pylint: disable=broad-except
                failed += 1
                print(f"FAIL {test.__name__}\n{traceback.format_exc()}", flush=True)
    finally:
        world.brokers.stdin.close()
        world.brokers.wait(DEADLINE)
        reports = world.take_reports()
        world.close()
    if reports:
        failed += 1
        print(f"FAIL the brokers\n{reports}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
