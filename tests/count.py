"""Reads meson's testlog.json (one JSON object a line) and prints each test that is not OK, then "PASSED FAILED"."""

import json
import sys


def main():
    path, label = sys.argv[1:3]
    passed = failed = 0
    with open(path, encoding="utf-8") as log:
        for line in log:
            test = json.loads(line)
            if test["result"] in ("OK", "SKIP", "EXPECTEDFAIL"):
                passed += test["result"] != "SKIP"
                print(f"{'skip' if test['result'] == 'SKIP' else 'ok  '} {label}: {test['name']}")
            else:
                failed += 1
                print(f"FAIL {label}: {test['name']} ({test['result']})")
    print(passed, failed)
    return 0 if passed + failed else 1


if __name__ == "__main__":
    sys.exit(main())
