"""What is wrong, in words: `explain`, `check`, and findings as rows."""

import json
import signal
import time

from sinks import warehouse
from world import cli, expect, wait_for


@cli
def findings_are_explained(w):
    listed = w.run("explain")
    expect(listed, 0, "IT-C01")
    ids = [line.split()[0] for line in listed[1].splitlines()]
    assert ids == sorted(set(ids)) and len(ids) > 1, ids
    assert {line.split()[1] for line in listed[1].splitlines()} <= {"critical", "warning", "info"}, listed
    pages = json.loads(w.run("explain", "--format", "json")[1])["findings"]
    assert [p["id"] for p in pages] == ids, pages
    one = w.run("explain", ids[1].lower())
    expect(one, 0, ids[1], "What to do")
    assert max(map(len, one[1].splitlines())) <= 80, one
    assert " ".join(pages[1]["todo"].split()) in " ".join(one[1].split()), (pages[1], one)
    expect(w.run("explain", ids[0], ids[1]), 0, ids[0], ids[1])
    got = w.run("explain", ids[0], "IT-X00", ids[0] + "0")
    expect(got, 2, 'no finding "IT-X00"', f'did you mean "{ids[0]}"?')
    assert not got[1], got
    expect(w.run("explain", "--format", "csv"), 2, "text or json")
    expect(w.run("explain", "-b", "x:1"), 2, "--bootstrap-server means nothing to icetop explain")


@cli
def a_check_is_for_people_and_for_programs(w):
    got = w.run("-b", w.b, "check")
    expect(got, 0, "OK kafka:default: ok")
    lines = got[1].splitlines()
    assert lines[0].startswith("OK ") and " | critical=0 " in lines[0] and not any("|" in line for line in lines[1:]), got
    document = json.loads(w.run("-b", w.b, "check", "--format", "json")[1])
    assert (document["status"], document["exit"]) == ("ok", 0), document
    assert [(s["source"], s["state"]) for s in document["sources"]] == [("kafka:default", "ok")], document
    got = w.run("-b", w.b, "check", "--format", "openmetrics")
    expect(got, 0, "icetop_check_status 0\n", 'icetop_source_up{source="kafka:default",kind="kafka",cluster="default"} 1\n')
    assert got[1].endswith("# EOF\n"), got
    document = json.loads(w.run("-b", "127.0.0.1:1", "check", "--deadline", "5", "--format", "json")[1])
    assert (document["status"], document["exit"]) == ("unknown", 3) and document["text"].startswith("UNKNOWN nothing could be reached: "), document
    for args, word in [(["--format", "csv"], "text, json, openmetrics"), (["--for", "soon"], "--for"), (["--for", "400d"], "--for")]:
        expect(w.run("-b", "x:1", "check", *args), 3, "UNKNOWN ", word)
    expect(w.run("-b", "x:1", "snapshot", "--for", "1s"), 2, "--for means nothing to icetop snapshot")


@cli
def a_check_can_watch_for_a_while(w):
    begun = time.monotonic()
    expect(w.run("-b", w.b, "check", "--for", "1500ms", "--deadline", "20"), 0, "OK kafka:default")
    assert time.monotonic() - begun >= 1.5, time.monotonic() - begun


@cli
def tables_are_marked_by_what_sets_compare(w):
    """And by something else once the configuration says so."""
    path, conf = warehouse(w), w.home / "icetop.yaml"

    def configure(by):
        conf.write_text(f"catalogs: {{wh: {{warehouse: '{path}', interval: 500ms}}}}\nhistory: {{enabled: false}}\n"
                        f"consistency: {{pair: {{tables: [db.orders, wh/db.other], by: '{by}'}}}}\n", encoding="utf-8")

    configure("summary:operation")
    expect(w.run("--config", str(conf), "config"), 0, "consistency:\n  pair:\n    tables: [db.orders, wh/db.other]", '    by: summary:operation ')
    p = w.start("--config", str(conf), "--socket", str(w.tmp / "s"), "collect")
    try:
        assert "listening" in p.stdout.readline()

        def marks():
            got = w.run(f"--attach={w.tmp}/s", "snapshot", "iceberg_tables", "--format", "json")
            return [r["marks"] for r in json.loads(got[1])["tables"]["iceberg_tables"]["rows"]] if got[0] == 0 else []

        wait_for("the first", lambda: marks() == ["summary:operation=append"])
        configure("summary:total-records")
        p.send_signal(signal.SIGHUP)
        wait_for("the second", lambda: any("summary:total-records=" in m for m in marks()))
        configure("last_commit")
        p.send_signal(signal.SIGHUP)
        wait_for("none", lambda: marks() == [None])
        expect(w.run(f"--attach={w.tmp}/s", "check"), 0, "OK nothing is wrong, 1 source read", "OK iceberg:wh: ok")
        expect(w.run(f"--attach={w.tmp}/none", "check"), 3, "UNKNOWN ", "/none")
    finally:
        p.terminate()
        p.communicate()


@cli
def a_check_says_what_is_wrong(w):
    one, two, conf = warehouse(w), warehouse(w, "idle-1.9.2", "wh2"), w.home / "icetop.yaml"
    conf.write_text(f"catalogs: {{a: {{warehouse: '{one}'}}, b: {{warehouse: '{two}'}}}}\n"
                    "consistency: {pair: {tables: [a/db.orders, b/db.orders], by: last_commit, within: 1s}}\n", encoding="utf-8")
    got = w.run("--config", str(conf), "check")
    expect(got, 1, "WARNING IT-T10 set pair: the tables of pair are out of step: the last commit of a/db.orders ", "\nOK iceberg:b: ok")
    assert got[1].startswith("WARNING 1 warning: the tables of pair are out of step: ") and " | critical=0 warnings=1 " in got[1], got
    got = w.run("--config", str(conf), "check", "--format", "json")
    expect(got, 1)
    document = json.loads(got[1])
    (finding,) = document["findings"]
    assert (document["status"], finding["id"], finding["subject"], len(finding["evidence"])) == ("warning", "IT-T10", "set pair", 2), document
    shown = finding["evidence"][0]
    found = w.run("--config", str(conf), "snapshot", shown["table"], "--where", shown["where"], "--format", "json")
    assert [r["table"] for r in json.loads(found[1])["tables"][shown["table"]]["rows"]] == ["db.orders"], (shown, found)
    expect(w.run("--config", str(conf), "check", "--format", "openmetrics"), 1,
           'icetop_finding{id="IT-T10",severity="warning",subject="set pair",cluster="a"} 1\n', "icetop_check_status 1\n")
    got = w.run("--config", str(conf), "snapshot", "findings", "finding_evidence", "--format", "json")
    tables = json.loads(got[1])["tables"]
    assert [r["id"] for r in tables["findings"]["rows"]] == ["IT-T10"] and len(tables["finding_evidence"]["rows"]) == 2, tables
    conf.write_text(conf.read_text(encoding="utf-8").replace("1s", "30d"), encoding="utf-8")
    expect(w.run("--config", str(conf), "check"), 0, "OK nothing is wrong, 2 sources read")
