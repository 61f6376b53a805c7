"""icetop drift: events of a file against a reference, and the reference that a file makes."""

import gzip
import json
import random

from world import cli, expect


def events(path, seed, shift=0.0, cities=("north", "south"), n=2000):
    draw = random.Random(seed)
    rows = [{"amount": round(draw.gauss(100 + shift, 15), 3), "city": draw.choice(cities), "age": draw.randint(18, 80)} for _ in range(n)]
    path.write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    return path


def make(w):
    """A file, and its reference."""
    first, ref = events(w.tmp / "first.ndjson", 1), w.tmp / "ref.json"
    got = w.run("drift", "reference", "save", "--file", str(first), "-o", str(ref))
    expect(got, 0)
    assert not got[1] and not got[2], got
    return first, ref


def compare(w, path, ref, status, *args):
    got = w.run("drift", *args, "--file", str(path), "--reference", str(ref), "--format", "json")
    expect(got, status)
    return {t: found["rows"] for t, found in json.loads(got[1])["tables"].items()}, got[2]


@cli
def events_like_their_reference_are_well(w):
    _, ref = make(w)
    assert json.loads(ref.read_text(encoding="utf-8"))
    found, said = compare(w, events(w.tmp / "again.ndjson", 2), ref, 0)
    assert {(r["feature"], r["state"]) for r in found["features"]} == {("amount", "OK"), ("city", "OK"), ("age", "OK")}, found
    assert not said, said
    # The same from standard input, gzip or not.
    want = [(r["feature"], r["score"], r["line"]) for r in found["features"]]
    packed = w.tmp / "again.ndjson.gz"
    packed.write_bytes(gzip.compress((w.tmp / "again.ndjson").read_bytes()))
    for line in (f"--file - <{w.tmp}/again.ndjson", f"--file - <{packed}", f"--file {packed}"):
        got = w.shell(f"$I drift --reference {ref} --format json {line}")
        expect(got, 0)
        assert [(r["feature"], r["score"], r["line"]) for r in json.loads(got[1])["tables"]["features"]["rows"]] == want, line
    got = w.shell(f"$I drift reference save --file - <{w.tmp}/first.ndjson")
    expect(got, 0, '"amount"')


@cli
def events_that_drifted_are_named(w):
    _, ref = make(w)
    later = events(w.tmp / "later.ndjson", 3, shift=30)
    found, _ = compare(w, later, ref, 2, "features", "datasets", "feature_bins")
    rows = {r["feature"]: r for r in found["features"]}
    assert rows["amount"]["state"] == "DRIFT" and rows["amount"]["score"] > rows["amount"]["line"], rows["amount"]
    assert rows["city"]["state"] == rows["age"]["state"] == "OK", rows
    assert found["features"][0]["feature"] == "amount", found["features"][0]
    of = found["datasets"][0]
    assert (of["drifted"], of["features"], of["worst"], of["rows"], of["bad"]) == (1, 3, "amount", 2000, 0), of
    assert of["window"] == "2,000 rows" and of["reference"] == str(ref) and of["topic"] == str(later), of
    assert len([r for r in found["feature_bins"] if r["feature"] == "amount"]) == 10, found["feature_bins"]
    got = w.run("drift", "--file", str(later), "--reference", str(ref), "--where", 'state == "DRIFT"', "--columns", "feature,state", "--format", "csv")
    expect(got, 2)
    assert got[1].split() == ["feature,state,_q", "amount,DRIFT,"] or got[1].split() == ["feature,state", "amount,DRIFT"], got
    # Short of drift: a category that was not there, in a few rows.
    few = w.tmp / "few.ndjson"
    few.write_text(events(w.tmp / "x", 4).read_text(encoding="utf-8").replace('"south"', '"east"', 40), encoding="utf-8")
    found, _ = compare(w, few, ref, 1)
    assert {r["feature"]: r["state"] for r in found["features"]}["city"] == "UNSEEN", found


@cli
def lines_that_are_no_events_are_counted(w):
    _, ref = make(w)
    good = events(w.tmp / "good.ndjson", 5).read_text(encoding="utf-8")
    torn = w.tmp / "torn.ndjson"
    torn.write_text(f'{{"amount": 1\n\n[\n{good}{{"x": "{"y" * 5000000}"}}\n{{"amount": 99, "ci', encoding="utf-8")
    found, said = compare(w, torn, ref, 1, "datasets")
    assert found["datasets"][0]["bad"] == 4 and found["datasets"][0]["rows"] == 2000, found
    assert "torn.ndjson: 4 of 2004 lines could not be read" in said, said


@cli
def what_cannot_be_judged_is_said(w):
    first, ref = make(w)
    few = events(w.tmp / "few", 1, n=5)
    empty, junk, other, broken = (w.tmp / n for n in ("empty", "junk", "other.json", "broken.gz"))
    empty.write_bytes(b"")
    junk.write_bytes(bytes(range(256)) * 20)
    other.write_text('{"no": "reference"}', encoding="utf-8")
    broken.write_bytes(gzip.compress(first.read_bytes())[:-500])
    for line, words in [
        ("", ["--file FILE"]),
        (f"--file {w.tmp}/nowhere", ["nowhere: No such file"]),
        (f"--file {w.tmp}", ["it is a directory"]),
        (f"--file {empty} --reference {ref}", ["there are no events"]),
        (f"--file {junk} --reference {ref}", ["lines could not be read"]),
        (f"--file {broken} --reference {ref}", ["broken.gz: the end of what is packed is damaged or missing"]),
        (f"--file {first}", ["NO-REF"]),
        (f"--file {first} --reference {w.tmp}/nowhere", ["nowhere"]),
        (f"--file {first} --reference {other}", ["other.json"]),
        (f"--file {first} --reference {empty}", ["empty"]),
        (f"groups --file {first}", ['"groups"', "datasets, features"]),
        (f"--file {first} --format yaml", ["json, ndjson"]),
        (f"--file {first} --where nonsense>1", ["nonsense"]),
        (f"--file {first} -b x:1", ["--bootstrap-server means nothing to icetop drift"]),
        (f"reference --file {first}", ["reference save"]),
        (f"reference save --file {first} --format csv", ["--format means nothing"]),
        (f"reference save --file {empty} -o {w.tmp}/none.json", ["there are no events"]),
        (f"reference save --file {few} -o {w.tmp}/none.json", ["5 events are too few", "50 are wanted", "--force"]),
        (f"--file {first} --reference {few}", ["few: 5 events; 50 are wanted"]),
        (f"--file {first} --force", ["--force is of icetop drift reference save"]),
        (f"--file {first} --whole --window 1h", ["--whole and --window"]),
        (f"--file {first} --window 1x", ["--window", "is not a duration"]),
        (f"--file {first} --method mmd", ["--method", "allowed: psi, ks"]),
        (f"--file {first} --threshold -1", ["--threshold", "no threshold"]),
        (f"--file {first} --feature a..b", ["byte 3: a name is expected"]),
        (f"--file {first} --feature {{path:", ["--feature"]),
        (f"--file {first} --feature {{name:1}}", ["--feature", "allowed:"]),
        (f"--file {first} --dataset d", ["there is no configuration file"]),
        (f"--file {first} --config x", ["--dataset"]),
        ("--file - --reference -", ["both standard input"]),
        (f"--dataset d --reference {ref}", ["--file FILE"]),
        (f"reference save --file {first} -o {w.tmp}/no/such.json", ["such.json"]),
    ]:
        expect(w.run("drift", *line.split()), 3, *words)
    assert not (w.tmp / "none.json").exists()
    # No byte of a reference acts on the terminal that it is told on.
    other.write_text('{"icetop_drift_reference": 1, "features": [{"name": "a\\u001b[2Jb", "method": "x"}]}', encoding="utf-8")
    got = w.run("drift", "--file", str(first), "--reference", str(other))
    expect(got, 3, "[2Jb", "\"method\"")
    assert "\x1b" not in got[2], got
    # Blanks alone are looked at once.
    other.write_bytes(b" " * (64 * 1024 * 1024 + 1))
    expect(w.run("drift", "--file", str(first), "--reference", str(other)), 3, "67108865 bytes, more than 67108864")
    expect(w.run("snapshot", "--file", str(first)), 2, "--file means nothing to icetop snapshot")


def of(found, table="features", key="feature"):
    return {r[key]: r for r in found[table]}


@cli
def options_say_what_is_looked_at(w):
    first, ref = make(w)
    later = events(w.tmp / "later.ndjson", 3, shift=30)
    found, _ = compare(w, later, ref, 0, "--feature", "age")
    assert set(of(found)) == {"age"}, found
    # By another method than the reference's, of each type's own; what does not suit a type leaves it as it was.
    found, _ = compare(w, later, ref, 2, "--method", "ks", "--threshold", "0.05")
    rows = of(found)
    assert (rows["amount"]["method"], rows["city"]["method"]) == ("K-S D", "Jensen-Shannon"), rows
    found, _ = compare(w, later, first, 1, "--feature", "{path: amount, method: wasserstein, threshold: 3}", "--feature", "{path: age, type: category}", "--label", "city")
    rows = of(found)
    assert (rows["amount"]["method"], rows["amount"]["state"], rows["city"]["role"]) == ("Wasserstein / sd", "RANGE", "label"), rows
    assert rows["age"]["type"] == "category", rows


@cli
def events_may_be_the_reference(w):
    first, ref = make(w)
    packed = w.tmp / "first.gz"
    packed.write_bytes(gzip.compress(first.read_bytes()))
    later = events(w.tmp / "later.ndjson", 3, shift=30)
    def lines(found):  # of sketches, each of which leaves out other values
        return [(r["feature"], r["method"], round(r["score"], 1), round(r["line"], 2)) for r in found["features"]]

    want = lines(compare(w, later, ref, 2)[0])
    for other in (first, packed):
        found, said = compare(w, later, other, 2)
        assert lines(found) == want and not said, (want, lines(found), said)
    # A reference may be packed as well, and spread over lines.
    packed.write_bytes(gzip.compress(json.dumps(json.loads(ref.read_text(encoding="utf-8")), indent=1).encode()))
    assert lines(compare(w, later, packed, 2)[0]) == want
    # By default: of more than 1,000 rows distances, of fewer p-values.
    found, _ = compare(w, later, first, 2)
    assert {f: r["method"] for f, r in of(found).items()} == {"amount": "Wasserstein / sd", "age": "Wasserstein / sd", "city": "Jensen-Shannon"}, found
    found, _ = compare(w, later, events(w.tmp / "short", 1, n=500), 2)
    assert {f: r["method"] for f, r in of(found).items()} == {"amount": "K-S p", "age": "K-S p", "city": "z p"}, found


@cli
def windows_are_judged_one_by_one(w):
    rows = [json.loads(line) for line in events(w.tmp / "day.ndjson", 6, n=4800).read_text(encoding="utf-8").splitlines()]
    for i, r in enumerate(rows):
        r |= {"at": 1700006400 + i * 15, "age": 0 if 2400 <= i < 2640 else r["age"]}  # 20 hours, the tenth without ages
    day = w.tmp / "day.ndjson"
    day.write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    line = ("drift", "--file", str(day), "--time", "at", "--utc")
    got = w.run(*line, "datasets", "features", "--window", "1h", "--format", "json")
    expect(got, 2, "20 windows, 1 drifted", "the worst is 2023-11-15 10:00:00 to 2023-11-15 11:00:00")
    found = {t: f["rows"] for t, f in json.loads(got[1])["tables"].items()}
    assert found["datasets"][0]["worst"] == "age" and found["datasets"][0]["window"] == "1 h", found["datasets"]
    assert {f: r["state"] for f, r in of(found).items()} == {"amount": "OK", "city": "OK", "age": "DRIFT"}, found
    # A cohort of one row is told though all features are well.
    rows[4000]["city"] = None
    day.write_text("".join(json.dumps(r | {"age": 40 + i % 9}) + "\n" for i, r in enumerate(rows)), encoding="utf-8")
    got = w.run(*line, "cohorts", "--cohort", "city", "--window", "4h", "--format", "json")
    expect(got, 1, "5 windows, 1 marked, 3 well, 1 that could not be judged")
    assert [(r["level"], r["state"]) for r in json.loads(got[1])["tables"]["cohorts"]["rows"] if r["state"] != "OK"] == [("null", "ONE")], got[1]


@cli
def datasets_of_the_configuration_hold_for_files(w):
    first, ref = make(w)
    conf = w.home / "icetop.yaml"
    conf.write_text(f"""clusters:
  k: {{bootstrap: 'nowhere:1', properties: {{sasl.password: {{file: /nonexistent}}}}}}
datasets:
  payments: {{topic: t, features: [{{path: amount, method: hellinger}}, {{path: city, name: town}}], label: age, cohorts: [city], window_rows: 1000}}
  kept: {{topic: t, cluster: k, reference_file: {ref.name}, window_rows: 2000, method: tv}}
  told: {{report: r.json}}
""", encoding="utf-8")
    ref.rename(w.home / ref.name)
    later = events(w.tmp / "later.ndjson", 3, shift=30)
    line = ("drift", "--config", str(conf), "--file", str(later), "--format", "json")
    got = w.run(*line, "--dataset", "kept")
    expect(got, 2)
    rows = of({"features": json.loads(got[1])["tables"]["features"]["rows"]})
    assert {f: r["method"] for f, r in rows.items()} == dict.fromkeys(("amount", "city", "age"), "total variation"), rows
    assert (rows["amount"]["state"], rows["amount"]["dataset"]) == ("DRIFT", "kept"), rows
    got = w.run(*line, "--dataset", "payments", "--reference", str(first), "features", "cohorts")
    expect(got, 2, "2 windows, 2 drifted")
    tables = json.loads(got[1])["tables"]
    assert {(r["feature"], r["role"], r["method"]) for r in tables["features"]["rows"]} == {
        ("age", "label", "Wasserstein / sd"), ("amount", "feature", "Hellinger"), ("town", "feature", "Jensen-Shannon")}, tables["features"]
    assert {r["level"] for r in tables["cohorts"]["rows"]} == {"north", "south"}, tables["cohorts"]
    # What the command line says is over it.
    got = w.run(*line, "--dataset", "payments", "--reference", str(first), "--whole", "--feature", "age", "--label", "city", "--method", "linf")
    expect(got, 0)
    assert {(r["feature"], r["role"], r["method"]) for r in json.loads(got[1])["tables"]["features"]["rows"]} == {
        ("city", "label", "L-infinity"), ("age", "feature", "L-infinity")}, got[1]
    for name, words in [("paiments", ['did you mean "payments"', "allowed: payments, kept, told"]), ("told", ["the report of another tool"])]:
        expect(w.run(*line, "--dataset", name), 3, *words)
