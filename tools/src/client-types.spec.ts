import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from './schema-comparison.js';
import { clientTypes } from './client-types.js';

const reference = (name: string): JsonObject => ({ $ref: `#/components/schemas/${name}` });
const content = (schema: JsonObject): JsonObject => ({ content: { 'application/json': { schema } } });

const DOCUMENT: JsonObject = {
  openapi: '3.1.1',
  paths: {
    '/cups/{cupId}': {
      post: {
        operationId: 'breakCup',
        summary: 'Breaks a cup',
        parameters: [
          { $ref: '#/components/parameters/Idempotency-Key' },
          { name: 'cupId', in: 'path', required: true, schema: reference('Id') },
          { name: 'dryRun', in: 'query', schema: { type: 'string', enum: ['true', 'false'] } },
        ],
        requestBody: content(reference('Blow')),
        responses: {
          '200': content({ type: 'array', items: reference('Shard') }),
          '410': content(reference('GoneProblem')),
        },
      },
      get: { operationId: 'readCup', responses: { '204': {} } },
    },
    '/cups/live': {
      get: {
        operationId: 'watchCups',
        responses: {
          '200': {
            content: {
              'text/event-stream': { schema: { type: 'string' }, 'x-events': { broken: reference('Noise') } },
            },
          },
        },
      },
    },
  },
  components: {
    parameters: {
      'Idempotency-Key': { name: 'Idempotency-Key', in: 'header', schema: { type: 'string' } },
    },
    schemas: {
      Id: { type: 'string' },
      Blow: {
        type: 'object',
        description: 'With what.',
        properties: {
          tool: { enum: ['hammer', "o'clock"] },
          'by-hand': { type: 'boolean', description: 'Or without.' },
          force: { anyOf: [{ type: 'integer' }, { type: 'null' }] },
        },
        required: ['tool'],
      },
      Shard: {
        type: 'object',
        properties: {
          notes: { type: 'object', additionalProperties: { type: 'number' } },
          of: reference('Material'),
        },
      },
      Material: { const: 'clay' },
      Noise: { type: 'object', properties: { loud: { type: 'boolean' } } },
      Unheard: { type: 'string' },
      OrderWithHistory: { type: 'object', properties: { failureCode: { enum: ['GONE', 'LATER'] } } },
      EarlyCode: { type: 'string', const: 'EARLY' },
      EarlyProblem: {
        type: 'object',
        properties: { code: reference('EarlyCode'), status: { type: 'integer', const: 425 } },
      },
      GoneCode: { type: 'string', const: 'GONE' },
      GoneProblem: {
        type: 'object',
        properties: { code: reference('GoneCode'), status: { type: 'integer', const: 410 } },
      },
    },
  },
};

describe('the types of clients/typescript', () => {
  it('are printed of what a client sends and is answered, and of nothing else', () => {
    const printed = clientTypes(DOCUMENT);
    expect(printed).toContain(`/** With what. */
export interface Blow {
  tool: 'hammer' | 'o\\'clock';
  /** Or without. */
  'by-hand'?: boolean;
  force?: number | null;
}
`);
    expect(printed).toContain(`export interface Shard {
  notes?: Record<string, number>;
  of?: Material;
}
`);
    expect(printed).toContain("export type Material = 'clay';");
    expect(printed).toContain("export type ErrorCode =\n  | 'EARLY'\n  | 'GONE';");
    expect(printed).toContain('FAILURE_STATUSES: Readonly<Record<string, number>> = {\n  GONE: 410,\n};');
    expect(printed).not.toMatch(/Unheard|interface Gone/);
  });

  it('say of each operation how it is asked for and answered', () => {
    const printed = clientTypes(DOCUMENT);
    expect(printed).toContain(`  /** Breaks a cup */
  breakCup: {
    path: {
      cupId: Id;
    };
    query: {
      dryRun?: boolean;
    };
    body: Blow;
    answer: Shard[];
  };
`);
    expect(printed).toContain(`  readCup: {
    path: NoFields;
    query: NoFields;
    body: undefined;
    answer: undefined;
  };
`);
    expect(printed).toContain(`    answer: undefined;
    events: { broken: Noise };
`);
    expect(printed).toContain('export interface Noise {');
    expect(printed).toContain("  breakCup: { method: 'POST', path: '/cups/{cupId}', isKeyed: true },\n");
    expect(printed).toContain("  readCup: { method: 'GET', path: '/cups/{cupId}', isKeyed: false },\n");
    expect(printed).toContain(
      "OTHER_TYPES: Readonly<Record<string, readonly string[]>> = {\n  watchCups: ['text/event-stream'],\n};",
    );
  });
});
