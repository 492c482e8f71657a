import type { ApiDocument, OperationObject } from '@jangteo/testkit';
import fc from 'fast-check';
import { hostile, sometimes, ValidValues, type Known, type Schema } from './generated-values.js';

/** A request as it goes over the wire. */
export interface GeneratedRequest {
  /** Of the operation that it is made for. */
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | undefined;
}

export interface World {
  readonly known: Known;
  /** Bodies that are right as they are, by operation, where chance would hardly find one. */
  readonly bodies: Readonly<Record<string, readonly unknown[]>>;
  /** Ids for the paths of single operations, in place of those that are known: what would spoil the rest is done to others. */
  readonly targets: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  /** Tokens for single operations, in place of those below. */
  readonly callers: Readonly<Record<string, string>>;
  /** Access tokens, by what they are good for. */
  readonly tokens: { readonly customer: string; readonly stranger: string; readonly admin: string };
}

interface Parameter {
  readonly in: 'path' | 'query' | 'header';
  readonly name: string;
  readonly required?: boolean;
  readonly schema: Schema;
}

type Body = GeneratedRequest['body'];

const INVALID_UTF8 = Uint8Array.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]);

/** Bodies that are no JSON, too much of it, or of a kind that parsers fall for. */
const ODD_BODIES: readonly Body[] = [
  ['', '{', '{"a":1,}', 'amount=1', '\ufeff{}', 'NaN', '{"a":1}{"b":2}', '"', 'null', '[]', '0'],
  ['{"__proto__":{"role":"admin"}}', '{"constructor":{"prototype":{"role":"admin"}}}'],
  ['{"amount":1,"amount":2}', '{"amount":1e999}', '{"quantity":00001}', '{"a":"\\ud800"}'],
  ['['.repeat(20_000) + ']'.repeat(20_000), '{"a":'.repeat(5_000) + '1' + '}'.repeat(5_000)],
  [JSON.stringify({ name: 'x'.repeat(110_000) }), INVALID_UTF8],
].flat();
const oddBody: fc.Arbitrary<Body> = fc.constantFrom(...ODD_BODIES);

const HEADER_CHARACTERS = 'abz019 -_=;,"\'/()<>@:\\{}[]?\t\x7e\x80\xe9\xff'.split('');
const headerText = fc
  .array(fc.constantFrom(...HEADER_CHARACTERS), { maxLength: 40 })
  .map((characters) => characters.join('').trim());

const ODD_HEADERS: Readonly<Record<string, fc.Arbitrary<string>>> = {
  'x-request-id': fc.oneof(headerText, fc.constantFrom('', 'two words', 'x'.repeat(500), 'my-request-7')),
  traceparent: fc.oneof(headerText, fc.constant('00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01')),
  accept: fc.oneof(headerText, fc.constantFrom('text/html', 'application/xml', '*/*;q=0', '')),
  'accept-encoding': fc.oneof(headerText, fc.constantFrom('gzip', 'identity;q=0')),
  'x-forwarded-for': fc.oneof(headerText, fc.constantFrom('127.0.0.1', '::1, evil')),
  'x-http-method-override': fc.constantFrom('DELETE', 'TRACE', '__proto__'),
  'content-encoding': fc.constantFrom('gzip', 'br', 'identity', '__proto__'),
  'if-none-match': fc.constantFrom('*', '"x"', 'W/'),
  range: fc.constantFrom('bytes=0-1', 'bytes=-', 'x'),
  cookie: headerText,
  expect: fc.constantFrom('100-continue', '200-ok', ''),
  'idempotency-key': fc.oneof(
    headerText,
    fc.constantFrom('', '""', '"quoted"', '"open', 'x'.repeat(256), 'shared', 'null', '__proto__'),
  ),
  prefer: fc.oneof(
    headerText,
    fc.constantFrom(
      'wait=0',
      'wait=1',
      'wait=-1',
      'wait="2"',
      'respond-async',
      'wait',
      'wait=1,wait=2',
      '=',
      ';',
    ),
  ),
};

const ODD_CONTENT_TYPES = [
  ['application/json; charset=utf-8', 'application/json;charset=latin1', 'APPLICATION/JSON', 'text/plain'],
  ['application/x-www-form-urlencoded', 'multipart/form-data', 'multipart/form-data; boundary=x'],
  ['application/merge-patch+json', 'application/xml', '', ';', 'application/json, text/plain', '__proto__'],
].flat();

const contentType = fc.oneof(
  { arbitrary: fc.constant('application/json'), weight: 12 },
  { arbitrary: fc.constantFrom(...ODD_CONTENT_TYPES), weight: 1 },
);

/** Changes single fields of an object, at any depth. */
function mutated(value: unknown, spots: readonly Spot[]): unknown {
  return spots.reduce(mutatedAt, value);
}

interface Spot {
  readonly kind: 'remove' | 'replace' | 'add';
  readonly depth: number;
  readonly index: number;
  readonly value: unknown;
  readonly name: string;
}

function mutatedAt(value: unknown, spot: Spot): unknown {
  if (typeof value !== 'object' || value === null) return spot.value;
  const { kind, depth, index, name } = spot;
  const entries: [string, unknown][] = Object.entries(value);
  const key = entries[index % Math.max(1, entries.length)]?.[0];
  const changed = entries.flatMap(([own, field]): [string, unknown][] => {
    if (own !== key) return [[own, field]];
    if (depth > 0 && typeof field === 'object')
      return [[own, mutatedAt(field, { ...spot, depth: depth - 1 })]];
    if (kind === 'remove') return [];
    return [[own, kind === 'replace' ? spot.value : field]];
  });
  const more: [string, unknown][] = kind === 'add' ? [[name, spot.value]] : [];
  return Array.isArray(value)
    ? [...changed, ...more].map(([, field]) => field)
    : Object.fromEntries([...changed, ...more]);
}

const spot: fc.Arbitrary<Spot> = fc.record({
  kind: fc.constantFrom('remove', 'replace', 'replace', 'add'),
  depth: fc.nat({ max: 3 }),
  index: fc.nat({ max: 12 }),
  value: hostile,
  name: fc.oneof(
    fc.constantFrom('__proto__', 'constructor', 'role', 'price', 'userId', 'balance', 'toString', ''),
    fc.string({ maxLength: 20 }),
  ),
});

const asText = (value: unknown): string => {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return encodeURIComponent(text.toWellFormed()).slice(0, 3_000);
};

const oddText: fc.Arbitrary<string> = fc.oneof(
  hostile.map(asText),
  fc.constantFrom('%00', '%', '%ff', '%2e%2e%2f', '..', '%F0%9F%8D%B5', '1', 'x'.repeat(200), '%252e', "'"),
);

/** Makes requests for the operations of a document: right ones, and ones that are wrong in all manner of ways. */
export class GeneratedRequests {
  readonly #values: ValidValues;

  constructor(
    private readonly document: ApiDocument,
    private readonly world: World,
  ) {
    this.#values = new ValidValues(document.components.schemas as Record<string, Schema>, world.known);
  }

  any(): fc.Arbitrary<GeneratedRequest> {
    const all = Object.entries(this.document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) =>
        this.#request(path, method.toUpperCase(), operation),
      ),
    );
    return fc.oneof(...all);
  }

  #request(template: string, method: string, operation: OperationObject): fc.Arbitrary<GeneratedRequest> {
    const parameters = operation.parameters.map((parameter) => this.#parameter(parameter));
    const isRepeatable = parameters.some(({ name }) => name === 'Idempotency-Key');
    const schema = operation.requestBody?.content['application/json']?.schema;
    return fc
      .record({
        path: this.#path(template, parameters, this.world.targets[operation.operationId]),
        query: this.#query(parameters),
        method: fc.oneof(
          { arbitrary: fc.constant(method), weight: 60 },
          { arbitrary: fc.constantFrom('PUT', 'DELETE', 'OPTIONS', 'PATCH', 'POST', 'TRACE'), weight: 1 },
        ),
        body:
          schema === undefined
            ? usually(fc.constant(undefined), oddBody)
            : this.#body(schema, this.world.bodies[operation.operationId]),
        contentType,
        authorization: this.#authorization(operation),
        key: sometimes(3, fc.constantFrom('one', 'two', 'three')),
        odd: sometimes(3, this.#oddHeaders()),
      })
      .map(({ path, query, method: used, body, authorization, key, odd, ...given }) => ({
        operation: operation.operationId,
        method: used,
        path: path + query,
        headers: {
          ...(body === undefined ? {} : { 'content-type': given.contentType }),
          ...(authorization === undefined ? {} : { authorization }),
          ...(isRepeatable && key !== undefined ? { 'idempotency-key': key } : {}),
          ...odd,
        },
        // What is sent with GET nobody reads.
        body: used === 'GET' ? undefined : body,
      }));
  }

  #parameter(parameter: object): Parameter {
    const { $ref } = parameter as { $ref?: string };
    return (
      $ref === undefined ? parameter : this.document.components.parameters![$ref.split('/').at(-1)!]
    ) as Parameter;
  }

  #path(
    template: string,
    parameters: readonly Parameter[],
    targets: Readonly<Record<string, readonly string[]>> = {},
  ): fc.Arbitrary<string> {
    const values = parameters
      .filter((parameter) => parameter.in === 'path')
      .map(({ name, schema }) => {
        const ids = targets[name];
        const right = ids === undefined ? this.#values.of(schema, name) : fc.constantFrom(...ids);
        return [name, usually(right.map(asText), oddText)] as const;
      });
    return fc
      .record(Object.fromEntries(values))
      .map((given) => template.replaceAll(/\{(\w+)\}/g, (_all, name: string) => given[name] ?? ''));
  }

  #query(parameters: readonly Parameter[]): fc.Arbitrary<string> {
    const pairs = parameters
      .filter((parameter) => parameter.in === 'query')
      .map(({ name, schema, required = false }) => {
        const value = usually(this.#values.of(schema, name).map(asText), oddText);
        const pair = value.map((text) => `${name}=${text}`);
        return required ? usually<string | undefined>(pair, fc.constant(undefined)) : sometimes(2, pair);
      });
    const strange = fc.oneof(
      fc.constantFrom(
        '__proto__=1',
        'limit=1&limit=2',
        'userId[]=1',
        'a',
        '=',
        '&&',
        'constructor[prototype]=1',
      ),
      oddText.map((text) => `${text}=${text}`),
    );
    return fc.tuple(...pairs, sometimes(8, strange)).map((given) => {
      const query = given.filter((pair) => pair !== undefined).join('&');
      return query === '' ? '' : `?${query}`;
    });
  }

  #body(schema: Schema, known: readonly unknown[] = []): fc.Arbitrary<Body> {
    const any = this.#values.of(schema);
    const valid = known.length === 0 ? any : fc.oneof(any, fc.constantFrom(...known));
    const wrong = fc.tuple(valid, fc.array(spot, { minLength: 1, maxLength: 3 }));
    return fc.oneof(
      { arbitrary: valid.map((value) => JSON.stringify(value)), weight: 8 },
      { arbitrary: wrong.map(([value, spots]) => JSON.stringify(mutated(value, spots))), weight: 8 },
      { arbitrary: hostile.map((value) => JSON.stringify(value)), weight: 1 },
      { arbitrary: oddBody, weight: 2 },
      { arbitrary: fc.constant(undefined), weight: 1 },
    );
  }

  #authorization({ security, operationId }: OperationObject): fc.Arbitrary<string | undefined> {
    const { customer, stranger, admin } = this.world.tokens;
    const caller = this.world.callers[operationId];
    if (caller !== undefined)
      return usually<string | undefined>(fc.constant(`Bearer ${caller}`), fc.constant(undefined));
    const isForStaff = security.some(({ bearer = [] }) => bearer.length > 0);
    const [right, other] = isForStaff ? [admin, customer] : [customer, admin];
    const bearer = (token: string) => fc.constant(`Bearer ${token}`);
    return fc.oneof(
      { arbitrary: bearer(right), weight: 14 },
      { arbitrary: bearer(other), weight: 2 },
      { arbitrary: bearer(stranger), weight: 4 },
      { arbitrary: fc.constant(undefined), weight: 1 },
      { arbitrary: headerText, weight: 1 },
      { arbitrary: headerText.map((text) => `Bearer ${right.slice(0, -4)}${text}`), weight: 1 },
    );
  }

  #oddHeaders(): fc.Arbitrary<Record<string, string>> {
    const headers = Object.entries(ODD_HEADERS).map(([name, value]) =>
      value.map((text) => [name, text] as const),
    );
    return fc
      .array(fc.oneof(...headers), { minLength: 1, maxLength: 3 })
      .map((given) => Object.fromEntries(given));
  }
}

function usually<T>(right: fc.Arbitrary<T>, odd: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof({ arbitrary: right, weight: 8 }, { arbitrary: odd, weight: 1 });
}
