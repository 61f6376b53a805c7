"""Datasets whose drift is watched: topics and other tools' reports."""

import contextlib
import json
import pathlib
import subprocess

from metrics import Exporter
from world import cli, expect, wait_for

REPORTS = pathlib.Path(__file__).resolve().parent.parent / "data/drift/foreign"


def rows(got, table):
    return {r["dataset"] if table == "datasets" else r["source"]: r for r in json.loads(got[1])["tables"][table]["rows"]}


@cli
def reports_of_other_tools_are_datasets(w):
    conf, half = w.home / "icetop.yaml", w.home / "half.json"
    half.write_text((REPORTS / "evidently-0.4.40.json").read_text(encoding="utf-8")[:300], encoding="utf-8")
    (w.home / "empty.json").write_text("", encoding="utf-8")
    conf.write_text(f"""datasets:
  income: {{report: '{REPORTS}/evidently-0.4.40.json'}}
  logs: {{report: '{REPORTS}/whylogs-1.6.4.bin'}}
  half: {{report: '{half}'}}
  empty: {{report: '{w.home}/empty.json'}}
  gone: {{report: '{w.home}/gone.json'}}
""", encoding="utf-8")
    got = w.run("--config", str(conf), "snapshot", "datasets", "sources", "--format", "json")
    expect(got, 3, "gone.json: No such file", "half.json: line 1, column 300", "empty.json")
    found, sources = rows(got, "datasets"), rows(got, "sources")
    assert (found["income"]["kind"], found["income"]["state"], found["income"]["worst"]) == ("evidently", "DRIFT", "age"), found
    assert (found["logs"]["kind"], found["logs"]["state"]) == ("whylogs", "NO-REF") and set(found) == {"income", "logs"}, found
    assert {s["state"] for n, s in sources.items() if n in ("drift:half", "drift:empty", "drift:gone")} == {"failed"}, sources
    got = w.run("--config", str(conf), "snapshot", "features", "--where", "dataset == 'income' and feature == 'age'", "--format", "json")
    (age,) = json.loads(got[1])["tables"]["features"]["rows"]
    assert (age["method"], age["state"], age["line"]) == ("K-S p_value", "DRIFT", 0.05), age


@cli
def topics_that_are_gone_or_denied_are_named(w):
    conf = w.home / "icetop.yaml"
    conf.write_text(f"""clusters:
  a: {{bootstrap: '{w.b}'}}
  b: {{bootstrap: '{w.b}', records: deny}}
datasets:
  none: {{cluster: a, topic: no-such-topic}}
  denied: {{cluster: b, topic: no-such-topic}}
""", encoding="utf-8")
    got = w.run("--config", str(conf), "snapshot", "sources", "--format", "json")
    found = rows(got, "sources")
    expect(got, 3, "no-such-topic does not exist", "records of cluster b are not to be looked at")
    assert (found["drift:none"]["state"], found["drift:denied"]["state"]) == ("failed", "failed"), found


@cli
def schemas_that_cannot_be_read_are_named(w):
    conf = w.home / "icetop.yaml"
    (w.home / "half.avsc").write_text('{"type": "record", "name": "E", "fields": [', encoding="utf-8")
    conf.write_text(f"""clusters:
  a: {{bootstrap: '{w.b}'}}
datasets:
  gone: {{topic: t, format: avro, schema: '{w.home}/gone.avsc'}}
  half: {{topic: t, format: avro, schema: '{w.home}/half.avsc'}}
  none: {{topic: t, format: avro, schema: '{w.home}'}}
""", encoding="utf-8")
    got = w.run("--config", str(conf), "snapshot", "sources", "--format", "json")
    expect(got, 3, "gone.avsc: No such file", "half.avsc: Avro schema: byte 43", f"{w.home}: no schema in it, as 1.avsc")
    assert got[2].count("gone.avsc") == 1, got[2]
    conf.write_text(f"""clusters:
  a: {{bootstrap: '{w.b}'}}
datasets:
  d: {{topic: t, schema: '{w.home}/half.avsc'}}
""", encoding="utf-8")
    expect(w.run("--config", str(conf), "snapshot", "sources"), 2, "datasets.d.schema", "allowed: with format: avro")


@cli
def what_befalls_the_model_of_the_demo_is_found(w):
    with w.start("demo-broker", "--sinks", "--datasets", "--ahead", "125", stdin=subprocess.PIPE) as demo:
        address, sections = demo.stdout.readline().split(" ", 2)[::2]
        told = {}

        def found():
            # Windows close with the events' time: what two of them in a row say is there once both were read.
            with w.start("-b", address, "--sections", sections, "snapshot", "findings", "datasets", "--format", "json") as p:
                tables = json.loads(p.communicate(timeout=120)[0])["tables"]
            told.update({(r["id"], r["subject"]): r["text"] for r in tables["findings"]["rows"]})
            return {("IT-D02", "feature churn-v3 > age"), ("IT-D08", "feature churn-v3 > plan"),
                    ("IT-D10", "cohort churn-v3 > region = null")} <= set(told) and tables["datasets"]["rows"]

        (dataset,) = wait_for("the story", found, 120)
        assert "family" in told["IT-D08", "feature churn-v3 > plan"], told
        assert "1 row only" in told["IT-D10", "cohort churn-v3 > region = null"], told
        assert not {s for i, s in told if i.startswith("IT-D") and s.split(" > ")[1] not in ("age", "plan", "score", "plan = family", "region = null")}, told
        assert (dataset["state"], dataset["bad"], dataset["late"]) == ("DRIFT", 0, 0), dataset
        demo.stdin.close()


DRIFT = """# TYPE evidently:data_drift:p_value gauge
evidently:data_drift:p_value{{dataset_name="bike",feature="temp",feature_type="num"}} 0.0125
evidently:data_drift:dataset_drift{{dataset_name="bike"}} 1
driftwatch_feature_drift_score{{feature="age",metric="psi"}} 0.31
"""


@cli
def gauges_of_drift_tools_are_datasets(w):
    with contextlib.closing(Exporter(DRIFT)) as e:
        got = w.run("--scrape", f"http://{e.place}/metrics", "snapshot", "datasets", "features", "--format", "json")
        expect(got, 0)
        tables = json.loads(got[1])["tables"]
        datasets = {r["kind"]: r for r in tables["datasets"]["rows"]}
        assert datasets["evidently"]["state"] == "DRIFT" and datasets["evidently"]["dataset"].endswith(f"/{e.place}/bike"), datasets
        found = {r["feature"]: (r["method"], r["score"], r["state"]) for r in tables["features"]["rows"]}
        assert found == {"temp": ("p_value", 0.0125, None), "age": ("psi", 0.31, None)}, found
