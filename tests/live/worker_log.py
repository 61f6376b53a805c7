"""The commit cycles that the logs of Connect workers tell of, worked out apart from icetop: what tests compare it with."""

import re
from datetime import datetime, timedelta

ID = r"(?P<id>[0-9a-f]{8}-[0-9a-f-]{27})"
LINE = re.compile(r"\[(?P<time>[\d:, -]+)\] (?P<level>[A-Z]+) (?:\[(?P<connector>[^|\]]+)\|task-(?P<task>\d+)\] )?(?P<text>.*) "
                  r"\((?P<logger>[\w.$]+):\d+\)$")
TIMEOUT = timedelta(seconds=4)  # no test has cycles with a longer one
# What is said of a cycle, by the sink up to 1.10 and since 1.11.
SAID = [(what, re.compile(pattern)) for what, pattern in (
    ("start", rf"Commit {ID} initiated$|Coordinator \S+ initiated commit {ID.replace('?P<id>', '?P<id2>')}$"),
    ("some", rf"Commit {ID} not ready, received responses for (?P<n>\d+) of (?P<of>\d+) partitions"),
    ("all", rf"Commit {ID} ready, received responses for all (?P<n>\d+) partitions"),
    ("table", rf".*(?:Commit complete|completed commit) to table (?P<table>\S+), snapshot (?P<snapshot>\d+), commit ID {ID}, "),
    ("end", rf".*?{ID}(?: complete)?, committed to (?P<n>\d+) table\(s\), valid-through (?P<valid>\S+)$"),
    ("failed", rf"Commit failed, will|Coordinator \S+ failed to commit for commit {ID}, "),
)]


class Cycle:
    def __init__(self, number, found):
        self.id, self.connector, self.task = number, found["connector"], int(found["task"])
        self.time = datetime.strptime(found["time"], "%Y-%m-%d %H:%M:%S,%f")
        self.received, self.expected, self.tables, self.valid_through = 0, None, {}, None
        self.ready = self.ended = self.failed = False

    def outcome(self, newest):
        """newest: when the last one of this connector began, in any log."""
        if not self.ended:
            return "failed" if self.failed else "superseded" if newest - self.time >= TIMEOUT else "running"
        if not self.ready:
            return "partial"
        return "full" if self.tables else "empty"


def read(paths):
    """The cycles of all these logs, by id, in the order in which they began."""
    cycles = {}
    for path in paths:
        last = {}
        for line in path.read_text(errors="replace").splitlines():
            found = LINE.match(line)
            if found and found["connector"] and ".connect.channel." in found["logger"]:
                tell(cycles, last, found)
    return sorted(cycles.values(), key=lambda cycle: cycle.time)


def tell(cycles, last, found):
    for what, pattern in SAID:
        said = pattern.match(found["text"])
        if not said:
            continue
        words = said.groupdict()
        number = words.get("id") or words.get("id2")
        context = found["connector"], found["task"]
        if what == "start":
            cycles[number] = last[context] = Cycle(number, found)
            return
        cycle = cycles.get(number) or last.get(context)
        if cycle is None:
            return
        if what in ("some", "all") and not cycle.ended:
            cycle.received = int(words["n"])
            cycle.expected = int(words["of"]) if what == "some" else cycle.expected
            cycle.ready |= what == "all"
        elif what == "table":
            cycle.tables[words["table"]] = int(words["snapshot"])
        elif what == "end":
            cycle.ended, cycle.valid_through = True, None if words["valid"] == "null" else words["valid"]
        elif what == "failed":
            cycle.failed = True
        return


def outcomes(paths):
    """(cycle, outcome) of each, oldest first; "running" also where it is not certain yet."""
    cycles = read(paths)
    newest = {cycle.connector: cycle.time for cycle in cycles}
    return [(cycle, cycle.outcome(newest[cycle.connector])) for cycle in cycles]
