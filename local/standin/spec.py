"""How a resource type is written down: data over boto3's operations.

A new type is one `ResourceType` in `catalog`. Texts in braces are templates: `{name}` is a property (an input, or an
output read so far), `{id}` the resource's id, and a text that is nothing but one template keeps the value's type.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from . import schema
from .codecs import PLAIN, TAGS, Codec
from .errors import ServiceError
from .values import Props

ALL = ("*",)
"""Every settable property that goes by its own name."""


@dataclass(frozen=True)
class Prop:
    """One property of a resource type.

    `aws` is where the service has it (a JMESPath into the record that is read; a name in the request), by default its
    own name with a capital. `default` is what the service has when it isn't given. `replace`: a change replaces;
    `falls`: a number in it that gets less does.
    `output`: only ever read. `computed`: the service chooses when it isn't given, so its absence asks for nothing.
    `kept`: the service never tells it back (a flag to the plugin), so the stack's state is all there is. `key`: entries
    of the list are known by this property, not by their position. `follows`: the inputs whose change gives this output
    another value. `planned`: what of a difference the real plugin plans, where that is less than there is. `along`: the
    list without whose change a change of this one is not planned.
    """

    name: str
    aws: str = ""
    codec: Codec = PLAIN
    default: Any = None
    replace: bool = False
    falls: bool = False
    output: bool = False
    computed: bool = False
    kept: bool = False
    key: str = ""
    follows: tuple[str, ...] = ()
    planned: Codec | None = None
    along: str = ""

    def __post_init__(self) -> None:
        if not self.aws:
            object.__setattr__(self, "aws", self.name[0].upper() + self.name[1:])

    def equal(self, wanted: Any, actual: Any) -> bool:
        """Whether two values mean the same, an absent one being the default."""
        return self._equal(self.codec, wanted, actual)

    def same(self, wanted: Any, actual: Any) -> bool:
        """Whether the plugin leaves the one for the other: what is not planned is not done either."""
        if wanted is None and self.computed:
            return True
        return self._equal(self.planned or self.codec, wanted, actual)

    def _equal(self, codec: Codec, wanted: Any, actual: Any) -> bool:
        wanted = self.default if wanted is None else wanted
        actual = self.default if actual is None else actual
        if wanted is None or actual is None:
            return wanted is actual or (not wanted and not actual)
        return codec.equal(wanted, actual)


@dataclass(frozen=True)
class Op:
    """One boto3 call: its arguments, the properties that go along, and where in the answer the record is.

    `gone`: errors that say that it isn't there, by code, or by code and the message's beginning. `shaped`: makes
    what this call takes of the properties' values.
    `parsed`: the member of the answer that is JSON as text.
    """

    method: str
    args: Mapping[str, Any] = field(default_factory=dict)
    sends: tuple[str, ...] = ()
    at: str = "@"
    gone: tuple[str, ...] = ()
    shaped: Callable[[Props], Props] | None = None
    parsed: str = ""

    def says_gone(self, error: ServiceError) -> bool:
        """Whether this error means that there is nothing."""
        return any(error.code == one or f"{error.code}: {error.message}".startswith(f"{one} ") for one in self.gone)


@dataclass(frozen=True)
class Step:
    """A call made when one of `props` changed (or, at creation, was given and `create` does not take it).

    `unset` is the call when none of them is wanted any more; `each` makes one call a changed property, with
    `{attribute}` and `{value}` in its arguments, or in their names.
    """

    props: tuple[str, ...]
    op: Op
    unset: Op | None = None
    each: bool = False
    at_creation: bool = False


@dataclass(frozen=True)
class Tagging:
    """How a type is tagged after its creation. `listing` is None where reading the resource gives its tags.

    `outlive`: the emulator keeps the tags of what is deleted, and gives them to the next one of that name. `named`: the
    argument that has them in the call that creates; `added`: in the one that adds some. What goes is `{keys}`, or
    `{pairs}`, which have no values.
    """

    tag: Op
    untag: Op
    listing: Op | None = None
    codec: Codec = TAGS
    outlive: bool = False
    named: str = "Tags"
    added: str = "Tags"


@dataclass(frozen=True)
class ResourceType:
    """A type: `service` is boto3's name, `id` and `import_id` are templates (and, read backwards, parsers).

    `named`: the property that gets a made-up name, after `name_prefix`. `there`: what to ask before `create` where the
    service answers that with what is there already; `exists`: the codes by which it says so. `marked`: a tag says who
    made it, so that it may be taken over. `requests`: the calls that make it, where they are more than `create` says.
    `tidy`: a last touch on what was read. `held`: output → template, of a type that the emulator lacks or fails over:
    the stack's state alone holds it, and `requests` says what AWS would be sent.
    """

    token: str
    service: str
    props: tuple[Prop, ...]
    id: str
    create: Op | None = None
    there: Op | None = None
    reads: tuple[Op, ...] = ()
    update: Op | None = None
    steps: tuple[Step, ...] = ()
    delete: Op | None = None
    tagging: Tagging | None = None
    named: str = ""
    import_id: str = ""
    exists: tuple[str, ...] = ()
    marked: bool = False
    checks: tuple[Callable[[Props], Any], ...] = ()
    requests: Callable[[Props], Iterable[tuple[str, Props]]] | None = None
    tidy: Callable[[Props], Props] | None = None
    name_prefix: str = ""
    held: Mapping[str, str] | None = None

    @cached_property
    def by_name(self) -> dict[str, Prop]:
        """The properties by their names."""
        return {prop.name: prop for prop in self.props}

    @cached_property
    def settable(self) -> tuple[Prop, ...]:
        """What the user may give."""
        return tuple(prop for prop in self.props if not prop.output)

    @cached_property
    def regional(self) -> bool:
        """Whether each resource is in a region."""
        return "region" in schema.of(self.token).inputs


_TEMPLATE = re.compile(r"\{(\w+)\}")


def fill(template: Any, scope: Mapping[str, Any]) -> Any:
    """A template with its names looked up; entries whose name has no value are left out."""
    if isinstance(template, str):
        whole = _TEMPLATE.fullmatch(template)
        if whole:
            return scope.get(whole[1])
        return _TEMPLATE.sub(lambda match: str(scope.get(match[1], "")), template)
    if isinstance(template, Mapping):
        filled = {fill(key, scope): fill(item, scope) for key, item in template.items()}
        return {key: item for key, item in filled.items() if item is not None}
    if isinstance(template, list):
        return [fill(item, scope) for item in template]
    return template


def unfill(template: str, text: str) -> dict[str, str]:
    """The names' values that make a template into this text; none if it doesn't fit."""
    names = _TEMPLATE.findall(template)
    first, *others = (re.escape(part) for part in _TEMPLATE.split(template)[::2])
    # The first is short and the next ones long: a separator may occur inside, as in `dynamodb/table/name/dimension`.
    pattern = first + "(.+?)" + "(.+)".join(others)
    match = re.fullmatch(pattern, text)
    return dict(zip(names, match.groups(), strict=True)) if match else {}
