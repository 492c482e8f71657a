type Schema = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `catalog.reserve-stock` or `userId` as a type is called: `CatalogReserveStock`, `UserId`. */
export function typeName(text: string): string {
  return text
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

/** Recognises schemas that become a type of their own in the programs that are generated of them. */
function isType({ type, properties, additionalProperties, enum: values, oneOf, anyOf }: Schema): boolean {
  const isMap = type === 'object' && isObject(additionalProperties);
  return isObject(properties) || isMap || [values, oneOf, anyOf].some(Array.isArray);
}

/** The name of one of several kinds: a success, a refusal, or else its place. */
function variantName(variant: unknown, index: number): string {
  const { ok } = isObject(variant) && isObject(variant.properties) ? variant.properties : {};
  if (!isObject(ok)) return `Kind${index + 1}`;
  return ok.const === true ? 'Accepted' : 'Refused';
}

/** Gives the schemas of a document that stand in place names of their own, so that generators do not make them up. */
export class NamedSchemas {
  readonly #named = new Map<string, unknown>();

  /** @param schemas those that have a name already */
  constructor(schemas: Schema) {
    for (const [name, schema] of Object.entries(schemas)) this.#named.set(name, schema);
    for (const [name, schema] of Object.entries(schemas)) this.#named.set(name, this.#within(schema, name));
  }

  get all(): Record<string, unknown> {
    return Object.fromEntries([...this.#named].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** The schema under its name, or a reference to what it is called already. */
  reference(schema: unknown, name: string): unknown {
    if (!isObject(schema) || schema.$ref !== undefined) return schema;
    const known = this.#named.get(name);
    const written = this.#within(schema, name);
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(written)) {
      return this.reference(schema, `${name}Of`);
    }
    this.#named.set(name, written);
    return { $ref: `#/components/schemas/${name}` };
  }

  #within(schema: unknown, name: string): unknown {
    if (!isObject(schema)) return schema;
    const parts = Object.entries(schema).map(([keyword, part]): [string, unknown] => {
      if (keyword === 'properties' && isObject(part)) {
        const fields = Object.entries(part).map(([field, one]) => [
          field,
          this.#part(one, name + typeName(field)),
        ]);
        return [keyword, Object.fromEntries(fields)];
      }
      if (keyword === 'items' || keyword === 'additionalProperties') {
        return [keyword, this.#part(part, `${name}Item`)];
      }
      if ((keyword === 'oneOf' || keyword === 'anyOf') && Array.isArray(part)) {
        return [keyword, part.map((one, index) => this.#part(one, name + variantName(one, index)))];
      }
      return [keyword, part];
    });
    return Object.fromEntries(parts);
  }

  #part(schema: unknown, name: string): unknown {
    return isObject(schema) && isType(schema) ? this.reference(schema, name) : this.#within(schema, name);
  }
}
