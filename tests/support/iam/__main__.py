"""`python -m tests.support.iam`: computes the matrix of every stage and prints its figures, then what differs.

`--both` asks the second judge the same, cell by cell, and what callers, tenants and denied writers ask (minutes).
"""

from __future__ import annotations

import sys

from tests.policies.program import EVERYTHING, STAGES
from tests.support.iam.callers import CALLERS
from tests.support.iam.deployed import Deployment, deployment
from tests.support.iam.matrix import cells, on_parameters, on_tables
from tests.support.iam.second import Comparison, Second, second_judge
from tests.support.tools import iam_simulate


def both(second: Second, title: str, stage: Deployment) -> Comparison:
    """A stage by both judges."""
    found = second.compare(cells(stage))
    print(f"{title}, second judge on tables and parameters: {found}", flush=True)
    for asked in CALLERS:
        more = second.compare(question for question, _ in asked(stage))
        print(f"{title}, second judge {asked.__name__.replace('_', ' ')}: {more}", flush=True)
        found += more
    return found


if __name__ == "__main__":
    plain = {stage: deployment(stage) for stage in STAGES}
    whole = {f"{stage} with every option": deployment(stage, **EVERYTHING) for stage in STAGES}
    stages = plain | whole
    reports = [report(each) for report in (on_tables, on_parameters) for each in stages.values()]
    print(*reports, sep="\n")
    differing = [f"{kind} {text}" for each in reports for kind in ("leaks", "missing") for text in getattr(each, kind)]
    print(f"all: {sum(each.cells for each in reports)} cells, {len(differing)} differ", flush=True)
    if "--both" in sys.argv[1:]:
        compared = Comparison()
        with second_judge(*iam_simulate()) as judge:
            for name, stage in stages.items():
                compared += both(judge, name, stage)
        print(f"all, second judge: {compared}")
        differing += compared.differences
    print(*differing[:50], sep="\n", end="\n" if differing else "")
    sys.exit(1 if differing else 0)
