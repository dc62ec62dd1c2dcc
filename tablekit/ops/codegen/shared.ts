/** An item in plain JavaScript, as the document client takes and gives it. */
export type Item = Record<string, unknown>;

/** The document client's NumberValue, for what a JavaScript number can't hold. */
export interface ExactNumber {
  readonly value: string;
  toAttributeValue(): { N: string };
}

export type DynamoNumber = number | bigint | ExactNumber;

interface Expressions {
  TableName: string;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: Item;
}

/** For `new GetCommand(…)`. */
export interface GetRequest {
  TableName: string;
  Key: Item;
  ProjectionExpression?: string;
  ExpressionAttributeNames?: Record<string, string>;
}

/** For `new ScanCommand(…)`. */
export interface ScanRequest extends Expressions {
  IndexName?: string;
  Limit?: number;
  FilterExpression?: string;
  ProjectionExpression?: string;
  Select?: "SPECIFIC_ATTRIBUTES";
}

/** For `new QueryCommand(…)`. */
export interface QueryRequest extends ScanRequest {
  KeyConditionExpression: string;
  ScanIndexForward: boolean;
}

/** For `new PutCommand(…)`. */
export interface PutRequest extends Expressions {
  Item: Item;
  ConditionExpression?: string;
  ReturnValues: "ALL_OLD";
}

/** For `new DeleteCommand(…)`. */
export interface DeleteRequest extends Expressions {
  Key: Item;
  ConditionExpression?: string;
  ReturnValues: "ALL_OLD";
}

/** For `new UpdateCommand(…)`. */
export interface UpdateRequest extends Expressions {
  Key: Item;
  UpdateExpression: string;
  ConditionExpression?: string;
  ReturnValues: "ALL_NEW";
}

/** For `new BatchWriteCommand(…)`; send again what its answer names in UnprocessedItems. */
export interface BatchWriteRequest {
  RequestItems: Record<string, { PutRequest: { Item: Item } }[]>;
}

interface TableConstant {
  readonly name: string;
  readonly variable: string;
}

/** A table's name from its environment variable; the error names the variable that is not set. */
function fromEnvironment(table: TableConstant, environment: Readonly<Record<string, string | undefined>>): string {
  const found = environment[table.variable];
  if (!found) {
    throw new Error(`${table.variable} is not set; it holds the name of table ${table.name}`);
  }
  return found;
}
