"""Rules on a stage of this project: what is registered is what its families and settings ask for, and nothing else."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Final

from policies.resource import UNKNOWN, WORDS, NotKnownError, Resource
from policies.rule import ANY, Finding, rule
from policies.run import Run
from tablekit.model.naming import PROJECT
from tablekit.model.stage_settings import setting
from tablekit.resources import COMPONENTS, KINDS

_PROVIDER: Final = "pulumi:providers:aws"
_OWN: Final = ("pulumi:pulumi:Stack", _PROVIDER, *COMPONENTS)
"""Types that are no resources on AWS."""
_DEFAULT: Final = re.compile(r"default_(\d+_\d+_\d+)")
"""What the engine calls the stack's own provider: by its version, and from another place also by its address."""
_OF_THE_PLUGIN: Final = {"skipCredentialsValidation": False, "skipRegionValidation": True}
"""What the AWS plugin sets of its provider where the stack's file says nothing; the stand-in sets nothing."""


def _where(run: Run) -> str:
    return f"families/ and Pulumi.{run.stage}.yaml"


@rule("stack-settings")
def settings(resources: Sequence[Resource], run: Run) -> Iterator[Finding]:
    """The stage's settings and the pack's allowances can be read: with others nothing can be compared."""
    if run.problem:
        yield Finding(run.problem)


@rule("stack-alarms", others="disabled")
def alarms(resources: Sequence[Resource], run: Run) -> Iterator[Finding]:
    """The stage has alarms: a throttled table loses requests, and its users are the first to notice."""
    if run.config_of_stage and run.config_of_stage.alarms == "none":
        yield Finding(f"alarms is 'none', expected 'tables' or 'all': set it in Pulumi.{run.stage}.yaml")


@rule("stack-undeclared", ANY)
def undeclared(resource: Resource, run: Run) -> Iterator[str]:
    """Each resource is one that the families ask for: whatever else is in the stack opens or costs what nobody saw."""
    if run.config_of_stage and not _known(resource, run):
        yield f"is not expected at all; expected are the resources of {_where(run)}: declare it there, or remove it"


def _known(resource: Resource, run: Run) -> bool:
    return resource.type in _OWN or (resource.type, resource.name) in run.expected()


@rule("stack-inputs", ANY)
def inputs(resource: Resource, run: Run) -> Iterator[str]:
    """Each resource is as the families ask for it: any other value is a change that no declaration shows."""
    if (resource.type, resource.name) not in run.expected():
        return
    for difference in run.differences(resource):
        yield f"{difference}, as {_where(run)} give it"
    texts = run.expected()[resource.type, resource.name].texts
    run.not_judged += [f"{resource.label}: {name}" for name in texts if resource.inputs.get(name) is UNKNOWN]


@rule("stack-outputs")
def outputs(resources: Sequence[Resource], run: Run) -> Iterator[Finding]:
    """What only AWS can name is what it named: a key, a plan, of the resource that the stack has for it."""
    there = {(each.type, each.name): each for each in resources}
    for key, expected in run.expected().items():
        for path, (kind, name, output) in expected.of_aws.items():
            with suppress(NotKnownError, KeyError):
                given, made = there[key].get(*path.split(".")), there[kind, name].get(output)
                if made and given not in (made, [made]):
                    text = f"{path} is {given!r}, expected {made!r}, the {output} of {there[kind, name].label}"
                    yield Finding(f"{there[key].label}: {text}", there[key].urn)


@rule("stack-options", ANY)
def options(resource: Resource, run: Run) -> Iterator[str]:
    """Each resource has its place and protection, and no option that turns a change away: what is ignored stays on AWS
    as it is, and an alias takes another's place.
    """
    expected = run.expected().get((resource.type, resource.name))
    if expected is None:
        return
    if resource.protect is not expected.protect:
        yield f"protect is {resource.protect}, expected {expected.protect}: leave it to Pulumi.{run.stage}.yaml"
    if resource.aliases:
        yield f"aliases is {list(resource.aliases)}, expected none: remove it"
    # What AWS moves by itself may be ignored; `settled` compares it as far as that goes.
    may = {*expected.ignored, *(path.partition(".")[0] for path in expected.moves)}
    if more := [path for path in resource.ignore_changes if path not in may]:
        yield f"ignoreChanges is {more}, expected {list(expected.ignored) or 'none'}: remove it"
    if less := [path for path in expected.ignored if path not in resource.ignore_changes]:
        yield f"ignoreChanges is without {less}: leave it to the components, or the AWS plugin changes these"
    if resource.delete_before_replace and not expected.anew:
        yield "deleteBeforeReplace is true, expected false: remove it"
    *parents, _ = resource.urn.split("::")[2].split("$")
    within = " ".join(each.removeprefix(f"{PROJECT}:index:") for each in parents)
    allowed = KINDS[resource.type].within
    if within not in allowed:
        yield (
            f"it is in {within or 'the stack'}, expected in {' or '.join(allowed)}: put it back; "
            "elsewhere it is another resource, and the engine deletes the one that it was, after it wrote the new one"
        )


@rule("stack-provider", ANY)
def provider(resource: Resource, run: Run) -> Iterator[str]:
    """The one provider is the stack's own, with the settings of its file: another is another account or region."""
    if not run.config_of_stage:
        return
    if resource.provider and not _DEFAULT.fullmatch(resource.provider):
        yield f"its provider is {resource.provider!r}, expected the stack's own: leave the option away"
    if resource.type == _PROVIDER:
        given = {name: setting(each) for name, each in resource.inputs.items()}
        version, own = given.pop("version", None), _DEFAULT.fullmatch(resource.name)
        if resource.parent or not own or own[1] != str(version).replace(".", "_"):
            yield f"it is a provider of version {version} that the program made, expected the stack's own: remove it"
        found, expected = {**_OF_THE_PLUGIN, **given}, {**_OF_THE_PLUGIN, **run.provider}
        for name in sorted({*found, *expected}):
            if found.get(name) != expected.get(name):
                yield f"{name} is not the one of aws:{name} in Pulumi.{run.stage}.yaml: set it there"


@rule("stack-complete")
def complete(resources: Sequence[Resource], run: Run) -> Iterator[Finding]:
    """Every resource that the families ask for is there, once: one that slips out leaves the state and this pack's
    sight.
    """
    there = Counter((each.type, each.name) for each in resources)
    for key in run.expected():
        label = f"{WORDS[key[0]]} {key[1]}"
        if not there[key]:
            yield Finding(f"{label}: is not there, expected as {_where(run)} have it: restore it", subject=key[1])
        elif there[key] > 1:
            yield Finding(f"{label}: is there {there[key]} times, expected once: remove the others", subject=key[1])
    for each in resources:
        if run.config_of_stage and each.urn not in run.analyzed and each.type not in _OWN:
            yield Finding(f"{each.label}: is read, expected registered or not at all: see {_where(run)}", each.urn)


@rule("stack-not-judged", prod="advisory", others="advisory")
def not_judged(resources: Sequence[Resource], run: Run) -> Iterator[Finding]:
    """What could not be judged yet is said: the update knows these values, and judges them before it writes them."""
    if run.not_judged:
        yield Finding(f"{len(run.not_judged)} values are known to the update alone: {', '.join(run.not_judged)}")
