"""What icetop's rows of commit cycles and tables must say, compared with a worker's log and with pyiceberg."""

import re
from datetime import datetime, timedelta

from suite import check, rows_by

COMMIT_TABLES = ("connectors", "tasks", "commits", "commit_partitions", "commit_tables", "iceberg_tables", "snapshots",
                 "sources", "events")
LOG_TABLES = ("commits", "commit_tables", "log_events")

UNCERTAIN = timedelta(seconds=31)  # the default timeout, where none is known


def when(text):
    return None if text is None else datetime.fromisoformat(text.replace("Z", "+00:00"))


def near(name, ours, theirs):
    """Times that may differ by what rounding does, and by two clocks of one machine."""
    a, b = when(ours), when(theirs)
    if (a is None) != (b is None) or (a and abs(a - b) > timedelta(milliseconds=2)):
        raise AssertionError(f"{name}: {ours!r}, not {theirs!r}")


def cycles_equal(name, rows, truth, seen):
    """Each cycle of the truth (worker_log.outcomes) has a row that says the same, but for running ones, which may have gone
    on since; seen: what its column `source` has to say."""
    ours = rows_by(rows, "commit_id")
    newest = max(when(row["started"]) for row in rows)
    for cycle, outcome in truth:
        if outcome == "running":
            continue
        what = f"{name}: commit {cycle.id}"
        if cycle.id not in ours:
            raise AssertionError(f"{what} of {cycle.time} ({outcome}) has no row; rows: {sorted(ours)}")
        row = ours[cycle.id]
        # An answer may be in the topic, and the coordinator have ended its cycle before it came to read it; or it is one of
        # two and deaf to answers. Nor is there any end of a cycle that failed in a coordinator whom another one followed.
        deaf = seen != "log" and outcome == "partial" and (row["received"] or 0) > cycle.received
        followed = outcome == "failed" and row["outcome"] == "superseded" and row["derived"].startswith("another coordinator")
        if seen == "topic" and (deaf or followed):
            continue  # the topic alone does not tell
        # Nor does it tell the timeout, without which one has to see the other coordinator for a while.
        early = seen == "topic" and outcome == "superseded" and newest - when(row["started"]) < UNCERTAIN
        check(f"{what}, outcome ({row['derived']})", row["outcome"], "running" if early and row["outcome"] == "running" else outcome)
        check(f"{what}, where it was seen", row["source"], seen)
        if row["connector"] is not None:
            check(f"{what}, connector", row["connector"], cycle.connector)
        if outcome in ("full", "partial", "empty"):
            if not deaf:
                check(f"{what}, received", row["received"], cycle.received)
            check(f"{what}, snapshots", {int(i) for i in re.findall(r"\d+", row["snapshots"] or "")},
                  set(cycle.tables.values()))
            check(f"{what}, tables", (row["tables"], set(re.findall(r"[^\s,]+", row["table_names"] or ""))),
                  (len(cycle.tables), set(cycle.tables)))
            near(f"{what}, valid through", row["valid_through"], cycle.valid_through)
        if cycle.expected and row["expected"] is not None:
            check(f"{what}, expected", row["expected"], cycle.expected)
    known = {cycle.id for cycle, _ in truth}
    newest = max(when(ours[i]["started"]) for i in known & ours.keys())
    strays = [row for i, row in ours.items() if i not in known and when(row["started"]) <= newest]
    check(f"{name}: cycles that no log tells of", strays, [])


def lines_equal(rows, truth):
    """Lines that begin and end a cycle are among the log's events, each once; the newest line may still be waited behind for a
    stack trace."""
    for kind, has in (("initiated", lambda cycle, outcome: outcome != "running"), ("complete", lambda cycle, _: cycle.ended)):
        ours = sorted(r["commit_id"] for r in rows if r["kind"] == kind)
        missed = {cycle.id for cycle, outcome in truth if has(cycle, outcome) and ours.count(cycle.id) != 1}
        check(f"cycles without one line that says {kind}", missed, set())


def table_equals(tables, name, theirs):
    """The row of a table and those of its snapshots, and what pyiceberg says; with the table's cycles, where there are any."""
    row = next(r for r in tables["iceberg_tables"] if r["table"] == name)
    for column, key in (("rows", "rows"), ("files", "files"), ("bytes", "bytes"), ("snapshot_id", "current"),
                        ("uuid", "uuid")):
        check(f"{name}, {column}", row[column], theirs[key])
    check(f"{name}, snapshots", row["snapshots"], len(theirs["snapshots"]))
    ours = {r["snapshot_id"]: r for r in tables["snapshots"] if r["table"] == name}
    check(f"{name}, ids of snapshots", sorted(ours), sorted(s["id"] for s in theirs["snapshots"]))
    commits = rows_by(tables.get("commits", []), "commit_id")
    for s in theirs["snapshots"]:
        r, what = ours[s["id"]], f"{name}, snapshot {s['id']}"
        for column, key in (("added_rows", "added-records"), ("added_files", "added-data-files"),
                            ("added_bytes", "added-files-size"), ("total_rows", "total-records"),
                            ("total_files", "total-data-files"), ("total_bytes", "total-files-size")):
            check(f"{what}, {column}", r[column], int(s[key]))
        check(f"{what}, parent", r["parent_id"], s["parent"])
        check(f"{what}, operation", r["operation"], s["operation"])
        check(f"{what}, commit", r["commit_id"], s["kafka.connect.commit-id"])
        check(f"{what}, writer", r["writer"], "kafka-connect")
        near(f"{what}, valid through", r["valid_through"], s.get("kafka.connect.valid-through-ts"))
        check(f"{what}, time", round(when(r["made"]).timestamp() * 1000), s["made"])
        if not commits:
            continue
        cycle = commits[r["commit_id"]]
        check(f"{what}, in its cycle", str(s["id"]) in cycle["snapshots"], True)
        check(f"{what}, its connector", r["connector"], cycle["connector"])


def announced_equal(tables, name, theirs):
    """Whatever was announced for a table is what came into it."""
    rows = [r for r in tables["commit_tables"] if r["table"] == name]
    for column, key in (("rows", "rows"), ("files", "files"), ("bytes", "bytes")):
        check(f"{name}, {column} announced", sum(r[column] for r in rows), theirs[key])
    for r in rows:
        if r["snapshot_id"] is not None:
            check(f"{name}, state of a table's part in a commit", r["state"], "committed")
