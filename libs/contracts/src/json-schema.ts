import { z } from 'zod';

/** A JSON Schema of the 2020-12 dialect, as OpenAPI 3.1 and AsyncAPI 3 have them. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

/** The direction of a schema's data: given to the schema's owner, or by the owner. */
export type Direction = 'input' | 'output';

type Overriding = Parameters<NonNullable<NonNullable<Parameters<typeof z.toJSONSchema>[1]>['override']>>[0];

const INT32_MAX = 2 ** 31 - 1;

/** Programs of many languages take an integer for one of 32 bits, unless they are told otherwise. */
function writeInteger(jsonSchema: Overriding['jsonSchema']): void {
  const { type, const: value, minimum = -Infinity, maximum = Infinity } = jsonSchema;
  // Of a literal zod says `number`.
  if (type === 'number' && Number.isInteger(value)) jsonSchema.type = 'integer';
  if (type === 'integer' && (minimum < -INT32_MAX || maximum > INT32_MAX)) jsonSchema.format = 'int64';
}

/**
 * Says that fields may be added: without it, clients of some languages refuse an answer with a field that came later.
 * The schema for any field at all would be `true`, but OpenAPI Generator 7 loses that on its way, and an empty schema
 * as well.
 */
export const FIELDS_OF_LATER = { description: 'Fields that later releases may add.' } as const;
const FIELDS_BESIDE = { description: 'Whatever else there is.' } as const;

/** Readers take what they know of an object that others write, unless it is a strict one. */
function writeObject({ zodSchema, jsonSchema }: Overriding, direction: Direction): void {
  const { def } = zodSchema._zod;
  if (def.type !== 'object') return;
  const { catchall } = def as { catchall?: z.core.$ZodType };
  const isStrict = catchall?._zod.def.type === 'never';
  if (catchall === undefined) delete jsonSchema.additionalProperties;
  if (direction === 'input') return;
  if (catchall === undefined || isStrict) jsonSchema.additionalProperties = FIELDS_OF_LATER;
  else if (catchall._zod.def.type === 'unknown') jsonSchema.additionalProperties = FIELDS_BESIDE;
}

function writeAsMeant(written: Overriding, direction: Direction): void {
  const { zodSchema, jsonSchema } = written;
  const { def } = zodSchema._zod;
  writeObject(written, direction);
  writeInteger(jsonSchema);
  // What a reader takes in place of what it does not know, nobody who writes leaves out.
  if (def.type === 'catch') delete jsonSchema.default;
  // Of what is transformed while it is read zod leaves the default out, since it is not transformed any more.
  else if (def.type === 'default') jsonSchema.default = (def as { defaultValue?: unknown }).defaultValue;
  // The format says it in a word; clients for Python have a type of their own for it, and cannot match that.
  const { format } = def as { format?: unknown };
  if (format === 'datetime' || format === 'uuid') delete jsonSchema.pattern;
}

const DEFINITIONS = '#/$defs/';

/** Points what refers to a definition of its own schema to the components of a document. */
function referringTo(components: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => referringTo(components, item));
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([name, field]): [string, unknown] => {
    const isReference = name === '$ref' && typeof field === 'string' && field.startsWith(DEFINITIONS);
    return [
      name,
      isReference ? components + field.slice(DEFINITIONS.length) : referringTo(components, field),
    ];
  });
  return Object.fromEntries(fields);
}

/** Tells the meaning of a field of a schema, named or not. */
export type Meanings = (schema: string | undefined, field: string) => string | undefined;

/** Writes the meaning of each field beside it that does not say it itself. */
function withMeanings(value: unknown, name: string | undefined, meaningOf: Meanings): unknown {
  if (Array.isArray(value)) return value.map((item) => withMeanings(item, name, meaningOf));
  if (typeof value !== 'object' || value === null) return value;
  const written = Object.entries(value).map(([keyword, part]): [string, unknown] => {
    if (keyword === 'examples' || keyword === 'default' || keyword === 'const') return [keyword, part];
    if (keyword !== 'properties') return [keyword, withMeanings(part, name, meaningOf)];
    const fields = Object.entries(part as Record<string, JsonSchema>).map(([field, schema]) => {
      const description = schema.description ?? meaningOf(name, field);
      const said = withMeanings(schema, name, meaningOf) as JsonSchema;
      return [field, description === undefined ? said : { ...said, description }];
    });
    return [keyword, Object.fromEntries(fields)];
  });
  return Object.fromEntries(written);
}

/** Writes zod schemas as JSON Schemas for one document; those with a name are written once. */
export class DocumentSchemas {
  readonly #components = new Map<string, JsonSchema>();

  /** @param meaningOf what fields mean that do not say it themselves */
  constructor(private readonly meaningOf: Meanings = () => undefined) {}

  /**
   * The schema, or where it has a name a reference to it.
   *
   * @throws Error for a name that stands for two different schemas in the document
   */
  of(schema: z.ZodType, direction: Direction): JsonSchema {
    // Of a field zod writes a reference, of the schema that it is asked for itself it does not.
    const written: JsonSchema = z.toJSONSchema(z.object({ schema }), {
      io: direction,
      override: (at) => writeAsMeant(at, direction),
    });
    const { properties, $defs = {} } = referringTo('#/components/schemas/', written) as {
      properties: { schema: JsonSchema };
      $defs?: Record<string, JsonSchema>;
    };
    for (const [name, definition] of Object.entries($defs)) {
      this.#add(name, withMeanings(definition, name, this.meaningOf) as JsonSchema);
    }
    return withMeanings(properties.schema, undefined, this.meaningOf) as JsonSchema;
  }

  /** The named schemas that the document has used so far, by name. */
  get components(): Record<string, JsonSchema> {
    return Object.fromEntries([...this.#components].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  #add(name: string, definition: JsonSchema): void {
    const known = this.#components.get(name);
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(definition)) {
      throw new Error(`the schema ${name} is not the same wherever it is used`);
    }
    this.#components.set(name, definition);
  }
}
