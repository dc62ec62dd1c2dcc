"""`tablekit drift`: what was changed on AWS behind a stage's stack, and what puts it right."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from tablekit.client import Clients
from tablekit.model.catalogue import Catalogue
from tablekit.model.staged import Account, staged_families
from tablekit.ops.drift import DEPLOY, REFRESH, RUNBOOK, Problem, commands, deployment
from tablekit.ops.errors import BAD, OK, UNDECIDED
from tablekit.ops.live.describe import account_of
from tablekit.ops.live.stage import Check, account_checks, family_checks
from tablekit.ops.output import counted
from tablekit.ops.report import Judged, Report, Sentence, Sign
from tablekit.ops.stages import StageSettings

AT_ONCE = 32


@dataclass(frozen=True)
class Found:
    """An object of the stage with one thing that differs from the declaration, or could not be read."""

    family: str
    object: str
    problem: Problem

    @property
    def repaired_by(self) -> str:
        """update: by a deployment alone. hand: by a command that no deployment stands for. nothing, unread: by none."""
        if not self.problem.judged:
            return "unread"
        if not self.problem.repairs:
            return "nothing"
        return "update" if set(self.problem.repairs) <= {REFRESH, DEPLOY} else "hand"


def look(
    clients: Clients,
    settings: StageSettings,
    catalogue: Catalogue,
    only: Sequence[str] = (),
    progress: Callable[[int, int], None] = lambda *_: None,
) -> tuple[int, list[Found]]:
    """How many objects of the stage were compared, and what differs. only: these families, and nothing of the account.

    Raises UnreachableError and NoCredentialsError.
    """
    families = {
        key: family for key, family in staged_families(settings.config, catalogue).items() if not only or key in only
    }
    regions = {family.region for family in families.values()}
    owner = account_of(clients, min(regions))
    accounts: dict[str, Account] = dict.fromkeys(regions, owner)
    checks: list[Check] = []
    for family in families.values():
        checks += family_checks(clients, family, settings, owner)
    if not only:
        checks += account_checks(clients, settings, accounts, families.values())
    found: list[Found] = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        results = pool.map(lambda check: check.run(denial_fails=False), checks)
        for done, (check, problems) in enumerate(zip(checks, results, strict=True), 1):
            found += [Found(check.family, check.name, problem) for problem in problems]
            progress(done, len(checks))
    return len(checks), found


def report(stage: str, objects: int, found: Sequence[Found], unchecked: Sequence[str]) -> Report:
    """What a person, a GitHub issue or a program reads of it."""
    drifted = [each for each in found if each.problem.judged]
    unread = [each for each in found if not each.problem.judged]
    signs = {
        "update": Judged(deployment(stage), Sign.CAUTION),
        "hand": Judged("by hand", Sign.BAD),
        "nothing": Judged("by no command", Sign.BAD),
    }
    rows = [
        (each.family, each.object, Sentence(each.problem.text), signs[each.repaired_by])
        for each in sorted(drifted, key=lambda each: (list(signs).index(each.repaired_by), each.family, each.object))
    ]
    repairs = commands((repair for each in drifted for repair in each.problem.repairs), stage)
    code = BAD if drifted else UNDECIDED if unread else OK
    touched = len({(each.family, each.object) for each in drifted})
    things = counted(len(drifted), "thing")
    return Report(
        title=f"Drift of stage {stage}",
        summary=f"Stage {stage}: {touched} of {objects} objects are not as declared, in {things}.",
        verdict={OK: "as declared", UNDECIDED: "as declared, but not all could be read"}.get(code, "not as declared"),
        exit_code=code,
        columns=("family", "object", "what differs", "repaired by"),
        rows=rows,
        notes=list(_notes(drifted, unread, repairs, unchecked)),
        data={
            "version": 1,
            "stage": stage,
            "exitCode": code,
            "objects": objects,
            "differences": [
                {"family": each.family, "object": each.object, "text": each.problem.text}
                | {"repairedBy": each.repaired_by, "repairs": commands(each.problem.repairs, stage)}
                for each in drifted
            ],
            "repairs": repairs,
            "unread": [f"{each.family} {each.object}: {each.problem.text}" for each in unread],
            "notCompared": list(unchecked),
        },
    )


def _notes(
    drifted: Sequence[Found], unread: Sequence[Found], repairs: Sequence[str], unchecked: Sequence[str]
) -> Iterator[tuple[str, list[str]]]:
    if repairs:
        numbered = [f"{number}. {command}" for number, command in enumerate(repairs, 1)]
        yield f"To repair it, in this order ({RUNBOOK}):", numbered
    for by, heading in (
        ("hand", "What no deployment repairs, and the commands above do:"),
        ("nothing", f"What no command repairs ({RUNBOOK}):"),
    ):
        if lines := [f"{each.family} {each.object}: {each.problem.text}" for each in drifted if each.repaired_by == by]:
            yield heading, lines
    if unread:
        yield "Not read:", [f"{each.family} {each.object}: {each.problem.text}" for each in unread]
    if unchecked:
        yield "Not compared:", list(unchecked)
