"""Mutations of alarms, and of the stack as a whole."""

from __future__ import annotations

from tests.policies.mutate import (
    ACS,
    ERRORS,
    FORMS,
    PSE,
    READS,
    USERS,
    Broken,
    Mutations,
    alarm,
    arn,
    drop,
    grant,
    put,
    remove,
    role,
    twin,
)

ALARMS: Mutations = {
    "alarm-published": [
        Broken(READS, put("metricName", "ItemCount"), "no metric 'ItemCount'"),
        Broken(READS, put("metricName", "ThrottledRequests"), "not published by TableName"),
        Broken(ERRORS, drop("metricQueries/0/metric/dimensions/Operation"), "not published by TableName", "local"),
        Broken(READS, put("metricName", "UserErrors"), "dimensions are none"),
        Broken(READS, put("statistic", "Average"), "no statistic Average"),
    ],
    "alarm-missing-data": [
        Broken(READS, drop("treatMissingData"), "'missing'"),
        Broken(ERRORS, put("treatMissingData", "breaching"), "is notBreaching"),
    ],
    "alarm-actions": [
        Broken(READS, put("alarmActions", []), "alarmActions is empty"),
        Broken(READS, put("actionsEnabled", False), "actionsEnabled is false"),
    ],
    "alarm-limits": [
        Broken(READS, put("period", 45), "period 45 s"),
        Broken(ERRORS, put("metricQueries/0/returnData", True), "exactly one"),
    ],
    "alarm-throttles": [
        Broken(READS, remove, "no alarm on ReadThrottleEvents"),
        Broken(alarm("formbridge-FormBridgeData-write-throttles"), remove, "no alarm on WriteThrottleEvents"),
    ],
    "alarm-target": [
        Broken(READS, put("dimensions/TableName", "acsd2p-prod-User"), "no table 'acsd2p-prod-User'"),
        Broken(
            alarm("formbridge-FormBridgeData/GSI1-read-throttles"),
            put("dimensions/GlobalSecondaryIndexName", "GSI9"),
            "no global index 'GSI9'",
            "local",
        ),
    ],
}

STACK: Mutations = {
    "stack-tables": [
        Broken(USERS, remove, "without its table 'Users'"),
        Broken(FORMS, remove, "without its table 'FormBridgeData'", "dev"),
    ],
    "stack-roles": [
        Broken(role("marketbrewer-sync"), remove, "without role 'sync'"),
        Broken(PSE, remove, "without the policy of role 'app'", "local"),
    ],
    "stack-names": [
        Broken(USERS, twin("acs-Users-2"), "are both called"),
        Broken(role("acs-app"), twin("acs-app-2", region="us-east-1"), "are both called", "dev"),
        Broken(READS, twin("acs-Users-reads"), "alarms"),
    ],
    "stack-disjoint-roles": [
        Broken(PSE, grant("dynamodb:GetItem", arn("s*")), "'s*' matches"),
        Broken(ACS, grant("dynamodb:GetItem", arn("acsd2p-*-Users")), "'acsd2p-*-Users' matches", "dev"),
    ],
}
