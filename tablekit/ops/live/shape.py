"""What is on AWS, as a file: shapes of tables and names of what stands around them, never an item.

    {"version": 1, "stage": "prod", "family": "content-ai", "account": "111122223333", "taken": "2026-11-27T19:00:00Z",
     "tables": [{"table": "Projects", "inputs": {"name": "Projects", "region": "eu-west-2", "hashKey": "id", …},
                 "status": "ACTIVE", "items": 12, "bytes": 3400, "policy": null, "scaled": [], "unread": {}}],
     "roles": ["…"], "topics": ["…"], "alarms": ["…"], "unread": {}}

`inputs` has the names of `tablekit.resources`: what is compared with what is expected. A table that is not there has
none.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from tablekit.model.explain import explain
from tablekit.ops.errors import LiveError

ANONYMOUS: Final = "000000000000"
"""Stands for every account's id in a file that is handed on."""


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LiveTable(_Shape):
    """A table as AWS describes it. table: its logical name, or its own where no family has it.

    inputs: empty where it is not there. items, bytes: as DescribeTable counts, some hours old. policy: its resource
    policy. scaled: the dimensions that autoscaling changes. unread: what could not be read, and why.
    """

    table: str
    inputs: dict[str, Any] = {}
    status: str = ""
    items: int = 0
    bytes: int = 0
    policy: str | None = None
    scaled: tuple[str, ...] = ()
    unread: dict[str, str] = {}

    @property
    def there(self) -> bool:
        """Whether AWS has it."""
        return bool(self.inputs)


class Live(_Shape):
    """What one look found. taken: UTC. roles, topics, alarms: those of the stage's names that are there.

    Among the roles stand their inline policies, as `role:policy`.
    """

    version: Literal[1] = 1
    stage: str
    family: str
    account: str
    taken: str
    tables: tuple[LiveTable, ...]
    roles: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    alarms: tuple[str, ...] = ()
    unread: dict[str, str] = {}

    def text(self, anonymous: bool = False) -> str:
        """As JSON. anonymous: without account ids."""
        whole = self.model_dump_json(indent=2)
        return f"{whole.replace(self.account, ANONYMOUS) if anonymous else whole}\n"


def read(file: Path) -> Live:
    """A saved look. Raises LiveError."""
    try:
        return Live.model_validate_json(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise LiveError(f"{file}: {error.strerror}; give a file of `tablekit live describe --save`") from None
    except ValidationError as error:
        raise LiveError(explain(str(file), error, Live) + "; give a file of `tablekit live describe --save`") from None
    except UnicodeDecodeError:
        raise LiveError(f"{file}: not a text; give a file of `tablekit live describe --save`") from None
