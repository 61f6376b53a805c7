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
        (f"reference save --file {first} -o {w.tmp}/no/such.json", ["such.json"]),
    ]:
        expect(w.run("drift", *line.split()), 3, *words)
    assert not (w.tmp / "none.json").exists()
    expect(w.run("snapshot", "--file", str(first)), 2, "--file means nothing to icetop snapshot")
