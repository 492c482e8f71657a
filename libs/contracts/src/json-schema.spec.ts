import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { DocumentSchemas, FIELDS_OF_LATER, id, instant, money, named, product } from './index.js';

describe('DocumentSchemas', () => {
  it('writes a named schema once, and refers to it with what is said beside', () => {
    const schemas = new DocumentSchemas();
    const fields = z.object({ price: money, tip: money.min(1).optional() });
    expect(schemas.of(fields, 'input')).toMatchObject({
      properties: {
        price: { $ref: '#/components/schemas/Money' },
        tip: { $ref: '#/components/schemas/Money', minimum: 1 },
      },
      required: ['price'],
    });
    expect(schemas.of(money, 'output')).toEqual({ $ref: '#/components/schemas/Money' });
    expect(Object.keys(schemas.components)).toEqual(['Money']);
    expect(schemas.components.Money).toMatchObject({ type: 'integer', minimum: 0, examples: [12_000] });
  });

  it('takes what a named schema consists of along, in order of names', () => {
    const schemas = new DocumentSchemas();
    schemas.of(z.array(product), 'output');
    expect(Object.keys(schemas.components)).toEqual(['Id', 'Instant', 'Money', 'Product', 'ProductOption']);
  });

  it('lets objects have more fields, unless they are strict', () => {
    const schemas = new DocumentSchemas();
    expect(schemas.of(z.object({}), 'input')).not.toHaveProperty('additionalProperties');
    expect(schemas.of(z.strictObject({}), 'input')).toMatchObject({ additionalProperties: false });
    const words = schemas.of(z.strictObject({}).catchall(z.string()), 'output');
    expect(words).toMatchObject({ additionalProperties: { type: 'string' } });
  });

  it('says that objects of answers may have more fields', () => {
    const schemas = new DocumentSchemas();
    for (const object of [z.object({}), z.strictObject({})]) {
      expect(schemas.of(object, 'output')).toMatchObject({ additionalProperties: FIELDS_OF_LATER });
    }
  });

  it('says which integers need 64 bits, and of a literal that it is an integer', () => {
    const schemas = new DocumentSchemas();
    expect(
      schemas.of(
        z
          .int()
          .min(0)
          .max(2 ** 31),
        'input',
      ),
    ).toMatchObject({ format: 'int64' });
    expect(schemas.of(z.int(), 'output')).toMatchObject({
      format: 'int64',
      maximum: Number.MAX_SAFE_INTEGER,
    });
    expect(
      schemas.of(
        z
          .int()
          .min(-(2 ** 31))
          .max(0),
        'input',
      ),
    ).toMatchObject({ format: 'int64' });
    expect(
      schemas.of(
        z
          .int()
          .min(0)
          .max(2 ** 31 - 1),
        'input',
      ),
    ).not.toHaveProperty('format');
    expect(schemas.of(z.literal(409), 'output')).toEqual({ type: 'integer', const: 409 });
  });

  it('keeps the default of what is transformed while it is read', () => {
    const schemas = new DocumentSchemas();
    const count = z.string().transform(Number).pipe(z.int()).default(20);
    expect(schemas.of(count, 'input')).toMatchObject({ default: 20 });
  });

  it('writes what a field means beside it, unless it says so itself', () => {
    const schemas = new DocumentSchemas((schema, field) => `${field} of ${schema ?? 'nothing'}`);
    const cup = named('Cup', z.object({ size: z.string(), lid: z.string().describe('a lid') }), {
      size: 'L',
      lid: 'none',
    });
    expect(schemas.of(z.object({ cup }), 'input')).toMatchObject({
      properties: { cup: { $ref: '#/components/schemas/Cup', description: 'cup of nothing' } },
    });
    expect(schemas.components.Cup).toMatchObject({
      properties: { size: { description: 'size of Cup' }, lid: { description: 'a lid' } },
    });
  });

  it('says of times and ids what they are by their format alone', () => {
    const schemas = new DocumentSchemas();
    schemas.of(z.object({ at: instant, of: id, until: instant.describe('the end') }), 'input');
    expect(schemas.components).toMatchObject({ Instant: { format: 'date-time' }, Id: { format: 'uuid' } });
    expect(JSON.stringify(schemas.components)).not.toContain('pattern');
  });

  it('refuses a name that stands for two schemas', () => {
    const schemas = new DocumentSchemas();
    schemas.of(named('Twice', z.string(), ''), 'input');
    expect(() => schemas.of(named('Twice', z.int(), 1), 'input')).toThrow('Twice');
  });
});
