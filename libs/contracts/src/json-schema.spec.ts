import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { DocumentSchemas, instant, money, named, product } from './index.js';

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
    expect(Object.keys(schemas.components)).toEqual(['Id', 'Money', 'Product', 'ProductOption']);
  });

  it('lets objects have more fields, unless they are strict', () => {
    const schemas = new DocumentSchemas();
    for (const direction of ['input', 'output'] as const) {
      expect(schemas.of(z.object({}), direction)).not.toHaveProperty('additionalProperties');
      expect(schemas.of(z.strictObject({}), direction)).toMatchObject({ additionalProperties: false });
    }
  });

  it('says in a word that times are UTC', () => {
    const schemas = new DocumentSchemas();
    schemas.of(instant, 'input');
    expect(schemas.components.Instant).toMatchObject({ format: 'date-time', pattern: 'Z$' });
  });

  it('refuses a name that stands for two schemas', () => {
    const schemas = new DocumentSchemas();
    schemas.of(named('Twice', z.string(), ''), 'input');
    expect(() => schemas.of(named('Twice', z.int(), 1), 'input')).toThrow('Twice');
  });
});
