import { z } from 'zod';

/** A JSON Schema of the 2020-12 dialect, as OpenAPI 3.1 and AsyncAPI 3 have them. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

/** Whether a schema is of what is given to its owner, or of what the owner gives. */
export type Direction = 'input' | 'output';

type Overriding = Parameters<NonNullable<NonNullable<Parameters<typeof z.toJSONSchema>[1]>['override']>>[0];

/** Readers take what they know of an object that others write, unless it is a strict one. */
function writeAsMeant({ zodSchema, jsonSchema }: Overriding): void {
  const { def } = zodSchema._zod;
  if (def.type === 'object' && !('catchall' in def && def.catchall !== undefined)) {
    delete jsonSchema.additionalProperties;
  }
  // What a reader takes in place of what it does not know, nobody who writes leaves out.
  if (def.type === 'catch') delete jsonSchema.default;
  // The format says the same in fewer words than the pattern; that the offset is Z it does not say.
  if (jsonSchema.format === 'date-time') jsonSchema.pattern = 'Z$';
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

/** Writes zod schemas as JSON Schemas for one document; those with a name are written once. */
export class DocumentSchemas {
  readonly #components = new Map<string, JsonSchema>();

  /**
   * The schema, or where it has a name a reference to it.
   *
   * @throws Error for a name that stands for two different schemas in the document
   */
  of(schema: z.ZodType, direction: Direction): JsonSchema {
    // Of a field zod writes a reference, of the schema that it is asked for itself it does not.
    const written: JsonSchema = z.toJSONSchema(z.object({ schema }), {
      io: direction,
      override: writeAsMeant,
    });
    const { properties, $defs = {} } = referringTo('#/components/schemas/', written) as {
      properties: { schema: JsonSchema };
      $defs?: Record<string, JsonSchema>;
    };
    for (const [name, definition] of Object.entries($defs)) this.#add(name, definition);
    return properties.schema;
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
