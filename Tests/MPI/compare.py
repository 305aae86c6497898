"""Two summaries of one study: every number of the second within a tolerance of the first's.

    compare.py FIRST SECOND TOLERANCE

The tolerance is relative to the larger of the two and of 1. What names the run (device, host, time) is left out. It prints the
largest difference, and exits with 1 where one is too large or the summaries have other keys.
"""

import json
import math
import sys

OF_THE_RUN = {"computation", "provenance", "created", "runtime_seconds", "device", "host"}


def numbers(node, path=""):
    if isinstance(node, dict):
        for key, value in node.items():
            if key not in OF_THE_RUN:
                yield from numbers(value, f"{path}.{key}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from numbers(value, f"{path}[{index}]")
    else:
        yield path, node


def difference(a, b):
    if isinstance(a, (int, float)) and isinstance(b, (int, float)) and not isinstance(a, bool):
        if a == b:
            return 0.0
        return abs(a - b) / max(abs(a), abs(b), 1.0)
    return 0.0 if a == b else math.inf


def main():
    first, second = ({path: value for path, value in numbers(json.load(open(name)))} for name in sys.argv[1:3])
    if first.keys() != second.keys():
        sys.exit(f"other keys: {sorted(first.keys() ^ second.keys())[:5]}")
    if sum(isinstance(value, float) for value in first.values()) < 3:
        sys.exit("hardly any number in the summary")
    worst, path = max((difference(first[path], second[path]), path) for path in first)
    print(f"{worst:.1e}")
    if not worst <= float(sys.argv[3]):
        sys.exit(f"{path}: {first[path]} and {second[path]}")


main()
