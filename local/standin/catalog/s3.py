"""S3's types: a bucket, and what of it the AWS plugin has as resources of their own."""

from __future__ import annotations

from typing import Any, Final

from .. import bucket as checks
from ..checks import document
from ..codecs import POLICY, Nested, capitalized, uncapitalized
from ..spec import Op, Prop, ResourceType, Step, Tagging

_OF: Final = {"Bucket": "{bucket}"}
_GONE: Final = ("404", "NoSuchBucket")
_WHOSE: Final = Prop("bucket", replace=True)

BUCKET: Final = ResourceType(
    "aws:s3/bucket:Bucket",
    service="s3",
    named="bucket",
    id="{bucket}",
    props=(
        Prop("bucket", replace=True),
        Prop("forceDestroy", kept=True, default=False),
        Prop("tags", default={}),
        Prop("arn", "BucketArn", output=True),
    ),
    create=Op("create_bucket"),
    reads=(
        Op(
            "head_bucket",
            {"Bucket": "{id}"},
            at="ResponseMetadata && {BucketArn: join('', ['arn:aws:s3:::', '{bucket}'])}",
            gone=_GONE,
        ),
    ),
    tagging=Tagging(
        tag=Op("put_bucket_tagging"),
        untag=Op("delete_bucket_tagging"),
        listing=Op("get_bucket_tagging", _OF, gone=("NoSuchTagSet", *_GONE)),
    ),
    delete=Op("delete_bucket", {"Bucket": "{id}"}, gone=_GONE),
    checks=(checks.bucket,),
)

_BLOCKS: Final = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
_BLOCK: Final = Op(
    "put_public_access_block",
    {**_OF, "PublicAccessBlockConfiguration": {name: f"{{{name[0].lower()}{name[1:]}}}" for name in _BLOCKS}},
)
ACCESS: Final = ResourceType(
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    service="s3",
    id="{bucket}",
    props=(_WHOSE, *(Prop(f"{name[0].lower()}{name[1:]}", default=False) for name in _BLOCKS)),
    create=_BLOCK,
    reads=(
        Op(
            "get_public_access_block",
            {"Bucket": "{id}"},
            at="PublicAccessBlockConfiguration",
            gone=("NoSuchPublicAccessBlockConfiguration", *_GONE),
        ),
    ),
    steps=(Step(tuple(f"{name[0].lower()}{name[1:]}" for name in _BLOCKS), _BLOCK),),
    delete=Op("delete_public_access_block", {"Bucket": "{id}"}, gone=_GONE),
)


def _rules(encode: Any, decode: Any) -> Nested:
    """Rules, which the service has one level down."""
    return Nested(
        lambda rules: {"Rules": [encode(rule) for rule in rules]},
        lambda found: [decode(rule) for rule in found.get("Rules") or ()],
    )


def _encryption_out(rule: Any) -> Any:
    given = rule.get("applyServerSideEncryptionByDefault") or {}
    names = {"sseAlgorithm": "SSEAlgorithm", "kmsMasterKeyId": "KMSMasterKeyID"}
    rest = {name: value for name, value in rule.items() if name != "applyServerSideEncryptionByDefault"}
    cipher = {names[name]: value for name, value in given.items()}
    return {"ApplyServerSideEncryptionByDefault": cipher, **capitalized(rest)}


def _encryption_back(rule: Any) -> Any:
    names = {"SSEAlgorithm": "sseAlgorithm", "KMSMasterKeyID": "kmsMasterKeyId"}
    cipher = {names[name]: value for name, value in rule["ApplyServerSideEncryptionByDefault"].items()}
    return {"applyServerSideEncryptionByDefault": cipher, "bucketKeyEnabled": rule.get("BucketKeyEnabled", False)}


def _lifecycle_out(rule: Any) -> Any:
    found = capitalized(rule)
    return {**{name: value for name, value in found.items() if name != "Id"}, "ID": found["Id"]}


def _lifecycle_back(rule: Any) -> Any:
    return uncapitalized({("Id" if name == "ID" else name): value for name, value in rule.items()})


def _part(
    kind: str, prop: Prop, put: str, get: str, at: str, delete: Op | None, missing: str, *more: Any
) -> ResourceType:
    """What of a bucket is one property, put and taken off as a whole. missing: the code that says it is not there."""
    return ResourceType(
        f"aws:s3/{kind[0].lower()}{kind[1:]}:{kind}",
        service="s3",
        id="{bucket}",
        props=(_WHOSE, prop),
        create=Op(put, sends=("bucket", prop.name)),
        reads=(Op(get, {"Bucket": "{id}"}, at=at, gone=(missing, *_GONE)),),
        update=Op(put, sends=("bucket", prop.name)),
        delete=delete or Op(put.replace("put", "delete", 1), {"Bucket": "{id}"}, gone=_GONE),
        checks=more,
    )


_ONE_RULE: Final = Nested(lambda rule: {"Rules": [capitalized(rule)]}, lambda found: uncapitalized(found["Rules"][0]))
_SUSPENDED: Final = Op(
    "put_bucket_versioning", {"Bucket": "{id}", "VersioningConfiguration": {"Status": "Suspended"}}, gone=_GONE
)

OWNERSHIP: Final = _part(
    "BucketOwnershipControls",
    Prop("rule", "OwnershipControls", _ONE_RULE),
    "put_bucket_ownership_controls",
    "get_bucket_ownership_controls",
    "@",
    None,
    "OwnershipControlsNotFoundError",
)
ENCRYPTION: Final = _part(
    "BucketServerSideEncryptionConfiguration",
    Prop("rules", "ServerSideEncryptionConfiguration", _rules(_encryption_out, _encryption_back)),
    "put_bucket_encryption",
    "get_bucket_encryption",
    "@",
    None,
    "ServerSideEncryptionConfigurationNotFoundError",
)
VERSIONING: Final = _part(
    "BucketVersioning",
    Prop("versioningConfiguration", codec=Nested()),
    "put_bucket_versioning",
    "get_bucket_versioning",
    "Status == 'Enabled' && {VersioningConfiguration: {Status: Status}}",
    _SUSPENDED,
    "NoSuchBucket",
)
LIFECYCLE: Final = _part(
    "BucketLifecycleConfiguration",
    Prop("rules", "LifecycleConfiguration", _rules(_lifecycle_out, _lifecycle_back)),
    "put_bucket_lifecycle_configuration",
    "get_bucket_lifecycle_configuration",
    "Rules && {LifecycleConfiguration: {Rules: Rules}}",
    Op("delete_bucket_lifecycle", {"Bucket": "{id}"}, gone=_GONE),
    "NoSuchLifecycleConfiguration",
    checks.lifecycle,
)
BUCKET_POLICY: Final = _part(
    "BucketPolicy",
    Prop("policy", codec=POLICY),
    "put_bucket_policy",
    "get_bucket_policy",
    "@",
    None,
    "NoSuchBucketPolicy",
    document("policy", 20 * 1024, "a bucket policy", with_spaces=True),
)

TYPES: Final = (BUCKET, ACCESS, OWNERSHIP, ENCRYPTION, VERSIONING, LIFECYCLE, BUCKET_POLICY)
