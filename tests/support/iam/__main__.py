"""`python -m tests.support.iam`: computes the matrix of every stage and prints its figures, then what differs."""

from __future__ import annotations

import sys

from tests.policies.program import EVERYTHING, STAGES
from tests.support.iam.deployed import deployment
from tests.support.iam.matrix import on_parameters, on_tables

if __name__ == "__main__":
    plain = [deployment(stage) for stage in STAGES]
    whole = [deployment(stage, **EVERYTHING) for stage in STAGES]
    reports = [on_tables(each) for each in (*plain, *whole)]
    reports += [on_parameters(each) for each in (*plain, *whole)]
    print(*reports, sep="\n")
    differing = [f"{kind} {text}" for each in reports for kind in ("leaks", "missing") for text in getattr(each, kind)]
    print(f"all: {sum(each.cells for each in reports)} cells, {len(differing)} differ")
    print(*differing[:50], sep="\n", end="\n" if differing else "")
    sys.exit(1 if differing else 0)
