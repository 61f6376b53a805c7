"""What is wrong, in words: `explain`, `check`, and findings as rows."""

import json

from world import cli, expect


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
