// Asks @cloud-copilot/iam-simulate. A line on standard input is one batch, and gets one line with its answers:
//   {policies: [document], asked: [[own, attached, principal, action, context, resources]]}
//   {invalid: [message], answers: [a letter for each resource]}
// own, attached: places in policies. Letters: A allowed, D denied by a statement, N granted by none, E not answered.
const readline = require("node:readline");
const { createValidatedPolicy, validateIdentityPolicy, validateResourcePolicy, validateTrustPolicy } = require(
  "@cloud-copilot/iam-policy",
);
const { isConditionKeyArray, runSimulation, runUnsafeSimulation, typeForContextKey } = require(
  "@cloud-copilot/iam-simulate",
);

const LETTERS = { Allowed: "A", ExplicitlyDenied: "D", ImplicitlyDenied: "N" };

async function keys(context) {
  const found = {};
  for (const [name, values] of Object.entries(context)) {
    const many = isConditionKeyArray(await typeForContextKey(name));
    if (values.length > 0) found[name] = many || values.length > 1 ? values : values[0];
  }
  return found;
}

async function answer({ policies, asked }) {
  const read = new Map();
  const policy = (place, validate) => {
    const key = `${place} ${validate.name}`;
    if (!read.has(key)) read.set(key, createValidatedPolicy(policies[place], validate, { name: key }));
    return read.get(key);
  };
  const answers = [];
  for (const [own, attached, principal, action, context, resources] of asked) {
    const validate = action.toLowerCase().startsWith("sts:") ? validateTrustPolicy : validateResourcePolicy;
    const identityPolicies = own.map((place) => ({ name: `own ${place}`, policy: policy(place, validateIdentityPolicy) }));
    const resourcePolicy = attached === null ? undefined : policy(attached, validate);
    const all = [resourcePolicy, ...identityPolicies.map((each) => each.policy)];
    if (all.some((each) => each?.errors.length > 0)) {
      answers.push("E".repeat(resources.length));
      continue;
    }
    const common = { identityPolicies, resourcePolicy, serviceControlPolicies: [], resourceControlPolicies: [] };
    const contextVariables = await keys(context);
    const home = principal.split(":")[4] ?? "";
    let letters = "";
    for (const arn of resources) {
      const request = { principal, action, resource: { resource: arn, accountId: arn.split(":")[4] || home }, contextVariables };
      const simulation = { ...common, request };
      const result = arn === "*" ? (await runSimulation(simulation, {})).overallResult : runUnsafeSimulation(simulation, {});
      letters += LETTERS[result] ?? "E";
    }
    answers.push(letters);
  }
  const invalid = [...read].flatMap(([name, { errors }]) => errors.map((error) => `${name} ${error.path}: ${error.message}`));
  return { invalid, answers };
}

(async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line)))}\n`);
  }
})();
