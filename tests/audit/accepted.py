"""What the checkers find and why it stays. A test compares both: a finding more fails, and so does one that is gone."""

from __future__ import annotations

from typing import Final

CHECKOV: Final[dict[str, tuple[str, str]]] = {
    "CKV_AWS_119": (
        "AWS::DynamoDB::Table",
        "Every table is encrypted, with the AWS-managed key: ACS documents that one, and the other systems name none. "
        "`encryption: customer-managed` in a stage's file changes it (ADR 0004); the pack's rule table-customer-key "
        "says the same, advisory.",
    ),
    "CKV_AWS_26": (
        "AWS::SNS::Topic",
        "CloudWatch can't publish to a topic that is encrypted with the AWS-managed key, and an alarm's message holds "
        "names and a figure, nothing of an item's.",
    ),
    "CKV_AWS_35": (
        "AWS::CloudTrail::Trail",
        "A trail's files are under S3's own keys where the stage gives none: they are of all families, and a "
        "family's own key is of one.",
    ),
    "CKV_AWS_166": (
        "AWS::Backup::BackupVault",
        "A vault is encrypted with AWS Backup's own key where tables are with DynamoDB's, and with "
        "the customer's where they are with that.",
    ),
}
"""By check: the type whose every resource it finds, where the stage has no customer-managed key, and the reason."""

CHECKOV_ALWAYS: Final[dict[str, tuple[str, str]]] = {
    "CKV_AWS_115": (
        "AWS::Lambda::Function",
        "A function that a schedule starts runs once at a time; what is reserved is taken from the account's.",
    ),
    "CKV_AWS_116": (
        "AWS::Lambda::Function",
        "What a schedule starts comes again by itself, and an alarm notices when it does not.",
    ),
    "CKV_AWS_117": (
        "AWS::Lambda::Function",
        "A function asks AWS's own services alone. In a network of ours it would need an endpoint for each of them.",
    ),
    "CKV_AWS_158": (
        "AWS::Logs::LogGroup",
        "CloudWatch encrypts every log group by a key of its own, and these hold counts and names.",
    ),
    "CKV_AWS_18": (
        "AWS::S3::Bucket",
        "A bucket of records has no access log: that is another bucket, which would need one, too. "
        "Who reads records is in the account's own trail, where that has S3's data events.",
    ),
    "CKV_AWS_67": (
        "AWS::CloudTrail::Trail",
        "A trail a region: what is recorded of one stays in it, and one without tables has nothing to record.",
    ),
}
"""As above, with a customer-managed key as well."""

CFN_LINT: Final[dict[str, str]] = {}
"""By rule: the reason."""

PARLIAMENT: Final[dict[str, tuple[str, str]]] = {
    "CREDENTIALS_EXPOSURE": (
        r" trust",
        "A trust is about sts:AssumeRole, and that gives credentials: it is what a trust is for.",
    ),
    "PERMISSIONS_MANAGEMENT_ACTIONS": (
        r"(-aws-(backup|restore)|-key.* key) policy",
        "kms:CreateGrant on the stage's own keys, for AWS's services alone: AWS Backup makes "
        "and restores nothing that a customer's key encrypts without it. A key leaves its use to its account's IAM.",
    ),
    "RESOURCE_STAR": (r"-key.* key policy", "In a key's own policy * is that key."),
    "UNKNOWN_CONDITION_FOR_ACTION": (
        r" policy",
        "kms:ResourceAliases is a condition of every action on a key (KMS's service authorization reference has it at "
        "the resource); parliament looks at the action alone.",
    ),
}
"""By issue: how the name of a document ends that may have it, and the reason."""
