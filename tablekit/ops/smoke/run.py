"""A whole run: every table, role, alarm and access pattern, at once, and everything cleaned up after."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from functools import partial

from tablekit.client import Clients, Connection, NoCredentialsError, UnreachableError
from tablekit.contract import Contract, ContractError, family_of
from tablekit.model.catalogue import Catalogue
from tablekit.model.errors import did_you_mean
from tablekit.model.family import Family
from tablekit.model.staged import Account, StagedFamily
from tablekit.ops.drift import DEPLOY, Problem, commands, deployment
from tablekit.ops.interrupts import signals_as_interrupts, signals_ignored
from tablekit.ops.live.stage import Check, account_checks, family_checks
from tablekit.ops.signed_http import SignedHttpClient
from tablekit.ops.smoke.cleanup import CleanupRegistry
from tablekit.ops.smoke.dataplane import Runner, listen
from tablekit.ops.smoke.outcomes import Outcome, Plane, SmokeReport, Status
from tablekit.ops.stages import StageSettings

CONCURRENCY = 32
BUDGET_SECONDS = 20.0

Job = Callable[[], Outcome]


@dataclass(frozen=True)
class Plan:
    """What a run checks, and how.

    families, patterns: those to check, all where none is named; a pattern is `name` or `family/name`.
    planes: control (the stage against its declaration), data (access patterns run), or both.
    budget: seconds that a read is waited for until it is consistent.
    """

    families: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    planes: frozenset[Plane] = frozenset({"control", "data"})
    read_only: bool = False
    concurrency: int = CONCURRENCY
    budget: float = BUDGET_SECONDS


def run(
    contract: Contract,
    catalogue: Catalogue,
    settings: StageSettings,
    clients: Clients,
    plan: Plan,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> SmokeReport:
    """Check the stage. progress: takes how many checks are done, and of how many.

    What the run wrote is deleted before this ends, however it ends: by an error, SIGINT, SIGTERM or SIGHUP as well.

    Raises ContractError for names that are not there, UnreachableError and NoCredentialsError where nothing can be
    checked, and KeyboardInterrupt, whose arguments are the signal and what could not be deleted.
    """
    started = time.monotonic()
    families = _chosen(contract, catalogue, plan)
    regions = {contract.families[family.key].region for family in families}
    senders = {region: SignedHttpClient(clients, region) for region in sorted(regions)}
    # 40 bits: short in a key, and no two runs have the same.
    name = f"smoke{secrets.token_hex(5)}"
    registry = CleanupRegistry()
    runner = Runner(contract.stage, name, int(time.time()), plan.budget, registry, senders, plan.read_only)
    jobs = _data_jobs(contract, families, clients, plan, runner) if "data" in plan.planes else []
    if "control" in plan.planes and not plan.patterns:
        jobs += _control_jobs(contract, catalogue, families, settings, clients, not plan.families)
    if not jobs:
        raise ContractError("nothing to check: access patterns are of the data plane; leave out --plane control")
    outcomes: list[Outcome] = []
    left: list[str] = []
    with signals_as_interrupts(), ThreadPoolExecutor(plan.concurrency) as pool:
        futures: list[Future[Outcome]] = [pool.submit(job) for job in jobs]
        try:
            for future in as_completed(futures):
                outcomes.append(future.result())
                progress(len(outcomes), len(futures))
        except KeyboardInterrupt as interrupt:
            left = _stop(pool, registry)
            raise KeyboardInterrupt(*interrupt.args, *(left or ["the run's items are deleted"])) from None
        except (UnreachableError, NoCredentialsError) as error:
            raise type(error)("; ".join([str(error), *_stop(pool, registry)])) from None
        finally:
            left = _stop(pool, registry)
            for sender in senders.values():
                sender.close()
    order = {key: number for number, key in enumerate(catalogue.families)}
    outcomes.sort(key=lambda each: order.get(each.family, len(order)))  # a stable sort: as they came within a family
    return SmokeReport(
        contract.stage,
        plan.read_only,
        plan.concurrency,
        time.monotonic() - started,
        tuple(outcomes),
        settings.unchecked,
        tuple(left),
        commands((repair for each in outcomes for repair in each.repairs), contract.stage),
    )


def _stop(pool: ThreadPoolExecutor, registry: CleanupRegistry) -> list[str]:
    """Let no more begin, wait for what runs, and delete what was written; gives what could not be."""
    with signals_ignored():
        registry.stopping.set()
        pool.shutdown(wait=True, cancel_futures=True)
        return registry.clean()


def _chosen(contract: Contract, catalogue: Catalogue, plan: Plan) -> list[Family]:
    """The families to check. Raises ContractError for a family or a pattern that is not there."""
    for key in plan.families:
        family_of(contract, key)
    families = [catalogue.family(key) for key in contract.families if not plan.families or key in plan.families]
    known = {name for family in families for name in family.patterns}
    known |= {f"{family.key}/{name}" for family in families for name in family.patterns}
    for name in plan.patterns:
        if name not in known:
            raise ContractError(
                f"no access pattern {name!r} in {', '.join(family.key for family in families)}"
                f"{did_you_mean(name, known)}; name it as <family>/<pattern>"
            )
    return families


def _data_jobs(contract: Contract, families: list[Family], clients: Clients, plan: Plan, runner: Runner) -> list[Job]:
    connection = Connection(contract, clients)
    jobs: list[tuple[bool, Job]] = []
    for family in families:
        tables = connection.family(family.key)
        listen(tables.client)
        jobs += [
            (pattern.reads, partial(runner.check, tables, family, name))
            for name, pattern in family.patterns.items()
            if not plan.patterns or {name, f"{family.key}/{name}"} & set(plan.patterns)
        ]
    # Writes first: each is many calls, one after the other, and the last one to begin would be waited for.
    return [job for _, job in sorted(jobs, key=lambda each: each[0])]


def _control_jobs(
    contract: Contract,
    catalogue: Catalogue,
    families: list[Family],
    settings: StageSettings,
    clients: Clients,
    whole: bool,
) -> Iterator[Job]:
    stage = settings.config
    checks: list[Check] = []
    staged: list[StagedFamily] = []
    if whole and settings.from_file:
        checks.append(Check("stage", "families", "", partial(_family_problems, contract, settings)))
    accounts: dict[str, Account] = {}
    for declared in families:
        exported = contract.families[declared.key]
        checks.append(Check(declared.key, "outputs", "", partial(_output_problems, contract, declared)))
        staged.append(family := StagedFamily(declared, stage, catalogue))
        account = accounts[family.region] = _account([table.arn for table in exported.tables.values()])
        checks += family_checks(clients, family, settings, account, exported)
    if whole:
        checks += account_checks(clients, settings, accounts, staged)
    return (partial(_control, stage.stage, check) for check in checks)


def _control(stage: str, check: Check) -> Outcome:
    started = time.monotonic()
    problems = check.run()
    status: Status = "passed" if not problems else "failed" if any(each.judged for each in problems) else "not judged"
    lines = tuple(problem.text for problem in problems)
    repairs = commands((repair for problem in problems for repair in problem.repairs), stage)
    taken = time.monotonic() - started
    return Outcome(check.family, "control", check.name, status, lines, "", taken, repairs=repairs)


def _family_problems(contract: Contract, settings: StageSettings) -> list[Problem]:
    expected, found = set(settings.config.families), set(contract.families)
    missing = [f"family {key!r}: configured, and not in the outputs" for key in sorted(expected - found)]
    missing += [f"family {key!r}: in the outputs, and not configured" for key in sorted(found - expected)]
    return [Problem(text, (DEPLOY,)) for text in missing]


def _output_problems(contract: Contract, family: Family) -> list[Problem]:
    """Whether the outputs are of this declaration: another's patterns would be run, or none."""
    exported = contract.families[family.key]
    problems = []
    for kind, found, expected in (
        ("table", set(exported.tables), {table.name for table in family.tables}),
        ("access pattern", set(exported.access_patterns), set(family.patterns)),
        ("role", set(exported.roles), {role.name for role in family.roles}),
    ):
        advice = f"were the outputs made by another version? {deployment(contract.stage, DEPLOY)}"
        problems += [f"{kind} {name!r}: declared, not in the outputs; {advice}" for name in sorted(expected - found)]
        problems += [f"{kind} {name!r}: in the outputs, not declared; {advice}" for name in sorted(found - expected)]
    for name, pattern in family.patterns.items():
        there = exported.access_patterns.get(name)
        texts = (pattern.table, pattern.index, pattern.operation, pattern.key, pattern.filter, pattern.condition)
        if there and texts != (
            there.table, there.index, there.operation, there.key_condition, there.filter, there.condition
        ):  # fmt: skip
            advice = deployment(contract.stage, DEPLOY)
            problems.append(f"access pattern {name!r}: the outputs have another version of it: {advice}")
    return [Problem(text, (DEPLOY,)) for text in problems]


def _account(arns: list[str]) -> Account:
    _, partition, _, _, account, *_ = (*arns[0].split(":"), *[""] * 6)[:6] if arns else ("", "aws", "", "", "", "")
    return Account(account, partition)
