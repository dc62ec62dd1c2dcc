"""Mutations of roles and policies."""

from __future__ import annotations

import json

from policies.resource import RESOURCE_POLICY
from tests.policies.mutate import (
    ACS,
    PSE,
    TENANT,
    Broken,
    Mutations,
    add,
    arn,
    each_statement,
    grant,
    policy,
    put,
    role,
    trust,
    without,
)

METRICS = {"Condition": {"StringEquals": {"cloudwatch:namespace": "Other"}}}
ACCESS: Mutations = {
    "access-wildcard-action": [
        Broken(ACS, grant("dynamodb:*", arn("acsd2p-prod-*")), "'dynamodb:*'"),
        Broken(PSE, each_statement(Action=["dynamodb:Get*"]), "'dynamodb:Get*'", "dev"),
        Broken(ACS, each_statement(NotAction=["iam:*"]), "by NotAction"),
    ],
    "access-wildcard-resource": [
        Broken(ACS, each_statement(Resource=["*"]), "is on '*'"),
        Broken(ACS, grant("dynamodb:GetItem", arn("*")), "table/*'", "local"),
        Broken(
            PSE, grant("dynamodb:GetItem", "*", Action=["cloudwatch:PutMetricData", "dynamodb:GetItem"]), "is on '*'"
        ),
    ],
    "access-metrics": [
        Broken(PSE, each_statement(Condition={}), "into every namespace"),
        Broken(PSE, grant("cloudwatch:PutMetricData", "*", **METRICS), "into Other; allowed is PSE"),
        Broken(ACS, grant("cloudwatch:PutMetricData", "*", **METRICS), "allowed is none"),
    ],
    "access-family": [
        Broken(ACS, grant("dynamodb:GetItem", arn("seo_businesses")), "seo_businesses"),
        Broken(PSE, grant("dynamodb:GetItem", arn("pse-*")), "has dev-pse-", "dev"),
        Broken(PSE, grant("dynamodb:GetItem", arn("pse-*", "*")), "name one region"),
    ],
    "access-reach": [
        Broken(PSE, grant("dynamodb:GetItem", arn("blog-content*")), "name the exact ARN"),
        Broken(PSE, grant("dynamodb:PutItem", arn("blog-content-pipeline")), "a reach only reads"),
        Broken(PSE, grant("dynamodb:DeleteItem", arn("dev-blog-content-pipeline")), "a reach only reads", "dev"),
    ],
    "access-least": [
        Broken(policy("cloudstro-app"), grant("dynamodb:Scan", arn("cloudstro-*")), "dynamodb:Scan"),
        Broken(policy("acs-readonly"), grant("dynamodb:PutItem", arn("acsd2p-prod-*")), "allows dynamodb:PutItem"),
        Broken(
            policy("marketbrewer-app"), grant("dynamodb:DeleteTable", arn("seo_*")), "dynamodb:DeleteTable", "local"
        ),
        Broken(PSE, grant("dynamodb:Scan", arn("pse-*")), "dynamodb:Scan on"),
    ],
    "access-principal": [
        Broken(role("acs-app"), trust(Principal="*"), '"*"'),
        Broken(role("pse-app"), trust(Principal={"AWS": ["*"]}), "name services", "dev"),
        Broken(
            (RESOURCE_POLICY, "acs-Users-deny-writes"),
            add(
                RESOURCE_POLICY,
                "acs-Users-deny-writes",
                {
                    "policy": json.dumps(
                        {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "dynamodb:GetItem"}]}
                    )
                },
            ),
            "allows principal",
        ),
    ],
    "access-tenant": [
        Broken(TENANT, without("ForAllValues:StringLike"), "leading keys are any"),
        Broken(
            TENANT,
            each_statement(Condition={"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["TENANT#*"]}}),
            "['TENANT#*']",
        ),
        Broken(TENANT, without("Null", "dynamodb:LeadingKeys"), "that dynamodb:LeadingKeys is there", "dev"),
        Broken(TENANT, grant("dynamodb:Scan", arn("FormBridgeData")), "gets and queries only"),
        Broken(TENANT, without("StringNotLike"), "takes any text"),
    ],
    "access-tenant-session": [
        Broken(role("formbridge-tenant"), trust(Condition={}), "without a checked"),
    ],
    "access-role-name": [
        Broken(role("pse-app"), put("name", "pse-platform-lambda-role"), "'dev-pse-platform-lambda-role'", "dev"),
    ],
    "access-limits": [
        Broken(PSE, grant("dynamodb:GetItem", arn("pse-" + "x" * 10_240)), "at most 10240"),
    ],
}
