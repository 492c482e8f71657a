import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  addOption,
  changeOption,
  changeProduct,
  reserveStock,
  type Outcome,
  type OutcomeOf,
  type PayloadOf,
  type Product,
} from '@jangteo/contracts';
import { migrate, type Database } from '@jangteo/database';
import { newId } from '@jangteo/messaging';
import { eventually, testDatabase, withClient, type Ask, type TestDatabase } from '@jangteo/testkit';
import { migrations } from '../src/migrations/index.js';
import {
  change,
  create,
  operationOf,
  read,
  replicaOn,
  valueOf,
  watchedDatabase,
  type Replica,
} from './fixture.js';

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

const HOLD = 'SELECT FROM options WHERE option_id = $1 FOR UPDATE';

/** Orders what somebody else holds, by this statement, and lets something happen while the order waits for it. */
async function orderedMeanwhile(
  { productId, options: [option] }: Product,
  happen: () => Promise<unknown>,
  hold = HOLD,
): Promise<OutcomeOf<typeof reserveStock>[]> {
  return await withClient(scratch.url, async (holder) => {
    const { rows } = await holder.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    await holder.query('BEGIN');
    await holder.query(hold, [option?.optionId]);
    const items = [{ productId, optionId: option?.optionId, quantity: 1 }];
    const reserving = ask(reserveStock, [{ orderId: newId(), items }]);
    const waiting = 'SELECT FROM pg_stat_activity WHERE $1::int = ANY (pg_blocking_pids(pid))';
    await eventually(async () => (await database.rows(waiting, [rows[0]?.pid])).length === 1);
    await happen();
    await holder.query('COMMIT');
    return await reserving;
  });
}

describe('changing options', () => {
  it('sells nothing of one that was suspended while an order waited for it', async () => {
    const suspend = `UPDATE options SET status = 'SUSPENDED' WHERE option_id = $1`;
    const outcomes = await orderedMeanwhile(await shirt(), async () => undefined, suspend);
    expect(codes(outcomes)).toEqual(['PRODUCT_NOT_SELLABLE']);
  });

  it('sells at the price, or not at all, that was answered while an order waited for its option', async () => {
    const [dearer, gone] = [await shirt(), await shirt()];
    const [sold] = await orderedMeanwhile(dearer, () => change(replica, dearer, { price: 7 }));
    expect(valueOf(sold)).toMatchObject({ subtotal: 7, items: [{ price: 7 }] });
    const refused = await orderedMeanwhile(gone, () => change(replica, gone, { status: 'ARCHIVED' }));
    expect(codes(refused)).toEqual(['PRODUCT_NOT_SELLABLE']);
  });

  it('counts no option that it has not locked, since it came while an order waited', async () => {
    const cup = await create(replica, { name: 'Cup', price: 1, stock: 1 });
    const draft = { name: 'Large', stock: 1 };
    const asked = { operation: operationOf(), productId: cup.productId, draft };
    const [sold] = await orderedMeanwhile(cup, async () => valueOf((await ask(addOption, [asked]))[0]));
    // With two there would be a choice, which is part of the name.
    expect(valueOf(sold)).toMatchObject({ items: [{ name: 'Cup' }] });
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
