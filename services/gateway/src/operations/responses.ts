import {
  auditProofs,
  deadLetterGroup,
  deadLetterRequests,
  id,
  instant,
  named,
  nudgeSaga,
  nudgeSagas,
  operationReads,
  notCompared,
  placeOrder,
  categorySales,
  productSales,
  readCategorySales,
  readProductSales,
  readSales,
  redriveOrders,
  salesRow,
  sentByOperation,
  SERVICES,
} from '@jangteo/contracts';
import { z } from 'zod';
import { ADMIN_RESULTS } from '../domain/admin-entry.js';
import { SENDING_ACTIONS } from '../domain/staff-operation.js';
import { LINKED_KINDS } from '../domain/find.js';

/* What those who run the shop are answered with where it is not just what a service said. */

const { orderId, orderDate } = placeOrder.example.value;

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

const leftOut = named(
  'NotCompared',
  notCompared,
  { reason: 'BEHIND', from: orderDate },
  'What could not be looked at without anything of the shop being wrong: statistics beside it are `AWAY`, have `GAPS`, ' +
    'or are `BEHIND`.',
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
    notCompared: leftOut.optional(),
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
  'Messages of one service with one type and reason that wait, or that alert nobody.',
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

export const salesOfProduct = named(
  'SalesOfProduct',
  productSales,
  readProductSales.example.value.products[0]!,
  'What was sold of a product.',
);

export const salesOfCategory = named(
  'SalesOfCategory',
  categorySales,
  readCategorySales.example.value.categories[0]!,
  'What was sold of the products of a category.',
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
