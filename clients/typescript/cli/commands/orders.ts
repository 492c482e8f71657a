import type { ListedOrder, OrderTimeline } from '../../src/index.js';
import { PERIOD, type Command } from '../command.js';
import { detailsOf, tableOf, type Row } from '../table.js';
import { first, listing, queryOf, showing, watching } from './kinds.js';

function orderRow({ orderId, orderStatus, totalPrice, userId, orderDate, ...order }: ListedOrder): Row {
  return {
    order: orderId,
    status: orderStatus,
    total: totalPrice,
    ms: order.durationMs,
    why: order.failureCode,
    user: userId,
    'placed at': orderDate,
  };
}

/** The sentence that says why, and a line for each step. */
function timelineText({ why, steps, owed, placed, orderStatus, ...timeline }: OrderTimeline): string {
  const rows = steps.map((step) => ({
    step: step.step,
    service: step.service,
    state: step.state,
    decision: step.decision,
    'asked at': step.askedAt,
    sends: step.sends,
    'decided at': step.decidedAt,
    'answered at': step.answeredAt,
    why: step.code,
  }));
  const { rows: _, records: __, readAt, version: ___, ...rest } = timeline;
  return [
    `${orderStatus}: ${why.en}`,
    `Placed at ${placed.at} by ${placed.by}; read at ${readAt}.`,
    '',
    tableOf(rows, 'No step was begun.'),
    ...(owed.length === 0 ? [] : ['', 'Still owed:', tableOf(owed.map((one) => ({ ...one })))]),
    '',
    detailsOf(rest),
  ].join('\n');
}

export const ORDERS: readonly Command[] = [
  {
    name: 'find',
    about:
      'Finds whatever is pasted: an order, a user, a product, a coupon, an id of any kind, an e-mail, a key.',
    names: '<text>',
    run: async (shop, given) => {
      const found = await shop.admin.find(first(given));
      const rows = found.map(({ kind, id, title, href }) => ({ kind, id, title, at: href }));
      return { json: found, text: tableOf(rows, 'Nothing is found.') };
    },
  },
  listing({
    name: 'orders list',
    about: "Lists everybody's orders, newest first.",
    options: {
      status: { value: '<status>', about: 'PENDING, SUCCESS, FAILED or CANCELLED' },
      failure: { value: '<code>', field: 'failureCode', about: 'those that failed so' },
      user: { value: '<user id>', field: 'userId', about: 'those of one user' },
      product: { value: '<product id>', field: 'productId', about: 'those with this product' },
      coupon: { value: '<coupon id>', field: 'couponId', about: 'those with this coupon' },
      'min-total': {
        value: '<amount>',
        kind: 'number',
        field: 'minTotal',
        about: 'those of so much or more',
      },
      'slower-than': {
        value: '<ms>',
        kind: 'number',
        field: 'slowerThanMs',
        about: 'those that took longer',
      },
      ...PERIOD,
    },
    list: (shop, given) => shop.admin.orders(queryOf<'listAllOrders'>(given)),
    row: orderRow,
  }),
  showing({
    name: 'orders show',
    about: 'Shows an order with its history.',
    names: '<order id>',
    read: (shop, given) => shop.orders.read(first(given)),
  }),
  {
    name: 'orders timeline',
    about:
      'Shows what its services did for an order, step by step, and why it ended so. With --json all that is known.',
    names: '<order id>',
    run: async (shop, given) => {
      const timeline = await shop.orders.timeline(first(given));
      return { json: timeline, text: timelineText(timeline) };
    },
  },
  watching({
    name: 'orders watch',
    about: 'Shows each step of an order as it comes about, until the order has ended.',
    names: '<order id>',
    watch: (shop, given) => shop.orders.events(first(given)),
  }),
  showing({
    name: 'orders cancel',
    about: 'Gives back money, coupon and stock of an order that succeeded.',
    names: '<order id>',
    options: { 'dry-run': { field: 'dryRun', about: 'only say what would go back' } },
    read: (shop, given) =>
      given.fields.dryRun === true
        ? shop.orders.whatCancelGivesBack(first(given))
        : shop.orders.cancel(first(given)),
  }),
];
