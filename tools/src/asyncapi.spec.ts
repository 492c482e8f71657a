import { describe, expect, it } from '@jest/globals';
import { MESSAGES, queuesOf, SERVICES } from '@jangteo/contracts';
import { asyncApi } from './asyncapi.js';
import { fieldsOf, listOf, resolved, type Json, type JsonObject } from './schema-comparison.js';

const document = JSON.parse(JSON.stringify(asyncApi())) as JsonObject;
const { messages } = fieldsOf(document.components);

function references(value: Json | undefined): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = fieldsOf(value).$ref;
  return [
    ...(typeof own === 'string' ? [own] : []),
    ...Object.values(value).flatMap((field) => references(field as Json)),
  ];
}

describe('the document of messages', () => {
  it('has every message, and every answer', () => {
    const answers = MESSAGES.flatMap(
      ({ type, kind }) => ({ request: [`${type}.answer`], command: [`${type}.reply`], event: [] })[kind],
    );
    const expected = [...MESSAGES.map(({ type }) => type), ...answers, 'parked'];
    expect(Object.keys(fieldsOf(messages)).sort()).toEqual(expected.sort());
  });

  it('has every queue with its dead letters', () => {
    const queues = SERVICES.flatMap((service) => queuesOf('jangteo', service));
    const expected = queues.flatMap(({ name, deadLetterQueue }) => [name, deadLetterQueue]);
    expect(Object.keys(fieldsOf(document.channels))).toEqual(expect.arrayContaining(expected));
  });

  it('says of every message who sends it and who gets it', () => {
    const operations = Object.keys(fieldsOf(document.operations));
    for (const { type } of MESSAGES) {
      expect(operations.filter((name) => name.endsWith(`.sends.${type}`))).toHaveLength(1);
      expect(
        operations.filter((name) => /\.(receives|hears)\./.test(name) && name.endsWith(`.${type}`)),
      ).not.toHaveLength(0);
    }
  });

  it('gives each type a name, so that generators make none up', () => {
    const { schemas } = fieldsOf(document.components);
    const unnamed = (value: Json | undefined, at: string): string[] => {
      if (value === undefined) return [];
      const { properties, items, oneOf, anyOf, additionalProperties } = fieldsOf(value);
      const fields = Object.entries(fieldsOf(properties)).map(([name, field]) => [`${at}.${name}`, field]);
      const variants = [...listOf(oneOf), ...listOf(anyOf)].map((one) => [`${at}|`, one]);
      const inside = [...fields, ...variants, [`${at}[]`, items], [`${at}{}`, additionalProperties]];
      return (inside as [string, Json | undefined][]).flatMap(([path, part]) => {
        const { properties: own, enum: values, oneOf: kinds } = fieldsOf(part);
        const isUnnamed = [own, values, kinds].some((one) => one !== undefined);
        return [...(isUnnamed ? [path] : []), ...unnamed(part, path)];
      });
    };
    for (const [name, schema] of Object.entries(fieldsOf(schemas))) expect(unnamed(schema, name)).toEqual([]);
    const payloads = Object.entries(fieldsOf(messages)).filter(([name]) => name !== 'parked');
    for (const [, message] of payloads)
      expect(Object.keys(fieldsOf(fieldsOf(message).payload))).toEqual(['$ref']);
    expect(Object.keys(fieldsOf(schemas))).toEqual(
      expect.arrayContaining([
        'CatalogReserveStock',
        'CatalogReserveStockReply',
        'WalletChargeAnswer',
        'OrderCompleted',
      ]),
    );
  });

  it('says which integers need 64 bits, bounds all, and has patterns that any engine takes', () => {
    const wrong: string[] = [];
    const look = (value: Json | undefined, at: string): void => {
      const schema = fieldsOf(value);
      const { type, minimum, maximum, format, pattern } = schema;
      if (type === 'integer') {
        const most = Math.max(Math.abs(Number(minimum)), Math.abs(Number(maximum)));
        if (!(most > 2 ** 31 - 1 ? format === 'int64' : format === undefined)) wrong.push(at);
      }
      if (type === 'number') wrong.push(at);
      if (typeof pattern === 'string' && /\\[pPukbB1-9]|\(\?(?!:)/.test(pattern))
        wrong.push(`${at} ${pattern}`);
      if (Array.isArray(value)) value.forEach((one, index) => look(one as Json, `${at}/${index}`));
      for (const [name, part] of Object.entries(schema)) if (name !== 'examples') look(part, `${at}/${name}`);
    };
    look(document.components, '');
    expect(wrong).toEqual([]);
  });

  it('refers to nothing that it does not have, and says nothing beside a reference', () => {
    const all = references(document);
    expect(all.length).toBeGreaterThan(100);
    for (const $ref of new Set(all))
      expect({ $ref, found: Object.keys(resolved(document, { $ref })) }).not.toEqual({ $ref, found: [] });
    expect(JSON.stringify(document)).not.toMatch(/"\$ref":"[^"]*",|,"\$ref":/);
  });
});
