// The peer of benchmarks/plan: the resources that the project's preview plans, as an AWS CDK app. It is written as
// such an app is: constructs of the second level, a stack a family. BENCHMARK_RESOURCES names the file that the
// benchmark wrote: [{name, region, account, resources: [{type, name, inputs, retain}]}], inputs as pulumi-aws has them.
'use strict';

const fs = require('fs');
const { App, Duration, RemovalPolicy, Stack, Tags } = require('aws-cdk-lib');
const cloudwatch = require('aws-cdk-lib/aws-cloudwatch');
const actions = require('aws-cdk-lib/aws-cloudwatch-actions');
const dynamodb = require('aws-cdk-lib/aws-dynamodb');
const iam = require('aws-cdk-lib/aws-iam');
const sns = require('aws-cdk-lib/aws-sns');

class FamilyStack extends Stack {
  constructor(scope, group) {
    super(scope, group.name, { env: { account: group.account, region: group.region } });
    const of = (type) => group.resources.filter((resource) => resource.type === type);
    for (const { name, inputs, retain } of of('table')) {
      tagged(table(this, `${name}-table`, inputs, retain), inputs);
    }
    const policies = new Map(of('rolePolicy').map(({ name, inputs }) => [name, inputs]));
    for (const { name, inputs } of of('role')) {
      tagged(role(this, `${name}-role`, inputs, policies.get(name)), inputs);
    }
    for (const { name, inputs } of of('topic')) {
      this.topic = tagged(new sns.Topic(this, `${name}-topic`, { topicName: inputs.name }), inputs);
    }
    for (const { name, inputs } of of('metricAlarm')) {
      tagged(alarm(this, `${name}-alarm`, inputs, this.topic), inputs);
    }
  }
}

function tagged(construct, inputs) {
  for (const [key, value] of Object.entries(inputs.tags ?? {})) {
    Tags.of(construct).add(key, value);
  }
  return construct;
}

function table(scope, id, inputs, retain) {
  const types = Object.fromEntries(inputs.attributes.map(({ name, type }) => [name, type]));
  const key = (name) => (name ? { name, type: types[name] } : undefined);
  const made = new dynamodb.Table(scope, id, {
    tableName: inputs.name,
    partitionKey: key(inputs.hashKey),
    sortKey: key(inputs.rangeKey),
    billingMode: dynamodb.BillingMode[inputs.billingMode],
    readCapacity: inputs.readCapacity,
    writeCapacity: inputs.writeCapacity,
    timeToLiveAttribute: inputs.ttl?.attributeName,
    stream: inputs.streamEnabled ? inputs.streamViewType : undefined,
    pointInTimeRecoverySpecification: {
      pointInTimeRecoveryEnabled: inputs.pointInTimeRecovery.enabled,
      recoveryPeriodInDays: inputs.pointInTimeRecovery.recoveryPeriodInDays,
    },
    encryption: dynamodb.TableEncryption.AWS_MANAGED,
    deletionProtection: inputs.deletionProtectionEnabled,
    removalPolicy: retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
  for (const index of inputs.globalSecondaryIndexes ?? []) {
    const named = (kind) => index.keySchemas.find(({ keyType }) => keyType === kind)?.attributeName;
    made.addGlobalSecondaryIndex({
      indexName: index.name,
      partitionKey: key(named('HASH')),
      sortKey: key(named('RANGE')),
      projectionType: index.projectionType,
      nonKeyAttributes: index.nonKeyAttributes,
    });
  }
  for (const index of inputs.localSecondaryIndexes ?? []) {
    made.addLocalSecondaryIndex({
      indexName: index.name,
      sortKey: key(index.rangeKey),
      projectionType: index.projectionType,
      nonKeyAttributes: index.nonKeyAttributes,
    });
  }
  return made;
}

function role(scope, id, inputs, policy) {
  return new iam.Role(scope, id, {
    roleName: inputs.name,
    description: inputs.description,
    assumedBy: principal(JSON.parse(inputs.assumeRolePolicy).Statement[0]),
    inlinePolicies: policy && { [policy.name]: iam.PolicyDocument.fromJson(JSON.parse(policy.policy)) },
  });
}

function principal(statement) {
  const each = [
    ...(statement.Principal.Service ?? []).map((name) => new iam.ServicePrincipal(name)),
    ...(statement.Principal.AWS ?? []).map((arn) => new iam.ArnPrincipal(arn)),
  ];
  const trusted = each.length === 1 ? each[0] : new iam.CompositePrincipal(...each);
  const conditioned = statement.Condition ? trusted.withConditions(statement.Condition) : trusted;
  return statement.Action.includes('sts:TagSession') ? conditioned.withSessionTags() : conditioned;
}

function alarm(scope, id, inputs, topic) {
  const made = new cloudwatch.Alarm(scope, id, {
    alarmName: inputs.name,
    alarmDescription: inputs.alarmDescription,
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    threshold: inputs.threshold,
    evaluationPeriods: inputs.evaluationPeriods,
    treatMissingData: inputs.treatMissingData,
    metric: inputs.metricQueries ? sum(inputs.metricQueries) : metric(inputs),
  });
  const action = new actions.SnsAction(topic);
  made.addAlarmAction(...(inputs.alarmActions ?? []).map(() => action));
  made.addOkAction(...(inputs.okActions ?? []).map(() => action));
  return made;
}

function metric({ namespace, metricName, dimensions, statistic, stat, period }) {
  return new cloudwatch.Metric({
    namespace,
    metricName,
    dimensionsMap: dimensions,
    statistic: statistic ?? stat,
    period: Duration.seconds(period),
  });
}

function sum(queries) {
  const total = queries.find((query) => query.expression);
  const parts = queries.filter((query) => query.metric);
  return new cloudwatch.MathExpression({
    expression: total.expression,
    label: total.label,
    usingMetrics: Object.fromEntries(parts.map((query) => [query.id, metric(query.metric)])),
    period: Duration.seconds(parts[0].metric.period),
  });
}

const app = new App({ analyticsReporting: false });
for (const group of JSON.parse(fs.readFileSync(process.env.BENCHMARK_RESOURCES, 'utf8'))) {
  new FamilyStack(app, group);
}
