"""Queryable lag of the demo's sinks, against the truth: the end of the log less the rows that are in the table."""

import json

from world import cli, expect

TABLES = {"connect-returns-sink": "shop.returns", "connect-shipments-sink": "shop.shipments"}


def documents(text):
    decoder, at, found = json.JSONDecoder(), 0, []
    while text[at:].strip():
        at += len(text[at:]) - len(text[at:].lstrip())
        document, at = decoder.raw_decode(text, at)
        found.append({name: table["rows"] for name, table in document["tables"].items()})
    return found


@cli
def what_is_queryable_is_what_the_table_has(w):
    got = w.run("--demo", "snapshot", "-d", "2", "-n", "8", "--format", "json", "queryable_partitions", "iceberg_tables", "groups")
    expect(got, 0)
    known, first = {group: 0 for group in TABLES}, {}
    for tables in documents(got[1]):
        rows = {r["table"]: r["rows"] for r in tables["iceberg_tables"]}
        groups = {r["group"]: r for r in tables["groups"] if isinstance(r["group"], str)}
        for group, table in TABLES.items():
            parts = [r for r in tables["queryable_partitions"] if r["group_id"] == group]
            assert all(r["table"] == table for r in parts), parts
            if not rows.get(table) or any(r["queryable_lag"] is None or "queryable_lag_q" in r for r in parts):
                continue
            queryable = sum(r["queryable_offset"] for r in parts)
            start = first.setdefault(group, queryable - rows[table])  # before the sink's time
            assert queryable - rows[table] == start, (table, rows[table], parts)
            settled = all(r["queryable_lag"] == r["end"] - r["queryable_offset"] for r in parts)
            if not settled:  # the table has been read since the ends were
                continue
            known[group] += 1
            truth = sum(r["end"] for r in parts) - start - rows[table]
            assert groups[group]["queryable_lag"] == truth, (truth, groups[group])
    assert first["connect-returns-sink"] == 0, first  # its topic is the demo's own
    assert all(known.values()), known
