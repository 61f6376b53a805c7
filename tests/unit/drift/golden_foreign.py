#!/usr/bin/env python3
"""Writes tests/data/drift/foreign: what Evidently and whylogs say of one small data set, and what their own Python
interfaces say that it means.

    pip install pandas==2.2.3 numpy==2.0.2 PACKAGE==VERSION     (numpy 1.26.4 for whylogs), each in a venv of its own
    golden_foreign.py legacy|snapshot|alibi|whylogs     for evidently 0.4 to 0.6, evidently 0.7, alibi-detect, whylogs

Where an answer is in a file NAME.json or NAME.bin, NAME.expected.json is what the test compares it to. The data are made
of integer arithmetic alone, so that every run makes the same."""

import json
import math
import pathlib
import sys
import tempfile
import warnings
from datetime import datetime, timezone

import pandas as pd

OUT = pathlib.Path(__file__).resolve().parents[2] / "data" / "drift" / "foreign"
N_REF, N_CUR = 300, 240
ODD = 'odd,method=PSI)" \u00fc'


def draw(seed, n, top):
    """n numbers 0 to top - 1 (the minimal standard generator of Park and Miller)."""
    out = []
    for _ in range(n):
        seed = seed * 16807 % 2147483647
        out.append(seed % top)
    return out


def frame(seed, n, current):
    bell = [sum(d) for d in zip(*(draw(seed + i, n, 1000) for i in range(6)))]
    regions = ["north", "south", "west"] + (["moon"] if current else ["east"])
    return pd.DataFrame(
        {
            "age": [0 if current else 18 + v for v in draw(seed + 10, n, 70)],  # breaks
            "income": [v / 7 for v in bell],  # stays
            "shifted": [v / 100 + (6 if current else 0) for v in bell],
            "flat": [1.5] * n,
            "one": ["same"] * n,
            "empty": pd.Series([None] * n, dtype=float),
            "half": [None if v < (50 if current else 5) else v * 1.25 for v in draw(seed + 11, n, 100)],
            "region": [regions[v] for v in draw(seed + 12, n, len(regions))],
            ODD: [float(v) for v in draw(seed + 13, n, 40)],
        }
    )


REF, CUR = frame(20250101, N_REF, False), frame(777, N_CUR, True)


def plain(v):
    """JSON without bare NaN: what is not finite becomes a text."""
    if isinstance(v, dict):
        return {str(k): plain(x) for k, x in v.items()}
    if isinstance(v, (list, tuple)):
        return [plain(x) for x in v]
    if isinstance(v, bool) or v is None or isinstance(v, (str, int)):
        return v
    v = float(v)
    return v if math.isfinite(v) else "NaN" if math.isnan(v) else "Infinity" if v > 0 else "-Infinity"


def write(name, raw, expected):
    OUT.mkdir(parents=True, exist_ok=True)
    path = OUT / name
    path.write_bytes(raw if isinstance(raw, bytes) else raw.encode())
    text = json.dumps(plain(expected), indent=1, ensure_ascii=False, sort_keys=True)
    path.with_name(path.stem + ".expected.json").write_text(text + "\n", encoding="utf-8")
    print(path, len(raw), "bytes")


def legacy():
    import evidently
    from evidently.metric_preset import DataDriftPreset
    from evidently.metrics import ColumnDriftMetric
    from evidently.report import Report
    from evidently.test_preset import DataDriftTestPreset
    from evidently.test_suite import TestSuite

    drop = ["empty"]  # a column without values ends the whole report with a ValueError
    ref, cur = REF.drop(columns=drop), CUR.drop(columns=drop)
    report = Report(
        [
            DataDriftPreset(per_column_stattest={"shifted": "psi", "one": "chisquare", ODD: "anderson"}),
            ColumnDriftMetric(column_name="income", stattest="wasserstein"),
        ]
    )
    report.run(reference_data=ref, current_data=cur)
    said = report.as_dict()
    columns = [dict(c, table=True) for c in said["metrics"][1]["result"]["drift_by_columns"].values()]
    columns.append(dict(said["metrics"][2]["result"], table=False))
    write(
        f"evidently-{evidently.__version__}.json",
        report.json(),
        {"version": evidently.__version__, "dataset": said["metrics"][0]["result"], "columns": columns},
    )
    suite = TestSuite([DataDriftTestPreset()])
    suite.run(reference_data=ref, current_data=cur)
    tested = [t["parameters"] for t in suite.as_dict()["tests"] if "column_name" in t["parameters"]]
    write(f"evidently-{evidently.__version__}-suite.json", suite.json(), {"columns": tested})


def snapshot():
    import evidently
    from evidently import Report
    from evidently.metrics import MissingValueCount, RowCount, UniqueValueCount, ValueDrift
    from evidently.presets import DataDriftPreset

    drop = ["empty"]
    ref, cur = REF.drop(columns=drop), CUR.drop(columns=drop)
    report = Report(
        [
            DataDriftPreset(per_column_method={"shifted": "psi", "one": "chisquare", ODD: "anderson"}),
            ValueDrift(column="income", method="wasserstein", threshold=0.2),
            MissingValueCount(column="half"),
            UniqueValueCount(column="region"),
            RowCount(),
        ],
        include_tests=True,
    )
    result = report.run(cur, ref)
    drifts = []
    for metric in result._context._metrics.values():
        config = metric.metric_value_location.metric.params
        if config["type"].endswith(":ValueDrift"):
            test = next(t for t in metric.tests if t.id == "drift")
            drifts.append(
                {
                    "feature": config["column"],
                    "value": metric.value,
                    "description": test.description,
                    "drifted": test.status.value == "FAIL",
                }
            )
    expected = {
        "drifts": drifts,
        "rows": len(cur),
        "half": {"count": int(cur["half"].isna().sum()), "share": float(cur["half"].isna().mean())},
        "region": {k: int(v) for k, v in cur["region"].value_counts().items()},
    }
    name = f"evidently-{evidently.__version__}"
    write(f"{name}.json", result.json(), expected)


def alibi():
    """The predictions alone: they are what they mean."""
    import alibi_detect
    import numpy as np
    from alibi_detect.base import NumpyEncoder
    from alibi_detect.cd import KSDrift

    detector = KSDrift(REF[["age", "income", "shifted"]].to_numpy(), p_val=0.05)
    for kind in ("batch", "feature"):
        said = detector.predict(CUR[["age", "income", "shifted"]].to_numpy(), drift_type=kind)
        raw = json.dumps(said, cls=NumpyEncoder)
        (OUT / f"alibi-{alibi_detect.__version__}-{kind}.json").write_text(raw + "\n")
    assert np.isscalar(said["data"]["threshold"])


def whylogs():
    import whylogs
    from whylogs.core.schema import DatasetSchema
    from whylogs.core.segmentation_partition import segment_on_column

    made = datetime(2026, 3, 4, 5, 6, 7, tzinfo=timezone.utc)
    data = CUR.assign(flag=[i % 3 == 0 for i in range(N_CUR)], whole=[v - 40 for v in CUR["age"]])
    many = draw(99, 200000, 60000)  # enough for sketches to estimate
    data = data.reindex(range(20000)).assign(many=[v / 4 for v in many[:20000]], word=[f"w{int(v * v / 4e6)}" for v in many[:20000]])
    profile = whylogs.log(data)
    profile.profile().set_dataset_timestamp(made)
    view = profile.view()
    view._creation_timestamp = made
    view._metadata = {"team": "risk"}
    columns = {}
    for name, column in view.get_columns().items():
        summary = column.to_summary_dict()
        for key in [k for k in summary if k.startswith("frequent_items")]:
            summary[key] = [[i.value, i.est, i.upper, i.lower] for i in summary[key]]
        columns[name] = summary
    write(
        f"whylogs-{whylogs.__version__}.bin",
        view.serialize(),
        {"columns": columns, "time_ms": int(made.timestamp() * 1000)},
    )
    with tempfile.TemporaryDirectory() as where:
        one = whylogs.log(CUR[["age", "region"]], schema=DatasetSchema(segments=segment_on_column("region")))
        one.writer("local").option(base_dir=where).write()
        (moon,) = pathlib.Path(where).glob("*_moon.bin")
        (OUT / f"whylogs-{whylogs.__version__}-segment.bin").write_bytes(moon.read_bytes())


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    {"legacy": legacy, "snapshot": snapshot, "alibi": alibi, "whylogs": whylogs}[sys.argv[1]]()
