import {
  auditProofs,
  cancelOrder,
  cartLine,
  deadLetterGroup,
  deadLetterRequests,
  id,
  instant,
  money,
  named,
  nudgeSaga,
  nudgeSagas,
  operationReads,
  orderItem,
  placeOrder,
  previewCancel,
  product,
  readOrderFigures,
  readRecords,
  readWallet,
  readCart,
  readSales,
  readTopProducts,
  redriveOrders,
  reserveStock,
  salesRow,
  sentByOperation,
  SERVICES,
  stockLeft,
} from '@jangteo/contracts';
import { z } from 'zod';
import { USER_STATES } from '../domain/account.js';
import { ADMIN_RESULTS } from '../domain/admin-entry.js';
import { ROLES } from '../domain/caller.js';
import { SENDING_ACTIONS } from '../domain/staff-operation.js';
import { LINKED_KINDS } from '../domain/find.js';

/* What the gateway answers with where it is not just what a service said. */

const { orderId, userId, items: exampleItems, orderDate } = placeOrder.example.value;

export const account = named(
  'Account',
  z.object({ userId: id, email: z.string(), name: z.string(), role: z.enum(ROLES) }),
  { userId, email: 'mina@example.com', name: 'Mina', role: 'customer' },
);

export const granted = named(
  'Granted',
  z.object({
    accessToken: z.string(),
    tokenType: z.literal('Bearer'),
    /** Seconds. */
    expiresIn: z.int().min(1),
    refreshToken: z.string(),
  }),
  {
    accessToken: 'eyJhbGciOiJFZERTQSJ9.e30.c2ln',
    tokenType: 'Bearer',
    expiresIn: 900,
    refreshToken: 'cmVmcmVzaA',
  },
  'An access token, good for `expiresIn` seconds, and the refresh token that gets the next one.',
);

export const session = named(
  'Session',
  z.object({
    sessionId: id.describe("The session's id."),
    isCurrent: z.boolean().describe('Whether it is the one that asks.'),
    begunAt: instant.describe('When somebody logged in.'),
    refreshedAt: instant.describe('When it last got a new access token.'),
    expiresAt: instant.describe('When it ends unless it is refreshed before.'),
    userAgent: z
      .string()
      .optional()
      .describe('The program that logged in, as it calls itself; absent where it did not say.'),
  }),
  {
    sessionId: '01920000-0000-7000-8000-000000000011',
    isCurrent: true,
    begunAt: orderDate,
    refreshedAt: orderDate,
    expiresAt: '2026-01-31T00:00:00.000Z',
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64)',
  },
  'A login, and all that was refreshed from it.',
);

const knownUser = z.object({
  userId: id,
  email: z.string().optional().describe('The e-mail address; absent once the account was deleted.'),
  name: z.string().optional().describe("The user's display name; absent once the account was deleted."),
  role: z.enum(ROLES),
  state: z
    .enum(USER_STATES)
    .describe('`SUSPENDED` can do nothing, `DELETED` has been erased but for its id, which the books name.'),
  createdAt: instant,
  updatedAt: instant.optional().describe('When it was last changed; absent where that was long ago.'),
});

const exampleUser = {
  userId,
  email: 'mina@example.com',
  name: 'Mina',
  role: 'customer' as const,
  state: 'ACTIVE' as const,
  createdAt: orderDate,
  updatedAt: orderDate,
};

export const listedUser = named(
  'User',
  knownUser,
  exampleUser,
  'Somebody with an account, for those who run the shop.',
);

export const userDetails = named(
  'UserDetails',
  knownUser.extend({
    sessions: z.int().min(0).max(10_000).describe('How many sessions they are logged in with.'),
    ...readWallet.value.shape,
    ordersOnTheWay: readOrderFigures.value.shape.onTheWay,
    orders: readOrderFigures.value.shape.placed,
    lastOrderAt: readOrderFigures.value.shape.lastOrderAt,
  }),
  {
    ...exampleUser,
    sessions: 1,
    ...readWallet.example.value,
    ordersOnTheWay: 0,
    orders: 1,
    lastOrderAt: orderDate,
  },
  'A user, with what their wallet holds and how much they order.',
);

export const resetToken = named(
  'ResetToken',
  z.object({
    token: z.string().describe('Goes to the user, and from there to `POST /auth/password/reset`.'),
    expiresAt: instant.describe('When it is good no more.'),
  }),
  { token: 'cmVzZXQ', expiresAt: '2026-01-01T01:00:00.000Z' },
  'A token to set a password anew.',
);

const knownKey = z.object({
  keyId: id.describe('The id of an API key.'),
  name: z.string().describe('What the key is called.'),
  role: z.enum(ROLES).describe('What it may do, and never more than who made it.'),
  makerId: id.describe('Who made it, and in whose name it acts.'),
  createdAt: instant,
  expiresAt: instant.optional().describe('When it is good no more; absent where it has no end.'),
});

const exampleKey = {
  keyId: '01920000-0000-7000-8000-000000000021',
  name: 'Nightly report',
  role: 'viewer' as const,
  makerId: '01920000-0000-7000-8000-000000000009',
  createdAt: orderDate,
};

export const apiKey = named('ApiKey', knownKey, exampleKey, 'A key of a program.');

export const newApiKey = named(
  'NewApiKey',
  knownKey.extend({ key: z.string().describe('The key itself, which is not shown again.') }),
  { ...exampleKey, key: 'jk_bm90IGEga2V5IHRoYXQgYW55IHNob3AgaGFzIG1hZGU' },
  'A key that was made just now.',
);

export const keySet = named(
  'KeySet',
  z.object({ keys: z.array(z.looseObject({ kty: z.string(), kid: z.string(), alg: z.string() })).min(1) }),
  { keys: [{ kty: 'OKP', crv: 'Ed25519', x: 'MCowBQ', kid: 'k1', alg: 'EdDSA', use: 'sig' }] },
  'A JSON Web Key Set (RFC 7517).',
);

export const topProduct = named(
  'TopProduct',
  z.object({
    ...product.pick({ productId: true, name: true, price: true }).shape,
    ...readTopProducts.value.shape.products.element.pick({ totalSales: true }).shape,
  }),
  { productId: '01920000-0000-7000-8000-0000000000b1', name: 'Tea cup', price: 12_000, totalSales: 2 },
);

const [exampleLine] = readCart.example.value.lines;
const exampleCartItem = { ...exampleLine!, name: 'Tea cup', price: 12_000, stock: 40, orderable: true };

const cartItem = named(
  'CartItem',
  cartLine.extend({ name: z.string(), price: money, stock: stockLeft, orderable: z.boolean() }),
  exampleCartItem,
  'A line of a cart at the name, price and stock of the moment; `orderable` is what stock covers.',
);

export const shownCart = named(
  'Cart',
  z.object({ items: z.array(cartItem), totalPrice: money }),
  { items: [exampleCartItem], totalPrice: 24_000 },
  '`totalPrice` is of the lines that are orderable.',
);

const { userCouponId, ...asked } = placeOrder.value.pick({
  orderId: true,
  userId: true,
  userCouponId: true,
  orderDate: true,
}).shape;

const placedItem = named(
  'PlacedOrderItem',
  orderItem.extend({ optionId: id, name: z.string(), price: money }),
  reserveStock.example.value.items[0]!,
);

export const placedOrder = named(
  'PlacedOrder',
  z.object({
    ...asked,
    orderStatus: z.literal('SUCCESS'),
    subtotal: money,
    discount: money,
    totalPrice: money,
    userCouponId,
    items: z.array(placedItem).min(1),
  }),
  {
    orderId,
    userId,
    orderStatus: 'SUCCESS',
    subtotal: 24_000,
    discount: 0,
    totalPrice: 24_000,
    items: reserveStock.example.value.items,
    orderDate,
  },
);

export const pendingOrder = named(
  'PendingOrder',
  placeOrder.value
    .omit({
      completedAt: true,
      cancelledAt: true,
      updatedAt: true,
      failureCode: true,
      failureDetail: true,
      shortages: true,
      failureFacts: true,
    })
    .extend({
      orderStatus: z.literal('PENDING'),
    }),
  {
    orderId,
    userId,
    orderStatus: 'PENDING',
    items: exampleItems.map(({ productId, optionId, quantity }) => ({ productId, optionId, quantity })),
    orderDate,
  },
  'An order that goes on by itself, as it was asked for; its `Location` tells what becomes of it.',
);

export const cancelledOrder = named(
  'CancelledOrder',
  cancelOrder.value.extend({
    givesBack: previewCancel.value.shape.givesBack
      .optional()
      .describe('What a cancellation would give back; in the answer to a `dryRun` alone.'),
  }),
  cancelOrder.example.value,
);

export const orderRecords = named(
  'OrderRecords',
  z.object({
    events: readRecords.value.shape.records,
    next: readRecords.value.shape.next,
    oldest: readRecords.value.shape.oldest,
  }),
  { events: readRecords.example.value.records, next: 12, oldest: 1 },
  'Records of orders in the order of their numbers, which have no gap: where the first is not `after` + 1, those before ' +
    '`oldest` were deleted.',
);

const servicesAway = z.array(z.enum(SERVICES)).readonly();

const auditExample = named(
  'AuditExample',
  z.object({ key: z.string(), problem: z.string() }),
  { key: orderId, problem: 'is in the books of order only' },
  'What is wrong, by the id of an order, user, option or coupon.',
);

const auditSeen = named(
  'AuditSeen',
  z.object({
    service: z.enum(SERVICES),
    what: z.string(),
    rows: z.int(),
    sums: z.record(z.string(), z.string()).readonly(),
  }),
  { service: 'wallet', what: 'balances', rows: 2, sums: { balance: '47000', ledger: '47000', held: '0' } },
  'What was seen in one place. Sums are in decimal digits: a number may not hold them exactly.',
);

const auditCheck = named(
  'AuditCheck',
  z.object({
    name: z.string(),
    about: z.string(),
    isSound: z.boolean(),
    findings: z.int().min(0),
    examples: z.array(auditExample).readonly(),
    seen: z.array(auditSeen).readonly(),
    unanswered: servicesAway,
  }),
  {
    name: 'payments-of-orders',
    about: 'Each successful order is paid once, by its customer, and no other order is',
    isSound: false,
    findings: 1,
    examples: [{ key: orderId, problem: 'is in the books of order only' }],
    seen: [
      { service: 'order', what: 'payments', rows: 2, sums: { payments: '45000' } },
      { service: 'wallet', what: 'payments', rows: 1, sums: { payments: '21000' } },
    ],
    unanswered: [],
  },
  'One thing that must hold. Where services are `unanswered` it is unknown: not sound, and without findings.',
);

const serviceAway = named(
  'ServiceAway',
  z.object({ service: z.enum(SERVICES), reason: z.string() }),
  { service: 'ranking', reason: 'did not answer in time' },
  'A service that did not answer.',
);

export const auditReport = named(
  'AuditReport',
  z.object({
    isSound: z.boolean(),
    checkedAt: instant,
    ordersBefore: instant,
    tookMs: z.int().min(0),
    checks: z.array(auditCheck).readonly(),
    unanswered: z.array(serviceAway).readonly(),
  }),
  {
    isSound: false,
    checkedAt: orderDate,
    ordersBefore: orderDate,
    tookMs: 120,
    checks: [],
    unanswered: [{ service: 'ranking', reason: 'did not answer in time' }],
  },
  'Whether the books of all services are sound: every check was made, and none has findings. Orders placed from ' +
    '`ordersBefore` on are not compared between services yet.',
);

const auditState = z
  .enum(['SOUND', 'UNSOUND', 'UNKNOWN'])
  .describe('`UNKNOWN` where somebody did not answer and nothing is known to be wrong; never sound then.');
const auditId = id.describe('The id of the audit.');
const exampleAuditId = '01920000-0000-7000-8000-000000000031';

export const auditInShort = named(
  'AuditInShort',
  z.object({
    auditId,
    state: auditState,
    isSound: z.boolean(),
    checkedAt: instant,
    tookMs: z.int().min(0),
    findings: z.int().min(0),
    unknown: z.int().min(0).describe('How many checks could not be made.'),
    unanswered: servicesAway.describe('Services that did not answer.'),
  }),
  {
    auditId: exampleAuditId,
    state: 'UNKNOWN',
    isSound: false,
    checkedAt: orderDate,
    tookMs: 120,
    findings: 0,
    unknown: 3,
    unanswered: ['ranking'],
  },
  'What an audit found, in short.',
);

const auditText = z.object({
  en: z.string().describe('In English.'),
  ko: z.string().describe('In Korean.'),
});

const toldCheck = named(
  'ToldAuditCheck',
  auditCheck.extend({
    state: auditState,
    sentence: auditText.describe('What must hold, what each side has, and whether it holds.'),
  }),
  {
    name: 'payments-of-orders',
    about: 'Each successful order is paid once, by its customer, and no other order is',
    isSound: true,
    findings: 0,
    examples: [],
    seen: [
      { service: 'order', what: 'payments', rows: 2, sums: { payments: '45000' } },
      { service: 'wallet', what: 'payments', rows: 2, sums: { payments: '45000' } },
    ],
    unanswered: [],
    state: 'SOUND',
    sentence: {
      en: 'Each successful order is paid once, by its customer, and no other order is. order: payments 45,000 (2 rows); wallet: payments 45,000 (2 rows). It holds.',
      ko: '성공한 주문만 한 번씩, 주문한 고객이 결제해야 합니다. order: payments 45,000 (2건); wallet: payments 45,000 (2건). 맞습니다.',
    },
  },
  'One thing that must hold, in words.',
);

export const toldAudit = named(
  'ToldAudit',
  auditReport.extend({ auditId, state: auditState, checks: z.array(toldCheck).readonly() }),
  {
    auditId: exampleAuditId,
    state: 'UNKNOWN',
    isSound: false,
    checkedAt: orderDate,
    ordersBefore: orderDate,
    tookMs: 120,
    checks: [],
    unanswered: [{ service: 'ranking', reason: 'did not answer in time' }],
  },
  'What an audit found, in words. Examples are left out of a report that would be too long with them.',
);

export const auditProof = named('AuditProof', auditProofs.wallet.value, auditProofs.wallet.example.value);

const { groups, sendAgain, sendAllAgain } = deadLetterRequests.wallet;

const operationId = id.describe(
  'The id of this call, for `GET /admin/operations/{operationId}`: what became of it.',
);
const exampleOperationId = '01920000-0000-7000-8000-0000000000f1';

export const sentDeadLetters = named('SentDeadLetters', sendAllAgain.value.extend({ operationId }), {
  ...sendAllAgain.example.value,
  operationId: exampleOperationId,
});

export const sentDeadLetter = named(
  'SentDeadLetter',
  sendAgain.value.extend({ operationId }),
  { ...sendAgain.example.value, operationId: exampleOperationId },
  'A dead letter that was sent again.',
);

export const shownDeadLetterGroup = named(
  'DeadLetterGroup',
  deadLetterGroup,
  groups.example.value.groups[0]!,
  'Waiting messages of one service with one type and reason.',
);

export const nudgedSagas = named('NudgedSagas', nudgeSagas.value.extend({ operationId }), {
  ...nudgeSagas.example.value,
  operationId: exampleOperationId,
});

export const nudgedSaga = named(
  'NudgedSaga',
  nudgeSaga.value.extend({ operationId }),
  { ...nudgeSaga.example.value, operationId: exampleOperationId },
  'A saga that was nudged.',
);

export const operationOfStaff = named(
  'OperationOfStaff',
  z.object({
    operationId: id.describe('The id of the call.'),
    action: z.enum(SENDING_ACTIONS).describe('The `operationId` of what was called.'),
    startedAt: instant.describe('When it was called.'),
    actorId: id.describe('Who called.'),
    result: z.enum(ADMIN_RESULTS).describe('How the call was answered; `UNKNOWN` may have had its effect.'),
    asked: z
      .int()
      .min(0)
      .optional()
      .describe('How many were meant; absent where the answer to the call was lost, or refused.'),
    ...sentByOperation.shape,
  }),
  {
    operationId: exampleOperationId,
    action: 'sendDeadLetters',
    startedAt: orderDate,
    actorId: '01920000-0000-7000-8000-000000000009',
    result: 'DONE',
    asked: 12,
    ...operationReads.wallet.example.value,
  },
  'What became of a call that has sent messages again or nudged sagas, as the rows of services tell.',
);

export const redrivenOrders = named('RedrivenOrders', redriveOrders.value, redriveOrders.example.value);

export const linkedThing = named(
  'FoundThing',
  z.object({
    kind: z.enum(LINKED_KINDS).describe('What kind of thing it is.'),
    id: id.describe('Its id.'),
    title: z.string().describe('What it is, in words that its owner keeps: names, amounts, states.'),
    href: z.string().describe('Where it is read: a path of this API.'),
  }),
  {
    kind: 'order',
    id: orderId,
    title: 'SUCCESS, 24000',
    href: `/orders/${orderId}/timeline`,
  },
  'Something that a pasted text names. New kinds may come.',
);

export const salesOfPeriod = named(
  'SalesOfPeriod',
  salesRow,
  readSales.example.value.sales[0]!,
  'What was sold in an hour or a day.',
);

const fieldsSeen = z.record(z.string(), z.unknown()).optional();

export const adminLogEntry = named(
  'AdminLogEntry',
  z.object({
    entryId: id,
    at: instant.describe('When it was begun.'),
    endedAt: instant
      .optional()
      .describe('When it was answered; absent while it is in work, or where that was lost.'),
    actorId: id.describe('Who did it.'),
    actorRole: z.string().describe('The role in which they did it.'),
    keyId: id.optional().describe('The API key by which they did it; absent where they were logged in.'),
    action: z.string().describe('The `operationId` of what was called.'),
    targetType: z.string().optional().describe('What kind of thing the target is, as `product`.'),
    target: z.string().optional().describe('The id of what it was done to, or the name of a service.'),
    userId: id.optional().describe('The user in whose name or to whom it was done.'),
    asked: fieldsSeen.describe(
      'What was asked for: body and query, without secrets; `omittedBytes` of too much.',
    ),
    before: fieldsSeen.describe('What it changed, as it was; absent where that is not known.'),
    after: fieldsSeen.describe('What was answered, without secrets; `omittedBytes` of too much.'),
    result: z
      .enum(ADMIN_RESULTS)
      .describe('`REFUSED` changed nothing; `UNKNOWN` may have had its effect, or is still in work.'),
    status: z.int().optional().describe('The status of the answer.'),
    code: z.string().optional().describe('The code of a problem.'),
    requestId: z.string().describe('The id of the request, the same in every log line about it.'),
    network: z.string().describe('The network address that it came from.'),
  }),
  {
    entryId: '01920000-0000-7000-8000-0000000000f1',
    at: orderDate,
    endedAt: orderDate,
    actorId: '01920000-0000-7000-8000-000000000009',
    actorRole: 'admin',
    action: 'changeProduct',
    targetType: 'product',
    target: '01920000-0000-7000-8000-0000000000b1',
    asked: { price: 12_000 },
    before: { name: 'Tea cup', price: 11_000, status: 'SELLABLE' },
    after: { productId: '01920000-0000-7000-8000-0000000000b1', name: 'Tea cup', price: 12_000 },
    result: 'DONE',
    status: 200,
    requestId: 'my-request-7',
    network: '203.0.113.7',
  },
  'Something that an admin did or tried. New actions and fields may come.',
);
