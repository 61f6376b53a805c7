"""Live tests of lag in seconds: records with times of the past, and groups among them."""

import subprocess
import time

from console import snapshot
from kafka import Kafka
from suite import check, live, rows_by

HOUR = 3600


def produce_at(k, tools, topic, times, count=1):
    """count messages of each time (seconds since 1970) to partition 0, in this order."""
    lines = "".join(f"{int(t * 1000)} {count}\n" for t in times)
    subprocess.run([tools / "stamped", k.bootstrap, topic, "0"], input=lines, text=True, check=True, timeout=120)


def holds(row, times, slack=2):
    """The truth, from the time of the record at the committed offset, lies within what the row says."""
    truth = time.time() - times[row["committed"]]
    known, method = row.get("lag_s_q", "exact"), row["lag_s_method"]
    text = f"{row['group']}: {row['lag_s']} ± {row['lag_s_error']} ({known}, {method}), in truth {truth:.1f}"
    if known == "ge":
        assert row["lag_s"] <= truth + slack, text
    else:
        assert abs(row["lag_s"] - truth) <= row["lag_s_error"] + slack, text
    return truth


@live
def lag_in_seconds_is_the_age_of_the_next_record(icetop):
    with Kafka() as k:
        k.topic("orders", 1)
        now = time.time()
        times = [now - 72 * HOUR + i * 60 for i in range(72 * 60)]
        produce_at(k, icetop.parent / "tests", "orders", times)
        behind = {"days": 65 * HOUR, "day": 20 * HOUR, "hours": 3 * HOUR, "minutes": 600}
        for group, seconds in behind.items():
            k.set_offsets(group, "orders", ["--to-offset", str(len(times) - seconds // 60)])
        k.set_offsets("done", "orders", ["--to-latest"])
        rows = rows_by(snapshot(icetop, k.bootstrap, "group_partitions")["group_partitions"], "group")
        for group in behind:  # in the first round of all
            check(group, rows[group]["lag_s_method"], "by record times")
            holds(rows[group], times)
        furthest = rows["days"]
        assert furthest["lag_s_error"] < furthest["lag_s"] / 10, furthest
        check("done", (rows["done"]["lag_s"], rows["done"]["lag_s_method"]), (0, "caught up"))


@live
def times_that_are_wrong_are_not_believed(icetop):
    """A record from next month, and then older ones behind it; and a topic that was filled with the past at once."""
    with Kafka() as k:
        tools = icetop.parent / "tests"
        k.topic("ahead", 1, message_timestamp_after_max_ms=1 << 50)
        now = time.time()
        times = [now - 2 * HOUR + i for i in range(1000)] + [now + 720 * HOUR] + [now - HOUR + i for i in range(1000)]
        produce_at(k, tools, "ahead", times)
        k.set_offsets("before", "ahead", ["--to-offset", "500"])
        k.set_offsets("behind", "ahead", ["--to-offset", "1500"])
        rows = rows_by(snapshot(icetop, k.bootstrap, "group_partitions")["group_partitions"], "group")
        holds(rows["before"], times)
        check("before", rows["before"]["lag_s_method"], "by record times")
        if rows["behind"]["lag_s"] is not None:
            check("behind", rows["behind"]["lag_s_q"], "ge")
            holds(rows["behind"], times)
