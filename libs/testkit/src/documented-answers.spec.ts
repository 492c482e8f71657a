import { describe, expect, it } from '@jest/globals';
import { FIELDS_OF_LATER } from '@jangteo/contracts';
import { DocumentedAnswers, type ApiDocument } from './documented-answers.js';

const json = (schema: object) => ({ 'application/json': { schema } });
const cup = {
  type: 'object',
  properties: { size: { type: 'integer' } },
  required: ['size'],
  additionalProperties: FIELDS_OF_LATER,
};

const operation = { operationId: 'x', security: [], parameters: [] };

const DOCUMENT: ApiDocument = {
  paths: {
    '/cups/{cupId}': {
      get: {
        ...operation,
        responses: {
          200: {
            headers: {
              'X-Request-Id': { $ref: '#/components/headers/Sure' },
              Link: { $ref: '#/components/headers/Maybe' },
            },
            content: json({ $ref: '#/components/schemas/Cup' }),
          },
          404: { $ref: '#/components/responses/Missing' },
        },
      },
      delete: { ...operation, responses: { 204: {} } },
    },
    '/cups/best': { get: { ...operation, responses: { 200: { content: json({ type: 'string' }) } } } },
  },
  components: {
    headers: { Sure: { required: true }, Maybe: {} },
    responses: {
      Missing: {
        content: {
          'application/problem+json': { schema: { properties: { code: { const: 'PRODUCT_NOT_FOUND' } } } },
        },
      },
    },
    schemas: { Cup: cup },
  },
};

const documented = new DocumentedAnswers(DOCUMENT);
const JSON_HEADERS = { 'content-type': 'application/json; charset=utf-8', 'x-request-id': '1' };
const PROBLEM_HEADERS = { 'content-type': 'application/problem+json', 'x-request-id': '1' };

function fault(
  status: number,
  body: unknown,
  headers: Record<string, string> = JSON_HEADERS,
  method = 'GET',
  path = '/cups/7',
) {
  return documented.fault(method, path, { status, body, headers: new Headers(headers) });
}

describe('DocumentedAnswers', () => {
  it('accepts an answer as it is documented', () => {
    expect(fault(200, { size: 1 })).toBeUndefined();
    expect(fault(200, { size: 1 }, JSON_HEADERS, 'GET', '/cups/7?a=1')).toBeUndefined();
    expect(fault(404, { code: 'PRODUCT_NOT_FOUND' }, PROBLEM_HEADERS)).toBeUndefined();
    expect(fault(204, undefined, {}, 'DELETE')).toBeUndefined();
  });

  it.each([
    ['a status', fault(418, {}), 'status 418 is not documented'],
    [
      'a header that is missing',
      fault(200, { size: 1 }, { 'content-type': 'application/json' }),
      'the header X-Request-Id is missing',
    ],
    [
      'a content type',
      fault(200, 'text', { ...JSON_HEADERS, 'content-type': 'text/plain' }),
      'the content type text/plain is not documented',
    ],
    [
      'a field of another type',
      fault(200, { size: 'big' }),
      'the body: /size must be integer {"type":"integer"}',
    ],
    ['a field that is missing', fault(200, {}), 'must have required property'],
    [
      'a field that nobody documented',
      fault(200, { size: 1, price: 2 }),
      'must NOT have additional properties',
    ],
    ['a code', fault(404, { code: 'NOT_FOUND' }, PROBLEM_HEADERS), 'must be equal to constant'],
    ['a body where there is none', fault(204, {}, {}, 'DELETE'), 'no body is documented'],
  ])('tells of %s', (_what, found, expected) => {
    expect(found).toContain(expected);
  });

  it('takes a path without parameters for itself', () => {
    expect(fault(200, 'best', JSON_HEADERS, 'GET', '/cups/best')).toBeUndefined();
    expect(fault(200, { size: 1 }, JSON_HEADERS, 'GET', '/cups/best')).toContain('must be string');
  });

  it('expects of what is no call of the API a problem with the status of its code', () => {
    const problem = (status: number, code: string) =>
      fault(status, { code }, PROBLEM_HEADERS, 'GET', '/plates');
    expect(problem(404, 'NOT_FOUND')).toBeUndefined();
    expect(problem(404, 'INTERNAL')).toContain('no documented problem');
    expect(problem(404, 'SOMETHING')).toContain('no documented problem');
    expect(fault(404, { code: 'NOT_FOUND' }, JSON_HEADERS, 'PUT')).toContain('no documented problem');
  });
});
