import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  auditParts,
  auditProofs,
  audits,
  BOOKS,
  changeCoupon,
  changeCouponTerms,
  createCoupon,
  finds,
  giveCoupon,
  identifyUserCoupons,
  issueCoupon,
  listAllCoupons,
  listCoupons,
  listIssues,
  listUserCoupons,
  lookAtCoupons,
  operationReads,
  orderRows,
  pings,
  readCoupon,
  readIssueProgress,
  readLoads,
  readPlaces,
  releaseCoupon,
  takeBackCoupon,
  useCoupon,
  type AnsweredContract,
  type Coupon,
  type CouponChange,
  type CouponDraft,
  type CouponStatus,
  type Outcome,
  type UserCoupon,
} from '@jangteo/contracts';
import {
  contractClient,
  type ContractClient,
  eventually,
  promisedAnswers,
  type RunningService,
  startService,
} from '@jangteo/testkit';

let service: RunningService;
let client: ContractClient;

beforeAll(async () => {
  service = await startService('coupon');
  client = await contractClient(service.namespace);
});
afterAll(async () => {
  await service.stop();
  await client.close();
});

const plain: CouponDraft = { name: 'Tea', discountType: 'FIXED', discountValue: 500, totalQuantity: 2 };
const operationOf = (key: string = randomUUIDv7(), fingerprint = '') => ({ key, fingerprint });

function valueOf<V>(outcome: Outcome<V>): V {
  if (!outcome.ok) throw new Error(`refused: ${JSON.stringify(outcome)}`);
  return outcome.value;
}

const create = (draft: object = {}, operation = operationOf()) =>
  client.ask(createCoupon, { operation, draft: { ...plain, ...draft } });
const made = async (draft: object = {}): Promise<Coupon> => valueOf<Coupon>(await create(draft));
const change = ({ couponId }: { couponId: string }, status: CouponStatus, operation = operationOf()) =>
  client.ask(changeCoupon, { operation, couponId, status });
const changeTerms = (
  { couponId }: { couponId: string },
  to: CouponChange,
  operation = operationOf(),
  versions?: number[],
) => client.ask(changeCouponTerms, { operation, couponId, change: to, versions });
const give = ({ couponId }: { couponId: string }, userId = randomUUIDv7(), operation = operationOf()) =>
  client.ask(giveCoupon, { operation, couponId, userId });
const takeBack = (userCouponId: string, operation = operationOf()) =>
  client.ask(takeBackCoupon, { operation, userCouponId });
const issue = (
  { couponId }: { couponId: string },
  userId: string = randomUUIDv7(),
  operation = operationOf(),
) => client.ask(issueCoupon, { operation, couponId, userId });

interface Order {
  readonly orderId: string;
  readonly userId: string;
  readonly userCouponId: string;
  readonly subtotal: number;
}

/** An order of a user to whom a new coupon was issued. */
async function orderWithCoupon(draft: object = {}): Promise<Order> {
  const userId = randomUUIDv7();
  const { userCouponId } = valueOf<UserCoupon>(await issue(await made(draft), userId));
  return { orderId: randomUUIDv7(), userId, userCouponId, subtotal: 2_000 };
}

const use = (order: Order) => client.send(useCoupon, order, order.orderId);
const release = ({ orderId, userId, userCouponId }: Order) =>
  client.send(releaseCoupon, { orderId, userId, userCouponId }, orderId);
const mineOf = (userId: string, more: object = {}) =>
  client.ask(listUserCoupons, { userId, status: 'ALL', limit: 10, ...more });

const nobodys = { couponId: randomUUIDv7() };

/** Each answer that the contract allows, and what it takes to get it. */
const cases: [AnsweredContract, answer: string, run: () => Promise<Outcome>][] = [
  [pings.coupon, 'ok', () => client.ask(pings.coupon, {})],
  [readLoads.coupon, 'ok', () => client.ask(readLoads.coupon, {})],
  [finds.coupon, 'ok', () => client.ask(finds.coupon, { q: randomUUIDv7() })],
  [operationReads.coupon, 'ok', () => client.ask(operationReads.coupon, { operationId: randomUUIDv7() })],
  [readIssueProgress, 'ok', () => client.ask(readIssueProgress, { couponIds: [randomUUIDv7()] })],
  [
    audits.coupon,
    'ok',
    () => client.ask(audits.coupon, { ...BOOKS.coupon, before: new Date().toISOString() }),
  ],
  [auditProofs.coupon, 'ok', () => client.ask(auditProofs.coupon, {})],
  [
    auditParts.coupon,
    'ok',
    () =>
      client.ask(auditParts.coupon, {
        before: new Date().toISOString(),
        column: 'coupons',
        parts: [0, 4095],
      }),
  ],
  [
    createCoupon,
    'ok',
    () =>
      create({
        discountType: 'PERCENT',
        discountValue: 10,
        maxDiscount: 4_000,
        minOrderAmount: 1_000,
        issueStartsAt: '2026-01-01T00:00:00Z',
        issueEndsAt: '2126-01-01T00:00:00Z',
        validDays: 30,
      }),
  ],
  [createCoupon, 'VALIDATION_FAILED', () => create({ discountType: 'PERCENT', discountValue: 101 })],
  [
    createCoupon,
    'IDEMPOTENCY_KEY_REUSED',
    async () => {
      const key = randomUUIDv7();
      await create({}, operationOf(key, 'one'));
      return await create({}, operationOf(key, 'another'));
    },
  ],
  [readCoupon, 'ok', async () => client.ask(readCoupon, await made())],
  [readCoupon, 'COUPON_NOT_FOUND', () => client.ask(readCoupon, nobodys)],
  [
    readPlaces,
    'ok',
    async () => {
      const { couponId } = await made();
      await issue({ couponId });
      const taken = valueOf<UserCoupon>(await issue({ couponId }));
      await takeBack(taken.userCouponId);
      const outcome = await client.ask(readPlaces, { couponId });
      const { issuedAt, sequence } = taken;
      expect(valueOf(outcome)).toMatchObject({
        totalQuantity: 2,
        issuedQuantity: 2,
        highestPlace: 2,
        checkedTo: 2,
        heldPlaces: 2,
        customers: 2,
        latest: [{ sequence, issuedAt }, { sequence: 1 }],
      });
      return outcome;
    },
  ],
  [readPlaces, 'COUPON_NOT_FOUND', () => client.ask(readPlaces, nobodys)],
  [
    listAllCoupons,
    'ok',
    async () => {
      await change(await made({ name: 'Green tea' }), 'SUSPENDED');
      return await client.ask(listAllCoupons, { limit: 1, status: 'SUSPENDED', q: 'N T' });
    },
  ],
  [listAllCoupons, 'VALIDATION_FAILED', () => client.ask(listAllCoupons, { limit: 1, cursor: 'nonsense' })],
  [
    listIssues,
    'ok',
    async () => {
      const { couponId } = await made();
      await issue({ couponId });
      await takeBack(valueOf<UserCoupon>(await give({ couponId })).userCouponId);
      return await client.ask(listIssues, { couponId, limit: 2 });
    },
  ],
  [listIssues, 'COUPON_NOT_FOUND', () => client.ask(listIssues, { ...nobodys, limit: 1 })],
  [
    listIssues,
    'VALIDATION_FAILED',
    async () => client.ask(listIssues, { couponId: (await made()).couponId, limit: 1, cursor: 'nonsense' }),
  ],
  [
    changeCouponTerms,
    'ok',
    async () => changeTerms(await made(), { usableUntil: '2126-01-01T00:00:00Z', totalQuantity: 9 }),
  ],
  [changeCouponTerms, 'COUPON_NOT_FOUND', () => changeTerms(nobodys, { name: 'x' })],
  [
    changeCouponTerms,
    'VERSION_CHANGED',
    async () => changeTerms(await made(), { name: 'x' }, operationOf(), [7]),
  ],
  [
    changeCouponTerms,
    'VALIDATION_FAILED',
    async () => {
      const coupon = await made();
      await issue(coupon);
      await issue(coupon);
      return await changeTerms(coupon, { totalQuantity: 1 });
    },
  ],
  [
    changeCouponTerms,
    'IDEMPOTENCY_KEY_REUSED',
    async () => {
      const [coupon, key] = [await made(), randomUUIDv7()];
      await changeTerms(coupon, { name: 'x' }, operationOf(key, 'x'));
      return await changeTerms(coupon, { name: 'y' }, operationOf(key, 'y'));
    },
  ],
  [
    giveCoupon,
    'ok',
    async () => {
      const coupon = await made({ eligibility: { chargedWallet: true } });
      await change(coupon, 'SUSPENDED');
      return await give(coupon);
    },
  ],
  [giveCoupon, 'COUPON_NOT_FOUND', () => give(nobodys)],
  [
    giveCoupon,
    'COUPON_NOT_ISSUABLE',
    async () => {
      const coupon = await made();
      await changeTerms(coupon, { usableUntil: '2020-01-01T00:00:00Z' });
      return await give(coupon);
    },
  ],
  [
    giveCoupon,
    'COUPON_ALREADY_ISSUED',
    async () => {
      const [coupon, userId] = [await made(), randomUUIDv7()];
      await issue(coupon, userId);
      return await give(coupon, userId);
    },
  ],
  [
    giveCoupon,
    'COUPON_SOLD_OUT',
    async () => {
      const coupon = await made({ totalQuantity: 1 });
      await issue(coupon);
      return await give(coupon);
    },
  ],
  [
    giveCoupon,
    'IDEMPOTENCY_KEY_REUSED',
    async () => {
      const [coupon, key] = [await made(), randomUUIDv7()];
      await give(coupon, randomUUIDv7(), operationOf(key, 'one'));
      return await give(coupon, randomUUIDv7(), operationOf(key, 'another'));
    },
  ],
  [
    takeBackCoupon,
    'ok',
    async () => {
      const order = await orderWithCoupon();
      const taken = await takeBack(order.userCouponId);
      expect(await use(order)).toMatchObject({ refusal: { code: 'COUPON_NOT_USABLE' } });
      return taken;
    },
  ],
  [takeBackCoupon, 'USER_COUPON_NOT_FOUND', () => takeBack(randomUUIDv7())],
  [
    takeBackCoupon,
    'USER_COUPON_USED',
    async () => {
      const order = await orderWithCoupon();
      await use(order);
      return await takeBack(order.userCouponId);
    },
  ],
  [
    takeBackCoupon,
    'IDEMPOTENCY_KEY_REUSED',
    async () => {
      const [{ userCouponId }, key] = [await orderWithCoupon(), randomUUIDv7()];
      await takeBack(userCouponId, operationOf(key, 'one'));
      return await takeBack(userCouponId, operationOf(key, 'another'));
    },
  ],
  [changeCoupon, 'ok', async () => change(await made(), 'SUSPENDED')],
  [changeCoupon, 'COUPON_NOT_FOUND', () => change(nobodys, 'SUSPENDED')],
  [
    changeCoupon,
    'IDEMPOTENCY_KEY_REUSED',
    async () => {
      const [coupon, key] = [await made(), randomUUIDv7()];
      await change(coupon, 'SUSPENDED', operationOf(key, 'one'));
      return await change(coupon, 'ISSUABLE', operationOf(key, 'another'));
    },
  ],
  [
    listCoupons,
    'ok',
    async () => {
      await Promise.all([made(), made({ validDays: 1 })]);
      return await client.ask(listCoupons, { limit: 1 });
    },
  ],
  [listCoupons, 'VALIDATION_FAILED', () => client.ask(listCoupons, { limit: 1, cursor: 'nonsense' })],
  [
    issueCoupon,
    'ok',
    async () =>
      issue(await made({ discountType: 'PERCENT', discountValue: 1, maxDiscount: 9, validDays: 1 })),
  ],
  [issueCoupon, 'COUPON_NOT_FOUND', () => issue(nobodys)],
  [
    issueCoupon,
    'COUPON_NOT_ISSUABLE',
    async () => issue(await made({ issueStartsAt: '2126-01-01T00:00:00Z' })),
  ],
  [
    issueCoupon,
    'COUPON_ALREADY_ISSUED',
    async () => {
      const [coupon, userId] = [await made(), randomUUIDv7()];
      await issue(coupon, userId);
      return await issue(coupon, userId);
    },
  ],
  [
    issueCoupon,
    'COUPON_NOT_ELIGIBLE',
    async () => issue(await made({ eligibility: { accountAgeMinutes: 60, chargedWallet: true } })),
  ],
  [
    issueCoupon,
    'COUPON_SOLD_OUT',
    async () => {
      const coupon = await made({ totalQuantity: 1 });
      await issue(coupon);
      return await issue(coupon);
    },
  ],
  [
    issueCoupon,
    'IDEMPOTENCY_KEY_REUSED',
    async () => {
      const [coupon, key] = [await made(), randomUUIDv7()];
      await issue(coupon, randomUUIDv7(), operationOf(key, 'one'));
      return await issue(coupon, randomUUIDv7(), operationOf(key, 'another'));
    },
  ],
  [
    listUserCoupons,
    'ok',
    async () => {
      const order = await orderWithCoupon({ minOrderAmount: 1, validDays: 1 });
      await issue(await made(), order.userId);
      await use(order);
      return await mineOf(order.userId);
    },
  ],
  [listUserCoupons, 'VALIDATION_FAILED', () => mineOf(randomUUIDv7(), { cursor: 'nonsense' })],
  [
    lookAtCoupons,
    'ok',
    async () => {
      const [usable, used] = [await orderWithCoupon({ minOrderAmount: 2_001 }), await orderWithCoupon()];
      await use(used);
      const strangers = { ...usable, userId: randomUUIDv7() };
      const asked = [used, usable, strangers].map(({ userId, userCouponId }) => ({ userId, userCouponId }));
      const outcome = await client.ask(lookAtCoupons, { asked });
      const rule = { discountType: 'FIXED', discountValue: 500, minOrderAmount: 2_001 };
      expect(outcome).toEqual({
        ok: true,
        value: {
          seen: [
            { usable: false, reason: 'it was used for another order' },
            { usable: true, rule },
            { usable: false, reason: 'no such coupon' },
          ],
        },
      });
      return outcome;
    },
  ],
  [useCoupon, 'ok', async () => use(await orderWithCoupon())],
  [useCoupon, 'COUPON_NOT_USABLE', async () => use(await orderWithCoupon({ minOrderAmount: 2_001 }))],
  [
    useCoupon,
    'ORDER_TIMED_OUT',
    async () => {
      const order = await orderWithCoupon();
      await release(order);
      return await use(order);
    },
  ],
  [
    releaseCoupon,
    'ok',
    async () => {
      const order = await orderWithCoupon();
      await use(order);
      return await release(order);
    },
  ],
  [
    identifyUserCoupons,
    'ok',
    async () => {
      const { userCouponId, couponId } = valueOf<UserCoupon>(await issue(await made()));
      const outcome = await client.ask(identifyUserCoupons, {
        userCouponIds: [randomUUIDv7(), userCouponId],
      });
      expect(outcome).toEqual({ ok: true, value: { userCoupons: [{ userCouponId, couponId }] } });
      return outcome;
    },
  ],
  [
    orderRows.coupon,
    'ok',
    async () => {
      const order = await orderWithCoupon();
      await release(order);
      await use(order);
      const { orderId } = order;
      const outcome = await client.ask(orderRows.coupon, { orderId });
      expect(outcome).toMatchObject({
        ok: true,
        value: {
          decided: [
            { command: 'coupon.use', key: `${orderId}/use`, code: 'ORDER_TIMED_OUT' },
            { command: 'coupon.release', key: `${orderId}/release` },
          ],
          rows: [],
        },
      });
      return outcome;
    },
  ],
];

describe('the coupon service alone', () => {
  it.each(cases.map(([contract, answer, run]) => [contract.type, answer, contract, run] as const))(
    'answers %s with %s as the contract says',
    async (_type, answer, contract, run) => {
      const outcome = await run();
      expect(contract.outcome.parse(outcome)).toEqual(outcome);
      expect(outcome.ok ? 'ok' : outcome.refusal.code).toBe(answer);
    },
  );

  it('was asked for every answer of every message of its contract', () => {
    const met = cases.map(([{ type }, answer]) => `${type} ${answer}`);
    expect(met.toSorted()).toEqual(promisedAnswers('coupon'));
  });

  it.each([
    ['a quantity of 0', { totalQuantity: 0 }],
    ['a quantity that is a fraction', { totalQuantity: 1.5 }],
    ['a discount of 0', { discountValue: 0 }],
    ['a discount in words', { discountValue: '500' }],
    ['a discount that no number holds exactly', { discountValue: 2 ** 53 }],
    ['an empty name', { name: '  ' }],
    ['an unknown kind of discount', { discountType: 'FREE' }],
    [
      'an end before its start',
      { issueStartsAt: '2126-01-02T00:00:00Z', issueEndsAt: '2126-01-01T00:00:00Z' },
    ],
    ['an end that is past', { issueEndsAt: '2026-01-01T00:00:00Z' }],
    ['a cap of a fixed amount', { discountType: 'FIXED', maxDiscount: 100 }],
    ['a time in local notation', { issueStartsAt: '2026-01-02 00:00' }],
    ['a field that nobody knows', { price: 1 }],
  ])('refuses to make a coupon with %s', async (_title, wrong) => {
    const outcome = await create(wrong);
    expect(outcome).toMatchObject({ ok: false, refusal: { code: 'VALIDATION_FAILED' } });
  });

  it.each([
    ['discounts a fixed amount, at most the subtotal', { discountValue: 2_500 }, 2_000],
    ['rounds percents down', { discountType: 'PERCENT', discountValue: 33 }, 660],
    ['caps percents', { discountType: 'PERCENT', discountValue: 33, maxDiscount: 600 }, 600],
  ])('%s', async (_title, draft, discount) => {
    expect(await use(await orderWithCoupon(draft))).toEqual({ ok: true, value: { discount } });
  });

  it('puts a command that breaks the contract aside, alone, and goes on', async () => {
    const order = await orderWithCoupon();
    const queue = client.commandQueue(useCoupon);
    await client.sendRaw(queue, '{"subtotal":-1}', {
      type: useCoupon.type,
      messageId: 'bad',
      correlationId: randomUUIDv7(),
      headers: { 'schema-version': useCoupon.version },
    });
    expect(await use(order)).toEqual({ ok: true, value: { discount: 500 } });
    const parked = await eventually(async () => {
      const letters = await client.deadLetters(queue);
      return letters.length > 0 && letters;
    });
    expect(parked.map(({ type, body }) => [type, body])).toEqual([[useCoupon.type, '{"subtotal":-1}']]);
  });

  it('issues exactly 30 coupons to 200 users who ask at once', async () => {
    const coupon = await made({ totalQuantity: 30 });
    const outcomes = await Promise.all(Array.from({ length: 200 }, () => issue(coupon)));
    const sequences = outcomes.flatMap((outcome) => (outcome.ok ? [outcome.value.sequence] : []));
    expect(sequences.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
    const refusals = outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.refusal.code]));
    expect(new Set(refusals)).toEqual(new Set(['COUPON_SOLD_OUT']));
  });

  it('keeps what it answered when it is killed, and answers repeats from it', async () => {
    const [order, coupon] = [await orderWithCoupon(), await made()];
    const operation = operationOf();
    const issued = await issue(coupon, order.userId, operation);
    const used = await use(order);
    await service.kill();
    await service.restart();
    expect(await issue(coupon, order.userId, operation)).toEqual(issued);
    expect(await use(order)).toEqual(used);
    const statuses = valueOf(await mineOf(order.userId)).userCoupons.map(({ status }) => status);
    expect(statuses).toEqual(['ISSUED', 'USED']);
  });
});
