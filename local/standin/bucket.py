"""Buckets, whose creation and tags are not as other types' calls; and what S3 and CloudTrail refuse."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tablekit.model import limits as shared

from .codecs import TAGS
from .context import Context
from .generic import Generic
from .schema import Complaint, refuse
from .spec import Op
from .values import Props

_NAME: Final = re.compile(r"(?!xn--|sthree-)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_TRAIL_NAME: Final = re.compile(r"[a-zA-Z0-9]([._-]?[a-zA-Z0-9])+")
_LEAST_DAYS: Final = {"STANDARD_IA": 30, "ONEZONE_IA": 30}
"""Days before an object may go to a storage class (S3: PutBucketLifecycleConfiguration)."""


class Bucket(Generic):
    """The region stands in a configuration, but for us-east-1's; tags are put all at once, after the creation."""

    def _make(self, ctx: Context, create: Op, scope: Props, tags: Props) -> Any:
        place = {} if ctx.region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": ctx.region}}
        return ctx.call(create.method, Bucket=scope["bucket"], **place)

    def _complete(self, ctx: Context, scope: Props, inputs: Props) -> None:
        self._retag(ctx, scope, {}, ctx.all_tags(inputs))

    def _tags_there(self, ctx: Context, scope: Props, record: Props) -> dict[str, str]:
        assert self.spec.tagging
        assert self.spec.tagging.listing
        return dict(TAGS.decode(self._unless_gone(ctx, self.spec.tagging.listing, scope).get("TagSet") or []))

    def _retag(self, ctx: Context, scope: Props, before: Mapping[str, str], wanted: Mapping[str, str]) -> None:
        if before == ctx.visible(wanted):
            return
        if wanted:
            ctx.call("put_bucket_tagging", Bucket=scope["bucket"], Tagging={"TagSet": TAGS.encode(wanted)})
        else:
            ctx.call("delete_bucket_tagging", Bucket=scope["bucket"])


def bucket(inputs: Props) -> Iterator[Complaint]:
    """A name that all of AWS could have."""
    name = inputs.get("bucket")
    if isinstance(name, str) and not _NAME.fullmatch(name):
        yield refuse("bucket", name, "3 to 63 of a-z 0-9 . -, a letter or digit at either end", "Correct it.")


def lifecycle(inputs: Props) -> Iterator[Complaint]:
    """Storage classes that an object may be in by then, and that it is not deleted before."""
    for place, rule in enumerate(inputs.get("rules") or ()):
        deleted = (rule.get("expiration") or {}).get("days")
        for number, each in enumerate(rule.get("transitions") or ()):
            path, days = f"rules[{place}].transitions[{number}].days", each.get("days")
            least = _LEAST_DAYS.get(each.get("storageClass"), 0)
            if isinstance(days, int) and days < least:
                yield refuse(path, days, f"{least} or more for {each['storageClass']}", "Wait longer.")
            if isinstance(days, int) and isinstance(deleted, int) and days >= deleted:
                yield refuse(path, days, f"less than expiration.days ({deleted})", "Lower it, or keep it longer.")


def trail(inputs: Props) -> Iterator[Complaint]:
    """A name, and selectors that CloudTrail takes: each says which type of resource, and there are not too many."""
    name = inputs.get("name")
    if isinstance(name, str) and not (_TRAIL_NAME.fullmatch(name) and 3 <= len(name) <= 128):
        allowed = "3 to 128 of a-z A-Z 0-9 . _ -, a letter or digit at either end and between two of . _ -"
        yield refuse("name", name, allowed, "Correct it.")
    values = 0
    for place, selector in enumerate(inputs.get("advancedEventSelectors") or ()):
        fields = {each.get("field"): each for each in selector.get("fieldSelectors") or ()}
        values += sum(len(found) for each in fields.values() for found in each.values() if isinstance(found, list))
        category, kinds = ((fields.get(field) or {}).get("equals") for field in ("eventCategory", "resources.type"))
        path = f"advancedEventSelectors[{place}].fieldSelectors"
        if category == ["Data"] and not (kinds and all(str(kind).startswith("AWS::") for kind in kinds)):
            yield refuse(path, kinds, "resources.type that equals a type, as AWS::DynamoDB::Table", "Give one.")
    if values > shared.MAX_TRAIL_VALUES:
        yield refuse(
            "advancedEventSelectors", values, f"{shared.MAX_TRAIL_VALUES} values in all", "Select by beginnings."
        )
