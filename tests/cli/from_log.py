"""icetop snapshot --from-log: commit cycles of logs in files, of recorded runs, in several layouts, whole and damaged."""

import csv
import gzip
import io
import json
import pathlib
import re

from world import cli, expect

DATA = pathlib.Path(__file__).resolve().parent.parent / "data"

# What is true of each run: outcome and who answered, cycle by cycle.
RUNS = {
    "healthy-1.9.2": [("full", "2 of 2")] * 7 + [("empty", "2 of 2")],
    "idle-1.9.2": [("partial", "1 of 2")] * 4 + [("full", "2 of 2")] * 2,
    "failing-1.11.0": [("full", "2 of 2")] * 2 + [("failed", "2 of 2")] * 8 + [("full", "2 of 2")] * 4 + [("empty", "2 of 2")],
    "zombie-1.10.1": [("failed", "2 of 2"), ("partial", "0 of 2")] * 8 + [("failed", "2 of 2")],
}
FIRST = re.compile(r"\[(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d),(\d{3})\] (\w+) (\[[\w|-]+\] )?")


def path_of(run):
    return DATA / f"connect/{run}.log.gz"


def text_of(run):
    return gzip.decompress(path_of(run).read_bytes()).decode()


def entries(run):
    """Date and time, milliseconds, level, context, message, logger and lines of a trace of each entry."""
    found = []
    for line in text_of(run).splitlines():
        head = FIRST.match(line)
        if head:
            rest = line[head.end() :]
            logger = re.search(r" \(([\w.$]+)(:\d+)?\)$", rest)
            text = rest[: logger.start()] if logger else rest
            found.append([head[1], head[2], head[3], (head[4] or "").strip(), text, logger[1] if logger else "", []])
        else:
            found[-1][6].append(line)
    for e in found:  # settings: a message of several lines
        logger = e[6] and re.fullmatch(r" \(([\w.$]+):\d+\)", e[6][-1])
        if logger and not e[5]:
            e[4:] = ["\n".join([e[4], *e[6][:-1]]) + "\n", logger[1], []]
    return found


def rows(w, table, *args, status=0, **how):
    got = w.run("snapshot", table, "--format", "json", *args, **how)
    expect(got, status)
    return json.loads(got[1])["tables"][table]["rows"]


def cycles(found):
    """Without one that the log's end has cut."""
    return [(r["outcome"], r["answered"]) for r in found if r["outcome"] != "running"]


@cli
def logs_tell_what_is_true_of_runs(w):
    for run, truth in RUNS.items():
        found = rows(w, "commits", "--from-log", str(path_of(run)))
        assert cycles(found) == truth, (run, cycles(found))
        assert len(found) == len(truth) + (run == "zombie-1.10.1"), run
        assert {r["connector"] for r in found} == {"orders-sink"} and {r["source"] for r in found} == {"log"}, found
        assert [r["started"] for r in found] == sorted(r["started"] for r in found), found
        for r in found:
            assert (r["outcome"] == "failed") == bool(r["error"]), r
    found = rows(w, "commits", "--from-log", str(path_of("failing-1.11.0")))
    assert found[2]["error"].startswith("org.sqlite.SQLiteException: [SQLITE_BUSY]"), found[2]
    assert {(r["interval_ms"], r["timeout_ms"]) for r in found} == {(10000, 8000)}, found[2]
    assert {r["coordinator"] for r in found} == {"orders-sink-0"}, found


@cli
def logs_name_the_snapshots_that_are_in_the_table(w):
    for run in ("healthy-1.9.2", "idle-1.9.2", "failing-1.11.0"):
        truth = json.loads((DATA / f"iceberg/{run}/pyiceberg.json").read_text(encoding="utf-8"))["db.orders"]["snapshots"]
        truth = {(str(s["id"]), s["summary"]["kafka.connect.commit-id"]) for s in truth}
        found = rows(w, "commits", "--from-log", str(path_of(run)))
        assert {(r["snapshots"], r["commit_id"]) for r in found if r["snapshots"]} == truth, run
        tables = rows(w, "commit_tables", "--from-log", str(path_of(run)))
        assert {(str(r["snapshot_id"]), r["commit_id"]) for r in tables} == truth and {r["table"] for r in tables} == {"db.orders"}, run


@cli
def logs_come_in_any_form(w):
    run = "idle-1.9.2"
    text, packed = text_of(run), path_of(run)
    plain = w.tmp / "connect.log"
    plain.write_text(text, encoding="utf-8")
    want = w.run("snapshot", "commits", "commit_tables", "--from-log", str(packed), "--format", "csv")
    expect(want, 0)
    for line in (f"--from-log {plain}", f"--from-log - <{plain}", f"--from-log=- <{packed}", f"--from-log - < <(zcat {packed})"):
        assert w.shell(f"$I snapshot commits commit_tables --format csv {line}") == want, line
    # As rotation leaves it, in the order in which a shell names the pieces.
    parts = re.split(r"(?m)^(?=\[2026)", text)
    (w.tmp / "r.log.2.gz").write_bytes(gzip.compress("".join(parts[:600]).encode()))
    (w.tmp / "r.log.1").write_text("".join(parts[600:800]), encoding="utf-8")
    (w.tmp / "r.log").write_text("".join(parts[800:]), encoding="utf-8")
    got = w.shell(f"$I snapshot commits commit_tables --format csv $(printf -- '--from-log %s ' {w.tmp}/r.log*)")
    assert got == want, got


def layouts():
    """Entries as other layouts have them, and as those who carry logs hand them on."""

    def lines(e, head, tail):
        return [*f"{head}{e[3] and e[3] + ' '}{e[4]}{tail}".split("\n"), *e[6]]

    def plain(e):
        return lines(e, f"[{e[0]},{e[1]}] {e[2]} ", f" ({e[5]}:1)")

    def carried(prefix):
        return lambda e: [prefix + line for line in plain(e)]

    def logstash(e):
        o = {"@timestamp": f"{e[0].replace(' ', 'T')}.{e[1]}Z", "message": e[4], "logger_name": e[5], "level": e[2]}
        if e[3]:
            o["connector.context"] = e[3] + " "
        if e[6]:
            o["stack_trace"] = "\n".join(e[6])
        return [json.dumps(o)]

    def docker(e):
        return [json.dumps({"log": line + "\n", "stream": "stdout"}, separators=(",", ":")) for line in plain(e)]

    yield "strimzi", lambda e: lines(e, f"{e[0]},{e[1]} {e[2]} ", f" ({e[5]}) [task-thread]")
    yield "logback", lambda e: lines(e, f"{e[0]}.{e[1]} [main] {e[2]:5} {e[5]} - ", "")
    yield "iso", lambda e: lines(e, f"{e[0].replace(' ', 'T')}.{e[1]}+0000 {e[2]} ", f" ({e[5]})")
    yield "journal", carried("Nov 21 05:44:36 host connect[7]: ")
    yield "cri", carried("2026-11-21T05:44:36.1Z stdout F ")
    yield "kubectl", carried("[pod/connect-0/connect] ")
    yield "compose", carried("connect-1  | ")
    yield "logstash", logstash
    yield "docker", docker


@cli
def logs_come_in_any_layout(w):
    for run in ("idle-1.9.2", "failing-1.11.0", "zombie-1.10.1"):
        columns = "commit_id,started,ended,outcome,answered,snapshots,valid_through,interval_ms,timeout_ms,error,connector"
        want = rows(w, "commits", "--from-log", str(path_of(run)), "--columns", columns)
        for name, layout in layouts():
            path = w.tmp / f"{name}.log"
            path.write_text("".join(f"{line}\n" for e in entries(run) for line in layout(e)), encoding="utf-8")
            got = rows(w, "commits", "--from-log", str(path), "--columns", columns)
            assert got == want, (run, name, [(a, b) for a, b in zip(got, want) if a != b][:1], len(got))


@cli
def logs_that_are_followed_say_the_same(w):
    run = "failing-1.11.0"
    want = [(r["commit_id"], r["outcome"], r["answered"]) for r in rows(w, "commits", "--from-log", str(path_of(run)))]
    (w.tmp / "c.log").write_text(text_of(run), encoding="utf-8")
    config = w.tmp / "icetop.yaml"
    for logs in (f"logs: [{w.tmp}/c.log]", f"logs: ['{w.tmp}/*.log']", f"log_commands: [[cat, {w.tmp}/c.log]]", f"logs: [{path_of(run)}]"):
        config.write_text(f"connect:\n  prod:\n    log_zone: UTC\n    {logs}\n", encoding="utf-8")
        found = rows(w, "commits", "--config", str(config), "--no-history")
        assert [(r["commit_id"], r["outcome"], r["answered"]) for r in found] == want, (logs, len(found))
        assert {r["cluster"] for r in found} == {"prod"}, found
    config.write_text(f"connect:\n  prod:\n    logs: [{w.tmp}/c.log, {w.tmp}/none.log]\n", encoding="utf-8")
    got = w.run("--config", str(config), "--no-history", "snapshot", "commits")
    expect(got, 3, "none.log: No such file", "full")


@cli
def rows_of_logs_are_chosen(w):
    log = ["--from-log", str(path_of("failing-1.11.0"))]
    got = w.run("snapshot", *log, "--columns", "started,outcome", "--where", 'outcome == "failed"', "--sort", "started desc", "--limit", "2")
    expect(got, 0)
    assert [line.split()[-1] for line in got[1].splitlines()] == ["OUTCOME", "failed", "failed"], got[1]
    assert got[1].splitlines()[1] > got[1].splitlines()[2], got[1]
    got = w.run("snapshot", "log_events", *log, "--where", 'kind == "failed"', "--format", "csv")
    expect(got, 0)
    found = list(csv.DictReader(io.StringIO(got[1])))
    assert len(found) == 8 and all(r["level"] == "WARN" and "UncheckedSQLException" in r["trace"] for r in found), found[:1]
    out = w.tmp / "out.json"
    expect(w.run("snapshot", "commits", *log, "-o", str(out), "--format", "ndjson"), 0)
    assert len(out.read_text(encoding="utf-8").splitlines()) == 15
    # Ages are as of the log's end.
    assert len(rows(w, "commits", *log, "--where", "age(started) < 30s")) in (2, 3)


@cli
def what_logs_cannot_tell_is_said(w):
    good = str(path_of("healthy-1.9.2"))
    torn, other = w.tmp / "torn.log.gz", w.tmp / "other.txt"
    torn.write_bytes(path_of("healthy-1.9.2").read_bytes()[:-3000])
    other.write_text("Not a log.\n", encoding="utf-8")
    for line, status, words in [
        (f"commit_partitions --from-log {good}", 3, ["commit_partitions: a log does not say which partitions answered"]),
        (f"groups --from-log {good}", 2, ['"groups"', "commits, commit_tables, commit_partitions, log_events"]),
        (f"--from-log {good} --from-log {w.tmp}/nowhere", 3, ["nowhere: No such file", "full"]),
        (f"--from-log {torn}", 3, ["torn.log.gz: the end of what is packed is damaged or missing", "full"]),
        (f"--from-log {other}", 1, ["other.txt: no line of it begins as one of a log does"]),
        (f"--from-log {w.tmp}", 1, ["it is a directory"]),
        (f"--from-log {good} -n 2", 2, ["--iterations means nothing with --from-log"]),
        (f"-b x:1 --from-log {good}", 2, ["--bootstrap-server means nothing with --from-log"]),
        (f"--from-log {good} --where nonsense>1", 2, ["nonsense"]),
        ("--from-log", 2, ["--from-log"]),
    ]:
        expect(w.run("snapshot", *line.split()), status, *words)
    expect(w.run("--from-log", good), 2, "option --from-log")
    got = w.shell(f"$I snapshot --from-log {good} | head -1; echo ${{PIPESTATUS[0]}}")
    assert got[1].splitlines()[-1] in ("0", "141"), got
    # Bytes that are no log among those that are: the rest is told.
    junk = w.tmp / "junk.log"
    junk.write_bytes(bytes(range(256)) * 5000 + b"\n" + gzip.decompress(path_of("idle-1.9.2").read_bytes()) + b"\xff\x00" * 1000)
    assert cycles(rows(w, "commits", "--from-log", str(junk))) == RUNS["idle-1.9.2"]
