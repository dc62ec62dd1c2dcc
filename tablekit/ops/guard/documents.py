"""A plan and a state as the engine writes them: only the fields that the guard judges by, the rest is passed over."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from tablekit.model.documents import DocumentError, json_object
from tablekit.ops.errors import GuardError
from tablekit.ops.files import standard_input

TABLE: Final = "aws:dynamodb/table:Table"
PROVIDER: Final = "pulumi:providers:aws"
OPS: Final = {
    "same", "create", "update", "delete", "replace", "create-replacement", "delete-replaced", "read",
    "read-replacement", "refresh", "discard", "discard-replaced", "remove-pending-replace", "import",
    "import-replacement",
}  # fmt: skip
"""The engine's operations (its StepOp)."""

WRITE_PLAN: Final = "pulumi preview --json --show-sames > plan.json"
WRITE_STATE: Final = "pulumi stack export > state.json"


class Read(BaseModel):
    """Base of what is read from the engine: camelCase names, fields that are not judged are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel, populate_by_name=True)


class Resource(Read):
    """A resource as the state has it, and as a plan's oldState and newState do."""

    urn: str
    type: str
    id: str = ""
    inputs: dict[str, Any] | None = None
    outputs: dict[str, Any] | None = None
    provider: str | None = None
    protect: bool = False
    retain_on_delete: bool = False
    ignore_changes: list[str] = []
    replace_on_changes: list[str] = []
    deleted_with: str | None = None
    delete: bool = False
    pending_replacement: bool = False
    external: bool = False
    property_dependencies: dict[str, Any] | None = None
    """What a program registers of each property; a resource that came in by `pulumi import` alone has none."""

    @property
    def actual(self) -> Mapping[str, Any]:
        """The properties that were read; what was asked for only where nothing was.

        They differ where the AWS plugin leaves alone what it is asked to change: the state then has both.
        """
        return self.outputs or self.inputs or {}

    @property
    def options(self) -> frozenset[str]:
        """The options by which the engine treats a table otherwise than its declaration says."""
        deleted = [f"deletedWith: {self.deleted_with}"] if self.deleted_with else []
        # Replicas are no part of a table's declaration: ignored, they stay, and else the AWS plugin deletes them.
        ignored = [f"ignoreChanges: {path}" for path in self.ignore_changes if path != "replicas"]
        return frozenset([*deleted, *ignored, *(f"replaceOnChanges: {path}" for path in self.replace_on_changes)])

    @property
    def is_table(self) -> bool:
        """Whether it is a table that the stack owns; one that is only read is not."""
        return self.type == TABLE and not self.external


class Step(Read):
    """One step of a plan."""

    op: str
    urn: str
    old_state: Resource | None = None
    new_state: Resource | None = None
    diff_reasons: list[str] | None = None
    replace_reasons: list[str] | None = None

    @property
    def state(self) -> Resource | None:
        """The resource, before or after."""
        return self.new_state or self.old_state


class Diagnostic(Read):
    """What the preview had to say. severity: `error`, `warning`, `info`, `info#err`, …"""

    message: str = ""
    severity: str = ""
    urn: str | None = None


class Plan(Read):
    """What `pulumi preview --json` prints. source: the file, for messages."""

    source: str = ""
    config: dict[str, Any] | None = None
    steps: list[Step] = Field(default=[])
    diagnostics: list[Diagnostic] | None = None


class PendingOperation(Read):
    """An operation that an update began and did not end."""

    type: str
    resource: Resource


class Deployment(Read):
    """What a state holds."""

    resources: list[Resource] | None = None
    pending_operations: list[PendingOperation] | None = Field(default=None, alias="pending_operations")


class State(Read):
    """What `pulumi stack export` prints. source: the file, for messages."""

    source: str = ""
    deployment: Deployment

    @property
    def resources(self) -> list[Resource]:
        """All resources; none where nothing was deployed yet."""
        return self.deployment.resources or []


M = TypeVar("M", Plan, State)


def read_plan(file: Path) -> Plan:
    """The plan in the file, `-` for standard input. Raises GuardError."""
    content = _object(file, WRITE_PLAN)
    if "deployment" in content and "steps" not in content:
        raise GuardError(f"{_name(file)}: a state, not a plan; are the two files swapped? Write it with: {WRITE_PLAN}")
    if not {"steps", "changeSummary"} & content.keys():
        raise GuardError(f"{_name(file)}: not a plan, it has no steps; write it with: {WRITE_PLAN}")
    plan = _validated(Plan, file, content, WRITE_PLAN)
    for step in plan.steps:
        if step.op not in OPS:
            raise GuardError(
                f"{plan.source}: {step.urn}: the operation {step.op[:40]!r} is unknown to this guard, so it can't "
                "judge the plan; update tablekit, or preview with an engine of the project's version"
            )
    return plan


def read_state(file: Path) -> State:
    """The state in the file, `-` for standard input. Raises GuardError."""
    content = _object(file, WRITE_STATE)
    if "deployment" not in content:
        what = "a plan, not a state; are the two files swapped?" if "steps" in content else "not a state:"
        raise GuardError(f"{_name(file)}: {what} it has no deployment; write it with: {WRITE_STATE}")
    return _validated(State, file, {**content, "deployment": content["deployment"] or {}}, WRITE_STATE)


def _name(file: Path) -> str:
    return "standard input" if str(file) == "-" else str(file)


def _object(file: Path, written_by: str) -> dict[str, Any]:
    name = _name(file)
    try:
        return json_object(standard_input() if str(file) == "-" else file.read_bytes())
    except OSError as error:
        raise GuardError(f"{name}: {error.strerror or error}; write it with: {written_by}") from None
    except DocumentError as error:
        raise GuardError(f"{name}: {error}; write it with: {written_by}") from None


def _validated(model: type[M], file: Path, content: dict[str, Any], written_by: str) -> M:
    try:
        return model.model_validate({**content, "source": _name(file)})
    except ValidationError as error:
        raise GuardError(f"{_name(file)}: {first_problem(error)}; write it with: {written_by}") from None


def first_problem(error: ValidationError) -> str:
    """Where the first finding is and what it says; not the value, which may be the whole file or a secret."""
    problem = error.errors(include_url=False, include_input=False, include_context=False)[0]
    where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in problem["loc"]).lstrip(".")
    return f"{where}: {problem['msg'][:1].lower()}{problem['msg'][1:]}"
