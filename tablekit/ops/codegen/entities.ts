interface EntityForm {
  readonly keys: Readonly<Record<string, readonly KeyPart[]>>;
  readonly required: readonly string[];
  readonly fields: readonly string[];
  readonly dropped: readonly string[];
}

/** The item of an entity's fields, with the keys that they make. */
function itemOf(pattern: string, form: EntityForm, given: object): Item {
  const fields = new Map<string, unknown>(Object.entries(given).filter(([, value]) => value !== undefined));
  for (const name of fields.keys()) {
    if (!form.fields.includes(name) && !Object.hasOwn(form.keys, name)) {
      throw new TypeError(`${pattern}: no field ${name}; it has ${form.fields.join(", ")}`);
    }
  }
  for (const name of form.required) {
    if (!fields.has(name)) {
      throw new TypeError(`${pattern}: field ${name} is missing, which makes a key`);
    }
  }
  const item = new Map([...fields].filter(([name]) => !form.dropped.includes(name)));
  for (const [key, parts] of Object.entries(form.keys)) {
    const text = composed(pattern, parts, Object.fromEntries(fields));
    if (fields.has(key) && !form.fields.includes(key) && fields.get(key) !== text) {
      throw new TypeError(`${pattern}: key ${key} is not ${JSON.stringify(text)}, as the fields make it; leave it out`);
    }
    item.set(key, text);
  }
  return Object.fromEntries(item);
}
