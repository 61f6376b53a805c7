"""Live tests of long standing, for --soak: what befalls a sink now and then, and what icetop finds: a connector that is put and
restarted at once, a table that is removed under it, a control topic that is made again."""

import shutil

from commits import fed, outcomes, settled
from connect import CONTROL, Connect, Hadoop
from kafka import wait_for
from stalls import PASSING
from suite import check, lasts, rows_by, soak
from told import Told, value


@soak
@lasts(300)
def a_connector_is_put_and_restarted_thrice(icetop):
    """Two coordinators may come of it: then nothing is committed, and icetop says so; else all goes on, and it is silent."""
    with Connect("1.10.1", catalog=Hadoop) as c:  # tasks that begin together fail in a SQLite catalog now and then
        feeders = fed(c, interval=6000, timeout=5000)
        settled(c)
        with Told(icetop, c, name="restarted-1.10.1", about="The connector's configuration is put and it is restarted at once, "
                  "three times.") as told:
            for i in range(3):
                told.silent(but=("IT-C10", "IT-C11", "IT-C12", *PASSING))
                seen = len(outcomes(c))
                c.ask("/connectors/orders-sink/config", "PUT", {**c.ask("/connectors/orders-sink")["config"],
                                                                "iceberg.control.commit.timeout-ms": str(4000 + i % 2 * 1000)})
                c.ask("/connectors/orders-sink/restart?includeTasks=true&onlyFailed=false", "POST")
                told.mark("put and restarted")
                c.running("orders-sink", 2)
                wait_for("cycles go on", lambda n=seen: len(outcomes(c)) >= n + 4, 240)
            sent = sum(f.end() for f in feeders)
            seen = len(outcomes(c))
            wait_for("further cycles", lambda: len(outcomes(c)) >= seen + 4, 240)
            told.wait_lag("LEO less rows", lambda: sent - c.rows("db.orders"))
            told.mark("quiet", sent=sent, rows=c.rows("db.orders"))
            if c.rows("db.orders") == sent:
                told.clear()
            else:
                row = told.finding("IT-C01", subject="connector orders-sink", deadline=90)
                check("it says why", told.finding("IT-C11", "IT-C12", "IT-C13") is not None, True)
                check("severity", row["severity"], "critical")


@soak
@lasts(120)
def a_table_is_removed_under_its_sink(icetop):
    with Connect("1.11.0", catalog=Hadoop) as c:
        feeders = fed(c, interval=6000, timeout=5000)
        settled(c)
        with Told(icetop, c, name="removed-1.11.0", about="The table is removed under the sink, which makes a new one: the rows "
                  "of the cycle under way are lost.") as told:
            told.wait("the table", lambda t: value(t["iceberg_tables"][0]["rows"]))
            wait_for("the end of a cycle", lambda: outcomes(c)[-1] != "running")
            told.silent()
            wait_for("a cycle begins", lambda: outcomes(c)[-1] == "running")
            wait_for("its end", lambda: outcomes(c)[-1] != "running")
            sent = [f.sent for f in feeders]
            wait_for("both tasks have begun files again", lambda: all(f.sent >= n + 25 for f, n in zip(feeders, sent)))
            before = c.rows("db.orders")
            shutil.rmtree(c.catalog.warehouse / "db" / "orders")
            told.mark("removed", rows=before)
            wait_for("a new table", lambda: c.rows("db.orders"), 120)
            sent = sum(f.end() for f in feeders)
            wait_for("all is committed", lambda: outcomes(c)[-2:] == ["empty"] * 2 or (
                outcomes(c)[-1] in ("empty", "running") and outcomes(c)[-2] == "empty"), 120)
            rows = c.rows("db.orders")
            told.mark("quiet", sent=sent, rows=rows, before=before)
            assert sent > before + rows, f"nothing was lost: {sent} sent, {before} in the table before, {rows} in this one"
            told.finding("IT-L02", subject="table db.orders", deadline=60)
            told.wait("what is in no table any more is counted", lambda t: value(
                rows_by(t["connectors"], "connector")["orders-sink"]["lost_rows"]) == sent - rows, 60)
            told.wait_lag("nothing waits", lambda: 0)
            told.silent(but=("IT-L01", "IT-L02", "IT-L03", *PASSING))


@soak
@lasts(120)
def a_control_topic_is_made_again(icetop):
    """Below the offsets of the table's last snapshot nothing is committed any more: files are written for nobody."""
    with Connect("1.11.0", brokers={"auto.create.topics.enable": "false"}) as c:
        feeders = fed(c, interval=6000, timeout=5000)
        settled(c)
        with Told(icetop, c, name="remade-1.11.0", about="The control topic is deleted and made again: its offsets are lower than "
                  "those of the table's snapshots.") as told:
            told.wait("the table", lambda t: value(t["iceberg_tables"][0]["rows"]))
            told.silent()
            c.kafka.delete_topic(CONTROL)
            c.kafka.topic(CONTROL, 1)
            told.mark("made again", rows=c.rows("db.orders"))
            c.ask("/connectors/orders-sink/restart?includeTasks=true&onlyFailed=false", "POST")
            seen = len(outcomes(c))
            wait_for("cycles go on", lambda: len(outcomes(c)) >= seen + 3, 240)
            told.finding("IT-K04", deadline=60)
            sent = sum(f.end() for f in feeders)
            told.mark("end", sent=sent, rows=c.rows("db.orders"))
