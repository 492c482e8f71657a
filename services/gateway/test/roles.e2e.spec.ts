import 'reflect-metadata';
import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  expected,
  shareShop,
  START_DEADLINE_MS,
  withClient,
  type ApiDocument,
  type Customer,
  type OperationObject,
  type Problem,
  type Shop,
  type ShopClient,
} from '@jangteo/testkit';
import { apiDocument } from '../src/gateway.module.js';
import { ROLES, type Role } from '../src/domain/caller.js';
import { expectProblem } from './expectations.js';
import { pathsOfOneUser } from './routes.js';

interface Call {
  readonly method: string;
  readonly path: string;
  readonly roles: readonly Role[];
  readonly hasBody: boolean;
}

const DOCUMENT = apiDocument() as unknown as ApiDocument;
const OF_ONE_USER = pathsOfOneUser(DOCUMENT);

/** Every call that somebody has to be logged in for. */
const CALLS: readonly Call[] = Object.entries(DOCUMENT.paths).flatMap(([path, methods]) =>
  Object.entries(methods).flatMap(([method, operation]) => {
    const { 'x-roles': roles = [] } = operation as OperationObject & { 'x-roles'?: Role[] };
    const hasBody = operation.requestBody !== undefined;
    return roles.length === 0 ? [] : [{ method: method.toUpperCase(), path, roles, hasBody }];
  }),
);

describe('roles', () => {
  let shop: Shop;
  let client: ShopClient;
  const staff = {} as Record<Role, Customer>;

  beforeAll(async () => {
    shop = await shareShop();
    ({ client } = shop);
    for (const role of ROLES) staff[role] = await employed(role);
  }, START_DEADLINE_MS);

  afterAll(() => shop?.stop());

  async function employed(role: Role): Promise<Customer> {
    const person = await client.register();
    await withClient(shop.databaseUrlOf('gateway'), (database) =>
      database.query('UPDATE users SET role = $2 WHERE user_id = $1', [person.userId, role]),
    );
    return { ...person, token: await client.login(person) };
  }

  /** Ids that nobody has, and a body that is refused: who may call changes nothing by it. */
  function called({ method, path, hasBody }: Call, token?: string) {
    const target = path.replaceAll('{service}', 'wallet').replaceAll(/\{\w+\}/g, () => randomUUIDv7());
    const body = hasBody ? '{"noSuchField":1}' : undefined;
    return client.send<Problem>(method, target, body, { token });
  }

  it('are asked for by calls of each kind', () => {
    const lowest = new Set(CALLS.map(({ roles }) => roles[0]));
    expect(lowest).toEqual(new Set(ROLES));
  });

  describe.each(CALLS)('$method $path', (call) => {
    it('needs a login', async () => {
      expectProblem(await called(call), 'UNAUTHENTICATED');
    });

    const others = ROLES.filter((role) => !call.roles.includes(role));
    if (others.length > 0)
      it.each(others)('is not for %s', async (role) => {
        expectProblem(await called(call, staff[role].token), 'FORBIDDEN');
      });

    it.each(ROLES.filter((role) => call.roles.includes(role)))('is for %s', async (role) => {
      const { status, body } = await called(call, staff[role].token);
      expect({ status, code: body?.code }).not.toMatchObject({ code: 'FORBIDDEN' });
      expect([401, 403]).not.toContain(status);
    });
  });

  it('are what the account has when it is asked, and never more than when the token was issued', async () => {
    const person = await employed('operator');
    const change = async (role: Role): Promise<void> => {
      await withClient(shop.databaseUrlOf('gateway'), (database) =>
        database.query('UPDATE users SET role = $2 WHERE user_id = $1', [person.userId, role]),
      );
    };
    await change('admin');
    const redrive = (token: string) => client.post<Problem>('/admin/orders/redrive', { since: 1 }, { token });
    const newer = await client.login(person);
    expectProblem(await redrive(newer), 'VALIDATION_FAILED');
    expectProblem(await redrive(person.token), 'FORBIDDEN');
    expect(expected(200, await client.get('/auth/me', { token: newer }))).toMatchObject({ role: 'admin' });
  });

  it('let nobody but an admin name another user', async () => {
    const { userId } = await client.register();
    expect(OF_ONE_USER).toEqual(expect.arrayContaining(['/balance/charges', '/orders']));
    for (const role of ['customer', 'viewer', 'operator'] as const) {
      const { token } = staff[role];
      for (const path of OF_ONE_USER) {
        expectProblem(await client.get(`${path}?userId=${userId}`, { token }), 'FORBIDDEN');
      }
      expectProblem(await client.post('/balance/charge', { userId, amount: 1 }, { token }), 'FORBIDDEN');
    }
  });
});
