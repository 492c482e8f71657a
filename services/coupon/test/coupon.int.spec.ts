import { randomUUIDv7 } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  changeCoupon,
  createCoupon,
  done,
  issueCoupon,
  listCoupons,
  listUserCoupons,
  refuse,
  releaseCoupon,
  useCoupon,
  type Coupon,
  type CouponDraft,
  type CouponStatus,
  type Outcome,
  type UserCoupon,
  type UserCouponFilter,
} from '@jangteo/contracts';
import { Database, databaseEnv, encodeCursor, migrate } from '@jangteo/database';
import { readConfig } from '@jangteo/service';
import {
  askHandlers,
  locksLowerFirst,
  NOT_THE_CLOCK,
  patientDatabase,
  rowsRead,
  testDatabase,
  withClient,
  type Ask,
  type TestDatabase,
} from '@jangteo/testkit';
import { couponHandlers } from '../src/coupon.handlers.js';
import { LOOKED_AT_MAX } from '../src/admin-lists.js';
import { markEnded, readIssuablePages } from '../src/list.queries.js';
import { migrations } from '../src/migrations/index.js';

let scratch: TestDatabase;
let database: Database;
let ask: Ask;

beforeAll(async () => {
  scratch = await testDatabase('coupon');
  await migrate(scratch.url, migrations);
  database = new Database(readConfig(databaseEnv, patientDatabase(scratch.url)));
  ask = askHandlers(couponHandlers, database);
});
afterAll(async () => {
  await database.onApplicationShutdown();
  await scratch.drop();
});

/** Coupons whose count or sequences, and user coupons whose use, are not what the other tables say. */
async function inexact(): Promise<object[]> {
  return [
    ...(await database.rows(`
      SELECT coupon_id, issued_quantity, count(user_coupon_id) AS held, max(sequence) AS last
      FROM coupons LEFT JOIN user_coupons USING (coupon_id) GROUP BY coupon_id
      HAVING issued_quantity <> count(user_coupon_id) OR coalesce(max(sequence), 0) <> count(user_coupon_id)`)),
    ...(await database.rows(`
      SELECT user_coupon_id, held.order_id, used.order_id AS redeemed FROM user_coupons AS held
      LEFT JOIN redemptions AS used USING (user_coupon_id)
      WHERE released_at IS NULL AND held.order_id IS DISTINCT FROM used.order_id`)),
  ];
}
afterEach(async () => {
  const rows = await inexact();
  if (rows.length > 0) throw new Error(`not exact: ${JSON.stringify(rows)}`);
});

const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));
const accepted = (outcomes: readonly Outcome[]): number => outcomes.filter(({ ok }) => ok).length;
const codes = (outcomes: readonly Outcome[]): string[] =>
  outcomes.map((outcome) => (outcome.ok ? 'ok' : outcome.refusal.code));
const operationOf = (key: string = randomUUIDv7(), fingerprint = '') => ({ key, fingerprint });

function valueOf<V>(outcome: Outcome<V> | undefined): V {
  if (outcome?.ok !== true) throw new Error(`refused: ${JSON.stringify(outcome)}`);
  return outcome.value;
}

/** Splits at random, as the broker hands messages to several replicas. */
function randomBatches<T>(all: readonly T[]): T[][] {
  const batches: T[][] = [];
  for (let from = 0; from < all.length;) {
    const size = 1 + Math.floor(Math.random() * 20);
    batches.push(all.slice(from, from + size));
    from += size;
  }
  return batches;
}

async function create(terms: Partial<CouponDraft> = {}): Promise<Coupon> {
  const plain = { name: 'Tea', discountType: 'FIXED' as const, discountValue: 500, totalQuantity: 100 };
  const [outcome] = await ask(createCoupon, [{ operation: operationOf(), draft: { ...plain, ...terms } }]);
  return valueOf<Coupon>(outcome);
}

/** One whose issue has ended meanwhile. */
async function createOver(): Promise<Coupon> {
  const coupon = await create({ issueEndsAt: new Date(Date.now() + 86_400_000).toISOString() });
  await database.rows(`UPDATE coupons SET issue_ends_at = now() - interval '1 hour' WHERE coupon_id = $1`, [
    coupon.couponId,
  ]);
  return coupon;
}

async function setStatus({ couponId }: Coupon, status: CouponStatus): Promise<void> {
  valueOf((await ask(changeCoupon, [{ operation: operationOf(), couponId, status }]))[0]);
}

const issueOf = ({ couponId }: Coupon, userId: string = randomUUIDv7(), key?: string) => ({
  operation: operationOf(key),
  couponId,
  userId,
});

interface Held {
  readonly userId: string;
  readonly userCouponId: string;
}

async function issue(coupon: Coupon, userId: string = randomUUIDv7()): Promise<Held & UserCoupon> {
  const [outcome] = await ask(issueCoupon, [issueOf(coupon, userId)]);
  return { userId, ...valueOf<UserCoupon>(outcome) };
}

const orderOf = ({ userId, userCouponId }: Held, subtotal = 2_000) => ({
  orderId: randomUUIDv7(),
  userId,
  userCouponId,
  subtotal,
});

/** Lets a user coupon have been issued long ago, so that it has expired by now. */
async function expire({ userCouponId }: Held): Promise<void> {
  await database.rows(
    `UPDATE user_coupons SET issued_at = issued_at - interval '2 days', expires_at = now() - interval '1 ms'
     WHERE user_coupon_id = $1`,
    [userCouponId],
  );
}

async function pageOf(userId: string, status: UserCouponFilter, limit = 100, cursor?: string) {
  return valueOf((await ask(listUserCoupons, [{ userId, status, limit, cursor }]))[0]);
}

const idsOf = async (userId: string, status: UserCouponFilter): Promise<string[]> =>
  (await pageOf(userId, status)).userCoupons.map(({ userCouponId }) => userCouponId);

/** All coupons that can be issued now, read page by page. */
async function issuable(): Promise<Coupon[]> {
  const all: Coupon[] = [];
  for (let cursor: string | undefined; ;) {
    const page = valueOf((await ask(listCoupons, [{ limit: 3, cursor }]))[0]);
    all.push(...page.coupons);
    if (page.next === undefined) return all;
    cursor = page.next;
  }
}

describe('making coupons', () => {
  it('keeps every term as it was given', async () => {
    const made = await create({
      name: 'Öffnung 개업',
      discountType: 'PERCENT',
      discountValue: 100,
      maxDiscount: Number.MAX_SAFE_INTEGER,
      minOrderAmount: 0,
      totalQuantity: 100_000_000,
      issueStartsAt: '0000-01-01T00:00:00Z',
      issueEndsAt: '9999-12-31T23:59:59.9999Z',
      validDays: 3_650,
    });
    expect(made).toMatchObject({ issueStartsAt: '0000-01-01T00:00:00.000Z', remainingQuantity: 100_000_000 });
    expect((await issuable()).find(({ couponId }) => couponId === made.couponId)).toEqual(made);
  });

  it('makes one coupon for one key, and refuses the key to another draft', async () => {
    const draft = { name: 'Once', discountType: 'FIXED' as const, discountValue: 1, totalQuantity: 1 };
    const request = { operation: operationOf(), draft };
    const other = { operation: operationOf(request.operation.key, 'another draft'), draft };
    const outcomes = await ask(createCoupon, [request, other, request]);
    expect(codes(outcomes)).toEqual(['ok', 'IDEMPOTENCY_KEY_REUSED', 'ok']);
    expect(await ask(createCoupon, [request])).toEqual([outcomes[0]]);
    expect(await database.rows("SELECT FROM coupons WHERE name = 'Once'")).toHaveLength(1);
  });
});

describe('issuing', () => {
  it('issues exactly 30 coupons to 200 users at once, in whatever batches they come', async () => {
    const coupon = await create({ totalQuantity: 30 });
    const requests = times(200, () => issueOf(coupon));
    const answers = await Promise.all(randomBatches(requests).map((batch) => ask(issueCoupon, batch)));
    const outcomes = answers.flat();
    expect(codes(outcomes).toSorted()).toEqual([
      ...times(170, () => 'COUPON_SOLD_OUT'),
      ...times(30, () => 'ok'),
    ]);
    const issued = outcomes.filter((outcome) => outcome.ok).map(({ value }) => value);
    const sequences = issued.map(({ sequence }) => sequence);
    expect(sequences.toSorted((a, b) => a - b)).toEqual(times(30, (index) => index + 1));
    const rows = await database.rows<{ userCouponId: string }>(
      'SELECT user_coupon_id AS "userCouponId" FROM user_coupons WHERE coupon_id = $1 ORDER BY sequence',
      [coupon.couponId],
    );
    const bySequence = issued.toSorted((a, b) => a.sequence - b.sequence);
    expect(rows).toEqual(bySequence.map(({ userCouponId }) => ({ userCouponId })));
  });

  it('issues one to a user who asks 20 times at once under different keys', async () => {
    const coupon = await create();
    const userId = randomUUIDv7();
    const requests = times(20, () => issueOf(coupon, userId));
    const answers = await Promise.all(requests.map((request) => ask(issueCoupon, [request])));
    expect(codes(answers.flat()).toSorted()).toEqual([...times(19, () => 'COUPON_ALREADY_ISSUED'), 'ok']);
  });

  it('has one effect when a batch is delivered twice, in one batch and at once', async () => {
    const coupon = await create({ totalQuantity: 3 });
    const requests = times(5, () => issueOf(coupon));
    const batch = [...requests, ...requests];
    const [one, two] = await Promise.all([ask(issueCoupon, batch), ask(issueCoupon, batch)]);
    expect(two).toEqual(one);
    expect(one.slice(5)).toEqual(one.slice(0, 5));
    expect(await ask(issueCoupon, batch)).toEqual(one);
    expect(accepted(one)).toBe(6);
  });

  it('bears batches that name the same coupons in opposite orders', async () => {
    const all = await Promise.all(times(5, () => create()));
    const batches = times(20, (index) => (index % 2 === 0 ? all : all.toReversed()));
    const answers = await Promise.all(
      batches.map((batch) =>
        ask(
          issueCoupon,
          batch.map((coupon) => issueOf(coupon)),
        ),
      ),
    );
    expect(accepted(answers.flat())).toBe(100);
  });

  it('tells why it refuses, from the stored answer when it is asked again', async () => {
    const [open, gone] = [await create(), await create({ totalQuantity: 1 })];
    const [suspended, late] = [await create(), await createOver()];
    await setStatus(suspended, 'SUSPENDED');
    const { userId } = await issue(open);
    await issue(gone);
    const unknown = { ...open, couponId: randomUUIDv7() };
    const requests = [unknown, suspended, late, open, gone].map((coupon) => issueOf(coupon, userId));
    const outcomes = await ask(issueCoupon, requests);
    expect(codes(outcomes)).toEqual([
      'COUPON_NOT_FOUND',
      'COUPON_NOT_ISSUABLE',
      'COUPON_NOT_ISSUABLE',
      'COUPON_ALREADY_ISSUED',
      'COUPON_SOLD_OUT',
    ]);
    await setStatus(suspended, 'ISSUABLE');
    expect(await ask(issueCoupon, requests)).toEqual(outcomes);
    expect((await issue(suspended, userId)).sequence).toBe(1);
  });
});

describe('using', () => {
  it('locks user coupons in the order of their ids, whatever order names them', async () => {
    const coupon = await create();
    const held = [await issue(coupon), await issue(coupon)];
    const ids = held.map(({ userCouponId }) => userCouponId).toSorted();
    const rows = { table: 'user_coupons', key: 'user_coupon_id', ids: [ids[0]!, ids[1]!] } as const;
    for (const named of [held, held.toReversed()]) {
      const uses = named.map((one) => orderOf(one));
      expect(await locksLowerFirst(scratch.url, rows, () => ask(useCoupon, uses))).toBe(true);
    }
  });

  it('lets the first of the orders in one batch use a coupon', async () => {
    const held = await issue(await create());
    const answers = await ask(
      useCoupon,
      times(3, () => orderOf(held)),
    );
    expect(codes(answers)).toEqual(['ok', 'COUPON_NOT_USABLE', 'COUPON_NOT_USABLE']);
  });

  it('lets exactly one of 20 parallel orders use a coupon', async () => {
    const held = await issue(await create());
    const orders = times(20, () => orderOf(held));
    const answers = await Promise.all(orders.map((order) => ask(useCoupon, [order])));
    expect(codes(answers.flat()).toSorted()).toEqual([...times(19, () => 'COUPON_NOT_USABLE'), 'ok']);
    const winner = orders[answers.flat().findIndex(({ ok }) => ok)];
    const [row] = (await pageOf(held.userId, 'USED')).userCoupons;
    expect(row).toMatchObject({ status: 'USED', orderId: winner?.orderId, usedAt: expect.any(String) });
  });

  it('has one effect when a batch is delivered twice, in one batch and at once', async () => {
    const held = await issue(await create());
    const orders = times(5, () => orderOf(held));
    const batch = [...orders, ...orders];
    const [one, two] = await Promise.all([ask(useCoupon, batch), ask(useCoupon, batch)]);
    expect(two).toEqual(one);
    expect(one.slice(5)).toEqual(one.slice(0, 5));
    expect(await ask(useCoupon, batch)).toEqual(one);
    expect(accepted(one)).toBe(2);
  });

  it('takes the discount from the terms that the coupon was made with', async () => {
    const terms = {
      discountType: 'PERCENT',
      discountValue: 33,
      maxDiscount: 700,
      minOrderAmount: 199,
    } as const;
    const coupon = await create(terms);
    const helds = await Promise.all(times(3, () => issue(coupon)));
    const orders = helds.map((held, index) => orderOf(held, [198, 199, 10_000][index]));
    expect(await ask(useCoupon, orders)).toEqual([
      refuse('COUPON_NOT_USABLE', 'it needs an order of at least 199, this one is 198'),
      done({ discount: 65 }),
      done({ discount: 700 }),
    ]);
  });

  it("refuses an unknown coupon and somebody else's alike, and an expired one", async () => {
    const coupon = await create({ validDays: 1 });
    const [mine, expired] = [await issue(coupon), await issue(coupon)];
    await expire(expired);
    const outcomes = await ask(useCoupon, [
      orderOf({ ...mine, userCouponId: randomUUIDv7() }),
      orderOf({ ...mine, userId: randomUUIDv7() }),
      orderOf(expired),
      orderOf(mine),
    ]);
    const details = outcomes.map((outcome) => (outcome.ok ? outcome.value : outcome.refusal.detail));
    const unknown = 'no such coupon';
    expect(details).toEqual([unknown, unknown, expect.stringMatching(/^it expired/), { discount: 500 }]);
  });

  it('lets a user use what was issued before the issue was suspended', async () => {
    const coupon = await create();
    const held = await issue(coupon);
    await setStatus(coupon, 'SUSPENDED');
    expect(await ask(useCoupon, [orderOf(held)])).toEqual([done({ discount: 500 })]);
  });
});

describe('releasing', () => {
  it('makes the coupon usable for another order, and for the released one never again', async () => {
    const held = await issue(await create());
    const [first, second] = [orderOf(held), orderOf(held)];
    const used = await ask(useCoupon, [first]);
    expect(await ask(releaseCoupon, [first, first])).toEqual(times(2, () => done({ released: true })));
    expect(await idsOf(held.userId, 'ISSUED')).toEqual([held.userCouponId]);
    expect(await ask(useCoupon, [second])).toEqual([done({ discount: 500 })]);
    // The repeats of an undone order: its old answers, and nothing happens to the second order's use.
    expect(await ask(useCoupon, [first])).toEqual(used);
    expect(await ask(releaseCoupon, [first])).toEqual([done({ released: true })]);
    expect((await pageOf(held.userId, 'USED')).userCoupons).toMatchObject([{ orderId: second.orderId }]);
  });

  it('releases nothing for an order whose use was refused', async () => {
    const held = await issue(await create());
    const [first, second] = [orderOf(held), orderOf(held)];
    await ask(useCoupon, [first, second]);
    expect(await ask(releaseCoupon, [second])).toEqual([done({ released: false })]);
    expect((await pageOf(held.userId, 'USED')).userCoupons).toMatchObject([{ orderId: first.orderId }]);
  });

  it('bars the use that it overtook', async () => {
    const held = await issue(await create());
    const order = orderOf(held);
    expect(await ask(releaseCoupon, [order])).toEqual([done({ released: false })]);
    expect(codes(await ask(useCoupon, [order, orderOf(held)]))).toEqual(['ORDER_TIMED_OUT', 'ok']);
  });

  it('leaves an expired coupon expired', async () => {
    const held = await issue(await create({ validDays: 1 }));
    const order = orderOf(held);
    await ask(useCoupon, [order]);
    await expire(held);
    expect(await idsOf(held.userId, 'USED')).toEqual([held.userCouponId]);
    expect(await ask(releaseCoupon, [order])).toEqual([done({ released: true })]);
    expect(await idsOf(held.userId, 'EXPIRED')).toEqual([held.userCouponId]);
    expect(codes(await ask(useCoupon, [orderOf(held)]))).toEqual(['COUPON_NOT_USABLE']);
  });

  it('leaves no order with a coupon when its use and its release race', async () => {
    const coupon = await create();
    const holders = await Promise.all(times(5, () => issue(coupon)));
    const nobody = { userId: randomUUIDv7(), userCouponId: randomUUIDv7() };
    const orders = times(60, (index) => orderOf([...holders, nobody][index % 6] as Held));
    await Promise.all([
      ...randomBatches(orders).map((batch) => ask(useCoupon, batch)),
      ...randomBatches(orders.toReversed()).map((batch) => ask(releaseCoupon, batch)),
    ]);
    for (const { userId, userCouponId } of holders) {
      expect(await idsOf(userId, 'ISSUED')).toEqual([userCouponId]);
    }
    const open = 'SELECT FROM redemptions WHERE released_at IS NULL AND order_id = ANY($1)';
    expect(await database.rows(open, [orders.map(({ orderId }) => orderId)])).toEqual([]);
  });
});

describe("listing a user's coupons", () => {
  it('tells what is usable, used and expired apart, newest first', async () => {
    const userId = randomUUIDv7();
    const issued: Held[] = [];
    for (let index = 0; index < 4; index += 1) {
      issued.push(await issue(await create({ validDays: 1 }), userId));
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    const [expired, used, usable, newest] = issued.map(({ userCouponId }) => userCouponId);
    await ask(useCoupon, [orderOf(issued[1] as Held)]);
    await expire(issued[0] as Held);
    expect(await idsOf(userId, 'ISSUED')).toEqual([newest, usable]);
    expect(await idsOf(userId, 'USED')).toEqual([used]);
    expect(await idsOf(userId, 'EXPIRED')).toEqual([expired]);
    expect(await idsOf(userId, 'ALL')).toEqual([newest, usable, used, expired]);
    const statuses = (await pageOf(userId, 'ALL')).userCoupons.map(({ status }) => status);
    expect(statuses).toEqual(['ISSUED', 'ISSUED', 'USED', 'EXPIRED']);
  });

  it('goes on page by page while coupons are added, those of one instant included', async () => {
    const userId = randomUUIDv7();
    const made = await Promise.all(times(7, () => create()));
    await ask(
      issueCoupon,
      made.map((coupon) => issueOf(coupon, userId)),
    );
    const all = await idsOf(userId, 'ALL');
    expect(new Set(all).size).toBe(7);
    const first = await pageOf(userId, 'ALL', 3);
    await new Promise((resolve) => setTimeout(resolve, 2));
    await issue(await create(), userId);
    const second = await pageOf(userId, 'ALL', 3, first.next);
    const third = await pageOf(userId, 'ALL', 3, second.next);
    const seen = [first, second, third].flatMap((page) => page.userCoupons);
    expect(seen.map(({ userCouponId }) => userCouponId)).toEqual(all);
    expect(third.next).toBeUndefined();
  });

  it('looks at so many of a user for a page of a status that few have, and goes on behind them', async () => {
    const [coupon, userId] = [await create({ totalQuantity: 5 }), randomUUIDv7()];
    const { userCouponId } = await issue(coupon, userId);
    // Of coupons of their own: a user has one place of each.
    await database.rows(
      `WITH made AS (
         INSERT INTO coupons (coupon_id, name, discount_type, discount_value, total_quantity, issued_quantity, status,
           created_at)
         SELECT gen_random_uuid(), 'Tea', 'FIXED', 500, 1, 1, 'ISSUABLE', now() FROM generate_series(1, 2500)
         RETURNING coupon_id)
       INSERT INTO user_coupons (user_coupon_id, coupon_id, user_id, sequence, issued_at, expires_at)
       SELECT gen_random_uuid(), coupon_id, $1, 1, '2021-01-01', '2021-02-01' FROM made`,
      [userId],
    );
    await database.rows(`UPDATE user_coupons SET issued_at = '2020-01-01' WHERE user_coupon_id = $1`, [
      userCouponId,
    ]);
    const pages: string[][] = [];
    for (let cursor: string | undefined; ;) {
      const { userCoupons, next } = await pageOf(userId, 'ISSUED', 100, cursor);
      pages.push(userCoupons.map((held) => held.userCouponId));
      if (next === undefined) break;
      cursor = next;
    }
    expect(pages).toEqual([[], [], [userCouponId]]);
    expect((await pageOf(userId, 'ALL', 100)).userCoupons).toHaveLength(100);
  });

  it('answers a batch of pages of many users, unusable cursors and an unknown user among them', async () => {
    const [ann, bob] = [await issue(await create()), await issue(await create())];
    const page = { status: 'ALL' as const, limit: 1 };
    const outcomes = await ask(listUserCoupons, [
      { ...page, userId: bob.userId },
      { ...page, userId: ann.userId, cursor: 'nonsense' },
      { ...page, userId: ann.userId, cursor: encodeCursor(['-271821-04-20T00:00:00.000Z', randomUUIDv7()]) },
      { ...page, userId: randomUUIDv7() },
      { ...page, userId: ann.userId },
      { ...page, userId: bob.userId, status: 'USED' },
    ]);
    const seen = outcomes.map((outcome) =>
      outcome.ok ? outcome.value.userCoupons.map(({ userCouponId }) => userCouponId) : outcome.refusal.code,
    );
    const [hers, his] = [ann.userCouponId, bob.userCouponId];
    expect(seen).toEqual([[his], 'VALIDATION_FAILED', 'VALIDATION_FAILED', [], [hers], []]);
  });
});

describe('listing what can be issued', () => {
  it('leaves out what is suspended, sold out, over or not begun, and lists the oldest first', async () => {
    const before = (await issuable()).map(({ couponId }) => couponId);
    const open = await create({ totalQuantity: 2 });
    const inAnHour = new Date(Date.now() + 3_600_000).toISOString();
    await create({ issueStartsAt: inAnHour });
    await createOver();
    await setStatus(await create(), 'SUSPENDED');
    await issue(await create({ totalQuantity: 1 }));
    const last = await create({ issueEndsAt: inAnHour });
    await issue(open);
    const listed = await issuable();
    expect(listed.map(({ couponId }) => couponId)).toEqual([...before, open.couponId, last.couponId]);
    expect(listed.at(-2)).toEqual({ ...open, issuedQuantity: 1, remainingQuantity: 1 });
  });

  it('issues every coupon that it lists and none that it leaves out', async () => {
    const [anHourAgo, inAnHour] = [-1, 1].map((hours) =>
      new Date(Date.now() + hours * 3_600_000).toISOString(),
    );
    const made = await Promise.all([
      create(),
      create({ issueStartsAt: anHourAgo, issueEndsAt: inAnHour }),
      create({ issueStartsAt: inAnHour }),
      createOver(),
      create({ totalQuantity: 1 }),
      create(),
    ]);
    await issue(made[4] as Coupon);
    await setStatus(made[5] as Coupon, 'SUSPENDED');
    const listed = (await issuable()).map(({ couponId }) => couponId);
    const isListed = made.map(({ couponId }) => listed.includes(couponId));
    const outcomes = await ask(
      issueCoupon,
      made.map((coupon) => issueOf(coupon)),
    );
    expect(outcomes.map(({ ok }) => ok)).toEqual(isListed);
    expect(isListed).toEqual([true, true, false, false, false, false]);
  });

  it('passes nothing that is over, however many campaigns there were', async () => {
    const ENDED = 3_000;
    await database.rows(
      `INSERT INTO coupons (coupon_id, name, discount_type, discount_value, total_quantity, issue_ends_at,
         usable_until, issued_quantity, status, created_at)
       SELECT gen_random_uuid(), 'Tea', 'FIXED', 500, 1, CASE WHEN i % 2 = 0 THEN now() - interval '1 day' END,
         CASE WHEN i % 2 = 1 THEN now() - interval '1 day' END, 0, 'ISSUABLE', now() - interval '1 year'
       FROM generate_series(1, $1::int) AS i`,
      [ENDED],
    );
    // The plan may be one that was made while there was nothing.
    for (let marked = 0; marked < ENDED; marked += 1_000) await markEnded(database);
    const before = await issuable();
    const read = await database.transaction((tx) =>
      rowsRead(tx, 'coupons', () =>
        readIssuablePages(tx, [{ at: null, id: null, rowsMax: 101, bound: 1_000 }]),
      ),
    );
    // Those of other tests that have not begun.
    expect(read - before.length).toBeLessThan(20);
    const added = await create();
    expect((await issuable()).map(({ couponId }) => couponId)).toEqual([
      ...before.map(({ couponId }) => couponId),
      added.couponId,
    ]);
    await database.rows(`DELETE FROM coupons WHERE created_at < now() - interval '300 days'`);
  });

  it('looks at so many that have not begun for a page, and goes on behind them', async () => {
    const before = await issuable();
    await database.rows(
      `INSERT INTO coupons (coupon_id, name, discount_type, discount_value, total_quantity, issue_starts_at,
         issued_quantity, status, created_at)
       SELECT gen_random_uuid(), 'Tea', 'FIXED', 500, 1, now() + interval '1 day', 0, 'ISSUABLE', '2020-01-01'
       FROM generate_series(1, 2500)`,
    );
    const page = { at: null, id: null, rowsMax: 101, bound: LOOKED_AT_MAX };
    const read = await database.transaction((tx) =>
      rowsRead(tx, 'coupons', () => readIssuablePages(tx, [page])),
    );
    expect(read).toBe(LOOKED_AT_MAX);
    const [first] = await ask(listCoupons, [{ limit: 100 }]);
    expect(valueOf(first)).toMatchObject({ coupons: [], next: expect.any(String) });
    expect(await issuable()).toEqual(before);
    await database.rows(`DELETE FROM coupons WHERE created_at = '2020-01-01'`);
  });

  it('keeps counting up a coupon out of its indexes until it is sold out', async () => {
    const coupon = await create({ totalQuantity: 20 });
    const hotUpdates = `SELECT n_tup_hot_upd AS count FROM pg_stat_xact_user_tables WHERE relname = 'coupons'`;
    const kept = await database.transaction(async (tx) => {
      const [before] = await tx.rows<{ count: number }>(hotUpdates);
      await tx.rows('UPDATE coupons SET issued_quantity = 0 WHERE coupon_id = $1', [coupon.couponId]);
      const [after] = await tx.rows<{ count: number }>(hotUpdates);
      return (after?.count ?? 0) - (before?.count ?? 0);
    });
    expect(kept).toBe(1);
  });

  it('answers a batch of pages, an unusable cursor among them', async () => {
    await create();
    const outcomes = await ask(listCoupons, [{ limit: 1, cursor: encodeCursor([1, 2]) }, { limit: 1 }]);
    expect(codes(outcomes)).toEqual(['VALIDATION_FAILED', 'ok']);
    expect(valueOf(outcomes[1]).coupons).toHaveLength(1);
  });
});

describe('a replica whose clock is wrong', () => {
  const hour = 3_600_000;
  const atClock = (offsetMs: number): void => {
    jest.useFakeTimers({ now: Date.now() + offsetMs, doNotFake: [...NOT_THE_CLOCK] });
  };
  afterEach(() => {
    jest.useRealTimers();
  });

  /** All that depends on the time, as it is seen with a clock that is so far off. */
  async function seenAt(offsetMs: number) {
    const [ago, ahead] = [-hour, hour].map((ms) => new Date(Date.now() + ms).toISOString());
    const over = await createOver();
    const early = await create({ issueStartsAt: ahead });
    const open = await create({ issueStartsAt: ago, issueEndsAt: ahead, validDays: 1 });
    const mine = await issue(open);
    const expired = await issue(open);
    await expire(expired);
    const realMs = Date.now();
    atClock(offsetMs);
    const issued = await ask(
      issueCoupon,
      [over, early, open].map((coupon) => issueOf(coupon)),
    );
    const listed = (await issuable()).map(({ couponId }) => couponId);
    const seen = {
      issued: codes(issued),
      isIssuedNow: Math.abs(Date.parse(valueOf<UserCoupon>(issued[2]).issuedAt) - realMs) < hour,
      listed: [over, early, open].map(({ couponId }) => listed.includes(couponId)),
      usable: (await idsOf(mine.userId, 'ISSUED')).length + (await idsOf(expired.userId, 'ISSUED')).length,
      used: codes(await ask(useCoupon, [orderOf(mine), orderOf(expired)])),
    };
    jest.useRealTimers();
    return seen;
  }

  it('makes coupons by the clock of the database', async () => {
    const [ago, ahead] = [-hour, hour].map((ms) => new Date(Date.now() + ms).toISOString());
    for (const offsetMs of [-5 * hour, 5 * hour]) {
      atClock(offsetMs);
      await expect(create({ issueEndsAt: ago! })).rejects.toThrow('VALIDATION_FAILED');
      expect(await create({ issueEndsAt: ahead! })).toMatchObject({ status: 'ISSUABLE' });
      jest.useRealTimers();
    }
  });

  it('issues, lists and takes coupons by the clock of the database', async () => {
    const seen = {
      issued: ['COUPON_NOT_ISSUABLE', 'COUPON_NOT_ISSUABLE', 'ok'],
      isIssuedNow: true,
      listed: [false, false, true],
      usable: 1,
      used: ['ok', 'COUPON_NOT_USABLE'],
    };
    expect(await seenAt(-5 * hour)).toEqual(seen);
    expect(await seenAt(5 * hour)).toEqual(seen);
  });
});

describe('the tables', () => {
  it('take no second use of a user coupon, and none without its time', async () => {
    const held = await issue(await create());
    await ask(useCoupon, [orderOf(held)]);
    const second = `INSERT INTO redemptions VALUES (gen_random_uuid(), $1, 0, now(), NULL)`;
    await expect(database.rows(second, [held.userCouponId])).rejects.toThrow('redemptions_one_at_a_time');
    const half = 'UPDATE user_coupons SET used_at = NULL WHERE user_coupon_id = $1';
    await expect(database.rows(half, [held.userCouponId])).rejects.toThrow('check constraint');
  });

  it('take no more issued than there are', async () => {
    const { couponId } = await create({ totalQuantity: 1 });
    const more = 'UPDATE coupons SET issued_quantity = 2 WHERE coupon_id = $1';
    await expect(database.rows(more, [couponId])).rejects.toThrow('check constraint');
  });

  it('can be taken down and built again', async () => {
    const other = await testDatabase('coupon');
    await migrate(other.url, migrations);
    await withClient(other.url, async (client) => {
      const runner = { query: (text: string) => client.query(text) } as never;
      for (const Migration of migrations.toReversed()) await new Migration().down(runner);
      await client.query('DELETE FROM migrations');
      const { rows } = await client.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'");
      expect(rows).toEqual([{ tablename: 'migrations' }]);
    });
    await migrate(other.url, migrations);
    await other.drop();
  });
});
