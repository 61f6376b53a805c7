"""Live tests of references: one is saved from a topic, and one that a dataset has made is there after a restart."""

import json
import subprocess

from drift import BEGIN_MS, ROWS, TABLES, Model, configure, end_of, send, text_of, zeros
from kafka import Kafka, wait_for
from suite import check, live
from told import Heard, value

SETTINGS = {"topic": "model", "window": "30m", "late": "0s", "cohorts": ["region"]}


def save(icetop, config, path, *words):
    return subprocess.run([icetop, "drift", "reference", "save", "--config", config, "-o", path, *words], capture_output=True, text=True, check=False)


@live
def a_reference_is_saved_from_a_topic(icetop):
    with Kafka(extra=[("num.partitions", 1)]) as k:
        config, path = configure(k, "saved", {"model": SETTINGS, "few": {**SETTINGS, "min_rows": 5 * ROWS}}), k.dir / "saved.json"
        done = save(icetop, config, path, "--dataset", "model", "--deadline", "3")
        assert done.returncode == 3 and "no whole window" in done.stderr and not path.exists(), done
        model = Model(1, [None] * 4)
        for at in range(3):
            send(k, "model", text_of(model.part(at)))
        done = save(icetop, config, path, "--dataset", "model", "--deadline", "60")
        check("status", (done.returncode, done.stderr), (0, ""))
        found = json.loads(path.read_text())
        check("what it is of", [found[n] for n in ("dataset", "cluster", "topic", "rows", "from_ms", "to_ms", "offsets")], [
            "model", "east", "model", ROWS, BEGIN_MS, end_of(0), [{"partition": 0, "first": 0, "next": ROWS}]])
        check("features", {f["name"] for f in found["features"]},
              {"prediction", "label", "features.age", "features.amount", "features.city", "features.spent", "region"})
        check("levels", {level["level"] for level in found["cohorts"][0]["levels"]}, {"a", "b", "c"})
        done = save(icetop, config, path, "--dataset", "few", "--deadline", "5")
        assert done.returncode == 3 and f"{5 * ROWS} events or more" in done.stderr, done
        done = save(icetop, config, path, "--dataset", "few", "--deadline", "60", "--force")
        check("forced", (done.returncode, done.stderr), (0, ""))


class Run:
    """A collector whose history, and what is kept beside it, is in a directory."""

    def __init__(self, icetop, config, directory, *words):
        self.heard = Heard(icetop, "--config", config, "--history", directory / "history.db", *words, tables=(*TABLES, "events"))

    def __enter__(self):
        self.heard.__enter__()
        return self.heard

    def __exit__(self, *how):
        return self.heard.__exit__(*how)


def window_of(at):
    def ended(tables):
        rows = [r for r in tables["datasets"] if value(r["window_end"]) == end_of(at)]
        return rows and {n: value(v) for n, v in rows[0].items()}
    return ended


@live
def a_reference_is_there_after_a_restart(icetop):
    with Kafka(extra=[("num.partitions", 1)]) as k:
        model, kept = Model(1, [None, None, zeros, None, None, None]), k.dir / "references"
        configs = {how: configure(k, how, {"model": {**SETTINGS, "back": "1h", "reference": how}}) for how in ("first", "previous", "trailing")}
        for at in range(2):
            send(k, "model", text_of(model.part(at)))
        made = {}
        for how, config in configs.items():
            with Run(icetop, config, k.dir) as heard:
                heard.wait(f"window 1, {how}", window_of(1))
                wait_for(f"the reference is kept, {how}", (kept / f"model.{how}.json").exists)
            found = json.loads((kept / f"model.{how}.json").read_text())
            check(f"topic of what is kept, {how}", (found["cluster"], found["topic"], found["rows"]), ("east", "model", 2 * ROWS if how == "trailing" else ROWS))
            made[how] = found["made_ms"]
        # From here on the topic is read from its end, so that all that is known of it is what was kept.
        for how in configs:
            configs[how] = configure(k, how, {"model": {**SETTINGS, "reference": how}})
        runs = {how: Run(icetop, config, k.dir) for how, config in configs.items()}
        open_runs = {how: run.__enter__() for how, run in runs.items()}
        try:
            for how, heard in open_runs.items():
                heard.wait(f"the topic is read, {how}", lambda t: any(value(r["source"]) == "drift:model" and value(r["state"]) == "ok" for r in t["sources"]))
            send(k, "model", text_of(model.part(2)))
            for how, heard in open_runs.items():
                row = heard.wait(f"window 2, {how}", window_of(2))
                check(f"{how}", (row["state"], row["worst"], row["reference_made"]), ("DRIFT", "features.age", made[how]))
        finally:
            for run in runs.values():
                run.__exit__(None, None, None)
        # What is damaged is put aside and said, and what is of another topic is not taken.
        (kept / "model.first.json").write_text('{"icetop_drift')
        with Run(icetop, configs["first"], k.dir) as heard:
            heard.wait("it is said", lambda t: any("model.first.json.aside-" in (value(r["text"]) or "") for r in t["events"]))
            wait_for("it is aside", lambda: list(kept.glob("model.first.json.aside-*")))
        # Nothing is kept where there is no history.
        subprocess.run(["rm", "-r", kept], check=True)
        with Heard(icetop, "--config", configure(k, "none", {"model": {**SETTINGS, "back": "1h"}}), tables=TABLES) as heard:
            heard.wait("window 2 again", window_of(2))
        assert not kept.exists()
