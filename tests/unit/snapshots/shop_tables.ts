// Tables and access patterns of shop, typed.
// Made by `tablekit codegen typescript` for contract version 1. Don't edit it: run that again.

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

type KeyPart = readonly [text: string, field?: string, digits?: number];

/** A composed key. It is taken apart again: a value with a separator in it could name another item. */
function composed(
  pattern: string,
  parts: readonly KeyPart[],
  values: Readonly<Record<string, unknown>>,
): string {
  const given = new Map<string, string>();
  let text = "";
  let expression = "";
  for (const [literal, field, digits] of parts) {
    text += literal;
    expression += literal.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
    if (field !== undefined) {
      const value = values[field];
      const exact = typeof value === "object" && value !== null && "value" in value ? value.value : value;
      const plain = typeof exact === "number" || typeof exact === "bigint" ? String(exact) : exact;
      // 1 and 1.0 are one number, and make one key.
      const short = (number: string) => number.replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "").replace(/^-0$/, "0");
      const part = typeof plain === "string" && plain !== value ? short(plain) : plain;
      const fits = digits ? /^\d+$/ : typeof value === "string" ? /^[^]+$/ : /^-?\d+(\.\d+)?$/;
      if (typeof part !== "string" || !fits.test(part) || (digits && part.length > digits)) {
        throw new TypeError(`${pattern}: parameter ${field} makes no part of a key; give one character or more`);
      }
      const letters = part.padStart(digits ?? 0, "0");
      text += letters;
      expression += given.has(field) ? `\\k<${field}>` : `(?<${field}>[^]+?)`;
      given.set(field, letters);
    }
  }
  const found = new RegExp(`^${expression}$`, "u").exec(text)?.groups;
  for (const [field, letters] of given) {
    if (found?.[field] !== letters) {
      throw new TypeError(
        `${pattern}: the values make ${JSON.stringify(text)}, which could be read as other values too; ` +
          "give values without the text that stands between the fields",
      );
    }
  }
  return text;
}

/** The family shop: its tables, keys and indexes by logical name. */
export const shop = {
  family: "shop",
  tables: {
    orders: {
      name: "orders",
      variable: "DYNAMODB_ORDERS_TABLE",
      hashKey: { name: "order_id", type: "S" },
      rangeKey: null,
      ttlAttribute: "ttl",
      indexes: {
        "customer-day-index": {
          name: "customer-day-index",
          hashKey: { name: "customer", type: "S" },
          rangeKey: { name: "day", type: "S" },
          projection: "ALL",
        },
      },
    },
  },
} as const;

export type ShopTable = keyof typeof shop.tables;

export type ShopPattern = keyof ShopParameters;

/** The key of an item, by table. */
export interface ShopKeys {
  orders: { order_id: string };
}

/** What each access pattern takes. */
export interface ShopParameters {
  import: { class: string; sum: DynamoNumber };
  "load-orders": { items: readonly (ShopKeys["orders"] & Item)[] };
  order: { number: string; tenant: string };
  "orders-of-customer": { customer: string; since: string };
  "place-order": { item: ShopKeys["orders"] & Item };
}

/** The access patterns of the family shop, each as a request that is ready to be sent. */
export class ShopRequests {
  readonly #name: (table: ShopTable) => string;

  /** name: gives a table's name in the stage, when a request needs it. */
  constructor(name: (table: ShopTable) => string) {
    this.#name = name;
  }

  /** Names from environment variables, as `process.env`; only those that are used need to be set. */
  static fromEnvironment(environment: Readonly<Record<string, string | undefined>>): ShopRequests {
    return new ShopRequests((table) => fromEnvironment(shop.tables[table], environment));
  }

  /** a sum. UpdateItem on orders: order_id = :class; SET total = total + :sum */
  import(parameters: ShopParameters["import"]): UpdateRequest {
    return {
      TableName: this.#name("orders"),
      Key: { order_id: parameters.class },
      UpdateExpression: "SET #n0 = #n0 + :v0",
      ExpressionAttributeNames: { "#n0": "total" },
      ReturnValues: "ALL_NEW",
      ExpressionAttributeValues: { ":v0": parameters.sum },
    };
  }

  /** many orders. BatchWriteItem on orders */
  loadOrders(parameters: ShopParameters["load-orders"]): BatchWriteRequest[] {
    const requests: BatchWriteRequest[] = [];
    for (let start = 0; start < parameters.items.length; start += 25) {
      const written = parameters.items.slice(start, start + 25);
      const items = written.map((Item) => ({ PutRequest: { Item } }));
      requests.push({ RequestItems: { [this.#name("orders")]: items } });
    }
    return requests;
  }

  /** one order. GetItem on orders: order_id = '{tenant}#{number}' */
  order(parameters: ShopParameters["order"]): GetRequest {
    return {
      TableName: this.#name("orders"),
      Key: { order_id: composed("shop/order", [["", "tenant"], ["#", "number"]], parameters) },
    };
  }

  /** a customer's orders since a day. Query on orders by its index customer-day-index: customer = :customer AND day >= :since */
  ordersOfCustomer(parameters: ShopParameters["orders-of-customer"]): QueryRequest {
    return {
      TableName: this.#name("orders"),
      KeyConditionExpression: "#n0 = :v0 AND #n1 >= :v1",
      ScanIndexForward: true,
      IndexName: "customer-day-index",
      ExpressionAttributeNames: { "#n0": "customer", "#n1": "day" },
      ExpressionAttributeValues: { ":v0": parameters.customer, ":v1": parameters.since },
    };
  }

  /** a new order, once. PutItem on orders: if attribute_not_exists(order_id) */
  placeOrder(parameters: ShopParameters["place-order"]): PutRequest {
    return {
      TableName: this.#name("orders"),
      Item: parameters.item,
      ConditionExpression: "attribute_not_exists(#n0)",
      ExpressionAttributeNames: { "#n0": "order_id" },
      ReturnValues: "ALL_OLD",
    };
  }
}
