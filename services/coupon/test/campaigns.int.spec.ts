import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  changeCouponTerms,
  createCoupon,
  giveCoupon,
  issueCoupon,
  listAllCoupons,
  listIssues,
  PLACES_CHECKED_MAX,
  readPlaces,
  takeBackCoupon,
  useCoupon,
  type Coupon,
  type CouponChange,
  type CouponDraft,
  type Outcome,
  type PayloadOf,
} from '@jangteo/contracts';
import { Database, databaseEnv, encodeCursor, migrate } from '@jangteo/database';
import { readConfig } from '@jangteo/service';
import {
  askHandlers,
  eventually,
  patientDatabase,
  testDatabase,
  withClient,
  type Ask,
  type TestDatabase,
} from '@jangteo/testkit';
import { couponHandlers } from '../src/coupon.handlers.js';
import { COUPONS_AT_ONCE } from '../src/issued-places.js';
import { migrations } from '../src/migrations/index.js';

let scratch: TestDatabase;
let database: Database;
let ask: Ask;

beforeAll(async () => {
  scratch = await testDatabase('coupon_campaigns');
  await migrate(scratch.url, migrations);
  database = new Database(readConfig(databaseEnv, patientDatabase(scratch.url)));
  ask = askHandlers(couponHandlers, database);
});
afterAll(async () => {
  await database.onApplicationShutdown();
  await scratch.drop();
});

const operationOf = () => ({ key: randomUUIDv7(), fingerprint: '' });
const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));
const codes = (outcomes: readonly Outcome[]): string[] =>
  outcomes.map((outcome) => (outcome.ok ? 'ok' : outcome.refusal.code));

function valueOf<V>(outcome: Outcome<V> | undefined): V {
  if (outcome?.ok !== true) throw new Error(`refused: ${JSON.stringify(outcome)}`);
  return outcome.value;
}

async function create(terms: Partial<CouponDraft> = {}): Promise<Coupon> {
  const plain = { name: 'Tea', discountType: 'FIXED' as const, discountValue: 500, totalQuantity: 100 };
  const [outcome] = await ask(createCoupon, [{ operation: operationOf(), draft: { ...plain, ...terms } }]);
  return valueOf<Coupon>(outcome);
}

async function change({ couponId }: Coupon, to: CouponChange, versions?: number[]) {
  const [outcome] = await ask(changeCouponTerms, [
    { operation: operationOf(), couponId, change: to, versions },
  ]);
  return outcome as Outcome<Coupon>;
}

const issueOf = ({ couponId }: Coupon) => ({ operation: operationOf(), couponId, userId: randomUUIDv7() });

async function give(coupon: Coupon) {
  const asked = issueOf(coupon);
  const { userCouponId } = valueOf((await ask(giveCoupon, [asked]))[0]);
  return { userId: asked.userId, userCouponId };
}

const takeBack = async (userCouponId: string) =>
  (await ask(takeBackCoupon, [{ operation: operationOf(), userCouponId }]))[0] as Outcome;

const use = async (held: { userId: string; userCouponId: string }) =>
  (await ask(useCoupon, [{ ...held, orderId: randomUUIDv7(), subtotal: 2_000 }]))[0] as Outcome;

describe('a campaign', () => {
  it('has never less than was issued, while its quantity is lowered and users ask for it', async () => {
    const coupon = await create({ totalQuantity: 200 });
    const [issues, changes] = await Promise.all([
      Promise.all(times(120, () => ask(issueCoupon, [issueOf(coupon)]))),
      Promise.all(times(20, (index) => change(coupon, { totalQuantity: 100 - 5 * index }))),
    ]);
    expect(codes(changes).filter((code) => code !== 'ok' && code !== 'VALIDATION_FAILED')).toEqual([]);
    const issued = codes(issues.flat()).filter((code) => code === 'ok').length;
    const [row] = await database.rows<{ total: number; issued: number; last: number }>(
      `SELECT total_quantity AS total, issued_quantity AS issued,
         (SELECT max(sequence) FROM user_coupons WHERE user_coupons.coupon_id = coupons.coupon_id) AS last
       FROM coupons WHERE coupon_id = $1`,
      [coupon.couponId],
    );
    expect(row).toEqual({ total: expect.any(Number), issued, last: issued });
    expect(row?.total).toBeGreaterThanOrEqual(issued);
    // Raised again, it goes on where it stopped.
    valueOf(await change(coupon, { totalQuantity: issued + 1 }));
    expect(valueOf((await ask(issueCoupon, [issueOf(coupon)]))[0]).sequence).toBe(issued + 1);
  });

  it('is changed once as one version, of many at once', async () => {
    const coupon = await create();
    const outcomes = await Promise.all(times(10, (index) => change(coupon, { name: `Tea ${index}` }, [1])));
    expect(codes(outcomes).toSorted()).toEqual([...times(9, () => 'VERSION_CHANGED'), 'ok']);
  });
});

describe('the places of a coupon', () => {
  const placesOf = async ({ couponId }: Coupon) =>
    valueOf((await ask(readPlaces, [{ couponId }, { couponId }]))[1]);

  it('are told as they are at one moment, while they are issued', async () => {
    const coupon = await create({ totalQuantity: 60 });
    expect(await placesOf(coupon)).toMatchObject({ issuedQuantity: 0, highestPlace: 0, latest: [] });
    const issuing = Promise.all(times(80, () => ask(issueCoupon, [issueOf(coupon)])));
    for (let seen = 0; seen < 60;) {
      const { issuedQuantity, heldPlaces, customers, highestPlace } = await placesOf(coupon);
      expect([highestPlace, heldPlaces, customers]).toEqual(times(3, () => issuedQuantity));
      expect(issuedQuantity).toBeGreaterThanOrEqual(seen);
      seen = issuedQuantity;
    }
    await issuing;
    const { latest, firstIssuedAt, checkedTo } = await placesOf(coupon);
    expect(latest.map(({ sequence }) => sequence)).toEqual(times(20, (index) => 60 - index));
    expect(checkedTo).toBe(60);
    expect(Date.parse(firstIssuedAt!)).toBeLessThanOrEqual(Date.parse(latest[0]!.issuedAt));
  });

  it('are told of as many coupons as are read at once, to all who ask for one of them', async () => {
    const handler = couponHandlers.find(({ contracts }) => contracts.some((one) => one === readPlaces));
    expect(handler?.batchSizeMax).toBe(COUPONS_AT_ONCE);
    const coupons = await Promise.all(times(COUPONS_AT_ONCE, () => create()));
    for (const [index, coupon] of coupons.entries()) {
      if (index > 0)
        await ask(
          issueCoupon,
          times(index, () => issueOf(coupon)),
        );
    }
    const asked = [...coupons, ...coupons].map(({ couponId }) => ({ couponId }));
    const told = (await ask(readPlaces, asked)).map((outcome) => valueOf(outcome).heldPlaces);
    const held = times(COUPONS_AT_ONCE, (index) => index);
    expect(told).toEqual([...held, ...held]);
  });

  it('show a gap, and a place too many', async () => {
    const [gap, more] = [await create(), await create()];
    for (const coupon of [gap, more])
      await ask(
        issueCoupon,
        times(3, () => issueOf(coupon)),
      );
    await database.rows('DELETE FROM user_coupons WHERE coupon_id = $1 AND sequence = 2', [gap.couponId]);
    await database.rows('UPDATE user_coupons SET sequence = 7 WHERE coupon_id = $1 AND sequence = 3', [
      more.couponId,
    ]);
    expect(await placesOf(gap)).toMatchObject({ issuedQuantity: 3, highestPlace: 3, heldPlaces: 2 });
    expect(await placesOf(more)).toMatchObject({ issuedQuantity: 3, highestPlace: 7, heldPlaces: 3 });
  });

  it('are gone through from the first on, and no further than is said', async () => {
    const coupon = await create({ totalQuantity: PLACES_CHECKED_MAX + 500 });
    await database.rows(
      `INSERT INTO user_coupons (user_coupon_id, coupon_id, user_id, sequence, issued_at)
       SELECT gen_random_uuid(), $1, gen_random_uuid(), i, now() FROM generate_series(1, $2::int + 500) AS i`,
      [coupon.couponId, PLACES_CHECKED_MAX],
    );
    expect(await placesOf(coupon)).toMatchObject({
      highestPlace: PLACES_CHECKED_MAX + 500,
      checkedTo: PLACES_CHECKED_MAX,
      heldPlaces: PLACES_CHECKED_MAX,
      customers: PLACES_CHECKED_MAX,
    });
  });
});

describe('taking a coupon back', () => {
  it('and using it at once: one of both is done', async () => {
    const coupon = await create();
    for (let round = 0; round < 20; round += 1) {
      const held = await give(coupon);
      const [taken, used] = await Promise.all([takeBack(held.userCouponId), use(held)]);
      expect([codes([taken, used])]).toContainEqual(
        taken.ok ? ['ok', 'COUPON_NOT_USABLE'] : ['USER_COUPON_USED', 'ok'],
      );
      expect(codes([await use(held)])).toEqual(['COUPON_NOT_USABLE']);
    }
  });

  it('is seen by a use that had begun before and waited for it', async () => {
    const held = await give(await create());
    const outcome = await withClient(scratch.url, async (holder) => {
      const { rows } = await holder.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      const row = 'user_coupons WHERE user_coupon_id = $1';
      await holder.query('BEGIN');
      await holder.query(`SELECT FROM ${row} FOR UPDATE`, [held.userCouponId]);
      const using = use(held);
      const waiting = 'SELECT FROM pg_stat_activity WHERE $1::int = ANY (pg_blocking_pids(pid))';
      await eventually(async () => (await database.rows(waiting, [rows[0]?.pid])).length === 1);
      await holder.query(
        `UPDATE user_coupons SET taken_back_at = clock_timestamp(), expires_at = clock_timestamp()
         WHERE user_coupon_id = $1`,
        [held.userCouponId],
      );
      await holder.query('COMMIT');
      return await using;
    });
    expect(codes([outcome])).toEqual(['COUPON_NOT_USABLE']);
  });
});

describe('lists for those who run the shop', () => {
  async function names(asked: Omit<PayloadOf<typeof listAllCoupons>, 'limit'>): Promise<string[]> {
    const found: string[] = [];
    for (let cursor: string | undefined; ;) {
      const page = valueOf((await ask(listAllCoupons, [{ limit: 1, ...asked, cursor }]))[0]);
      found.push(...page.coupons.map(({ name }) => name));
      if (page.next === undefined) return found;
      cursor = page.next;
    }
  }

  it('find campaigns by their names and by their status, the newest first, page by page', async () => {
    const [jamo] = ['봄맞이'.normalize('NFD')];
    for (const name of ['봄 10%', 'Spring_Tea', 'SPRING\\Sale', jamo!]) await create({ name });
    valueOf(await change(await create({ name: 'spring over' }), { status: 'SUSPENDED' }));
    expect(await names({ q: '봄' })).toEqual([jamo, '봄 10%']);
    expect(await names({ q: '봄'.normalize('NFD') })).toEqual([jamo, '봄 10%']);
    expect(await names({ q: 'spring' })).toEqual(['spring over', 'SPRING\\Sale', 'Spring_Tea']);
    expect(await names({ q: 'spring', status: 'SUSPENDED' })).toEqual(['spring over']);
    expect(await names({ q: '%' })).toEqual(['봄 10%']);
    expect(await names({ q: 'g_t' })).toEqual(['Spring_Tea']);
    expect(await names({ q: 'g\\s' })).toEqual(['SPRING\\Sale']);
  });

  it('tell who holds which place, the last one first, page by page', async () => {
    const coupon = await create();
    const held = [await give(coupon), await give(coupon), await give(coupon)];
    valueOf(await takeBack(held[0]!.userCouponId));
    valueOf(await use(held[1]!));
    const found = [];
    for (let cursor: string | undefined; ;) {
      const page = valueOf((await ask(listIssues, [{ couponId: coupon.couponId, limit: 1, cursor }]))[0]);
      found.push(...page.issues);
      if (page.next === undefined) break;
      cursor = page.next;
    }
    expect(found).toMatchObject([
      { ...held[2], sequence: 3, status: 'ISSUED' },
      { ...held[1], sequence: 2, status: 'USED', orderId: expect.any(String) },
      { ...held[0], sequence: 1, status: 'EXPIRED', takenBackAt: expect.any(String) },
    ]);
  });

  it('take no cursor that is none of theirs', async () => {
    const { couponId } = await create();
    const ofIssues = [encodeCursor([randomUUIDv7()]), encodeCursor([1.5]), encodeCursor([2 ** 31])];
    const outcomes = [
      ...(await ask(listAllCoupons, [{ limit: 1, cursor: encodeCursor([1]) }])),
      ...(await ask(
        listIssues,
        ofIssues.map((cursor) => ({ couponId, limit: 1, cursor })),
      )),
    ];
    expect(codes(outcomes)).toEqual(times(4, () => 'VALIDATION_FAILED'));
  });
});
