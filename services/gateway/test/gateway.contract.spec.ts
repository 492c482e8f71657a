import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  addOption,
  addToCart,
  adjustWallet,
  AUDITED,
  auditParts,
  auditProofs,
  audits,
  cancelOrder,
  changeCoupon,
  changeCouponTerms,
  changeOption,
  changeProduct,
  chargeWallet,
  clearCart,
  createCoupon,
  createProduct,
  deadLetterRequests,
  finds,
  done,
  giveCoupon,
  identifyUserCoupons,
  issueCoupon,
  listAllCoupons,
  listAllOrders,
  listAllProducts,
  listCharges,
  listCoupons,
  listIssues,
  listMovements,
  listOrders,
  listProducts,
  listStuckSagas,
  listUserCoupons,
  lookAtBalances,
  lookAtCoupons,
  nudgeSaga,
  nudgeSagas,
  operationReads,
  ORDER_FAILURES,
  orderRows,
  pings,
  placeOrder,
  previewCancel,
  readBalance,
  readCart,
  readCharge,
  readCoupon,
  readHistory,
  readIssueProgress,
  readLoads,
  readOrder,
  readOrderFigures,
  readOrderFlow,
  readPlaces,
  readProducts,
  readProgress,
  readRecords,
  readTimeline,
  readCategorySales,
  readProductSales,
  readSales,
  readTopProducts,
  readWallet,
  redriveOrders,
  REFUSALS,
  refuse,
  removeFromCart,
  restock,
  SERVICES,
  setCartItem,
  takeBackCoupon,
  type RefusalCode,
  type RequestContract,
} from '@jangteo/contracts';
import {
  DocumentedAnswers,
  expected,
  Providers,
  requestsTo,
  shopClient,
  startService,
  uniqueName,
  type Answer,
  type Customer,
  type Problem,
  type RunningService,
  type ShopClient,
} from '@jangteo/testkit';
import { ORDER_STEPS } from '../src/openapi/api-problems.js';
import { expectProblem } from './expectations.js';
import { watch } from './watching.js';

/** The gateway alone, a client of every other service: these are played by the examples of the contracts. */

const ADMIN = { email: 'admin@example.com', password: 'admin password 1' };

interface Call {
  readonly contract: RequestContract;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: object;
  /** A customer where it is left out. */
  readonly as?: 'anyone' | 'admin';
  /** 200 where it is left out. */
  readonly status?: number;
  /** The part of the request's payload that the call decides. */
  readonly says: object;
  /** The body of the answer; the value of the contract's example where it is left out. */
  readonly shows?: unknown;
}

let service: RunningService;
let providers: Providers;
let client: ShopClient;
let customer: Customer;
let neighbour: Customer;
let adminId: string;

beforeAll(async () => {
  const namespace = uniqueName('test');
  providers = await Providers.connect(namespace);
  const env = { ADMIN_EMAIL: ADMIN.email, ADMIN_PASSWORD: ADMIN.password };
  service = await startService('gateway', { namespace, env });
  client = shopClient(service.url, ADMIN);
  client.holdTo(await DocumentedAnswers.of(service.url));
  [customer, neighbour] = [await client.register(), await client.register()];
  const me = await client.get<{ userId: string }>('/auth/me', { token: await client.admin() });
  ({ userId: adminId } = expected(200, me));
});
afterAll(async () => {
  await service?.stop();
  await providers?.close();
});
beforeEach(() => providers.reset());

/** In place of ids that are known only when the shop is there. */
const CUSTOMER = 'the customer';
const BY_ADMIN = 'the admin';

function known(value: unknown): unknown {
  const text = JSON.stringify(value).replaceAll(CUSTOMER, customer.userId).replaceAll(BY_ADMIN, adminId);
  return JSON.parse(text) as unknown;
}

const [product] = readProducts.example.value.products;
const { productId, options } = product!;
const { optionId } = options[0]!;
const { couponId } = createCoupon.example.value;
let watched = couponId;
const { completedAt: _ended, updatedAt: _changed, ...placed } = placeOrder.example.value;
const { orderId, items } = placed;
const { chargeId } = readCharge.example.value;
const quantity = 2;
const line = { productId, optionId, quantity };
const shownLine = { ...line, name: 'Tea cup', price: 12_000, stock: 40, orderable: true };
const { before: _product, ...changedProduct } = changeProduct.example.value;
const { before: _coupon, ...changedCoupon } = changeCoupon.example.value;
const { before: _option, ...changedOption } = changeOption.example.value;
const { before: _terms, ...changedTerms } = changeCouponTerms.example.value;
const { userCouponId } = takeBackCoupon.example.payload;
const since = '2026-01-01T00:00:00.000Z';

/** A value as it is told of what can be asked about later. */
const operated = (value: object): unknown => ({ ...value, operationId: expect.any(String) });

const CALLS: Call[] = [
  {
    contract: chargeWallet,
    method: 'POST',
    path: '/balance/charge',
    body: { amount: 50_000, paymentMethod: 'tok_ok' },
    says: { userId: CUSTOMER, actorId: CUSTOMER, amount: 50_000, paymentMethod: 'tok_ok' },
  },
  {
    contract: readCharge,
    method: 'GET',
    path: `/balance/charges/${chargeId}`,
    says: { chargeId, userId: CUSTOMER },
  },
  { contract: readBalance, method: 'GET', path: '/balance', says: { userId: CUSTOMER } },
  {
    contract: readWallet,
    method: 'GET',
    path: `/admin/users/${CUSTOMER}`,
    as: 'admin',
    says: { userId: CUSTOMER },
    shows: expect.objectContaining(readWallet.example.value),
  },
  {
    contract: readOrderFigures,
    method: 'GET',
    path: `/admin/users/${CUSTOMER}`,
    as: 'admin',
    says: { userId: CUSTOMER },
    shows: expect.objectContaining({ ordersOnTheWay: 0, orders: 1 }),
  },
  {
    contract: readHistory,
    method: 'GET',
    path: '/balance/history?limit=7',
    says: { userId: CUSTOMER, limit: 7 },
    shows: readHistory.example.value.transactions,
  },
  {
    contract: listProducts,
    method: 'GET',
    path: '/products?limit=7',
    as: 'anyone',
    says: { limit: 7 },
    shows: listProducts.example.value.products,
  },
  {
    contract: readProducts,
    method: 'GET',
    path: `/products/${productId}`,
    as: 'anyone',
    says: { productIds: [productId] },
    shows: product,
  },
  {
    contract: createProduct,
    method: 'POST',
    path: '/products',
    body: createProduct.example.payload.draft,
    as: 'admin',
    status: 201,
    says: { draft: createProduct.example.payload.draft, actorId: BY_ADMIN },
  },
  {
    contract: changeProduct,
    method: 'PATCH',
    path: `/products/${productId}`,
    body: { price: 12_000 },
    as: 'admin',
    says: { productId, change: { price: 12_000 }, actorId: BY_ADMIN },
    shows: changedProduct,
  },
  {
    contract: addOption,
    method: 'POST',
    path: `/products/${productId}/options`,
    body: addOption.example.payload.draft,
    as: 'admin',
    status: 201,
    says: { productId, draft: addOption.example.payload.draft, actorId: BY_ADMIN },
  },
  {
    contract: changeOption,
    method: 'PATCH',
    path: `/products/${productId}/options/${optionId}`,
    body: { additionalPrice: 2_000 },
    as: 'admin',
    says: { productId, optionId, change: { additionalPrice: 2_000 }, actorId: BY_ADMIN },
    shows: changedOption,
  },
  {
    contract: listAllProducts,
    method: 'GET',
    path: '/admin/products?status=ARCHIVED&q=cup&stockBelow=5&sort=-price',
    as: 'admin',
    says: { status: 'ARCHIVED', q: 'cup', stockBelow: 5, sort: '-price', limit: 20 },
    shows: listAllProducts.example.value.products,
  },
  {
    contract: listMovements,
    method: 'GET',
    path: `/admin/products/${productId}/movements`,
    as: 'admin',
    says: { productId, limit: 20 },
    shows: listMovements.example.value.movements,
  },
  {
    contract: listCharges,
    method: 'GET',
    path: '/balance/charges?status=PENDING',
    says: { userId: CUSTOMER, status: 'PENDING', limit: 20 },
    shows: listCharges.example.value.charges,
  },
  {
    contract: adjustWallet,
    method: 'POST',
    path: `/admin/users/${CUSTOMER}/balance`,
    body: adjustWallet.example.payload.adjustment,
    as: 'admin',
    status: 201,
    says: { userId: CUSTOMER, adjustment: adjustWallet.example.payload.adjustment, actorId: BY_ADMIN },
  },
  {
    contract: readCoupon,
    method: 'GET',
    path: `/coupons/${couponId}`,
    as: 'anyone',
    says: { couponId },
  },
  {
    contract: readPlaces,
    method: 'GET',
    // Another one each time: who asks for one again within a second gets the same answer.
    get path() {
      return `/coupons/${(watched = randomUUIDv7())}/places`;
    },
    as: 'anyone',
    get says() {
      return { couponId: watched };
    },
  },
  {
    contract: changeCouponTerms,
    method: 'PATCH',
    path: `/coupons/${couponId}`,
    body: { totalQuantity: 30 },
    as: 'admin',
    says: { couponId, change: { totalQuantity: 30 }, actorId: BY_ADMIN },
    shows: changedTerms,
  },
  {
    contract: listAllCoupons,
    method: 'GET',
    path: '/admin/coupons?status=SUSPENDED&q=week',
    as: 'admin',
    says: { status: 'SUSPENDED', q: 'week', limit: 20 },
    shows: listAllCoupons.example.value.coupons,
  },
  {
    contract: listIssues,
    method: 'GET',
    path: `/admin/coupons/${couponId}/issues`,
    as: 'admin',
    says: { couponId, limit: 20 },
    shows: listIssues.example.value.issues,
  },
  {
    contract: giveCoupon,
    method: 'POST',
    path: `/admin/coupons/${couponId}/issues`,
    body: { userId: CUSTOMER },
    as: 'admin',
    status: 201,
    says: { couponId, userId: CUSTOMER, actorId: BY_ADMIN },
  },
  {
    contract: takeBackCoupon,
    method: 'DELETE',
    path: `/admin/user-coupons/${userCouponId}`,
    as: 'admin',
    status: 204,
    says: { userCouponId, actorId: BY_ADMIN },
    shows: undefined,
  },
  {
    contract: setCartItem,
    method: 'PUT',
    path: '/cart/items',
    body: line,
    says: { userId: CUSTOMER, productId, optionId, quantity, offer: done({ optionId, available: 40 }) },
    shows: { items: [shownLine], totalPrice: 24_000 },
  },
  {
    contract: clearCart,
    method: 'DELETE',
    path: '/cart',
    says: { userId: CUSTOMER },
    shows: { items: [], totalPrice: 0 },
  },
  {
    contract: restock,
    method: 'POST',
    path: `/products/${productId}/stock`,
    body: { optionId, quantity: 10 },
    as: 'admin',
    says: { productId, change: { optionId, quantity: 10 }, actorId: BY_ADMIN },
  },
  {
    contract: createCoupon,
    method: 'POST',
    path: '/coupons',
    body: createCoupon.example.payload.draft,
    as: 'admin',
    status: 201,
    says: { draft: createCoupon.example.payload.draft, actorId: BY_ADMIN },
  },
  {
    contract: changeCoupon,
    method: 'PATCH',
    path: `/coupons/${couponId}`,
    body: { status: 'ISSUABLE' },
    as: 'admin',
    says: { couponId, status: 'ISSUABLE', actorId: BY_ADMIN },
    shows: changedCoupon,
  },
  {
    contract: listCoupons,
    method: 'GET',
    path: '/coupons',
    as: 'anyone',
    says: { limit: 20 },
    shows: listCoupons.example.value.coupons,
  },
  {
    contract: issueCoupon,
    method: 'POST',
    path: `/coupons/${couponId}/issue`,
    status: 201,
    says: { couponId, userId: CUSTOMER, actorId: CUSTOMER },
  },
  {
    contract: listUserCoupons,
    method: 'GET',
    path: '/coupons/mine?status=ALL',
    says: { userId: CUSTOMER, status: 'ALL', limit: 20 },
    shows: listUserCoupons.example.value.userCoupons,
  },
  {
    contract: readCart,
    method: 'GET',
    path: '/cart',
    says: { userId: CUSTOMER },
    shows: { items: [shownLine], totalPrice: 24_000 },
  },
  {
    contract: addToCart,
    method: 'POST',
    path: '/cart/add',
    body: line,
    says: { userId: CUSTOMER, productId, quantity, offer: done({ optionId, available: 40 }) },
    shows: { items: [shownLine], totalPrice: 24_000 },
  },
  {
    contract: removeFromCart,
    method: 'DELETE',
    path: `/cart/remove?productId=${productId}&optionId=${optionId}`,
    says: { userId: CUSTOMER, productId, optionId },
    shows: { items: [], totalPrice: 0 },
  },
  {
    contract: placeOrder,
    method: 'POST',
    path: '/orders',
    body: { items: [line], expectedTotal: 24_000 },
    status: 201,
    says: {
      userId: CUSTOMER,
      actorId: CUSTOMER,
      placedBy: 'customer',
      items: [line],
      expectedTotal: 24_000,
      wait: true,
    },
    shows: placed,
  },
  {
    contract: listOrders,
    method: 'GET',
    path: '/orders',
    says: { userId: CUSTOMER, limit: 20 },
    shows: listOrders.example.value.orders,
  },
  {
    contract: listAllOrders,
    method: 'GET',
    path: `/admin/orders?failureCode=OUT_OF_STOCK&productId=${productId}&minTotal=5&slowerThanMs=7&to=${since}`,
    as: 'admin',
    says: { failureCode: 'OUT_OF_STOCK', productId, minTotal: 5, slowerThanMs: 7, to: since, limit: 20 },
    shows: listAllOrders.example.value.orders,
  },
  {
    contract: readRecords,
    method: 'GET',
    path: '/events?after=11',
    as: 'admin',
    says: { after: 11, limit: 20 },
    shows: { events: readRecords.example.value.records, next: 12, oldest: 1, newest: 12 },
  },
  {
    contract: readTimeline,
    method: 'GET',
    path: `/orders/${orderId}/timeline`,
    says: { orderId, userId: CUSTOMER },
    shows: expect.objectContaining({ version: 1, orderId, unanswered: [] }),
  },
  {
    contract: previewCancel,
    method: 'POST',
    path: `/orders/${orderId}/cancel?dryRun=true`,
    says: { orderId, userId: CUSTOMER },
    shows: { ...previewCancel.example.value.order, givesBack: previewCancel.example.value.givesBack },
  },
  { contract: readOrder, method: 'GET', path: `/orders/${orderId}`, says: { orderId, userId: CUSTOMER } },
  {
    contract: cancelOrder,
    method: 'POST',
    path: `/orders/${orderId}/cancel`,
    says: { orderId, userId: CUSTOMER, cancelledBy: 'customer', actorId: CUSTOMER },
  },
  {
    contract: readTopProducts,
    method: 'GET',
    path: '/products/top?limit=7&days=2',
    as: 'anyone',
    says: { limit: 7, days: 2 },
    shows: [{ productId, name: 'Tea cup', price: 12_000, totalSales: 2 }],
  },
  {
    contract: listStuckSagas,
    method: 'GET',
    path: '/admin/sagas?olderThanSeconds=5',
    as: 'admin',
    says: { olderThanSeconds: 5, limit: 20 },
    shows: listStuckSagas.example.value.sagas,
  },
  {
    contract: nudgeSaga,
    method: 'POST',
    path: `/admin/sagas/${orderId}/nudge`,
    as: 'admin',
    says: { orderId, by: BY_ADMIN },
    shows: operated(nudgeSaga.example.value),
  },
  {
    contract: nudgeSagas,
    method: 'POST',
    path: '/admin/sagas/nudge',
    body: { olderThanSeconds: 5 },
    as: 'admin',
    says: { olderThanSeconds: 5, by: BY_ADMIN },
    shows: operated(nudgeSagas.example.value),
  },
  {
    contract: redriveOrders,
    method: 'POST',
    path: '/admin/orders/redrive',
    body: { since },
    as: 'admin',
    says: { since, by: BY_ADMIN },
  },
  {
    contract: readSales,
    method: 'GET',
    path: `/admin/sales?by=hour&from=${readSales.example.payload.from}&to=${readSales.example.payload.to}`,
    as: 'admin',
    says: readSales.example.payload,
    shows: readSales.example.value.sales,
  },
  {
    contract: readProductSales,
    method: 'GET',
    path: `/admin/sales/products?limit=5&from=${readProductSales.example.payload.from}&to=${readProductSales.example.payload.to}`,
    as: 'admin',
    says: readProductSales.example.payload,
    shows: readProductSales.example.value.products,
  },
  {
    contract: readCategorySales,
    method: 'GET',
    path: `/admin/sales/categories?limit=5&from=${readCategorySales.example.payload.from}&to=${readCategorySales.example.payload.to}`,
    as: 'admin',
    says: readCategorySales.example.payload,
    shows: readCategorySales.example.value.categories,
  },
  ...SERVICES.flatMap(callsAboutDeadLetters),
  ...AUDITED.map((name): Call => ({
    contract: auditProofs[name],
    method: 'GET',
    path: `/admin/audit/proof/${name}`,
    as: 'admin',
    says: {},
  })),
];

function callsAboutDeadLetters(name: (typeof SERVICES)[number]): Call[] {
  const { list, read, groups, changeGroup, sendAgain, sendAllAgain, drop } = deadLetterRequests[name];
  const { type, reason } = changeGroup.example.payload;
  const { deadLetterId } = read.example.payload;
  const one = `/admin/dead-letters/${name}/${deadLetterId}`;
  const as = 'admin';
  const by = BY_ADMIN;
  return [
    {
      contract: list,
      method: 'GET',
      path: `/admin/dead-letters?service=${name}&type=x`,
      as,
      says: { filter: { type: 'x' }, state: 'WAITING', limit: 20 },
      shows: list.example.value.deadLetters,
    },
    { contract: read, method: 'GET', path: one, as, says: { deadLetterId } },
    {
      contract: groups,
      method: 'GET',
      path: `/admin/dead-letters/groups?service=${name}`,
      as,
      says: {},
      shows: groups.example.value.groups,
    },
    {
      contract: changeGroup,
      method: 'PATCH',
      path: `/admin/dead-letters/${name}/groups`,
      body: { type, reason, isMuted: true },
      as,
      says: { type, reason, isMuted: true, by },
      shows: changeGroup.example.value.group,
    },
    {
      contract: sendAgain,
      method: 'POST',
      path: `${one}/send`,
      as,
      says: { deadLetterId, by },
      shows: operated(sendAgain.example.value),
    },
    {
      contract: sendAllAgain,
      method: 'POST',
      path: `/admin/dead-letters/${name}/send`,
      body: { type: 'x' },
      as,
      says: { filter: { type: 'x' }, by },
      shows: operated(sendAllAgain.example.value),
    },
    {
      contract: drop,
      method: 'POST',
      path: `${one}/drop`,
      body: { reason: 'a test' },
      as,
      says: { deadLetterId, by, reason: 'a test' },
    },
  ];
}

async function called({ method, path, body, as }: Call, key?: string): Promise<Answer<Problem>> {
  const token = as === 'anyone' ? undefined : as === 'admin' ? await client.admin() : customer.token;
  const headers: Record<string, string> = key === undefined ? {} : { 'idempotency-key': key };
  const target = path.replace(CUSTOMER, customer.userId);
  const said = body && JSON.stringify(known(body));
  return await client.send<Problem>(method, target, said, { token, headers });
}

const ofType = ({ type }: RequestContract) =>
  providers.asked().flatMap((asked) => (asked.type === type ? [asked.payload] : []));

const each = (calls: readonly Call[]) => calls.map((call) => [call.contract.type, call] as const);

const isRepeatable = ({ example }: RequestContract) => 'operation' in (example.payload as object);

/** The ids that a path names. */
const namedIn = (path: string): string[] =>
  path.match(new RegExp(`${CUSTOMER}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}`, 'g')) ?? [];

const isOperation = ({ shows }: Call) => (shows as { operationId?: unknown })?.operationId !== undefined;

const refused = CALLS.flatMap((call) =>
  call.contract.refusals.map((code) => [call.contract.type, code, call] as const),
);

/** Requests for those who watch. */
const LIVE = [readProgress, readIssueProgress, readOrderFlow, ...Object.values(readLoads)];

/** Requests that come before an order. */
const LOOKS = [lookAtBalances, lookAtCoupons];

describe('R32: the gateway alone, as the client of every message contract', () => {
  it('calls with every request that there is', () => {
    const inAudits = [pings, audits, auditParts].flatMap((byService) => Object.values(byService));
    const told = [finds, operationReads].flatMap((byService) => Object.values(byService));
    const composed = [
      ...inAudits,
      ...told,
      ...LOOKS,
      ...LIVE,
      ...Object.values(orderRows),
      identifyUserCoupons,
    ];
    const made: string[] = [...CALLS.map(({ contract }) => contract), ...composed].map(({ type }) => type);
    const all = SERVICES.flatMap(requestsTo).map(({ type }) => type);
    expect(made.toSorted()).toEqual(all.toSorted());
  });

  it.each(each(CALLS))('asks %s by its contract, and tells its value', async (_type, call) => {
    const answer = await called(call);
    expect(ofType(call.contract)).toEqual([expect.objectContaining(known(call.says) as object)]);
    expect(answer).toMatchObject({ status: call.status ?? 200 });
    expect(answer.body).toEqual('shows' in call ? call.shows : call.contract.example.value);
  });

  it.each(refused)('tells that %s was refused with %s', async (_type, code, call) => {
    const errors = [{ path: 'somewhere', message: 'must be otherwise' }];
    providers.answer(call.contract, () =>
      refuse(code, 'said by its service', code === 'VALIDATION_FAILED' ? { errors } : {}),
    );
    const answer = await called(call);
    // What a payment provider has said is not for clients.
    const { detail } = expectProblem(answer, code);
    expect(detail).toBe(code === 'PAYMENT_DECLINED' ? REFUSALS[code].title : 'said by its service');
    expect(ofType(call.contract)).toHaveLength(1);
  });

  it.each(each(CALLS.filter(({ contract }) => contract.refusals.length > 0)))(
    'tells of a refusal of a later release of %s that a part of the shop is not available',
    async (_type, call) => {
      providers.answer(call.contract, () => ({ ok: false, refusal: { code: 'COURIER_ON_STRIKE' } }));
      const { detail } = expectProblem(await called(call), 'SERVICE_UNAVAILABLE');
      expect(detail).toContain('COURIER_ON_STRIKE');
    },
  );

  it.each(each(CALLS))('passes no value of %s on that is not its contract’s', async (_type, call) => {
    providers.answer(call.contract, () => ({ ok: true, value: 'something else' }));
    expectProblem(await called(call), 'INTERNAL');
  });

  it.each(each(CALLS))(
    'passes over what a later release says more of in the value of %s',
    async (_type, call) => {
      providers.answer(call.contract, () =>
        done({ ...(call.contract.example.value as object), ofLaterRelease: 7 }),
      );
      const answer = await called(call);
      expect(answer.status).toBe(call.status ?? 200);
      expect(JSON.stringify(answer.body ?? null)).not.toContain('ofLaterRelease');
    },
  );

  it.each(each(CALLS.filter(({ contract }) => isRepeatable(contract))))(
    'names %s the same under one Idempotency-Key, and otherwise each time anew',
    async (_type, call) => {
      for (const key of ['one', 'one', 'two', undefined, undefined]) await called(call, key);
      const keys = ofType(call.contract).map((payload) => {
        const { operation } = payload as { operation: { key: string } };
        return operation.key;
      });
      expect(keys[0]).toBe(keys[1]);
      expect(new Set(keys).size).toBe(4);
    },
  );

  it.each(each(CALLS.filter(({ contract, path }) => isRepeatable(contract) && namedIn(path).length > 0)))(
    'takes %s under one Idempotency-Key for another request where its path names something else',
    async (_type, call) => {
      const others = namedIn(call.path).map((id) =>
        call.path.replace(id, id === CUSTOMER ? neighbour.userId : randomUUIDv7()),
      );
      for (const path of [call.path, ...others]) await called({ ...call, path }, 'one');
      const fingerprints = ofType(call.contract).map((payload) => {
        const { operation } = payload as { operation: { fingerprint: string } };
        return operation.fingerprint;
      });
      expect(new Set(fingerprints).size).toBe(1 + others.length);
    },
  );

  it.each(each(CALLS.filter((call) => isOperation(call) && namedIn(call.path).length > 0)))(
    'has %s done under one Idempotency-Key for what its path names first, and for nothing else',
    async (_type, call) => {
      const [id = ''] = namedIn(call.path);
      expect((await called(call, 'one')).status).toBe(200);
      const other = { ...call, path: call.path.replace(id, randomUUIDv7()) };
      expectProblem(await called(other, 'one'), 'IDEMPOTENCY_KEY_REUSED');
    },
  );

  it('tells of a payment that is not settled with 202, and where to look', async () => {
    providers.answer(chargeWallet, () => done({ chargeId, status: 'PENDING' }));
    const answer = await client.post('/balance/charge', { amount: 1 }, { token: customer.token });
    expect(expected(202, answer)).toEqual({ chargeId, status: 'PENDING' });
    expect(answer.headers.get('location')).toBe(`/balance/charges/${chargeId}`);
  });

  it('looks at balance and coupon before an order, and tells what it has seen', async () => {
    const { userCouponId } = lookAtCoupons.example.payload.asked[0]!;
    const { userId, token } = customer;
    await client.post('/orders', { items: [line], userCouponId }, { token });
    expect(ofType(lookAtBalances)).toEqual([{ userIds: [userId] }]);
    expect(ofType(lookAtCoupons)).toEqual([{ asked: [{ userId, userCouponId }] }]);
    const [balance] = lookAtBalances.example.value.balances;
    const [coupon] = lookAtCoupons.example.value.seen;
    expect(ofType(placeOrder)).toMatchObject([{ seen: { balance, coupon } }]);
  });

  it('asks each service for what it has of an order, and names the one whose answer is none', async () => {
    const path = `/orders/${orderId}/timeline`;
    providers.answer(orderRows.wallet, () => ({ ok: true, value: 'something else' }));
    const { token } = customer;
    const answer = await client.get<{ unanswered: object[] }>(path, { token });
    expect(expected(200, answer).unanswered).toEqual([
      { service: 'wallet', reason: 'failed to answer; its log says why' },
    ]);
    for (const contract of Object.values(orderRows)) expect(ofType(contract)).toEqual([{ orderId }]);
  });

  it("asks nobody else about an order that is not the asker's", async () => {
    providers.answer(readTimeline, () => refuse('ORDER_NOT_FOUND'));
    const { token } = customer;
    expectProblem(await client.get(`/orders/${orderId}/timeline`, { token }), 'ORDER_NOT_FOUND');
    for (const contract of Object.values(orderRows)) expect(ofType(contract)).toEqual([]);
  });

  it('finds the orders with a coupon by whose coupons they have', async () => {
    const [userCouponId = ''] = identifyUserCoupons.example.payload.userCouponIds;
    const [one] = listAllOrders.example.value.orders;
    const orders = [
      { ...one!, userCouponId },
      { ...one!, userCouponId: chargeId },
    ];
    providers.answer(listAllOrders, () => done({ orders }));
    const answer = await client.get(`/admin/orders?couponId=${couponId}`, { token: await client.admin() });
    expect(expected(200, answer)).toEqual([orders[0]]);
    expect(ofType(listAllOrders)).toMatchObject([{ hasCoupon: true }]);
    expect(ofType(identifyUserCoupons)).toEqual([{ userCouponIds: [userCouponId, chargeId] }]);
  });

  it('tells of an order that goes on with 202, and where to look', async () => {
    const pending = { orderId, userId: customer.userId, orderStatus: 'PENDING', items, orderDate: since };
    providers.answer(placeOrder, () => done(pending));
    const answer = await client.order(customer, { items: [line] }, { prefer: 'respond-async' });
    expect(expected(202, answer)).toEqual(pending);
    expect(answer.headers.get('location')).toBe(`/orders/${orderId}`);
    expect(ofType(placeOrder)).toMatchObject([{ wait: false }]);
  });

  const failures = new Set<RefusalCode>([
    ...ORDER_STEPS.slice(1).flatMap(({ refusals }) => refusals),
    ...ORDER_FAILURES,
  ]);

  it.each([...failures])('tells of an order that failed with %s by its status', async (code) => {
    const failed = { ...placeOrder.example.value, orderStatus: 'FAILED', failureCode: code };
    providers.answer(placeOrder, () => done({ ...failed, failureDetail: 'said by a step' }));
    const answer = await client.order(customer, { items: [line] });
    expect(answer.status).toBe(REFUSALS[code].status);
    expect(answer.body).toMatchObject({ code, orderId, detail: 'said by a step' });
  });

  it('asks for those who watch, and tells them the values', async () => {
    const { token } = customer;
    const { userId: _, ...progress } = readProgress.example.value.orders[0]!;
    const entries = [{ ...progress.entries[0]!, sequence: 1 }];
    const ended = { ...progress, userId: customer.userId, hasEnded: true, entries };
    providers.answer(readProgress, () => done({ orders: [ended] }));
    const order = await watch(service.url, `/orders/${orderId}/events`, { token });
    await order.untilEnded();
    expect(order.events.map(({ event, id }) => [event, id])).toEqual([
      ['progress', '1'],
      ['end', undefined],
    ]);
    expect(ofType(readProgress)).toEqual([{ asked: [{ orderId, after: 0 }] }]);
    const coupon = await watch(service.url, `/coupons/${couponId}/live`);
    const { data } = await coupon.until(() => true);
    expect(data).toMatchObject(readIssueProgress.example.value.coupons[0]!);
    expect(ofType(readIssueProgress)).toContainEqual({ couponIds: [couponId] });
    await coupon.leave();
    const shop = await watch(service.url, '/admin/live', { token: await client.admin() });
    const { data: now } = await shop.until(() => true);
    const { inFlight, outcomes } = readOrderFlow.example.value;
    expect(now).toMatchObject({ sagas: { inFlight }, orders: { outcomes } });
    for (const contract of [readOrderFlow, ...Object.values(readLoads)])
      expect(ofType(contract)).toContainEqual({});
    await shop.leave();
  });

  it('takes sales of a ranking of the release before for its own, and asks the catalog for names and categories', async () => {
    const { source: _, ...before } = readSales.example.value.sales[0]!;
    providers.answer(readSales, () => ({ ok: true, value: { sales: [before] } }));
    const token = await client.admin();
    const rows = expected(200, await client.get('/admin/sales', { token }));
    expect(rows).toEqual([{ ...before, source: 'ranking' }]);
    const { name, category: __, ...unnamed } = readProductSales.example.value.products[0]!;
    const gone = { ...unnamed, productId: '01920000-0000-7000-8000-0000000000bf' };
    // A ranking of the release before knows no categories, and what had none then is not what it is in now.
    const named = { ...unnamed, name: name! };
    providers.answer(readProductSales, () => done({ products: [unnamed, gone, named] }));
    const products = expected(200, await client.get('/admin/sales/products', { token }));
    const [known] = readProducts.example.value.products;
    expect(products).toEqual([{ ...unnamed, name: known!.name, category: known!.category }, gone, named]);
  });

  it('asks every service for an audit by its contract, and looks into what differs', async () => {
    for (const name of AUDITED) {
      const { example } = audits[name];
      const [rule] = Object.values(example.value.rules);
      const [column] = Object.values(example.value.columns);
      const digests = { 17: name === 'order' ? '1/43' : '1/42' };
      providers.answer(audits[name], ({ rules, columns }) =>
        done({
          rules: Object.fromEntries(rules.map((asked) => [asked, rule])),
          columns: Object.fromEntries(columns.map((asked) => [asked, { ...column, digests }])),
        }),
      );
    }
    const answer = await client.get<{ isSound: boolean; unanswered: unknown[] }>('/admin/audit', {
      token: await client.admin(),
    });
    expect(expected(200, answer)).toMatchObject({ isSound: false, unanswered: [] });
    const types = new Set(providers.asked().map(({ type }) => type));
    const wanted = [pings, audits, auditParts].flatMap((byService) => Object.values(byService));
    expect(wanted.map(({ type }) => type).filter((type) => !types.has(type))).toEqual([]);
  });
});
