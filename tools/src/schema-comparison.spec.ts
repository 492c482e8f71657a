import { describe, expect, it } from '@jest/globals';
import { SchemaComparison, type Direction, type JsonObject } from './schema-comparison.js';

const text = { type: 'string' };
const count = { type: 'integer', minimum: 1, maximum: 10 };
const colour = { type: 'string', enum: ['red', 'blue'] };

function object(properties: JsonObject, required: readonly string[] = [], more: JsonObject = {}): JsonObject {
  return { type: 'object', properties, required, ...more };
}

function breaks(before: JsonObject, after: JsonObject, direction: Direction): string[] {
  return new SchemaComparison({}, {}).breaks(before, after, direction, 'it');
}

type Case = readonly [
  what: string,
  before: JsonObject,
  after: JsonObject,
  sent: string[],
  received: string[],
];

const CASES: readonly Case[] = [
  ['the same', object({ a: text }, ['a']), object({ a: text }, ['a']), [], []],
  ['another title', { ...text, title: 'A' }, { ...text, title: 'B', description: 'C' }, [], []],
  ['a new optional field', object({}), object({ a: text }), [], []],
  ['a new required field', object({}), object({ a: text }, ['a']), ['it.a is required now'], []],
  ['a field that is gone', object({ a: text }), object({}), ['it.a is gone'], ['it.a is gone']],
  [
    'a field no longer required',
    object({ a: text }, ['a']),
    object({ a: text }),
    [],
    ['it.a may be missing now'],
  ],
  [
    'a field that must be given now',
    object({ a: text }),
    object({ a: text }, ['a']),
    ['it.a is required now'],
    [],
  ],
  [
    'another type',
    text,
    { type: 'integer' },
    ['it was of type string, is of type integer'],
    ['it was of type string, is of type integer'],
  ],
  [
    'null as well',
    text,
    { type: ['string', 'null'] },
    [],
    ['it was of type string, is of type string or null'],
  ],
  [
    'null no more',
    { type: ['string', 'null'] },
    text,
    ['it was of type string or null, is of type string'],
    [],
  ],
  [
    'any number',
    { type: 'integer' },
    { type: 'number' },
    [],
    ['it was of type integer, is of type number or integer'],
  ],
  ['no type', text, {}, [], ['it was of type string, is of type any']],
  ['one value more', colour, { ...colour, enum: ['red', 'blue', 'green'] }, [], []],
  [
    'one value fewer',
    colour,
    { ...colour, enum: ['red'] },
    ['it no longer knows the value "blue"'],
    ['it no longer knows the value "blue"'],
  ],
  ['few values only', text, colour, ['it takes only ["red","blue"] now'], []],
  ['any short value', colour, { ...text, maxLength: 4, pattern: '^r|^b' }, [], ['it may have any value now']],
  [
    'any of some values',
    colour,
    { ...text, pattern: '^r' },
    ['it takes blue no longer'],
    ['it may have any value now'],
  ],
  ['any value', colour, text, [], ['it may have any value now']],
  [
    'another constant',
    { const: 1 },
    { const: 2 },
    ['it no longer knows the value 1'],
    ['it no longer knows the value 1'],
  ],
  ['a constant that joins others', { const: 'a' }, { enum: ['a', 'b'] }, [], []],
  ['wider bounds', count, { ...count, minimum: 0, maximum: 20 }, [], []],
  ['a lower maximum', count, { ...count, maximum: 9 }, ['it has the maximum 9 now, and had 10'], []],
  ['a higher minimum', count, { ...count, minimum: 2 }, ['it has the minimum 2 now, and had 1'], []],
  [
    'a bound where none was',
    text,
    { ...text, maxLength: 5 },
    ['it has the maxLength 5 now, and had "none"'],
    [],
  ],
  [
    'a pattern where none was',
    text,
    { ...text, pattern: 'a' },
    ['it has the pattern "a" now, and had "none"'],
    [],
  ],
  ['no pattern any more', { ...text, pattern: 'a' }, text, [], []],
  [
    'an object that closes',
    object({}),
    object({}, [], { additionalProperties: false }),
    ['it takes no other fields any more'],
    [],
  ],
  ['an object that opens', object({}, [], { additionalProperties: false }), object({}), [], []],
  [
    'items of another type',
    { type: 'array', items: text },
    { type: 'array', items: count },
    [
      'it[] was of type string, is of type integer',
      'it[] has the maximum 10 now, and had "none"',
      'it[] has the minimum 1 now, and had "none"',
    ],
    ['it[] was of type string, is of type integer'],
  ],
  [
    'a field of a field',
    object({ a: object({ b: text }) }),
    object({ a: object({}) }),
    ['it.a.b is gone'],
    ['it.a.b is gone'],
  ],
  ['one kind more', { oneOf: [text] }, { oneOf: [text, count] }, [], []],
  [
    'one kind fewer',
    { oneOf: [text, { type: 'boolean' }] },
    { oneOf: [text] },
    ['it was of type boolean, is of type string'],
    ['it was of type boolean, is of type string'],
  ],
  ['kinds where there was one', text, { anyOf: [text, { type: 'null' }] }, [], []],
];

describe('SchemaComparison', () => {
  it.each(CASES)(
    'says what %s breaks for senders and for receivers',
    (_what, before, after, sent, received) => {
      expect({ sent: breaks(before, after, 'sent'), received: breaks(before, after, 'received') }).toEqual({
        sent,
        received,
      });
    },
  );

  it('follows references, each in its own document, with what stands beside them', () => {
    const document = (schema: JsonObject): JsonObject => ({ components: { schemas: { 'A/B': schema } } });
    const reference = { $ref: '#/components/schemas/A~1B' };
    const compared = new SchemaComparison(document(text), document(count));
    expect(compared.breaks(reference, reference, 'received', 'it')).toEqual([
      'it was of type string, is of type integer',
    ]);
    const counts = new SchemaComparison(document(count), document(count));
    const tightened = ['it has the minimum 5 now, and had 1'];
    expect(counts.breaks(reference, { ...reference, minimum: 5 }, 'sent', 'it')).toEqual(tightened);
    expect(counts.breaks(reference, { allOf: [reference, { minimum: 5 }] }, 'sent', 'it')).toEqual(tightened);
  });
});
