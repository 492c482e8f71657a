import { describe, expect, it } from '@jest/globals';
import { MESSAGES, queuesOf, SERVICES } from '@jangteo/contracts';
import { asyncApi } from './asyncapi.js';
import { fieldsOf, resolved, type Json, type JsonObject } from './schema-comparison.js';

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

  it('refers to nothing that it does not have, and says nothing beside a reference', () => {
    const all = references(document);
    expect(all.length).toBeGreaterThan(100);
    for (const $ref of new Set(all))
      expect({ $ref, found: Object.keys(resolved(document, { $ref })) }).not.toEqual({ $ref, found: [] });
    expect(JSON.stringify(document)).not.toMatch(/"\$ref":"[^"]*",|,"\$ref":/);
  });
});
