"""`python -m tests.support.iam`: computes the matrix of every stage and prints its figures, then what differs."""

from __future__ import annotations

import sys

from tests.support.iam import parameters
from tests.support.iam.deployed import EVERYTHING, STAGES, deployment
from tests.support.iam.matrix import report, world


def main() -> int:
    """0 where what is allowed is what was declared."""
    resources = world()
    reports = [report(deployment(stage), resources) for stage in STAGES]
    reports.append(report(deployment("prod", **EVERYTHING), resources))
    reports[-1].stage = "prod with every option"
    for published in (False, True):
        made = [deployment(stage, publishParameters=published) for stage in STAGES]
        reports += [parameters.report(each, published) for each in made]
    for each in reports:
        print(each.line())
    print(
        f"all: {sum(each.cells for each in reports)} cells, {sum(len(each.leaks) for each in reports)} leaks, "
        f"{sum(len(each.missing) for each in reports)} missing"
    )
    differing = [f"{kind} {text}" for each in reports for kind in ("leaks", "missing") for text in getattr(each, kind)]
    print(*differing[:50], sep="\n", end="\n" if differing else "")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
