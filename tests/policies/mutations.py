"""The ways to break what the real program registers, a row each, by the rule that owns them."""

from __future__ import annotations

import json
from typing import Any, Final

from tests.policies.backup_mutations import BACKUPS
from tests.policies.capacity_mutations import CAPACITY, SCALED
from tests.policies.copy_mutations import COPIES
from tests.policies.edits import DROP, UNKNOWN, Broken, Edits, arn, grant
from tests.policies.event_mutations import EVENTS
from tests.policies.function_mutations import FUNCTIONS
from tests.policies.program import KEYS
from tests.policies.record_mutations import RECORDS
from tests.policies.watch_mutations import WATCHES

ACCOUNT_ROOT, FOREIGN = "arn:aws:iam::111122223333:root", "arn:aws:iam::999988887777:role/partner"
HOLDER = "arn:aws:iam::111122223333:role/acs-app-role"
EVERYBODY = json.dumps({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "dynamodb:GetItem"}]})
READS_ALL = {"Sid": "Open", "Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "*"}
READ_ALL = json.dumps({"Version": "2012-10-17", "Statement": READS_ALL})
TOPIC_ARN = "arn:aws:sns:eu-west-2:111122223333:prod-acs-alarms"
OTHER: dict[str, Any] = {"name": "warehouse", "hashKey": "id", "attributes": [{"name": "id", "type": "S"}]}
FIXED = {"billingMode": "PROVISIONED", "readCapacity": 1, "writeCapacity": 1}
OTHER["billingMode"] = "PAY_PER_REQUEST"
ANOTHER_ALARM = {"name": "more", "namespace": "AWS/SQS", "metricName": "X", "statistic": "Sum", "period": 60}
ANOTHER_ALARM |= {"comparisonOperator": "GreaterThanThreshold", "threshold": 0, "evaluationPeriods": 1}
SPARE = {"name": "spare", "keySchemas": [{"attributeName": "job_id", "keyType": "HASH"}], "projectionType": "ALL"}
LOCKS, PIPELINE = "table content-ai-article-publishing-locks", "table content-ai-blog-content-pipeline"
USERS, FORMS, POSTS = "table acs-Users", "table formbridge-FormBridgeData", "table cloudstro-social-posts"
ACCOUNTS, WORDS, SESSIONS = "table cloudstro-social-accounts", "table pse-keyword-intelligence", "table acs-Sessions"
ACS, PSE, TENANT, CLOUD = "policy acs-app", "policy pse-app", "policy formbridge-tenant", "policy cloudstro-app"
READS, ERRORS = "alarm acs-Users-read-throttles", "alarm acs-Users-system-errors"
GSI1 = "alarm formbridge-FormBridgeData/GSI1-read-throttles"
WATCHED = "metricQueries/0/metric"
DENY, HEARS = "attached acs-Users-deny-writes", "subscription acs-alarms-email-af3c8254"
VARIABLE, FIRST = "parameter acs/env/DYNAMODB_USERS_TABLE", "parameter acs/contract/1"
PROVIDER = "pulumi:providers:aws"
STATEMENT, TRUST, QUERY = "policy/Statement/*", "assumeRolePolicy/Statement/*", "globalSecondaryIndexes/0"
READER, NAMED = "policy cloudstro-readonly", "policy/Statement/2/Condition/ForAllValues:StringEquals"
FULL, TAG = "prod full", "aws:RequestTag/tenant"
KEYS_OF_0 = "policy/Statement/0/Condition/ForAllValues:StringLike"
LEADING = [f"TENANT#${{aws:PrincipalTag/tenant}}{more}" for more in ("", "#*")]
SIGNATURE, SECRET = "4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"


def trusts(**principal: Any) -> Edits:
    """Somebody else in a role's trust."""
    return {f"{TRUST}/Principal": principal}


def opens(principal: Any, **more: Any) -> Edits:
    """A table's policy that lets somebody read."""
    statement = {"Sid": "Open", "Effect": "Allow", "Principal": principal, "Action": "dynamodb:GetItem"}
    return {"policy/Statement/+": {**statement, "Resource": arn("acsd2p-prod-Users"), **more}}


NOT_DECLARED: Final = (
    ("role auditor", {"name": "auditor", "assumeRolePolicy": EVERYBODY}),
    ("policy acs-app-more", {"role": "acs-app-role", "name": "more", "policy": READ_ALL}),
    ("policy acs-auditor", {"role": "auditor", "name": "access-patterns", "policy": READ_ALL}),
    ("managed edge", {"policy": READ_ALL}),
    ("managed acs-app", {"policy": "{}"}),
    (
        "iam/rolePolicyAttachment:RolePolicyAttachment acs-app",
        {"role": "acs-app-role", "policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"},
    ),
    ("iam/policyAttachment:PolicyAttachment acs", {"roles": ["acs-app-role"]}),
    ("iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive acs", {"roleName": "acs-app-role"}),
    ("iam/user:User intern", {"name": "intern"}),
    ("iam/userPolicy:UserPolicy intern", {"user": "intern", "policy": "{}"}),
    ("iam/userPolicyAttachment:UserPolicyAttachment intern", {"user": "intern"}),
    ("iam/groupPolicy:GroupPolicy staff", {"group": "staff", "policy": "{}"}),
    ("iam/groupPolicyAttachment:GroupPolicyAttachment staff", {"group": "staff"}),
    ("iam/accessKey:AccessKey intern", {"user": "intern"}),
    ("iam/instanceProfile:InstanceProfile acs", {"role": "acs-app-role"}),
    ("iam/openIdConnectProvider:OpenIdConnectProvider ci", {"url": "https://ci.example.com"}),
    ("kms/key:Key open", {"policy": EVERYBODY}),
    ("kms/keyPolicy:KeyPolicy open", {"policy": EVERYBODY}),
    ("kms/grant:Grant acs", {"granteePrincipal": FOREIGN}),
    ("open acs-alarms", {"policy": EVERYBODY}),
    ("topic more", {"name": "more"}),
    ("subscription partner", {"topic": TOPIC_ARN, "protocol": "email", "endpoint": "x@example.com"}),
    ("table warehouse", OTHER),
    ("dynamodb/globalTable:GlobalTable acs-Users", {"replicas": [{"regionName": "us-east-1"}]}),
    ("dynamodb/tableReplica:TableReplica acs-Users", {"globalTableArn": arn("acsd2p-prod-Users")}),
    ("dynamodb/tableExport:TableExport acs-Users", {"s3Bucket": "partner"}),
    ("dynamodb/tableItem:TableItem acs-Users", {"item": "{}"}),
    ("dynamodb/kinesisStreamingDestination:KinesisStreamingDestination acs-Users", {"tableName": "acsd2p-prod-Users"}),
    ("dynamodb/contributorInsights:ContributorInsights acs-Users", {"tableName": "acsd2p-prod-Users"}),
    ("dax/cluster:Cluster acs", {"iamRoleArn": HOLDER}),
    ("attached pse-keyword-intelligence-open", {"resourceArn": arn("pse-keyword-intelligence"), "policy": EVERYBODY}),
    ("lambda/eventSourceMapping:EventSourceMapping acs-Users", {"functionName": "f"}),
    ("appautoscaling/target:Target acs-Users", SCALED),
    ("backup/selection:Selection acs", {"iamRoleArn": HOLDER, "planId": "plan", "resources": ["arn:a"]}),
    ("s3/bucket:Bucket more", {"bucket": "more"}),
    ("cloudformation/stack:Stack more", {"templateBody": "{}"}),
    ("cloudcontrol/resource:Resource more", {"typeName": "AWS::IAM::User"}),
    ("alarm more", ANOTHER_ALARM),
    ("parameter more", {"name": "/warehouse/key", "type": "String", "insecureValue": "x"}),
    ("command:local:Command run", {"create": "true"}),
    ("pulumi:pulumi:StackReference other", {"name": "other"}),
    ("pulumi:providers:command run", {"version": "1.0.0"}),
    ("warehouse:index:Component more", {"of": "another"}),
)
"""Resources that no family asks for."""

OTHERWISE: Final[tuple[tuple[Any, ...], ...]] = (
    # What a declared role may do.
    (
        "policy cloudstro-readonly",
        grant("kms:CreateGrant", KEYS["eu-west-2"]),
        'is with {"Action": ["kms:creategrant"]',
    ),
    ("policy content-ai-app", grant(["iam:PassRole", "lambda:CreateFunction"], HOLDER), "iam:passrole"),
    (CLOUD, grant("sts:AssumeRole", "arn:aws:iam::111122223333:role/*"), "sts:assumerole"),
    ("policy acs-readonly", grant("iam:PutRolePolicy", HOLDER), "iam:putrolepolicy"),
    ("policy pse-readonly", grant("s3:GetObject", "arn:aws:s3:::partner/*"), "s3:getobject"),
    ("policy marketbrewer-app", grant("dynamodb:Scan", arn("seo_*")), "dynamodb:scan"),
    ("policy marketbrewer-sync", grant("dynamodb:DeleteTable", arn("seo_businesses")), "dynamodb:deletetable"),
    ("policy marketbrewer-readonly", grant("dynamodb:PutItem", arn("seo_businesses")), "dynamodb:putitem"),
    ("policy content-ai-app", grant("dynamodb:GetItem", arn("seo_businesses")), "table/seo_businesses"),
    ("policy formbridge-app", grant("dynamodb:GetItem", arn("dev-FormBridgeData")), "table/dev-FormBridgeData"),
    ("policy content-ai-readonly", {f"{STATEMENT}/Resource": ["*"]}, "is without"),
    ("policy cloudstro-readonly", grant("dynamodb:GetItem", arn("cloudstro-*", "*")), "dynamodb:*:111122223333"),
    (ACS, {f"{STATEMENT}/Resource": [arn("acsd2p-prod-*").replace("1111", "9999")]}, "999922223333"),
    ("policy content-ai-readonly", {f"{STATEMENT}/NotAction": ["iam:*"]}, "NotAction"),
    ("policy formbridge-app", {f"{STATEMENT}/NotResource": [arn("x")]}, "NotResource"),
    (PSE, {"policy/Statement/3/Condition": {}}, "expected with"),
    (PSE, {"policy/Statement/3/Condition/StringEquals/cloudwatch:namespace": "Other"}, "Other"),
    (PSE, {"policy/Statement/2/Action": ["dynamodb:GetItem", "dynamodb:Scan", "dynamodb:PutItem"]}, "dynamodb:putitem"),
    (PSE, {"policy/Statement/2/Resource": [arn("*")]}, "table/*"),
    ("policy formbridge-readonly", {"policy/Version": "2008-10-17"}, "2008-10-17"),
    ("policy marketbrewer-app", {"policy": DROP}, "policy is not given"),
    ("policy marketbrewer-sync", {"policy": "{no JSON"}, "not a policy document"),
    ("policy marketbrewer-readonly", {"policy": '{"Statement": [], "Statement": []}'}, "an element is there twice"),
    ("policy acs-readonly", {"policy": UNKNOWN}, "policy is (known after the update), expected"),
    (PSE, {"role": "acs-app-role"}, "role is 'acs-app-role', expected 'pse-platform-lambda-role'"),
    ("policy pse-readonly", {"role": UNKNOWN}, "role is (known after the update)"),
    ("policy cloudstro-app", {"name": "more"}, "name is 'more', expected 'access-patterns'"),
    (TENANT, grant("dynamodb:Scan", arn("FormBridgeData")), "dynamodb:scan"),
    (TENANT, {f"{STATEMENT}/Condition/ForAllValues:StringLike": DROP}, "expected with"),
    (TENANT, {"policy/Statement/1/Condition/ForAllValues:StringLike/dynamodb:LeadingKeys": ["T*"]}, '["T*"]'),
    (TENANT, {f"{STATEMENT}/Condition/Null/dynamodb:LeadingKeys": "true"}, '"dynamodb:leadingkeys": ["true"]'),
    (TENANT, {f"{STATEMENT}/Condition/StringNotLike": DROP}, "expected with"),
    (ACS, {"policy/Statement/+": {**READS_ALL, "Action": "ssm:GetParameter"}}, "ssm:getparameter", FULL),
    (ACS, {"policy/Statement/2/Resource/1": "arn:aws:ssm:eu-west-2:111122223333:parameter/dynamodb/*"}, "/*", FULL),
    (PSE, {"policy/Statement/5/Resource": ["arn:aws:kms:eu-west-2:999988887777:key/1"]}, "999988887777:key", FULL),
    (ACS, {"policy/Statement/3/Condition": DROP}, "expected with", FULL),
    ("policy acs-readonly", {f"{STATEMENT}/Effect": "Allow"}, '"Effect": "Deny"'),
    ("policy pse-readonly", {f"{STATEMENT}/Condition": {"Bool": {"aws:SecureTransport": "true"}}}, "expected without"),
    (READER, {"policy/Statement/2/Condition/StringEquals": DROP}, '"dynamodb:select": ["SPECIFIC_ATTRIBUTES"]'),
    (READER, {f"{NAMED}/dynamodb:Attributes/+": "accessToken"}, '"accessToken"'),
    (READER, grant("dynamodb:Query", arn("cloudstro-*", "us-east-1")), "table/cloudstro-*"),
    # Whom a role trusts, and what else it has.
    ("role acs-app", trusts(AWS=[ACCOUNT_ROOT]), ":root"),
    ("role acs-readonly", trusts(AWS=[FOREIGN]), "999988887777"),
    ("role pse-app", trusts(AWS=["*"]), '["*"]'),
    ("role pse-readonly", {f"{TRUST}/Principal": "*"}, '"Principal": "*"'),
    ("role cloudstro-app", trusts(Service=["ec2.amazonaws.com"]), "ec2.amazonaws.com"),
    ("role cloudstro-readonly", trusts(Federated=["ci.example.com"]), "Federated"),
    ("role content-ai-app", {f"{TRUST}/Action": "sts:AssumeRoleWithWebIdentity"}, "sts:assumerolewithwebidentity"),
    ("role content-ai-readonly", {f"{TRUST}/NotPrincipal": {"AWS": HOLDER}}, "NotPrincipal"),
    ("role pse-app", {f"{TRUST}/Condition": DROP}, '"aws:sourceaccount": ['),
    ("role cloudstro-app", {f"{TRUST}/Condition/StringEquals/aws:SourceAccount": "999988887777"}, "expected without"),
    ("role acs-readonly", {f"{TRUST}/Condition/StringEquals/sts:ExternalId": "guess"}, '["guess"]', FULL),
    ("role pse-readonly", {"assumeRolePolicy/Statement/1/Condition": DROP}, '["o-abcdefghij"]', FULL),
    ("role formbridge-tenant", trusts(AWS=[HOLDER.replace("acs-app-role", "server")]), "role/server", FULL),
    ("role formbridge-app", {"assumeRolePolicy": UNKNOWN}, "assumeRolePolicy is (known after the update)"),
    ("role formbridge-tenant", {f"{TRUST}/Condition/StringNotLike": {TAG: ["x"]}}, '["x"]'),
    ("role formbridge-tenant", {f"{TRUST}/Condition": {}}, "expected with"),
    ("role formbridge-tenant", {f"{TRUST}/Condition/Null": {TAG: "true"}}, '["true"]'),
    ("role formbridge-tenant", trusts(AWS=[HOLDER]), "acs-app-role"),
    ("role formbridge-readonly", {"inlinePolicies": [{"name": "x", "policy": "{}"}]}, "inlinePolicies is"),
    (
        "role marketbrewer-app",
        {"managedPolicyArns": ["arn:aws:iam::aws:policy/AdministratorAccess"]},
        "managedPolicyArns",
    ),
    ("role marketbrewer-sync", {"maxSessionDuration": 43_200}, "maxSessionDuration is 43200, expected not given"),
    ("role marketbrewer-readonly", {"permissionsBoundary": HOLDER}, "permissionsBoundary is"),
    ("role acs-app", {"permissionsBoundary": DROP}, "permissionsBoundary is not given, expected 'arn:aws:iam:", FULL),
    ("role acs-app", {"name": "admin"}, "name is 'admin', expected 'acs-app-role'"),
    ("role acs-app", {"path": "/hidden/"}, "path is '/hidden/', expected not given"),
    ("role acs-app", {"tags/owner": "nobody"}, "tags.owner is 'nobody', expected 'acs-team'"),
    # Who a table is opened to beside roles.
    (DENY, {"policy/Statement/0/Effect": "Allow"}, '"Effect": "Allow"', FULL),
    (DENY, {"policy/Statement/0/Action": ["dynamodb:PutItem"]}, "is without", FULL),
    (DENY, {"policy/Statement/0/Principal": {"AWS": [HOLDER]}}, "acs-app-role", FULL),
    (DENY, {"policy/Statement": []}, "is without", FULL),
    (DENY, opens("*", Condition={"StringLike": {"aws:UserAgent": "x"}}), '"Principal": "*"', FULL),
    (DENY, opens({"AWS": FOREIGN}), "999988887777", FULL),
    (DENY, opens({"AWS": HOLDER.replace("acs-", "pse-")}), "pse-app-role", FULL),
    (
        DENY,
        {"resourceArn": arn("acsd2p-prod-Sessions")},
        "expected 'arn:aws:dynamodb:eu-west-2:111122223333:table/acsd2p-prod-U",
        FULL,
    ),
    # Tables.
    ("table acs-Conversations", {"replicas": [{"regionName": "us-east-1"}]}, "replicas is"),
    (SESSIONS, {"importTable": {"inputFormat": "CSV"}}, "importTable is"),
    (WORDS, {"restoreSourceTableArn": arn("x").replace("1111", "9999")}, "restoreSourceTableArn is"),
    (POSTS, {"restoreSourceName": "pse-x", "restoreToLatestTime": True}, "restoreSourceName is"),
    (FORMS, {"region": "eu-central-1"}, "region is 'eu-central-1', expected 'eu-west-2'"),
    (ACCOUNTS, {"region": DROP}, "region is not given, expected 'us-east-1'"),
    ("table content-ai-ai-response-cache", {"region": UNKNOWN}, "region is (known after the update)"),
    (
        "table acs-Threads",
        {"serverSideEncryption/kmsKeyArn": "arn:aws:kms:eu-west-2:999988887777:key/1"},
        "kmsKeyArn is",
    ),
    (USERS, {"serverSideEncryption/kmsKeyArn": KEYS["eu-west-2"] + "2"}, "key/12', expected", FULL),
    (
        "table acs-EVDataCollection",
        {"streamEnabled": True, "streamViewType": "NEW_IMAGE"},
        "streamEnabled is True, expected not given",
    ),
    (FORMS, {"streamEnabled": DROP, "streamViewType": DROP}, "streamViewType is not given"),
    (FORMS, {"streamViewType": "KEYS_ONLY"}, "expected 'NEW_AND_OLD_IMAGES'"),
    ("table acs-Invocations", {"onDemandThroughput": {"maxReadRequestUnits": 1}}, "onDemandThroughput is"),
    (
        "table acs-LLMDataCollection",
        {f"{QUERY}/onDemandThroughput": {"maxWriteRequestUnits": 1}},
        "[0].onDemandThroughput is",
    ),
    ("table acs-LLMReportData", {"tableClass": "STANDARD_INFREQUENT_ACCESS"}, "tableClass is"),
    (
        "table acs-OrganizationMembers",
        {"pointInTimeRecovery/recoveryPeriodInDays": 20},
        "recoveryPeriodInDays is 20, expected 35",
    ),
    ("table acs-RL_AI", {"pointInTimeRecovery": UNKNOWN}, "pointInTimeRecovery is (known after the update)"),
    ("table pse-search-analytics", {"ttl": DROP}, "ttl is not given, expected {'attributeName': "),
    (PIPELINE, {"ttl/enabled": False}, "ttl.enabled is False, expected True"),
    (PIPELINE, {"ttl/attributeName": "expires"}, "ttl.attributeName is 'expires', expected 'ttl'"),
    ("table content-ai-Projects", {"hashKey": "job", "attributes/0/name": "job"}, "hashKey is 'job', expected"),
    ("table content-ai-ProjectTemplates", {"attributes/0/type": "N"}, "attributes[0].type is 'N', expected 'S'"),
    (FORMS, {"rangeKey": DROP}, "rangeKey is not given, expected 'SK'"),
    ("table acs-RL_AWS", {QUERY: DROP}, "globalSecondaryIndexes is"),
    (LOCKS, {"globalSecondaryIndexes": [SPARE]}, "globalSecondaryIndexes is"),
    ("table acs-Users", {f"{QUERY}/projectionType": "KEYS_ONLY"}, "projectionType is 'KEYS_ONLY', expected 'ALL'"),
    (ACCOUNTS, {f"{QUERY}/nonKeyAttributes/+": "accessToken"}, "nonKeyAttributes is"),
    (USERS, {f"{QUERY}/name": "more"}, "[0].name is 'more', expected 'id-index'"),
    (LOCKS, {"localSecondaryIndexes": [{"name": "x", "rangeKey": "y"}]}, "localSecondaryIndexes is"),
    (
        "table acs-Conversations",
        {"tags/data-classification": "internal"},
        "tags.data-classification is 'internal', expected 'pii'",
    ),
    (WORDS, {"name": "pse-keyword-intelligence"}, "expected 'dev-pse-keyword-intelligence'", "dev"),
    (USERS, {"name": UNKNOWN}, "name is (known after the update), expected 'acsd2p-prod-Users'"),
    # Alarms, and who hears them.
    ("alarm acs-Conversations-read-throttles", {"threshold": 1e9}, "threshold is 1000000000, expected 0"),
    ("alarm acs-Threads-read-throttles", {"evaluationPeriods": 100}, "evaluationPeriods is 100, expected 5"),
    ("alarm acs-EVDataCollection-read-throttles", {"datapointsToAlarm": 5}, "datapointsToAlarm is 5, expected 1"),
    ("alarm acs-Invocations-read-throttles", {f"{WATCHED}/period": 86_400}, "period is 86400, expected 60"),
    (
        "alarm acs-LLMDataCollection-read-throttles",
        {"comparisonOperator": "LessThanThreshold"},
        "comparisonOperator is 'LessThanThreshold'",
    ),
    (
        "alarm acs-LLMReportData-read-throttles",
        {"alarmActions/0": "arn:aws:sns:eu-west-2:999988887777:x"},
        "alarmActions[0] is",
    ),
    (
        "alarm acs-OrganizationMembers-read-throttles",
        {"alarmActions": UNKNOWN},
        "alarmActions is (known after the update)",
    ),
    ("alarm acs-RL_AI-read-throttles", {f"{WATCHED}/namespace": "AWS/SQS"}, "is 'AWS/SQS', expected 'AWS/DynamoDB'"),
    ("alarm acs-RL_AWS-read-throttles", {"region": "eu-central-1"}, "region is 'eu-central-1'"),
    (READS, {f"{WATCHED}/dimensions/TableName": "acsd2p-prod-User"}, "dimensions.TableName is 'acsd2p-prod-User'"),
    (GSI1, {f"{WATCHED}/dimensions/GlobalSecondaryIndexName": "GSI9"}, "is 'GSI9', expected 'GSI1'"),
    (ERRORS, {"metricQueries/4/expression": "0 * m0"}, "metricQueries[4].expression is '0 * m0'"),
    (ERRORS, {"okActions": DROP}, "okActions is not given"),
    ("topic acs-alarms", {"policy": EVERYBODY}, "policy is"),
    ("topic acs-alarms", {"policy": DROP}, "policy is not given"),
    ("topic acs-alarms", {"policy/Statement/0/Condition": DROP}, '"aws:sourceaccount": ['),
    ("topic acs-alarms", {"policy/Statement/1": DROP}, '"aws:securetransport": ["false"]'),
    ("topic acs-alarms", {"kmsMasterKeyId": DROP}, "kmsMasterKeyId is not given, expected 'arn:aws:kms", FULL),
    ("topic acs-alarms", {"kmsMasterKeyId": "alias/aws/sns"}, "kmsMasterKeyId is 'alias/aws/sns', expected", FULL),
    ("topic acs-alarms", {"region": "eu-central-1"}, "region is 'eu-central-1'"),
    ("topic acs-alarms", {"httpFailureFeedbackRoleArn": HOLDER}, "httpFailureFeedbackRoleArn is"),
    (HEARS, {"endpoint": "x@example.com"}, "endpoint is not the one that the stage's settings have (a secret)", FULL),
    (HEARS, {"protocol": "https"}, "protocol is 'https', expected 'email'", FULL),
    (HEARS, {"filterPolicy": "{}"}, "filterPolicy is {}, expected not given", FULL),
    # What is published.
    (VARIABLE, {"name": "/dynamodb/prod/pse/env/A"}, "expected '/dynamodb/prod/acs/env/DYNAMODB_USERS_TABLE'", FULL),
    (VARIABLE, {"insecureValue": "another"}, "insecureValue is 'another', expected 'acsd2p-prod-Users'", FULL),
    (VARIABLE, {"insecureValue": UNKNOWN}, "insecureValue is (known after the update)", FULL),
    (VARIABLE, {"type": "SecureString"}, "type is 'SecureString', expected 'String'", FULL),
    (FIRST, {"tier": "Advanced"}, "tier is 'Advanced', expected 'Standard'", FULL),
    (FIRST, {"insecureValue/stage": "dev"}, "insecureValue.stage is 'dev', expected 'prod'", FULL),
    (FIRST, {"insecureValue/contract/region": "x"}, "insecureValue.contract.region is 'x'", FULL),
    (TENANT, {KEYS_OF_0: {"DYNAMODB:LEADINGKEYS": ["*"], "dynamodb:LeadingKeys": LEADING}}, "an element is there"),
    (TENANT, {KEYS_OF_0: {"dynamodb:Leading\u212aeys": LEADING}}, "policy is with"),
    ("role formbridge-tenant", {f"{TRUST}/Condition/StringNotLike": {TAG.upper(): ["x"], TAG: ["*.*"]}},
     "an element is there twice"),
    (ERRORS, {f"{WATCHED}/dimensions/path": "/"}, "dimensions.path is '/', expected not given"),
    ("role pse-readonly", {"tags/path": "/"}, "tags.path is '/', expected not given"),
    (FIRST, {"insecureValue/revision": "another"}, "insecureValue.revision is 'another', expected '…'", FULL),
    (FIRST, {"insecureValue": '{"contract": {}, "contract": {}}'}, 'insecureValue is {"contract"', FULL),
    (SESSIONS, {"tags/key": {SIGNATURE: SECRET, "value": "hunter2"}}, "tags.key is [secret], expected not given"),
)  # fmt: skip
"""What is changed of a resource that is expected, and a part of what `stack-inputs` then says."""

REST: Final[tuple[tuple[Any, ...], ...]] = (
    ("stack-options", "table acs-Threads", {"@protect": False}, "protect is False, expected True"),
    ("stack-options", USERS, {"@protect": True}, "protect is True, expected False", "dev"),
    ("stack-options", "table acs-EVDataCollection", {"@ignore_changes": ("tags",)},
     "ignoreChanges is ['tags'], expected ['replicas']"),
    ("stack-options", "policy acs-app", {"@ignore_changes": ("policy",)}, "ignoreChanges is ['policy']"),
    ("stack-options", "role pse-app", {"@ignore_changes": ("assumeRolePolicy",)}, "ignoreChanges is"),
    ("stack-options", "alarm acs-Users-read-throttles", {"@ignore_changes": ("*",)}, "ignoreChanges is ['*']"),
    ("stack-options", "table acs-Invocations", {"@aliases": ("urn:pulumi:prod::x::aws:dynamodb/table:Table::y",)},
     "aliases is"),
    ("stack-options", "table acs-LLMDataCollection", {"@delete_before_replace": True}, "deleteBeforeReplace is true"),
    ("stack-options", "policy acs-readonly", {"@delete_before_replace": True}, "deleteBeforeReplace is true"),
    ("stack-options", "alarm acs-Threads-write-throttles", {"@parents": ""}, "it is in the stack, expected in Table"),
    ("stack-options", "policy pse-readonly", {"@parents": "Wrapped AccessRoles"}, "it is in Wrapped AccessRoles, exp",
     "dev"),
    ("stack-provider", "table acs-RL_AI", {"@provider": "default_7_1_0_http___x"}, "its provider is 'default_7_1_0_h"),
    ("stack-provider", f"{PROVIDER} mine", {"region": "eu-west-2", "version": "7.1.0"}, "that the program made"),
    ("stack-provider", f"{PROVIDER} default_7_1_0", {"region": "eu-west-2", "version": "6.0.0"}, "of version 6.0.0"),
    ("stack-provider", f"{PROVIDER} default_7_1_0", {"region": "eu-west-2", "pluginDownloadURL": "https://x"},
     "pluginDownloadURL is not"),
    ("stack-provider", f"{PROVIDER} default_7_1_0", {"version": "7.1.0", "@parent": "urn:pulumi:prod::x::y::z"},
     "that the program made"),
    ("stack-provider", "table acs-LLMReportData", {"@provider": "frankfurt"}, "its provider is 'frankfurt'"),
    ("stack-provider", f"{PROVIDER} frankfurt", {"region": "eu-central-1"}, "region is not the one of aws:region"),
    ("stack-provider", f"{PROVIDER} default", {"assumeRoles": "[]", "region": "eu-west-2"}, "assumeRoles is not"),
    ("stack-provider", f"{PROVIDER} default_7", {"profile": "mine", "region": "eu-west-2"}, "profile is not the one"),
    ("stack-complete", USERS, {"": DROP}, "table acs-Users: is not there"),
    ("stack-complete", "role marketbrewer-sync", {"": DROP}, "role marketbrewer-sync: is not there"),
    ("stack-complete", PSE, {"": DROP}, "role policy pse-app: is not there"),
    ("stack-complete", DENY, {"": DROP}, "resource policy acs-Users-deny-writes: is not there", FULL),
    ("stack-complete", READS, {"": DROP}, "alarm acs-Users-read-throttles: is not there"),
    ("stack-complete", "alarm account-eu-west-2-user-errors", {"": DROP}, "is not there"),
    ("stack-complete", "topic acs-alarms", {"": DROP}, "topic acs-alarms: is not there"),
    ("stack-complete", HEARS, {"": DROP}, "subscription acs-alarms-email-af3c8254: is not there", FULL),
    ("stack-complete", FIRST, {"": DROP}, "parameter acs/contract/1: is not there", FULL),
    ("table-recovery", "table acs-OrganizationMembers", {"pointInTimeRecovery/enabled": False}, "is off"),
    ("table-recovery", USERS, {"pointInTimeRecovery": DROP}, "is off", "dev"),
    ("table-recovery-window", FORMS, {"pointInTimeRecovery/recoveryPeriodInDays": 1}, "1 days; allowed are 14 to 35"),
    ("table-deletion-protection", LOCKS, {"deletionProtectionEnabled": False}, "deletionProtectionEnabled is false"),
    ("table-protect", "table acs-RL_AI", {"@protect": False}, "protect is false"),
    ("table-encryption", "table acs-RL_AWS", {"serverSideEncryption": DROP}, "enabled is false"),
    ("table-billing", USERS, {"billingMode": DROP}, "is PROVISIONED, expected PAY_PER_REQUEST", "dev"),
    ("table-billing", "table cloudstro-social-engagement", FIXED, "is PROVISIONED, expected PAY_PER_REQUEST"),
    ("table-tags", "table acs-Users", {"tags/owner": DROP}, "no tag 'owner'"),
    ("table-tags", WORDS, {"tags": DROP}, "no tag 'family'", "local"),
    ("table-name", "table other", OTHER | {"name": "cloudstro-other"}, "is of family 'cloudstro' in prod"),
    ("table-name", "table other", OTHER | {"name": "seo_businesses"}, "is of family 'marketbrewer' in prod"),
    ("table-name", "table other", OTHER | {"name": "SuperchargedProjects"}, "exists already"),
    ("table-ignored-changes", "table acs-Conversations", {"@ignore_changes": ("pointInTimeRecovery.enabled",)},
     "ignoreChanges has"),
    ("access-wildcard-action", ACS, grant("dynamodb:*", arn("acsd2p-prod-*")), "'dynamodb:*'"),
    ("access-wildcard-action", PSE, {f"{STATEMENT}/Action": ["dynamodb:Get*"]}, "'dynamodb:Get*'", "dev"),
    ("access-wildcard-action", "policy cloudstro-readonly", {f"{STATEMENT}/NotAction": ["iam:*"]}, "by NotAction"),
    ("access-wildcard-resource", "policy content-ai-app", {f"{STATEMENT}/Resource": ["*"]}, "is on '*'"),
    ("access-wildcard-resource", "policy content-ai-readonly", {f"{STATEMENT}/NotResource": [arn("x")]},
     "by NotResource"),
    ("access-wildcard-resource", ACS, grant("dynamodb:GetItem", arn("*")), "table/*'", "local"),
    ("access-wildcard-resource", PSE, grant(["cloudwatch:PutMetricData", "dynamodb:GetItem"], "*"), "is on '*'"),
    ("access-principal", "role acs-app", {f"{TRUST}/Principal": "*", f"{TRUST}/Condition": DROP}, '"*"'),
    ("access-principal", "role pse-app", {**trusts(AWS=["*"]), f"{TRUST}/Condition": DROP}, "name services", "dev"),
    ("access-principal", "topic acs-alarms", {"policy": EVERYBODY}, "allows principal"),
    ("access-principal", DENY, {"policy": EVERYBODY}, "allows principal", FULL),
    ("access-principal", DENY, opens("*", Condition={"StringLike": {"aws:UserAgent": "x"}}), "allows principal", FULL),
    ("access-principal", DENY, opens("*", Condition={"StringNotEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}),
     "or the account or organization", FULL),
    ("access-principal", "open acs-alarms", {"policy": EVERYBODY}, "allows principal"),
    ("access-principal", "kms/keyPolicy:KeyPolicy open", {"policy": EVERYBODY}, "allows principal"),
    ("access-other-account", DENY, opens({"AWS": FOREIGN}), "of account 999988887777; the table is in 1111", FULL),
    ("access-limits", PSE, grant("dynamodb:GetItem", arn("pse-" + "x" * 10_240)), "at most 10240"),
    ("alarm-published", "alarm acs-Conversations-read-throttles", {f"{WATCHED}/metricName": "ItemCount"},
     "no metric 'ItemCount'"),
    ("alarm-published", "alarm acs-Threads-read-throttles", {f"{WATCHED}/metricName": "ThrottledRequests"},
     "not published by TableName"),
    ("alarm-published", ERRORS, {f"{WATCHED}/dimensions/Operation": DROP}, "by TableName;", "local"),
    ("alarm-published", "alarm acs-EVDataCollection-read-throttles", {f"{WATCHED}/metricName": "UserErrors"},
     "dimensions are none"),
    ("alarm-published", "alarm acs-Invocations-read-throttles", {f"{WATCHED}/stat": "Average"}, "no statistic Average"),
    ("alarm-missing-data", "alarm acs-LLMDataCollection-read-throttles", {"treatMissingData": DROP}, "'missing'"),
    ("alarm-missing-data", ERRORS, {"treatMissingData": "breaching"}, "is notBreaching"),
    ("alarm-actions", "alarm acs-LLMReportData-read-throttles", {"alarmActions": []}, "alarmActions is empty"),
    ("alarm-actions", "alarm acs-OrganizationMembers-read-throttles", {"actionsEnabled": False},
     "actionsEnabled is false"),
)  # fmt: skip
MUTATIONS: Final = (
    *(Broken("stack-undeclared", target, edits, "is not expected at all") for target, edits in NOT_DECLARED),
    *(Broken("stack-inputs", *row) for row in OTHERWISE),
    *(Broken(*row) for row in (*REST, *WATCHES, *CAPACITY, *BACKUPS, *EVENTS, *FUNCTIONS, *RECORDS, *COPIES)),
)
