"""Tags: those that every resource has, and what AWS takes besides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import AfterValidator

from tablekit.model import limits

MANDATORY = ("project", "family", "stage", "owner", "cost-centre", "table", "data-classification", "severity")
"""Set by the components; IAM compares keys without regard to case, so no other tag may differ in case alone."""


def _problems(tags: Mapping[str, str]) -> Iterator[str]:
    """Why AWS, or this project, would not take these tags beside the mandatory ones."""
    for key, value in tags.items():
        if key.lower() in MANDATORY:
            yield f"tag {key!r} is set by the project; choose another key than {', '.join(MANDATORY)}"
        elif (
            not limits.TAG_KEY.fullmatch(key) or not limits.TAG_VALUE.fullmatch(value) or key.lower().startswith("aws:")
        ):
            yield (
                f"tag {key!r}={value!r}: a key has 1 to 128 and a value 0 to 256 letters, digits, spaces "
                "or _ . : / = + - @, and no key begins with aws:"
            )
    if len({key.lower() for key in tags}) < len(tags):
        yield ("two tags differ in upper and lower case alone, which IAM takes for one; rename one")
    if len(tags) > limits.MAX_TAGS - len(MANDATORY):
        yield f"{len(tags)} tags; {limits.MAX_TAGS - len(MANDATORY)} are free beside the project's own: drop some"


def _taken(tags: dict[str, str]) -> dict[str, str]:
    for problem in _problems(tags):
        raise ValueError(problem)
    return tags


Tags = Annotated[dict[str, str], AfterValidator(_taken)]
"""Tags beside the mandatory ones, as AWS and this project take them."""
