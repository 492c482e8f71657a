import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { apiDocument } from '../gateway.module.js';

type Json = Readonly<Record<string, unknown>>;

interface Parameter extends Json {
  readonly name: string;
  readonly description?: string;
  readonly schema: Json;
}

interface Operation extends Json {
  readonly at: string;
  readonly parameters: readonly Parameter[];
}

const document = JSON.parse(JSON.stringify(apiDocument())) as Json & {
  readonly components: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Json & { parameters: Parameter[] }>>>>;
};
const { schemas = {}, parameters = {} } = document.components;
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]): Operation => ({
    ...operation,
    at: `${method} ${path}`,
  })),
);

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null;

/** Keywords whose values are no schemas, whatever they look like. */
const VALUES = ['example', 'examples', 'default', 'const', 'enum', 'value'];

/** Every schema in a part of the document, with the path to it; references are not followed. */
function schemasIn(value: unknown, at: string): [at: string, schema: Json][] {
  if (Array.isArray(value)) return value.flatMap((item, index) => schemasIn(item, `${at}/${index}`));
  if (!isObject(value)) return [];
  const parts = Object.entries(value).flatMap(([keyword, part]) => {
    if (VALUES.includes(keyword)) return [];
    if (keyword !== 'properties' || !isObject(part)) return schemasIn(part, `${at}/${keyword}`);
    return Object.entries(part).flatMap(([field, schema]) => schemasIn(schema, `${at}.${field}`));
  });
  return [[at, value], ...parts];
}

const all = [...schemasIn(document.components, ''), ...schemasIn(document.paths, '')];

/** Named schemas that a part of the document refers to, and those that they refer to. */
function reached(value: unknown, found: Set<string> = new Set()): Set<string> {
  for (const [, { $ref }] of schemasIn(value, '')) {
    const [, , kind = '', name = ''] = typeof $ref === 'string' ? $ref.split('/') : [];
    if (name === '' || found.has(`${kind}/${name}`)) continue;
    found.add(`${kind}/${name}`);
    reached(document.components[kind]?.[name], found);
  }
  return found;
}

const objectsOf = (value: unknown) =>
  [...reached(value)]
    .filter((name) => name.startsWith('schemas/'))
    .flatMap((name) => schemasIn(schemas[name.slice('schemas/'.length)], name))
    .concat(schemasIn(value, ''))
    .filter(([, { type, properties }]) => type === 'object' && properties !== undefined);

/** Checks the document with programs that others wrote, which know it and nothing else. */
describe('the API document, to the tools of others', () => {
  it('says what each field and parameter means', () => {
    const fields = all.flatMap(([at, { properties }]) =>
      isObject(properties)
        ? Object.entries(properties).map(([name, field]) => ({ at: `${at}.${name}`, field: field as Json }))
        : [],
    );
    expect(fields.length).toBeGreaterThan(400);
    expect(fields.filter(({ field }) => !field.description).map(({ at }) => at)).toEqual([]);
    const taken = [...Object.values(parameters), ...operations.flatMap((operation) => operation.parameters)];
    expect(taken.filter(({ $ref, description }) => $ref === undefined && !description)).toEqual([]);
  });

  it('bounds every integer, and says which need 64 bits', () => {
    const integers = all.filter(([, { type }]) => type === 'integer');
    expect(integers.length).toBeGreaterThan(50);
    const wrong = integers.filter(([, { minimum, maximum, const: value, format }]) => {
      const most = Math.max(...[minimum, maximum, value].map((bound) => Math.abs(Number(bound ?? 0))));
      const isBounded = value !== undefined || (minimum !== undefined && maximum !== undefined);
      return !isBounded || most > 2 ** 31 - 1 !== (format === 'int64');
    });
    expect(wrong).toEqual([]);
    expect(schemas.Money).toMatchObject({ format: 'int64', maximum: Number.MAX_SAFE_INTEGER });
  });

  it('has no number that is a whole one, the status of problems among them', () => {
    expect(all.filter(([, { type }]) => type === 'number')).toEqual([]);
    expect(schemas.OutOfStockProblem).toMatchObject({
      properties: { status: { type: 'integer', const: 409 } },
    });
  });

  it('leaves the objects of answers open, and closes those of requests', () => {
    for (const { at, requestBody, responses } of operations) {
      // Said with a description alone: `true` gets lost in generators.
      const closed = objectsOf(responses).filter(([, schema]) => {
        const { description, ...rest } = (schema.additionalProperties ?? {}) as Json;
        return description === undefined || Object.keys(rest).length > 0;
      });
      expect([at, closed.map(([name]) => name)]).toEqual([at, []]);
      const open = objectsOf(requestBody).filter(
        ([path, schema]) => !/\/(if|then|else)\b/.test(path) && schema.additionalProperties !== false,
      );
      expect([at, open.map(([name]) => name)]).toEqual([at, []]);
    }
  });

  it('takes every time with an offset, as programs of other languages write it', () => {
    const taken = operations.map(({ at, parameters: its, requestBody }) => ({
      at,
      names: reached({ its, requestBody }),
    }));
    const having = (name: string) => taken.filter(({ names }) => names.has(`schemas/${name}`));
    expect(having('GivenInstant').length).toBeGreaterThan(10);
    expect(having('Instant').map(({ at }) => at)).toEqual([]);
    expect(schemas.GivenInstant).toMatchObject({ type: 'string', format: 'date-time' });
    expect(schemas.GivenInstant?.description).toContain('`+09:00`');
  });

  it('has no object whose name is that of another behind New, as Go calls what makes one', () => {
    const names = new Set(Object.keys(schemas));
    expect(names.size).toBeGreaterThan(1);
    expect([...names].filter((name) => names.has(`New${name}`))).toEqual([]);
  });

  it('has patterns that the engines of other languages take', () => {
    const patterns = new Set(
      all.flatMap(([, { pattern }]) => (typeof pattern === 'string' ? [pattern] : [])),
    );
    expect(patterns.size).toBeGreaterThan(1);
    for (const pattern of patterns) {
      // Classes by name, lookaround, references back and code points each have another spelling somewhere.
      expect(pattern).not.toMatch(/\\[pPukbB1-9]|\(\?(?!:)/);
      expect(() => new RegExp(pattern)).not.toThrow();
    }
  });

  it.each([
    ['listProducts', 'limit', 20],
    ['listOrders', 'limit', 20],
    ['readTopProducts', 'limit', 5],
    ['readTopProducts', 'days', 3],
    ['listStuckSagas', 'olderThanSeconds', 60],
    ['listMyCoupons', 'status', 'ISSUED'],
  ])('says of %s what %s is where it is left out', (operationId, name, expected) => {
    const operation = operations.find((one) => one.operationId === operationId);
    const found = operation?.parameters
      .map((parameter) => {
        const { $ref } = parameter;
        return typeof $ref === 'string' ? (parameters[$ref.split('/')[3]!] as Parameter) : parameter;
      })
      .find((parameter) => parameter.name === name);
    expect(found?.schema).toMatchObject({ default: expected });
  });

  it('says in a schema what a schema can say', () => {
    expect(schemas).toMatchObject({
      ProductChange: { minProperties: 1 },
      ProductDraft: { not: { required: ['stock', 'options'] } },
      StockChange: { properties: { quantity: { not: { const: 0 } } } },
      OrderDraft: {
        if: { required: ['items'] },
        // oxlint-disable-next-line no-thenable -- JSON Schema's
        then: { not: { required: ['fromCart'] } },
        else: { required: ['fromCart'] },
      },
      Charging: { properties: { amount: { maximum: 100_000_000_000 } } },
    });
  });

  it('takes an Idempotency-Key wherever something is posted that a repeat would do twice', () => {
    const beginsOrEnds = 'a session begins or ends; its token is good once';
    const overAgain = 'it says what is to be, which is so after a repeat too';
    const withoutKey: Record<string, string> = {
      login: beginsOrEnds,
      refresh: beginsOrEnds,
      logout: beginsOrEnds,
      beginConsoleSession: beginsOrEnds,
      refreshConsoleSession: beginsOrEnds,
      endConsoleSession: beginsOrEnds,
      changePassword: overAgain,
      resetPassword: 'its token is good once',
      dropDeadLetter: overAgain,
      redriveOrders: 'each order is done once by its id, however often that is asked',
    };
    const posts = operations.filter(({ at }) => at.startsWith('post '));
    const bare = posts.filter(({ parameters: taken }) => !JSON.stringify(taken).includes('Idempotency-Key'));
    expect(bare.map(({ operationId }) => String(operationId)).toSorted()).toEqual(
      Object.keys(withoutKey).toSorted(),
    );
    const made = bare.filter(({ responses }) => '201' in (responses as Json));
    expect(made.map(({ at }) => at)).toEqual([]);
  });

  it('names among the reasons of a failed order only those that an order can have', () => {
    const { enum: codes } = (schemas.Order!.properties as Record<string, Json>).failureCode!;
    expect(codes).toEqual(
      expect.arrayContaining(['OUT_OF_STOCK', 'COUPON_NOT_USABLE', 'INSUFFICIENT_BALANCE', 'PRICE_CHANGED']),
    );
    for (const code of ['UNAUTHENTICATED', 'CART_EMPTY', 'PAYMENT_DECLINED', 'RATE_LIMITED']) {
      expect(codes).not.toContain(code);
    }
  });

  it('says of each address where it leads to', () => {
    const headersOf = (path: string, status: string) =>
      (document.paths[path]!.post!.responses as Record<string, { headers: Json }>)[status]!.headers;
    expect(headersOf('/orders', '201').Location).toEqual({ $ref: '#/components/headers/OrderLocation' });
    for (const status of ['200', '202']) {
      const { Location } = headersOf('/balance/charge', status);
      expect(Location).toEqual({ $ref: '#/components/headers/ChargeLocation' });
    }
  });

  it('says in a sentence what the operations of each tag are for, and for whom they are', () => {
    const tags = document.tags as { name: string; description: string }[];
    const used = new Set(operations.flatMap((operation) => operation.tags as string[]));
    expect(
      tags
        .filter(({ description }) => description.endsWith('.'))
        .map(({ name }) => name)
        .sort(),
    ).toEqual([...used].sort());
    const admin = operations.filter(({ at }) => at.includes(' /admin/'));
    expect(admin.length).toBeGreaterThan(5);
    for (const operation of admin) {
      expect(operation['x-roles']).toContain('admin');
      expect(operation['x-roles']).not.toContain('customer');
    }
  });
});
