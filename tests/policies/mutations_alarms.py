"""Mutations of alarms, and of the stack as a whole."""

from __future__ import annotations

from tests.policies.mutate import (
    ACS,
    ERRORS,
    FORMS,
    PSE,
    READS,
    USERS,
    Mutation,
    alarm,
    arn,
    drop,
    grant,
    put,
    remove,
    role,
    twin,
)

ALARMS = (
    Mutation("a metric of no one's", "alarm-published", READS, put("metricName", "ItemCount"), "no metric 'ItemCount'"),
    Mutation(
        "throttles by table alone",
        "alarm-published",
        READS,
        put("metricName", "ThrottledRequests"),
        "not published by TableName",
    ),
    Mutation(
        "errors without operation",
        "alarm-published",
        ERRORS,
        drop("metricQueries/0/metric/dimensions/Operation"),
        "not published by TableName",
        "local",
    ),
    Mutation("user errors by table", "alarm-published", READS, put("metricName", "UserErrors"), "dimensions are none"),
    Mutation("an average of counts", "alarm-published", READS, put("statistic", "Average"), "no statistic Average"),
    Mutation("missing data left", "alarm-missing-data", READS, drop("treatMissingData"), "'missing'"),
    Mutation("silence alarms", "alarm-missing-data", ERRORS, put("treatMissingData", "breaching"), "is notBreaching"),
    Mutation("nobody told", "alarm-actions", READS, put("alarmActions", []), "alarmActions is empty"),
    Mutation("actions off", "alarm-actions", READS, put("actionsEnabled", False), "actionsEnabled is false"),
    Mutation("an odd period", "alarm-limits", READS, put("period", 45), "period 45 s"),
    Mutation("two results", "alarm-limits", ERRORS, put("metricQueries/0/returnData", True), "exactly one"),
    Mutation("reads unwatched", "alarm-throttles", READS, remove, "no alarm on ReadThrottleEvents"),
    Mutation(
        "writes unwatched",
        "alarm-throttles",
        alarm("formbridge-FormBridgeData-write-throttles"),
        remove,
        "no alarm on WriteThrottleEvents",
    ),
    Mutation(
        "a renamed table's alarm",
        "alarm-target",
        READS,
        put("dimensions/TableName", "acsd2p-prod-User"),
        "no table 'acsd2p-prod-User'",
    ),
    Mutation(
        "a dropped index's alarm",
        "alarm-target",
        alarm("formbridge-FormBridgeData/GSI1-read-throttles"),
        put("dimensions/GlobalSecondaryIndexName", "GSI9"),
        "no global index 'GSI9'",
        "local",
    ),
)

STACK = (
    Mutation("a table lost", "stack-tables", USERS, remove, "without its table 'Users'"),
    Mutation("a table lost in dev", "stack-tables", FORMS, remove, "without its table 'FormBridgeData'", "dev"),
    Mutation("a role lost", "stack-roles", role("marketbrewer-sync"), remove, "without role 'sync'"),
    Mutation("a policy lost", "stack-roles", PSE, remove, "without the policy of role 'app'", "local"),
    Mutation("one table twice", "stack-names", USERS, twin("acs-Users-2"), "are both called"),
    Mutation(
        "one role twice",
        "stack-names",
        role("acs-app"),
        twin("acs-app-2", region="us-east-1"),
        "are both called",
        "dev",
    ),
    Mutation("one alarm twice", "stack-names", READS, twin("acs-Users-reads"), "alarms"),
    Mutation("a prefix too short", "stack-disjoint-roles", PSE, grant("dynamodb:GetItem", arn("s*")), "'s*' matches"),
    Mutation(
        "every stage",
        "stack-disjoint-roles",
        ACS,
        grant("dynamodb:GetItem", arn("acsd2p-*-Users")),
        "'acsd2p-*-Users' matches",
        "dev",
    ),
)
