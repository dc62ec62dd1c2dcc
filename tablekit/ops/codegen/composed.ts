/** A composed key. It is taken apart again: a value with a separator in it could name another item. */
function composed(
  pattern: string,
  parts: readonly (readonly [text: string, field?: string])[],
  values: Readonly<Record<string, unknown>>,
): string {
  const given = new Map<string, string>();
  let text = "";
  let expression = "";
  for (const [literal, field] of parts) {
    text += literal;
    expression += literal.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
    if (field !== undefined) {
      const value = values[field];
      const shown = typeof value === "object" && value !== null && "value" in value ? value.value : value;
      const letters = typeof shown === "number" || typeof shown === "bigint" ? String(shown) : shown;
      const fits = typeof value === "string" ? /^[^]+$/ : /^-?\d+(\.\d+)?$/;
      if (typeof letters !== "string" || !fits.test(letters)) {
        throw new TypeError(`${pattern}: parameter ${field} makes no part of a key; give one character or more`);
      }
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
