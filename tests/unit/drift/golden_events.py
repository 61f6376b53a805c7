#!/usr/bin/env python3
"""Writes tests/data/drift/events: events in Avro as fastavro encodes them, and what is in them.

    pip install fastavro==1.9.7
    golden_events.py

events.avsc is the schema of all; plain.bin is one record, registry.bin the same behind a 0 byte and the id 258, deflate.avro and
null.avro are object containers of all of them, and events.ndjson has each as JSON, as far as values of it can be paths."""

import datetime
import decimal
import io
import json
import math
import pathlib
import struct

import fastavro

OUT = pathlib.Path(__file__).resolve().parents[2] / "data" / "drift" / "events"
SCHEMA = {
    "type": "record", "name": "Scored", "namespace": "org.example", "fields": [
        {"name": "ts", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "features", "type": {"type": "record", "name": "Features", "fields": [
            {"name": "age", "type": ["null", "int"], "default": None},
            {"name": "income", "type": "double"},
            {"name": "ratio", "type": "float"},
            {"name": "region", "type": ["null", "string"]},
            {"name": "plan", "type": {"type": "enum", "name": "Plan", "symbols": ["FREE", "PRO", "TEAM"]}},
            {"name": "vip", "type": "boolean"},
            {"name": "price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}},
        ]}},
        {"name": "vector", "type": {"type": "array", "items": "double"}},
        {"name": "extra", "type": {"type": "map", "values": ["null", "long"]}},
        {"name": "rows", "type": {"type": "array", "items": {"type": "record", "name": "Row", "fields": [{"name": "x", "type": "int"}]}}},
        {"name": "code", "type": {"type": "fixed", "name": "Code", "size": 2}},
        {"name": "mix", "type": ["null", "long", "string"]},
        {"name": "prediction", "type": "double"},
        {"name": "label", "type": ["null", "boolean"]},
    ]}


def event(i):
    return {
        "ts": datetime.datetime.fromtimestamp(1795239600 + i, datetime.timezone.utc),
        "features": {
            "age": None if i % 17 == 3 else 18 + i * 7 % 60,
            "income": math.nan if i == 5 else math.inf if i == 6 else 1000.5 + i * i,
            "ratio": i / 8,
            "region": None if i % 11 == 0 else ["north", "s\u00fcd", 'we"st\\', "\t"][i % 4],
            "plan": ["FREE", "PRO", "TEAM"][i * i % 3],
            "vip": i % 5 == 0,
            "price": decimal.Decimal(i * 37 - 600).scaleb(-2),
        },
        "vector": [float(i), -0.25 * i, 3.0],
        "extra": {"a.b": i, "none": None},
        "rows": [{"x": k} for k in range(i % 3)],
        "code": bytes((0x41 + i % 20, 0x7A)),
        "mix": [None, i, f"t{i}"][i % 3],
        "prediction": i % 100 / 100,
        "label": None if i % 7 == 0 else i % 2 == 0,
    }


def as_json(e):
    out = dict(e, ts=round(e["ts"].timestamp() * 1000), rows=[], code=e["code"].decode())
    out["features"] = dict(e["features"], price=float(e["features"]["price"]))
    return json.dumps(out, ensure_ascii=False)


def plain(e):
    out = io.BytesIO()
    fastavro.schemaless_writer(out, SCHEMA, e)
    return out.getvalue()


def main():
    OUT.mkdir(exist_ok=True)
    events = [event(i) for i in range(300)]
    (OUT / "events.avsc").write_text(json.dumps(SCHEMA, indent=1) + "\n", encoding="utf-8")
    (OUT / "events.ndjson").write_text("".join(as_json(e) + "\n" for e in events), encoding="utf-8")
    (OUT / "plain.bin").write_bytes(plain(events[1]))
    (OUT / "registry.bin").write_bytes(b"\0" + struct.pack(">I", 258) + plain(events[1]))
    for codec in ("null", "deflate"):
        with open(OUT / f"{codec}.avro", "wb") as f:
            fastavro.writer(f, SCHEMA, events if codec == "deflate" else events[:20], codec=codec, sync_interval=4000,
                            sync_marker=b"0123456789abcdef")


main()
