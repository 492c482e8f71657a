import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from './schema-comparison.js';
import { recordBreaks, recordSchema, timelineBreaks, timelineSchema } from './published-schemas.js';

const version = { type: 'integer', const: 1 };
const document: JsonObject = {
  components: {
    schemas: {
      OrderTimeline: {
        type: 'object',
        properties: { version, steps: { type: 'array', items: { $ref: '#/components/schemas/Step' } } },
        required: ['version', 'steps'],
      },
      Step: { type: 'object', properties: { at: { $ref: '#/components/schemas/Time' } }, required: ['at'] },
      Time: { type: 'string' },
      Unused: { type: 'string' },
    },
  },
};

describe('the schema of a timeline', () => {
  it('stands alone: it has all that it refers to, and nothing else', () => {
    const schema = timelineSchema(document);
    expect(schema.$defs).toEqual({
      Step: { type: 'object', properties: { at: { $ref: '#/$defs/Time' } }, required: ['at'] },
      Time: { type: 'string' },
    });
    expect(JSON.stringify(schema)).not.toContain('#/components');
  });

  it('takes nothing away under one version, and what it likes under another', () => {
    const before = timelineSchema(document);
    const lost = {
      ...before,
      $defs: { ...(before.$defs as object), Step: { type: 'object', properties: {} } },
    };
    expect(timelineBreaks(before, before)).toEqual([]);
    expect(timelineBreaks(before, lost as JsonObject)).not.toEqual([]);
    const properties = {
      ...(lost as JsonObject as { properties: object }).properties,
      version: { const: 2 },
    };
    expect(timelineBreaks(before, { ...lost, properties } as unknown as JsonObject)).toEqual([]);
  });
});

const orderRecord: JsonObject = {
  type: 'object',
  properties: {
    sequence: { type: 'integer', maximum: 9 },
    type: { type: 'string', enum: ['a', 'b'] },
    items: { type: 'array', items: { $ref: '#/components/schemas/Line' } },
    coupon: { type: 'string' },
  },
  required: ['sequence', 'type', 'items'],
};
const line: JsonObject = { type: 'object', properties: { price: { type: 'integer' } }, required: ['price'] };
const schemaWith = (record: object = {}, lines: object = {}): JsonObject =>
  recordSchema({
    components: {
      schemas: { OrderRecord: { ...orderRecord, ...record }, Line: { ...line, ...lines } },
    } as unknown as JsonObject,
  });
/** With these fields as well, or in place of those that have their names. */
const fields = (of: JsonObject, changed: object) => ({
  properties: { ...(of.properties as unknown as object), ...changed },
});

describe('the schema of a record', () => {
  const before = schemaWith();

  it('may get fields, in records and in their lines', () => {
    const more = { more: { type: 'string' } };
    const after = schemaWith(
      { ...fields(orderRecord, more), required: ['sequence', 'type', 'items', 'more'] },
      fields(line, more),
    );
    expect(recordBreaks(before, before)).toEqual([]);
    expect(recordBreaks(before, after)).toEqual([]);
  });

  it.each<[string, JsonObject]>([
    [
      'a record.type had the enum ["a","b"]',
      schemaWith(fields(orderRecord, { type: { type: 'string', enum: ['a', 'b', 'c'] } })),
    ],
    [
      'a record.sequence had the maximum 9',
      schemaWith(fields(orderRecord, { sequence: { type: 'integer', maximum: 99 } })),
    ],
    [
      'a record.coupon had the type string',
      schemaWith(fields(orderRecord, { coupon: { type: ['string', 'null'] } })),
    ],
    [
      'a record.items had the maxItems null, and has 9',
      schemaWith(
        fields(orderRecord, {
          items: { type: 'array', maxItems: 9, items: { $ref: '#/components/schemas/Line' } },
        }),
      ),
    ],
    [
      'a record.coupon had 0 forms (oneOf), and has 1',
      schemaWith(fields(orderRecord, { coupon: { type: 'string', oneOf: [{ format: 'uuid' }] } })),
    ],
    ['a record had room for other fields', schemaWith({ additionalProperties: false })],
    ['a record.items may be missing', schemaWith({ required: ['sequence', 'type'] })],
    ['a record.items[].price is gone', schemaWith({}, { properties: {}, required: [] })],
  ])('keeps what is there: %s', (problem, after) => {
    expect(recordBreaks(before, after)).toContainEqual(expect.stringContaining(problem));
  });
});
