import {
  fieldsOf,
  isObject,
  listOf,
  resolved,
  said,
  SchemaComparison,
  type Json,
  type JsonObject,
} from './schema-comparison.js';

const COMPONENTS = '#/components/schemas/';
const DEFINITIONS = '#/$defs/';

/** Points references to components of the API's document to definitions beside, and notes which they are. */
function within(value: Json | undefined, used: Set<string>): Json {
  if (Array.isArray(value)) return value.map((item: Json) => within(item, used));
  if (typeof value !== 'object' || value === null) return value ?? null;
  const fields = Object.entries(fieldsOf(value as JsonObject)).map(([name, field]): [string, Json] => {
    if (name !== '$ref' || typeof field !== 'string') return [name, within(field, used)];
    const component = field.slice(COMPONENTS.length);
    used.add(component);
    return [name, DEFINITIONS + component];
  });
  return Object.fromEntries(fields);
}

/** The JSON Schema of a component of the API's document, with all that it refers to. */
function standalone(openApi: JsonObject, component: string, $id: string, title: string): JsonObject {
  const schemas = fieldsOf(fieldsOf(openApi.components).schemas);
  const used = new Set<string>();
  const schema = within(schemas[component], used) as JsonObject;
  const definitions: Record<string, Json> = {};
  // A set goes on to what is added while it is gone through.
  for (const name of used) definitions[name] = within(schemas[name], used);
  const sorted = Object.entries(definitions).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id,
    title,
    ...schema,
    $defs: Object.fromEntries(sorted),
  };
}

/** Of an exported timeline. */
export const timelineSchema = (openApi: JsonObject): JsonObject =>
  standalone(openApi, 'OrderTimeline', 'urn:jangteo:timeline:1', 'The timeline of an order');

/** Of a record for the data platform. */
export const recordSchema = (openApi: JsonObject): JsonObject =>
  standalone(openApi, 'OrderRecord', 'urn:jangteo:record:1', 'A record of a success or a cancellation');

const versionOf = (schema: JsonObject): Json | undefined =>
  fieldsOf(fieldsOf(schema.properties).version).const;

/** Finds what programs that read timelines of a version can no longer do; another version is another form. */
export function timelineBreaks(before: JsonObject, after: JsonObject): string[] {
  if (versionOf(before) !== versionOf(after)) return [];
  const schemas = new SchemaComparison(before, after);
  return schemas.breaks(resolved(before, before), resolved(after, after), 'received', 'a timeline');
}

/** All that a schema says of a value, words aside. */
const KEYWORDS = [
  'type',
  'enum',
  'const',
  'format',
  'pattern',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
];

/** Where a schema says that a value fits one of several others. */
const CHOICES = ['oneOf', 'anyOf'];

const isClosed = ({ additionalProperties }: JsonObject): boolean => additionalProperties === false;

/**
 * Finds what is no longer as it was for whoever reads records: fields may be added, and none that is there is dropped
 * or changed. A wider bound is a change too, since a receiver may have made its columns by it.
 */
export function recordBreaks(before: JsonObject, after: JsonObject): string[] {
  const changes = (was: Json | undefined, is: Json | undefined, at: string): string[] => {
    const [old, now] = [resolved(before, was), resolved(after, is)];
    const fields = fieldsOf(now.properties);
    const required = listOf(now.required);
    return [
      ...KEYWORDS.filter((name) => said(old[name]) !== said(now[name])).map(
        (name) => `${at} had the ${name} ${said(old[name])}, and has ${said(now[name])}`,
      ),
      ...listOf(old.required)
        .filter((name) => !required.includes(name))
        .map((name) => `${at}.${said(name)} may be missing`),
      ...Object.entries(fieldsOf(old.properties)).flatMap(([name, field]) =>
        name in fields ? changes(field, fields[name], `${at}.${name}`) : [`${at}.${name} is gone`],
      ),
      ...CHOICES.flatMap((name) => {
        const [were, are] = [listOf(old[name]), listOf(now[name])];
        if (were.length !== are.length)
          return [`${at} had ${were.length} forms (${name}), and has ${are.length}`];
        return were.flatMap((one, index) => changes(one, are[index], `${at} (${name} ${index + 1})`));
      }),
      ...(isClosed(old) === isClosed(now)
        ? []
        : [`${at} ${isClosed(old) ? 'had no room' : 'had room'} for other fields, and that has changed`]),
      ...([old, now].some((its) => isObject(its.additionalProperties))
        ? changes(old.additionalProperties, now.additionalProperties, `${at}[…]`)
        : []),
      ...(old.items === undefined ? [] : changes(old.items, now.items, `${at}[]`)),
    ];
  };
  return changes(before, after, 'a record');
}
