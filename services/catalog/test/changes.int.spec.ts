import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  changeOption,
  changeProduct,
  reserveStock,
  type Outcome,
  type PayloadOf,
  type Product,
} from '@jangteo/contracts';
import { migrate, type Database } from '@jangteo/database';
import { newId } from '@jangteo/messaging';
import { eventually, testDatabase, withClient, type Ask, type TestDatabase } from '@jangteo/testkit';
import { migrations } from '../src/migrations/index.js';
import { create, operationOf, read, replicaOn, valueOf, watchedDatabase, type Replica } from './fixture.js';

let scratch: TestDatabase;
let database: Database;
let replica: Replica;
let ask: Ask;

beforeAll(async () => {
  scratch = await testDatabase('catalog_changes');
  await migrate(scratch.url, migrations);
  replica = replicaOn(watchedDatabase(scratch.url));
  ({ ask, database } = replica);
});
afterAll(async () => {
  await database.onApplicationShutdown();
  await scratch.drop();
});

const shirt = (): Promise<Product> =>
  create(replica, { name: 'Shirt', price: 1, options: ['M', 'L'].map((name) => ({ name, stock: 1_000 })) });

const idsOf = ({ options }: Product) => options.map(({ optionId }) => optionId) as [string, string];
const codes = (outcomes: readonly Outcome[]): string[] =>
  outcomes.map((outcome) => (outcome.ok ? 'ok' : outcome.refusal.code));

function changeOf(
  { productId }: Product,
  optionId: string,
  change: PayloadOf<typeof changeOption>['change'],
): PayloadOf<typeof changeOption> {
  return { operation: operationOf(), productId, optionId, change };
}

const orderOf = ({ productId }: Product, optionId: string) => ({
  orderId: newId(),
  items: [{ productId, optionId, quantity: 1 }],
});

describe('changing options', () => {
  it('sells nothing of one that was suspended while an order waited for it', async () => {
    const product = await shirt();
    const [optionId] = idsOf(product);
    const outcomes = await withClient(scratch.url, async (holder) => {
      const { rows } = await holder.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      await holder.query('BEGIN');
      await holder.query(`UPDATE options SET status = 'SUSPENDED' WHERE option_id = $1`, [optionId]);
      const reserving = ask(reserveStock, [orderOf(product, optionId)]);
      const waiting = 'SELECT FROM pg_stat_activity WHERE $1::int = ANY (pg_blocking_pids(pid))';
      await eventually(async () => (await database.rows(waiting, [rows[0]?.pid])).length === 1);
      await holder.query('COMMIT');
      return await reserving;
    });
    expect(codes(outcomes)).toEqual(['PRODUCT_NOT_SELLABLE']);
  });

  it.each<[string, (product: Product) => Promise<Outcome[]>]>([
    [
      'an option is suspended',
      (product) => ask(changeOption, [changeOf(product, idsOf(product)[0], { status: 'SUSPENDED' })]),
    ],
    [
      'a product is archived',
      ({ productId }) =>
        ask(changeProduct, [{ operation: operationOf(), productId, change: { status: 'ARCHIVED' } }]),
    ],
  ])('sells nothing once it is answered that %s, whatever is on its way', async (_title, end) => {
    const product = await shirt();
    const [optionId] = idsOf(product);
    const reserve = () => ask(reserveStock, [orderOf(product, optionId)]);
    const early = Array.from({ length: 40 }, reserve);
    valueOf((await end(product))[0]);
    const late = await Promise.all(Array.from({ length: 20 }, reserve));
    expect(new Set(codes(late.flat()))).toEqual(new Set(['PRODUCT_NOT_SELLABLE']));
    const sold = codes((await Promise.all(early)).flat()).filter((code) => code === 'ok').length;
    const [row] = await database.rows('SELECT stock FROM options WHERE option_id = $1', [optionId]);
    expect(row).toEqual({ stock: 1_000 - sold });
  });

  it('makes one change of one version, of many at once and of many in a batch', async () => {
    const product = await shirt();
    const [first, second] = idsOf(product);
    const changes = Array.from({ length: 10 }, (_, index) => ({
      ...changeOf(product, index % 2 === 0 ? first : second, { additionalPrice: index }),
      versions: [1],
    }));
    const answers = await Promise.all(changes.map((change) => ask(changeOption, [change])));
    const refused = Array.from({ length: 9 }, () => 'VERSION_CHANGED');
    expect(codes(answers.flat()).toSorted()).toEqual([...refused, 'ok']);
    const batch = changes.map((change) => ({ ...change, operation: operationOf(), versions: [2] }));
    expect(codes(await ask(changeOption, batch))).toEqual(['ok', ...refused]);
    expect((await read(replica, product)).version).toBe(3);
  });
});
