// Makes the requests that standard input names with the generated code; where ENDPOINT is set, it sends them with the AWS
// SDK, and gives what was found. Values come and go as DynamoDB JSON, so that every type shows.
import { readFileSync } from "node:fs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import * as library from "@aws-sdk/lib-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";

const cases = JSON.parse(readFileSync(0, "utf8"));
const modules = new Map();

async function made({ module, requests, method, parameters }) {
  if (!modules.has(module)) {
    modules.set(module, await import(`./${module}.js`));
  }
  return modules.get(module)[requests].fromEnvironment(process.env)[method](unmarshall(parameters, { wrapNumbers: true }));
}

// What the document client makes of a request before it is sent.
function shown(request) {
  const item = ({ PutRequest }) => ({ PutRequest: { Item: marshall(PutRequest.Item) } });
  const parts = Object.entries(request).map(([name, value]) => {
    if (name === "RequestItems") {
      return [name, Object.fromEntries(Object.entries(value).map(([table, items]) => [table, items.map(item)]))];
    }
    return [name, ["Key", "Item", "ExpressionAttributeValues"].includes(name) ? marshall(value) : value];
  });
  return Object.fromEntries(parts);
}

async function sent(request, { command, region }) {
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const client = new DynamoDBClient({ region, endpoint: process.env.ENDPOINT, credentials });
  const documents = library.DynamoDBDocumentClient.from(client, { unmarshallOptions: { wrapNumbers: true } });
  const answer = await documents.send(new library[command](request));
  client.destroy();
  return (answer.Items ?? [answer.Item ?? answer.Attributes]).filter(Boolean).map((item) => marshall(item));
}

const answers = [];
for (const one of cases) {
  try {
    const request = await made(one);
    const one_or_many = Array.isArray(request) ? request.map(shown) : shown(request);
    answers.push(process.env.ENDPOINT ? await sent(request, one) : one_or_many);
  } catch (error) {
    answers.push({ error: `${error.name}: ${error.message}` });
  }
}
process.stdout.write(JSON.stringify(answers));
