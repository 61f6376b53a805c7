"""What icetop tells of a sink while something happens to it: one collector for the whole of a scenario, all of whose change sets
are seen; findings that came and went, and queryable lag over time. Recorded, if one wants that."""

import threading

import record
from connect import CONTROL
from kafka import wait_for
from console import brief
from subscription import Stream

TABLES = (*record.TABLES, "commits", "commit_partitions", "commit_tables", "queryable_partitions", "pending_files", "findings",
          "finding_evidence", "events")


def value(cell):
    """Of a cell as the stream has it, whatever its quality."""
    return cell[0] if isinstance(cell, list) else cell


def quality(cell):
    return cell[1] if isinstance(cell, list) else None if cell is None else "exact"


class Found:
    """A finding's life."""

    def __init__(self, row, begun):
        self.id, self.subject, self.severity = row["id"], row["subject"], row.get("severity")
        self.text, self.row, self.begun, self.ended = row.get("text"), row, begun, None

    def __repr__(self):
        ended = f", ended after {self.ended - self.begun:.1f} s" if self.ended else ""
        return f"{self.id} {self.severity} of {self.subject}: {self.text}{ended}"


class Heard(Stream):
    """A collector all of whose change sets are seen, and what was found meanwhile. words: its command line."""

    SHOWN = ("sources", "findings")  # of a wait that was too long

    def __init__(self, icetop, *words, tables):
        self.lock, self.found, self.names = threading.RLock(), [], tables
        self.open, self.held, self.broken = {}, False, None
        super().__init__(icetop, *words, tables=tables)

    def read(self):
        try:
            super().read()
        except Exception as error:  # is told where the test ends
            self.broken = error
            raise

    def hear(self, now, m):
        """Holds the lock from the first rows of a change set to its end, so that nobody sees half of one."""
        if m["t"] == "rows" and not self.held:
            self.lock.acquire()
            self.held = True
        if m["t"] in ("rows", "table"):
            super().hear(now, m)
        if m["t"] == "end":
            self.look(now)
            if self.held:
                self.held = False
                self.lock.release()

    def look(self, now):
        rows = {(r["id"], r["subject"]): r for r in self.rows.get("findings", {}).values()}
        for key, row in rows.items():
            if key not in self.open:
                self.open[key] = Found(dict(row), now)
                self.found.append(self.open[key])
            self.open[key].text = row.get("text")
        for key in self.open.keys() - rows.keys():
            self.open.pop(key).ended = now

    def tables(self):
        """Whole rows: what is unknown is None."""
        with self.lock:
            return {name: [{**dict.fromkeys(self.columns.get(name, ())), **r} for r in self.rows.get(name, {}).values()]
                    for name in self.names}

    def wait(self, what, condition, deadline=60):
        """Waits until condition(tables) is true; what is not there yet is not true. Returns what it gave."""
        def look():
            try:
                return condition(self.tables())
            except (KeyError, IndexError, StopIteration, TypeError):
                return None
        try:
            return wait_for(what, look, deadline)
        except AssertionError as late:
            tables = self.tables()
            raise AssertionError("\n".join([str(late), brief({n: tables[n] for n in self.SHOWN}), *map(repr, self.found)])) from None

    # Findings.

    def finding(self, *ids, subject=None, deadline=60, where=lambda row: True):
        """Waits for one of these findings and returns its row."""
        return self.wait(f"finding {' or '.join(ids)} of {subject or 'anyone'}", lambda t: next((
            r for r in t["findings"] if r["id"] in ids and subject in (None, r["subject"]) and where(r)), None), deadline)

    def silent(self, *, but=(), since=0):
        """No finding was told of, but those."""
        others = [f for f in list(self.found) if f.id not in but and f.begun >= since]
        assert not others, "findings: " + "\n".join(map(repr, others))

    def __exit__(self, kind, *rest):
        super().__exit__(kind, *rest)
        self.thread.join(30)
        assert kind or not self.broken, self.broken
        if kind:
            print("findings told of:", *map(repr, self.found), sep="\n  ")


class Told(Heard):
    """words: further ones of the command line; name, about: what it is recorded as, if that is asked for."""

    SHOWN = ("connectors", "tasks", "groups", "queryable_partitions", "pending_files", "findings", "sources")

    def __init__(self, icetop, connect, *words, name=None, about=None, delay=1):
        self.lags, self.counted, self.recorder = [], None, None
        if record.directory() and name:
            self.recorder = record.Recorder(record.directory(), name, about, connect.bootstrap, CONTROL, connect.kafka.dir)
        logs = [word for log in connect.logs() for word in ("--connect-log", log)]
        super().__init__(icetop, "-b", connect.bootstrap, "-d", delay, "--connect", ",".join(connect.urls), *logs, *words,
                         tables=TABLES)

    def hear(self, now, m):
        super().hear(now, m)
        if self.recorder:
            self.recorder.hear(now, m)

    def look(self, now):
        super().look(now)
        lags = {r["connector"]: r.get("queryable_lag") for r in self.rows.get("connectors", {}).values()}
        if lags != self.counted:
            self.counted = lags
            self.lags.append((now, lags))

    def mark(self, what, **facts):
        if self.recorder:
            self.recorder.mark(what, **facts)

    def clear(self, *ids, deadline=90):
        """Waits until there is no finding, of these or at all."""
        self.wait(f"no finding {' '.join(ids)}", lambda t: not [
            r for r in t["findings"] if not ids or r["id"] in ids] and t["connectors"], deadline)

    # Queryable lag.

    def lag(self, connector="orders-sink"):
        return value(next((r.get("queryable_lag") for r in self.tables()["connectors"] if r["connector"] == connector), None))

    def wait_lag(self, what, lag, connector="orders-sink", deadline=60):
        """Waits until the connector's queryable lag is lag(), exactly."""
        seen = []

        def same():
            seen[:] = [next((r.get("queryable_lag") for r in self.tables()["connectors"] if r["connector"] == connector), None), lag()]
            return seen[0] is not None and seen[0] == seen[1]
        try:
            wait_for(what, same, deadline)
        except AssertionError as late:
            tables = self.tables()
            raise AssertionError(f"{late}; icetop has {seen[0]!r}, not {seen[1]!r}\n" + brief({n: tables[n] for n in (
                "connectors", "queryable_partitions", "pending_files", "iceberg_tables", "sources")})) from None

    def __exit__(self, kind, *rest):
        super().__exit__(kind, *rest)
        if self.recorder:
            self.recorder.abandon() if kind else self.recorder.end()
