import fc from 'fast-check';

export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

/** Values that exist in the shop, by the name of the field that may have them. */
export type Known = Readonly<Record<string, readonly unknown[]>>;

const HUGE = 'x'.repeat(20_000);

function deep(levels: number): unknown {
  let value: unknown = 0;
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

const ODD_VALUES = [
  [null, true, false, 0, -1, -0, 0.5, 1e308, -1e308, 2 ** 53, 2 ** 63, Number.MIN_VALUE],
  [[], {}, [null], [[]], { $gt: 0 }, { toString: 1 }, { length: 1e9 }, deep(100), deep(2_000)],
].flat();

const ODD_TEXTS = [
  ['', ' ', '\0', 'nul\0inside', '\ud800', '\udfff\ud800', '가'.repeat(300), '🍵', '\u202e', '\r\n', HUGE],
  ['__proto__', 'constructor', 'NaN', '1e5', '0x10', "' OR 1=1 --", '${7*7}', '../../etc/passwd', '<b>'],
  ['2026-02-30T00:00:00Z', '2026-01-01', '9999999999-01-01T00:00:00Z', '0000-01-01T00:00:00.000Z'],
].flat();

/** The first and last of what RFC 3339 can say, and finer than any clock. */
export const EDGE_TIMES = [
  ['0000-01-01T00:00:00Z', '0000-12-31T23:59:59.999Z', '0001-01-01T00:00:00Z', '0001-01-05T00:00:00Z'],
  ['9999-12-31T23:59:59.999Z', '2026-01-01T00:00:00.123456789Z', `2026-01-01T00:00:00.${'1'.repeat(150)}Z`],
].flat();

/** Values that no client in its right mind sends, but some client will. */
export const hostile: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(...ODD_VALUES, ...ODD_TEXTS),
  fc.jsonValue(),
  fc.string({ unit: 'binary', maxLength: 50 }),
  fc.double(),
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 70n }).map(Number),
);

/** Makes values from the schemas of a document. */
export class ValidValues {
  constructor(
    private readonly schemas: Readonly<Record<string, Schema>>,
    private readonly known: Known,
  ) {}

  /** @param name the field that it is for, which may have to name something that exists */
  of(given: Schema, name = ''): fc.Arbitrary<unknown> {
    const known = Object.hasOwn(this.known, name) ? this.known[name] : undefined;
    const any = this.#any(this.resolved(given), name);
    return known === undefined
      ? any
      : fc.oneof({ arbitrary: fc.constantFrom(...known), weight: 6 }, { arbitrary: any, weight: 1 });
  }

  resolved(schema: Schema): Schema {
    if (schema.$ref === undefined) return schema;
    const target = this.schemas[schema.$ref.split('/').at(-1)!]!;
    return { ...this.resolved(target), ...schema, $ref: undefined };
  }

  #any(schema: Schema, name: string): fc.Arbitrary<unknown> {
    if ('const' in schema) return fc.constant(schema.const);
    if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
    const variants = schema.oneOf ?? schema.anyOf;
    if (variants !== undefined) return fc.oneof(...variants.map((variant) => this.of(variant, name)));
    const [type = 'string'] = [schema.type].flat();
    switch (type) {
      case 'object':
        return this.#object(schema);
      case 'array':
        return this.#array(schema);
      case 'integer':
        return integer(schema);
      case 'number':
        return fc.double({ noNaN: true });
      case 'boolean':
        return fc.boolean();
      case 'null':
        return fc.constant(null);
      default:
        return text(schema, name);
    }
  }

  #object({ properties = {}, required = [] }: Schema): fc.Arbitrary<unknown> {
    const fields = Object.entries(properties).map(([name, field]) => {
      const value = this.of(field, name);
      // JSON leaves out what is undefined.
      return [name, required.includes(name) ? value : sometimes(3, value)] as const;
    });
    return fc.record(Object.fromEntries(fields), { noNullPrototype: true });
  }

  #array({ items = {}, minItems = 0, maxItems = 5 }: Schema): fc.Arbitrary<unknown> {
    return fc.array(this.of(items), { minLength: minItems, maxLength: Math.min(maxItems, minItems + 3) });
  }
}

/** A value once in so many times, and nothing else. */
export function sometimes<T>(oneIn: number, value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ arbitrary: fc.constant(undefined), weight: oneIn - 1 }, { arbitrary: value, weight: 1 });
}

function integer({ minimum = Number.MIN_SAFE_INTEGER, maximum = Number.MAX_SAFE_INTEGER }: Schema) {
  const small = { min: Math.max(minimum, -5), max: Math.min(maximum, 20) };
  return fc.oneof(
    { arbitrary: small.min <= small.max ? fc.integer(small) : fc.constant(minimum), weight: 5 },
    { arbitrary: fc.constantFrom(minimum, maximum), weight: 1 },
  );
}

function text(
  { format, pattern, minLength = 0, maxLength = 60 }: Schema,
  name: string,
): fc.Arbitrary<string> {
  if (format === 'uuid') return fc.uuid();
  if (format === 'date-time') {
    const range = { min: new Date('1970-01-01'), max: new Date('2100-01-01'), noInvalidDate: true };
    const usual = fc.date(range).map((date) => date.toISOString());
    return fc.oneof(
      { arbitrary: usual, weight: 6 },
      { arbitrary: fc.constantFrom(...EDGE_TIMES), weight: 1 },
    );
  }
  if (name === 'email') return fc.uuid().map((id) => `${id}@example.com`);
  // Chance finds no address, and must not find anybody's.
  if (pattern?.startsWith('^http') === true) return fc.uuid().map((id) => `https://127.0.0.1:1/${id}`);
  const rule = new RegExp(pattern ?? '', 'u');
  // What begins as addresses do, chance would not find.
  if (!rule.test('a')) return fc.stringMatching(rule, { size: 'small' });
  const length = { minLength, maxLength: Math.min(maxLength, minLength + 30) };
  const simple = fc.string({ ...length });
  return fc.oneof(simple, fc.string({ unit: 'grapheme', ...length })).filter((value) => rule.test(value));
}
