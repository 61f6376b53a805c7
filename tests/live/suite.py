"""What the files of live tests share: the lists of tests, and comparisons that say what differs."""

import os

TESTS, SOAK, TIMES, QUIET = {}, {}, {}, set()


def live(test):
    TESTS[test.__name__] = test
    return test


def soak(test):
    SOAK[test.__name__] = test
    return test


def lasts(seconds):
    """How long a test goes on by design; such tests begin first."""
    def mark(test):
        TIMES[test.__name__] = seconds
        return test
    return mark


def quiet(test):
    """For a test of how soon something is seen: such run last, one after the other, when the machine has little else to do."""
    QUIET.add(test.__name__)
    return test


def spare_ticks():
    """(those that no work of ordinary priority took, all) of all processors since they started."""
    with open("/proc/stat", encoding="ascii") as stat:
        ticks = [int(word) for word in stat.readline().split()[1:9]]
    return ticks[1] + ticks[3] + ticks[4], sum(ticks)  # nice, idle, waiting for disks


class Haste:
    """How soon something must be seen: `ms`, if there was a processor to spare throughout; else the machine is measured."""

    def __init__(self, ms):
        self.ms, self.begun = ms, spare_ticks()

    def check(self, took):
        """took: seconds each."""
        spare, ticks = (now - then for now, then in zip(spare_ticks(), self.begun))
        share, took = spare / max(1, ticks), sorted(took)
        half, limit = took[len(took) // 2] * 1000, self.ms if share * os.cpu_count() >= 1 else 5000
        print(f"after {took[0] * 1000:.0f} to {took[-1] * 1000:.0f} ms, half of them within {half:.0f} ms of {limit} ms; "
              f"{share:.0%} of the processors to spare")
        assert half <= limit, took


def equal(name, ours, theirs):
    if ours != theirs:
        raise AssertionError(f"{name}: icetop has {ours!r}, kafka-consumer-groups has {theirs!r}")


def check(name, ours, expected):
    if ours != expected:
        raise AssertionError(f"{name}: {ours!r}, not {expected!r}")


def number(text):
    return None if text == "-" else int(text)


def word(text):
    return None if text == "-" else text


def rows_by(rows, *columns):
    """Rows by their key: a value, or a tuple of several."""
    return {r[columns[0]] if len(columns) == 1 else tuple(r[c] for c in columns): r for r in rows}


def kept_equal(k, tables):
    """Compares every committed offset, end and lag with what the tool prints; all groups must be quiet."""
    theirs = {(r["GROUP"], r["TOPIC"], int(r["PARTITION"])): r for r in k.describe("--offsets")}
    ours = rows_by(tables["group_partitions"], "group", "topic", "partition")
    equal("partitions of groups", sorted(ours), sorted(theirs))
    for key, t in theirs.items():
        equal(f"{key} committed", ours[key]["committed"], number(t["CURRENT-OFFSET"]))
        equal(f"{key} end", ours[key]["end"], number(t["LOG-END-OFFSET"]))
        equal(f"{key} lag", ours[key]["lag"], number(t["LAG"]))
