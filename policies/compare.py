"""What is registered against what is expected: every difference, with both values."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final

from policies.resource import UNKNOWN, Secret, listed
from tablekit.model.naming import KEY_ID
from tablekit.resources import (
    ALARM,
    BUCKET,
    COMPOSITE_ALARM,
    EVENT_RULE,
    EVENT_TARGET,
    FUNCTION,
    KEY,
    LOG_GROUP,
    QUEUE,
    RESOURCE_POLICY,
    ROLE,
    SUBSCRIPTION,
    TABLE,
    TOPIC,
    VAULT,
    Expected,
)
from tablekit.resources.tables import INDEXES

PROVIDER_DEFAULTS: Final[Mapping[str, Mapping[str, Any]]] = {
    ALARM: {"actionsEnabled": True, "metricQueries[].returnData": False},
    BUCKET: {"forceDestroy": False},
    COMPOSITE_ALARM: {"actionsEnabled": True},
    QUEUE: {
        "contentBasedDeduplication": False,
        "delaySeconds": 0,
        "fifoQueue": False,
        "receiveWaitTimeSeconds": 0,
        "visibilityTimeoutSeconds": 30,
    },
    EVENT_RULE: {"eventBusName": "default", "forceDestroy": False},
    EVENT_TARGET: {"eventBusName": "default", "forceDestroy": False},
    FUNCTION: {
        "packageType": "Zip",
        "publish": False,
        "reservedConcurrentExecutions": -1,
        "skipDestroy": False,
    },
    KEY: {
        "bypassPolicyLockoutSafetyCheck": False,
        "customerMasterKeySpec": "SYMMETRIC_DEFAULT",
        "isEnabled": True,
        "keyUsage": "ENCRYPT_DECRYPT",
    },
    LOG_GROUP: {"skipDestroy": False},
    RESOURCE_POLICY: {"confirmRemoveSelfResourceAccess": False},
    ROLE: {"forceDetachPolicies": False, "maxSessionDuration": 3600, "path": "/"},
    SUBSCRIPTION: {"confirmationTimeoutInMinutes": 1, "endpointAutoConfirms": False, "rawMessageDelivery": False},
    TABLE: {"tableClass": "STANDARD"},
    VAULT: {"forceDestroy": False},
    TOPIC: {"contentBasedDeduplication": False, "fifoTopic": False, "maximumMessageSize": 262_144},
}
"""What the AWS plugin puts where nothing is given, by type and path; nobody chose it. The stand-in puts nothing."""

_STREAM: Final = re.compile(r'(:table/[^/"]+/stream/)\d{4}-\d\d-\d\dT[\d:.]+(?=")')
_KEY: Final = re.compile(r"(arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/)[0-9a-f-]{36}(?=\")")
_REVISION: Final = re.compile("[0-9a-f]{12}")
_LONGEST: Final = 1000


def differences(expected: Expected, found: Mapping[str, Any]) -> Iterator[str]:
    """Each input that is not as expected, as `path is …, expected …`; one that only the update will know is not.

    A part of a contract may not be known yet: AWS names the streams in it. What only AWS knows besides, a rule on the
    whole stack compares with the resource that it is an output of.
    """
    found = _without(found, expected.of_aws)
    inputs = _without(expected.inputs, expected.of_aws)
    for name in sorted({*inputs, *found}):
        wanted, given = inputs.get(name), found.get(name)
        kind = expected.texts.get(name)
        if name in expected.secret or isinstance(given, Secret):
            if wanted != given:
                yield f"{name} is not the one that the stage's settings have (a secret)"
        elif kind is None:
            yield from _values(name, wanted, given, PROVIDER_DEFAULTS.get(expected.type, {}))
        elif given is UNKNOWN:
            if kind == "policy":
                yield f"{name} is {given}, expected {_short(wanted)}"
        elif kind == "policy":
            yield from _policies(name, wanted, given)
        else:
            own_keys = KEY_ID in str(wanted)
            yield from _values(name, _contract(wanted, own_keys), _contract(given, own_keys), {})


def _without(inputs: Mapping[str, Any], paths: Iterable[str]) -> dict[str, Any]:
    """The inputs without what stands at these paths, each of one name or two."""
    left = dict(inputs)
    for name, _, inner in (path.partition(".") for path in paths):
        if not inner:
            left.pop(name, None)
        elif isinstance(value := left.get(name), Mapping):
            left[name] = {key: each for key, each in value.items() if key != inner}
    return left


def settled(expected: Expected, found: Mapping[str, Any], ignored: Collection[str]) -> Mapping[str, Any]:
    """The inputs with what AWS has moved as it is expected, where that is as far as it may be moved.

    ignored: the resource's ignored changes. What is ignored is what the state has, and of indexes only names, the
    beginning of their keys and projections can be relied upon: the AWS plugin gives them another place at each refresh,
    and then what they have more than the one that was there before is lost of these inputs. One that the state lacks is
    not there: drift says so.
    """
    inputs = dict(found)
    for name in {path.partition(".")[0] for path in expected.moves} & inputs.keys():
        if name == INDEXES:
            indexes = [_index(expected, index) for index in listed(inputs[name])]
            inputs[name] = _left_alone(expected, indexes) if name in ignored else indexes
        elif name in ignored or _within(expected.moves[name], inputs[name]):
            inputs[name] = expected.inputs[name]
    return inputs


def _within(bounds: tuple[int, int] | None, units: Any) -> bool:
    return bounds is not None and isinstance(units, int) and bounds[0] <= units <= bounds[1]


def _index(expected: Expected, index: Any) -> Any:
    wanted = {each["name"]: each for each in expected.inputs.get(INDEXES, ())}.get(_name(index))
    if wanted is None:
        return index
    moved = {
        side: wanted[side]
        for side in ("readCapacity", "writeCapacity")
        if _within(expected.moves.get(f"{INDEXES}.{wanted['name']}.{side}"), index.get(side))
    }
    return {**index, **moved}


def _name(index: Any) -> Any:
    return index.get("name") if isinstance(index, Mapping) else None


def _left_alone(expected: Expected, found: list[Any]) -> list[Any]:
    """The declared indexes, but for what is found and can't come of one of them."""
    wanted = {each["name"]: each for each in expected.inputs.get(INDEXES, ())}
    others = [index for index in found if not _comes_of(wanted.get(_name(index)), index)]
    return [*(index for name, index in wanted.items() if name not in map(_name, others)), *others]


def _comes_of(wanted: Mapping[str, Any] | None, found: Any) -> bool:
    if wanted is None:
        return False
    keys, include = listed(found.get("keySchemas")), set(listed(found.get("nonKeyAttributes")))
    return bool(
        wanted["projectionType"] == found.get("projectionType")
        and wanted["keySchemas"][: len(keys)] == keys
        and include <= set(wanted.get("nonKeyAttributes", ()))
    )


def _values(path: str, wanted: Any, given: Any, defaults: Mapping[str, Any]) -> Iterator[str]:
    if isinstance(wanted, dict) and isinstance(given, Mapping):
        for name in sorted({*wanted, *given}):
            yield from _values(f"{path}.{name}", wanted.get(name), given.get(name), defaults)
    elif isinstance(wanted, list) and isinstance(given, list) and len(wanted) == len(given):
        for place, (one, other) in enumerate(zip(wanted, given, strict=True)):
            yield from _values(f"{path}[{place}]", one, other, defaults)
    elif not _same(wanted, given) and not (
        wanted is None and _same(defaults.get(re.sub(r"\[\d+\]", "[]", path)), given)
    ):
        yield f"{path} is {_short(given)}, expected {_short(wanted)}"


def _same(one: Any, other: Any) -> bool:
    """Python takes True for 1."""
    return bool(one == other and isinstance(one, bool) is isinstance(other, bool))


def _policies(path: str, wanted: Any, given: Any) -> Iterator[str]:
    """Statements that one of two policy documents has and the other has not, by what they mean."""
    try:
        one, other = (_meaning(text) for text in (wanted, given))
    except (ValueError, AttributeError, TypeError, RecursionError) as error:
        yield f"{path} is {_short(given)}, which is not a policy document ({error}); expected {_short(wanted)}"
        return
    for statement in (other - one).elements():
        yield f"{path} is with {_short(statement)}, expected without"
    for statement in (one - other).elements():
        yield f"{path} is without {_short(statement)}, expected with"


def _meaning(document: Any) -> Counter[str]:
    """A policy document's statements and other elements, so that those of one meaning are one text.

    The order, one or many, a statement's Sid, and the case of actions and of conditions' keys mean nothing to IAM.
    """
    policy = json.loads(document, object_pairs_hook=_once)
    elements = Counter(json.dumps({name: value}) for name, value in policy.items() if name not in ("Statement", "Id"))
    return elements + Counter(json.dumps(_statement(each), sort_keys=True) for each in listed(policy.get("Statement")))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(found := dict(pairs)) < len(pairs):
        raise ValueError("an element is there twice")
    return found


def _lower(name: str) -> str:
    """IAM looks past the case of ASCII letters alone; Python takes others for some of them."""
    return name.lower() if name.isascii() else name


def _statement(given: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in given.items():
        if name in ("Action", "NotAction"):
            found[name] = sorted({_lower(action) for action in listed(value)})
        elif name in ("Resource", "NotResource"):
            found[name] = sorted(set(listed(value)))
        elif name in ("Principal", "NotPrincipal") and isinstance(value, Mapping):
            found[name] = {kind: sorted(set(listed(names))) for kind, names in value.items()}
        elif name == "Condition":
            found[name] = {
                operator: _once([(_lower(key), sorted(map(_text, listed(values)))) for key, values in keys.items()])
                for operator, keys in value.items()
            }
        elif name != "Sid":
            found[name] = value
    return found


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _contract(text: Any, own_keys: bool) -> Any:
    """A part of a contract without what only AWS knows: its streams' labels, the ids of keys that the stack makes, and
    the revision that they go into."""
    try:
        known = _STREAM.sub(r"\1…", text)
        known = _KEY.sub(rf"\g<1>{KEY_ID}", known) if own_keys else known
        part = json.loads(known, object_pairs_hook=_once)
    except (TypeError, ValueError, RecursionError):
        return text
    if isinstance(part, dict) and _REVISION.fullmatch(str(part.get("revision"))):
        part["revision"] = "…"
    return part


def _short(value: Any) -> str:
    if value is None:
        return "not given"
    text = " ".join(value.split()) if isinstance(value, str) and value[:1] in ("{", "[") else repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
