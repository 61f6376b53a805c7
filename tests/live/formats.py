"""Live tests of datasets whose records are no JSON: Avro, tensors, a detector's answers, and what is in no encoding that is read."""

import json
import pathlib
import shutil
import subprocess

from kafka import Kafka
from suite import live
from told import Heard, value

EVENTS = pathlib.Path(__file__).resolve().parent.parent / "data/drift/events"
ANSWER = {"model_name": "income-drift", "outputs": [{"name": "is_drift", "datatype": "INT64", "shape": ["1", "1"], "contents": {"int64Contents": ["1"]}}]}


def send(k, topic, *files, often=1):
    subprocess.run(["kcat", "-b", k.bootstrap, "-P", "-t", topic, *[str(f) for f in files] * often], check=True, timeout=120)


def write(k, name, data):
    path = k.dir / name
    path.write_bytes(data if isinstance(data, bytes) else json.dumps(data).encode())
    return path


def at(row, column):
    return value(row.get(column))


def rows(tables, table, dataset):
    return [r for r in tables[table] if at(r, "dataset") == dataset]


@live
def records_in_other_encodings_are_read_or_named(icetop):
    with Kafka(extra=[("num.partitions", 1)]) as k:
        schemas = k.dir / "schemas"
        schemas.mkdir()
        shutil.copy(EVENTS / "events.avsc", schemas / "7.avsc")
        tensors = write(k, "v2.json", {"inputs": [{"name": "x", "shape": [300, 2], "datatype": "FP64",
                                                   "data": [v for i in range(300) for v in (i * 31 % 83 / 2, i * i % 97)]}]})
        send(k, "container", EVENTS / "deflate.avro")
        send(k, "tensors", tensors)
        send(k, "detector", write(k, "answer.json", ANSWER), write(k, "no.json", {"is": "none"}))
        send(k, "protobuf", write(k, "protobuf", b"\x0a\x04test\x10\x07"), often=3)
        send(k, "plain", EVENTS / "plain.bin", often=60)
        send(k, "registry", EVENTS / "registry.bin", often=60)
        common = {"back": "1h", "window_rows": 50}
        path = k.dir / "formats.yaml"
        path.write_text(json.dumps({"clusters": {"east": {"bootstrap": k.bootstrap}}, "datasets": {
            "container": {"topic": "container", "format": "avro", **common},
            "tensors": {"topic": "tensors", "format": "tensors", **common},
            "detector": {"topic": "detector", "format": "detector", "back": "1h"},
            "protobuf": {"topic": "protobuf", **common},
            "plain": {"topic": "plain", "format": "avro", "schema": str(EVENTS / "events.avsc"), "features": [{"path": "features.age"}], **common},
            "registry": {"topic": "registry", "format": "avro", "schema": str(schemas), "features": [{"path": "features.plan"}], **common},
        }}))
        with Heard(icetop, "--config", path, tables=("sources", "datasets", "features", "feature_categories", "findings")) as heard:
            def well(tables):
                found = {at(r, "dataset"): r for r in tables["datasets"]}
                sources = {at(r, "source"): r for r in tables["sources"]}
                return {name: at(found[name], "rows") for name in ("container", "tensors", "plain") if name in found} == dict.fromkeys(
                    ("container", "tensors", "plain"), 50) and "detector" in found and at(found["detector"], "state") == "DRIFT" and \
                    "as protobuf does" in (at(sources["drift:protobuf"], "error") or "") and \
                    "id 258 is not known" in (at(sources["drift:registry"], "error") or "") and tables
            tables = heard.wait("all topics", well, 120)
            types = {at(r, "feature"): at(r, "type") for r in rows(tables, "features", "container")}
            assert types["features.income"] == "number" and types["features.plan"] == types["features.vip"] == "category", types
            assert {at(r, "category") for r in rows(tables, "feature_categories", "container") if at(r, "feature") == "features.plan"} <= {
                "FREE", "PRO", "TEAM"}
            assert {"x[0]", "x[1]"} == {at(r, "feature") for r in rows(tables, "features", "tensors")}, rows(tables, "features", "tensors")
            (detector,) = rows(tables, "datasets", "detector")
            assert (at(detector, "kind"), at(detector, "bad")) == ("seldon", 1), detector
            # The schema of an id that comes later is found.
            shutil.copy(EVENTS / "events.avsc", schemas / "258.avsc")

            def found(tables):
                send(k, "registry", EVENTS / "registry.bin", often=60)
                return [r for r in rows(tables, "datasets", "registry") if at(r, "rows") == 50] and tables
            tables = heard.wait("the schema of the id", found, 120)
            (plan,) = rows(tables, "feature_categories", "registry")
            assert at(plan, "category") == "PRO", plan
