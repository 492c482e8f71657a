import { OPEN_VALUES } from '@jangteo/contracts';

/** The way of a schema's values: sent by others to us, or received by them from us. */
export type Direction = 'sent' | 'received';

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [name: string]: Json | undefined;
}

const UPPER_BOUNDS = ['maximum', 'maxLength', 'maxItems'] as const;
const LOWER_BOUNDS = ['minimum', 'minLength', 'minItems'] as const;

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The fields of an object, none of what is no object. */
export function fieldsOf(value: Json | undefined): Record<string, Json> {
  const entries = isObject(value) ? Object.entries(value) : [];
  return Object.fromEntries(entries.filter((entry): entry is [string, Json] => entry[1] !== undefined));
}

export function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : value === undefined ? [] : [value as Json];
}

/** The target of a reference within a document; anything else is itself. */
export function resolved(document: JsonObject, value: Json | undefined): JsonObject {
  if (!isObject(value)) return {};
  const { $ref, allOf, ...own } = value;
  if (allOf !== undefined)
    return Object.assign({}, ...listOf(allOf).map((part) => resolved(document, part)), own);
  if (typeof $ref !== 'string') return value;
  const names = $ref.slice(2).split('/');
  const target = names.reduce<Json | undefined>(
    (found, name) => (isObject(found) ? found[name.replaceAll('~1', '/').replaceAll('~0', '~')] : undefined),
    document,
  );
  return { ...resolved(document, target), ...own };
}

/** A value in words. */
export function said(value: Json | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}

const same = (a: Json | undefined, b: Json | undefined): boolean => JSON.stringify(a) === JSON.stringify(b);

const missingOf = (values: readonly Json[], others: readonly Json[]): Json[] =>
  values.filter((value) => !others.some((other) => same(value, other)));

const valuesOf = ({ enum: values, const: single }: JsonObject): readonly Json[] | undefined =>
  values !== undefined ? listOf(values) : single === undefined ? undefined : [single];

/** Every integer is a number too. */
function typesOf({ type }: JsonObject): string[] {
  const types = listOf(type).map(said);
  return types.includes('number') ? [...types, 'integer'] : types;
}

function variantsOf({ oneOf, anyOf }: JsonObject): readonly Json[] {
  return listOf(oneOf ?? anyOf);
}

function typeBreaks(before: JsonObject, after: JsonObject, direction: Direction): string[] {
  const [were, are] = [typesOf(before), typesOf(after)];
  const [narrower, wider] = direction === 'sent' ? [were, are] : [are, were];
  const isBroken = wider.length > 0 && (narrower.length === 0 || missingOf(narrower, wider).length > 0);
  return isBroken
    ? [`was of type ${were.join(' or ') || 'any'}, is of type ${are.join(' or ') || 'any'}`]
    : [];
}

function valueBreaks(before: JsonObject, after: JsonObject, direction: Direction): string[] {
  const [were, are] = [valuesOf(before), valuesOf(after)];
  if (were !== undefined && are !== undefined) {
    if (isOpen(before) && isOpen(after)) return [];
    return missingOf(were, are).map((value) => `no longer knows the value ${JSON.stringify(value)}`);
  }
  if (direction === 'sent' && are !== undefined) return [`takes only ${JSON.stringify(are)} now`];
  if (direction === 'received' && were !== undefined) return ['may have any value now'];
  return [];
}

/** Compares a value with the bounds of a schema. A format is not looked at. */
function fits(value: Json, bounds: JsonObject): boolean {
  const {
    maximum = Infinity,
    minimum = -Infinity,
    maxLength = Infinity,
    minLength = 0,
    pattern = '',
  } = bounds;
  if (typeof value === 'number') return value >= Number(minimum) && value <= Number(maximum);
  if (typeof value !== 'string') return true;
  const isShort = value.length >= Number(minLength) && value.length <= Number(maxLength);
  return isShort && new RegExp(said(pattern), 'u').test(value);
}

/** Narrower bounds break those who send values; those who receive them take what comes. */
function boundBreaks(before: JsonObject, after: JsonObject): string[] {
  const values = valuesOf(before);
  if (values !== undefined) {
    return values.filter((value) => !fits(value, after)).map((value) => `takes ${said(value)} no longer`);
  }
  const tightened = [
    ...UPPER_BOUNDS.filter((name) => Number(after[name] ?? Infinity) < Number(before[name] ?? Infinity)),
    ...LOWER_BOUNDS.filter((name) => Number(after[name] ?? -Infinity) > Number(before[name] ?? -Infinity)),
  ];
  // Of how many bits an integer is says how to hold it: what it may be, its bounds say.
  const compared = after.format === 'int64' ? (['pattern'] as const) : (['pattern', 'format'] as const);
  const patterns = compared.filter((name) => after[name] !== undefined && !same(before[name], after[name]));
  return [...tightened, ...patterns].map(
    (name) =>
      `has the ${name} ${JSON.stringify(after[name])} now, and had ${JSON.stringify(before[name] ?? 'none')}`,
  );
}

/** Says of a schema that its readers bear other values than those that it lists. */
const isOpen = (schema: JsonObject): boolean => schema[OPEN_VALUES] === true;

/** Values sent now that readers who know the earlier ones alone refuse. */
function newValues(before: JsonObject, after: JsonObject): string[] {
  const [were, are] = [valuesOf(before), valuesOf(after)];
  if (were === undefined || are === undefined || isOpen(before)) return [];
  return missingOf(are, were).map((value) => `may be ${JSON.stringify(value)} now, which its readers refuse`);
}

/** Compares schemas of two documents for those who rely on the earlier one. */
export class SchemaComparison {
  /** @param strictReaders whether those who receive refuse values and kinds that they do not know */
  constructor(
    private readonly before: JsonObject,
    private readonly after: JsonObject,
    private readonly strictReaders = false,
  ) {}

  /** Each thing that broke, with the path to it. */
  breaks(was: Json | undefined, is: Json | undefined, direction: Direction, at: string): string[] {
    const before = resolved(this.before, was);
    const after = resolved(this.after, is);
    if (variantsOf(before).length > 0 || variantsOf(after).length > 0) {
      return this.#variantBreaks(before, after, direction, at);
    }
    const own = [
      ...typeBreaks(before, after, direction),
      ...valueBreaks(before, after, direction),
      ...(direction === 'sent' ? boundBreaks(before, after) : []),
      ...(this.#isStrict(direction) ? newValues(before, after) : []),
    ];
    return [
      ...own.map((text) => `${at} ${text}`),
      ...this.#fieldBreaks(before, after, direction, at),
      ...(before.items === undefined ? [] : this.breaks(before.items, after.items, direction, `${at}[]`)),
    ];
  }

  #isStrict(direction: Direction): boolean {
    return this.strictReaders && direction === 'received';
  }

  #fieldBreaks(before: JsonObject, after: JsonObject, direction: Direction, at: string): string[] {
    const [were, are] = [fieldsOf(before.properties), fieldsOf(after.properties)];
    const [had, has] = [listOf(before.required), listOf(after.required)];
    const [more, fewer] = [missingOf(has, had), missingOf(had, has)];
    const gone = Object.keys(were).filter((name) => !(name in are));
    const closes =
      direction === 'sent' && after.additionalProperties === false && before.additionalProperties !== false;
    return [
      ...gone.map((name) => `${at}.${name} is gone`),
      ...(direction === 'sent' ? more.map((name) => `${at}.${said(name)} is required now`) : []),
      ...(direction === 'received'
        ? fewer.filter((name) => said(name) in are).map((name) => `${at}.${said(name)} may be missing now`)
        : []),
      ...(closes && isObject(before.properties) ? [`${at} takes no other fields any more`] : []),
      ...Object.entries(were).flatMap(([name, field]) =>
        name in are ? this.breaks(field, are[name], direction, `${at}.${name}`) : [],
      ),
    ];
  }

  /** Each kind that there was must be there still; new kinds may come, unless readers are strict. */
  #variantBreaks(before: JsonObject, after: JsonObject, direction: Direction, at: string): string[] {
    const variants = (schema: JsonObject): readonly Json[] => {
      const found = variantsOf(schema);
      return found.length === 0 ? [schema] : found;
    };
    const [were, are] = [variants(before), variants(after)];
    const isNew = (is: Json): boolean => were.every((was) => this.breaks(was, is, direction, at).length > 0);
    const added = this.#isStrict(direction) && are.length > were.length ? are.filter(isNew) : [];
    const kinds = added.map((is) => `${at} may be of a kind now that its readers refuse: ${said(is)}`);
    const lost = were.flatMap((was, index) => {
      // Kinds mostly keep their place; and all others of each kind of each kind would take a minute.
      const nearest = this.#nearest(was, [...are.slice(index), ...are.slice(0, index)], direction, at);
      if (nearest.length === 0) return [];
      const name = isObject(was) && typeof was.$ref === 'string' ? was.$ref.split('/').at(-1) : undefined;
      return name === undefined
        ? nearest
        : [`${at} is never ${name} any more, or another one: ${nearest.join('; ')}`];
    });
    return [...lost, ...kinds];
  }

  /** What broke for that one of several in which the least did. */
  #nearest(was: Json, are: readonly Json[], direction: Direction, at: string): readonly string[] {
    let nearest: readonly string[] | undefined;
    for (const is of are) {
      const broken = this.breaks(was, is, direction, at);
      if (broken.length === 0) return [];
      if (nearest === undefined || broken.length < nearest.length) nearest = broken;
    }
    return nearest ?? [];
  }
}
