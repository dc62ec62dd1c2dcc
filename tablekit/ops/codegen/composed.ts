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
