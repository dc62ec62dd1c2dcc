"""What the pack reports of the real families at the advisory level, and why it stays so. A test compares both."""

from __future__ import annotations

from typing import Final

_BY_RULE: Final = {
    "index-repeats-key": (
        "ACS's document names these indexes, and its code queries by them: the names are a contract (ADR 0021). "
        "They go when no consumer names them any more.",
        "acs-Conversations acs-EVDataCollection acs-Invocations acs-LLMDataCollection acs-LLMReportData acs-RL_AI "
        "acs-RL_AWS acs-Threads acs-Users",
    ),
    "index-unused": (
        "Form-Bridge's document lists GSI3 without a query. Nothing writes its keys, so it is empty and costs "
        "nothing; the first pattern that uses it ends this (ADR 0027).",
        "formbridge-FormBridgeData",
    ),
    "index-projection": (
        "The documents' own code makes its indexes with ALL, and readers take whole items from them. A narrower "
        "projection is another index: to be built beside the old one, when the writes' cost asks for it.",
        "acs-Conversations acs-Threads acs-Users cloudstro-ai-insights cloudstro-social-posts cloudstro-users",
    ),
    "table-customer-key": (
        "ACS documents the AWS-managed key, and the other systems name none. `encryption: customer-managed` with "
        "`kmsKeyArns` in a stage's file changes it, and a policy configuration makes the rule mandatory.",
        "*",
    ),
}

ACCEPTED: Final = {rule: (why, tuple(names.split())) for rule, (why, names) in _BY_RULE.items()}
"""By rule: the decision, and the Pulumi names of the tables that it holds for; `*`: all that it is about."""

NOT_MET: Final = (
    ("Security Hub DynamoDB.3, DynamoDB.7", "are about DAX clusters, which no system has."),
    ("Security Hub DynamoDB.4", "asks for a backup plan of AWS Backup; here point-in-time recovery is the backup."),
)
"""Published controls on DynamoDB that no rule meets, and why."""
