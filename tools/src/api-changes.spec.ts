import { describe, expect, it } from '@jest/globals';
import { apiBreaks } from './api-changes.js';
import type { Json, JsonObject } from './schema-comparison.js';

const content = (schema: JsonObject): JsonObject => ({ 'application/json': { schema } });
const cup = { type: 'object', properties: { size: { type: 'integer' } }, required: ['size'] };

const DOCUMENT: JsonObject = {
  paths: {
    '/cups': {
      get: {
        operationId: 'listCups',
        security: [],
        parameters: [{ $ref: '#/components/parameters/limit' }],
        responses: {
          200: {
            headers: { 'X-Request-Id': { required: true }, Link: {} },
            content: content({ type: 'array', items: { $ref: '#/components/schemas/Cup' } }),
          },
          404: { $ref: '#/components/responses/Missing' },
        },
      },
      post: {
        operationId: 'makeCup',
        security: [{ bearer: [] }],
        requestBody: { required: true, content: content({ $ref: '#/components/schemas/Cup' }) },
        responses: { 201: { content: content({ $ref: '#/components/schemas/Cup' }) } },
      },
    },
  },
  components: {
    parameters: { limit: { in: 'query', name: 'limit', schema: { type: 'integer', maximum: 100 } } },
    responses: {
      Missing: {
        content: content({
          oneOf: [{ $ref: '#/components/schemas/NoCup' }, { $ref: '#/components/schemas/NoShelf' }],
        }),
      },
    },
    schemas: {
      Cup: cup,
      NoCup: { type: 'object', properties: { code: { const: 'NO_CUP' } } },
      NoShelf: { type: 'object', properties: { code: { const: 'NO_SHELF' } } },
    },
  },
};

/** The document with another value at a path. `undefined` takes away what is there. */
function changed(path: readonly string[], value: Json | undefined, document: Json = DOCUMENT): JsonObject {
  const [name, ...rest] = path as [string, ...string[]];
  const fields = document as JsonObject;
  return { ...fields, [name]: rest.length === 0 ? value : changed(rest, value, fields[name] ?? {}) };
}

const CUPS = ['paths', '/cups'];
const BREAKS: readonly (readonly [string, readonly string[], Json | undefined, readonly string[]])[] = [
  ['a path that is gone', CUPS, undefined, ['GET /cups is gone', 'POST /cups is gone']],
  ['a method that is gone', [...CUPS, 'post'], undefined, ['POST /cups is gone']],
  [
    'a call with another name',
    [...CUPS, 'get', 'operationId'],
    'readCups',
    ['GET /cups is called readCups now, and was called listCups'],
  ],
  [
    'a login that is needed now',
    [...CUPS, 'get', 'security'],
    [{ bearer: [] }],
    ['GET /cups is for bearer only now'],
  ],
  [
    'a role that is needed now',
    [...CUPS, 'post', 'security'],
    [{ bearer: ['admin'] }],
    ['POST /cups is for admin only now'],
  ],
  ['a login that is asked for no more', [...CUPS, 'post', 'security'], [], ['POST /cups is for anybody now']],
  [
    'a parameter that is gone',
    [...CUPS, 'get', 'parameters'],
    [],
    ['GET /cups takes no query limit any more'],
  ],
  [
    'a parameter that is needed now',
    ['components', 'parameters', 'limit', 'required'],
    true,
    ['GET /cups needs the query limit now'],
  ],
  [
    'a parameter that may be less',
    ['components', 'parameters', 'limit', 'schema', 'maximum'],
    50,
    ['GET /cups query limit has the maximum 50 now, and had 100'],
  ],
  [
    'a new field of a body that is needed',
    ['components', 'schemas', 'Cup'],
    { ...cup, properties: { ...cup.properties, name: { type: 'string' } }, required: ['size', 'name'] },
    ['POST /cups body.name is required now'],
  ],
  [
    'a field of an answer that is gone',
    ['components', 'schemas', 'Cup', 'properties'],
    {},
    ['GET /cups 200[].size is gone', 'POST /cups body.size is gone', 'POST /cups 201.size is gone'],
  ],
  [
    'a status that is gone',
    [...CUPS, 'post', 'responses', '201'],
    undefined,
    ['POST /cups answers no 201 any more'],
  ],
  [
    'a header that is gone',
    [...CUPS, 'get', 'responses', '200', 'headers', 'Link'],
    undefined,
    ['GET /cups 200 has no header Link any more'],
  ],
  [
    'a header that may be missing',
    [...CUPS, 'get', 'responses', '200', 'headers', 'X-Request-Id'],
    {},
    ['GET /cups 200 may lack the header X-Request-Id now'],
  ],
  [
    'another content type',
    [...CUPS, 'post', 'responses', '201', 'content'],
    { 'text/plain': {} },
    ['POST /cups 201 is no application/json any more'],
  ],
  [
    'a code with another name',
    ['components', 'schemas', 'NoCup', 'properties', 'code', 'const'],
    'CUP_MISSING',
    [
      'GET /cups 404 is never NoCup any more, or another one: GET /cups 404.code no longer knows the value "NO_CUP"',
    ],
  ],
];

const ADDITIONS: readonly (readonly [string, readonly string[], Json])[] = [
  ['a path', ['paths', '/plates'], { get: { operationId: 'listPlates', responses: {} } }],
  [
    'an optional parameter',
    [...CUPS, 'get', 'parameters'],
    [{ $ref: '#/components/parameters/limit' }, { in: 'query', name: 'size', schema: { type: 'integer' } }],
  ],
  [
    'a field of answers and bodies',
    ['components', 'schemas', 'Cup', 'properties', 'name'],
    { type: 'string' },
  ],
  ['a status', [...CUPS, 'post', 'responses', '409'], {}],
  [
    'a code',
    ['components', 'responses', 'Missing', 'content'],
    content({
      oneOf: [
        { $ref: '#/components/schemas/NoCup' },
        { $ref: '#/components/schemas/NoShelf' },
        { type: 'object' },
      ],
    }),
  ],
  ['a summary', [...CUPS, 'get', 'summary'], 'Lists cups'],
];

const BOTH = [...CUPS, 'post', 'x-roles'];

describe('apiBreaks', () => {
  it('tells of a role that may no longer call, and of one that may now', () => {
    const before = changed(
      BOTH,
      ['operator', 'admin'],
      changed([...CUPS, 'post', 'security'], [{ bearer: ['operator'] }]),
    );
    const after = (...roles: string[]): JsonObject =>
      changed(BOTH, roles, changed([...CUPS, 'post', 'security'], [{ bearer: [roles[0]!] }], before));
    expect(apiBreaks(before, after('operator', 'admin'))).toEqual([]);
    expect(apiBreaks(before, after('viewer', 'operator', 'admin'))).toEqual([
      'POST /cups is for viewer too now',
    ]);
    expect(apiBreaks(before, after('admin'))).toEqual(['POST /cups is not for operator any more']);
  });

  it.each(BREAKS)('tells of %s', (_what, path, value, expected) => {
    expect(apiBreaks(DOCUMENT, changed(path, value))).toEqual(expected);
  });

  it.each(ADDITIONS)('lets %s come', (_what, path, value) => {
    expect(apiBreaks(DOCUMENT, changed(path, value))).toEqual([]);
  });
});
