import { fieldsOf, resolved, SchemaComparison, type Json, type JsonObject } from './schema-comparison.js';

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

/** The JSON Schema of an exported timeline, as the API's document has it, with all that it refers to. */
export function timelineSchema(openApi: JsonObject): JsonObject {
  const schemas = fieldsOf(fieldsOf(openApi.components).schemas);
  const used = new Set<string>();
  const timeline = within(schemas.OrderTimeline, used) as JsonObject;
  const definitions: Record<string, Json> = {};
  // A set goes on to what is added while it is gone through.
  for (const name of used) definitions[name] = within(schemas[name], used);
  const sorted = Object.entries(definitions).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:jangteo:timeline:1',
    title: 'The timeline of an order',
    ...timeline,
    $defs: Object.fromEntries(sorted),
  };
}

const versionOf = (schema: JsonObject): Json | undefined =>
  fieldsOf(fieldsOf(schema.properties).version).const;

/** Finds what programs that read timelines of a version can no longer do; another version is another form. */
export function timelineBreaks(before: JsonObject, after: JsonObject): string[] {
  if (versionOf(before) !== versionOf(after)) return [];
  const schemas = new SchemaComparison(before, after);
  return schemas.breaks(resolved(before, before), resolved(after, after), 'received', 'a timeline');
}
