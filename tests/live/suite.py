"""What the files of live tests share: the lists of tests, and comparisons that say what differs."""

TESTS, SOAK, TIMES = {}, {}, {}


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
