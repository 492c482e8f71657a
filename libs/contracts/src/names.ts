import { z } from 'zod';
import { addToCart, cart, cartLine, offer, readCart } from './cart.js';
import {
  createCoupon,
  coupon,
  couponChange,
  couponDraft,
  couponIssue,
  couponPlaces,
  eligibility,
  eligibilityDraft,
  issueCoupon,
  listIssues,
  readPlaces,
  userCoupon,
} from './coupon.js';
import {
  addOption,
  changeOption,
  changeProduct,
  createProduct,
  listMovements,
  optionChange,
  optionDraft,
  orderLine,
  product,
  productChange,
  productDraft,
  reservedLine,
  reserveStock,
  restock,
  stockChange,
  stockMovement,
} from './catalog.js';
import {
  deadLetter,
  deadLetterFilter,
  deadLetterRequests,
  deadLetterState,
  deadLetterWithBody,
} from './dead-letters.js';
import { cursor, id, instant, operation } from './ids.js';
import type { JsonSchema } from './json-schema.js';
import { money, signedMoney } from './money.js';
import { failureFacts, order, orderHistoryEntry, orderItem, orderWithHistory, readOrder } from './order.js';
import { listAllOrders, listedOrder, orderRecord, readRecords } from './order-lists.js';
import { redriveOrders, refusedRedrive, unansweredRedrive } from './redrive.js';
import { refusal, shortage } from './refusals.js';
import { listStuckSagas, stuckSaga } from './stuck-sagas.js';
import {
  adjustment,
  adjustWallet,
  charge,
  chargeWallet,
  paymentMethod,
  pendingCharge,
  readBalance,
  readCharge,
  readHistory,
  succeededCharge,
  walletTransaction,
} from './wallet.js';

/**
 * Gives a schema the name under which documents show it, once, with an example.
 *
 * @param keywords what JSON Schema can say of its refinements, which documents do not see
 * @returns the schema itself, so that what is derived from it refers to it
 */
export function named<S extends z.ZodType>(
  name: string,
  schema: S,
  example: z.input<S>,
  description?: string,
  keywords: JsonSchema = {},
): S {
  const about = description === undefined ? {} : { description };
  z.globalRegistry.add(schema, { id: name, ...about, ...keywords, examples: [example] });
  return schema;
}

const productId = createProduct.example.value.productId;
const optionId = restock.example.value.optionId;

named('Id', id, productId, 'A UUID (RFC 9562); those made here are of version 7.');
named(
  'Instant',
  instant,
  '2026-01-01T00:00:00.000Z',
  'ISO 8601, in UTC: it ends in `Z`. Of the year 0001 or later, with at most 9 digits after the point.',
);
named(
  'Cursor',
  cursor,
  'WyIyMDI2LTAxLTAxVDAwOjAwOjAwLjAwMFoiLCIwMTkyMDAwMC0wMDAwLTcwMDAtODAwMC0wMDAwMDAwMDAwYTEiXQ',
  'Where a list goes on: opaque, from the `next` of its Link header.',
);
named('Money', money, 12_000, "An amount in the currency's smallest unit.");
named('SignedMoney', signedMoney, -12_000, "A change in the currency's smallest unit.");
named('Operation', operation, createProduct.example.payload.operation, 'Under which a write is remembered.');

named('ProductOption', product.shape.options.element, createProduct.example.value.options[0]!);
named('ProductOptionDraft', productDraft.shape.options.unwrap().element, { name: 'Large', stock: 20 });
named('Product', product, createProduct.example.value);
named(
  'ProductDraft',
  productDraft,
  createProduct.example.payload.draft,
  'Give `stock`, or `options` with a stock each.',
  { not: { required: ['stock', 'options'] } },
);
named(
  'ProductChange',
  productChange,
  changeProduct.example.payload.change,
  'What is left out stays as it is; something must change.',
  { minProperties: 1 },
);
named('OptionDraft', optionDraft, addOption.example.payload.draft);
named(
  'OptionChange',
  optionChange,
  changeOption.example.payload.change,
  'What is left out stays as it is; something must change.',
  { minProperties: 1 },
);
named('ProductWithOption', addOption.value, addOption.example.value, 'A product and its new option.');
named(
  'StockMovement',
  stockMovement,
  listMovements.example.value.movements[0]!,
  'Stock that came in or went out: by an order, or by somebody.',
);
named('StockChange', stockChange, restock.example.payload.change);
named('OptionStock', restock.value, restock.example.value);
named('OrderLine', orderLine, { productId, optionId, quantity: 2 });
named('ReservedLine', reservedLine, reserveStock.example.value.items[0]!);

named('CouponEligibility', eligibility, { accountAgeMinutes: 60 });
named('CouponEligibilityDraft', eligibilityDraft, { accountAgeMinutes: 60 });
named('Coupon', coupon, createCoupon.example.value);
named(
  'CouponDraft',
  couponDraft,
  createCoupon.example.payload.draft,
  'A percentage is at most 100, `maxDiscount` is for percentages alone, and the issue ends after it starts.',
  {
    if: { properties: { discountType: { const: 'PERCENT' } } },
    // oxlint-disable-next-line no-thenable -- JSON Schema's
    then: { properties: { discountValue: { maximum: 100 } } },
    else: { not: { required: ['maxDiscount'] } },
  },
);
named(
  'CouponChange',
  couponChange,
  { status: 'SUSPENDED' },
  'What is left out stays as it is; something must change.',
  { minProperties: 1 },
);
named(
  'CouponIssue',
  couponIssue,
  listIssues.example.value.issues[0]!,
  'A place of a coupon, and who has it.',
);
named(
  'CouponPlaces',
  couponPlaces,
  readPlaces.example.value,
  'How the places of a coupon were issued, all of one moment, and nothing of who holds them.',
);
named(
  'IssuedPlace',
  couponPlaces.shape.latest.element,
  readPlaces.example.value.latest[0]!,
  'A place of a coupon, and when it was issued.',
);
named('UserCoupon', userCoupon, issueCoupon.example.value);

const { history: exampleHistory, ...exampleOrder } = readOrder.example.value;
named('Order', order, exampleOrder);
named(
  'FailureFacts',
  failureFacts,
  { productId },
  'What else is known of a failure: what was wrong with the order, or which product it is about.',
);
named('OrderItem', orderItem, exampleOrder.items[0]!);
named('OrderHistoryEntry', orderHistoryEntry, exampleHistory[0]!);
named('OrderWithHistory', orderWithHistory, readOrder.example.value);
named('ListedOrder', listedOrder, listAllOrders.example.value.orders[0]!);
named(
  'OrderRecord',
  orderRecord,
  readRecords.example.value.records[0]!,
  'That an order succeeded or was cancelled, under a number of its own. What it says never changes.',
);

named('Balance', readBalance.value, readBalance.example.value);
named('Charge', charge, readCharge.example.value);
named('ChargeAnswer', chargeWallet.value, chargeWallet.example.value);
named('SucceededCharge', succeededCharge, {
  userId: readBalance.example.value.userId,
  currentBalance: 50_000,
  chargeId: readCharge.example.value.chargeId,
  status: 'SUCCEEDED',
});
named('PendingCharge', pendingCharge, { chargeId: readCharge.example.value.chargeId, status: 'PENDING' });
named(
  'PaymentMethod',
  paymentMethod,
  'tok_ok',
  "A payment provider's token for a way to pay, never a card number. The sandbox knows `tok_ok` (the " +
    'default), `tok_declined`, and `tok_unknown` (no answer at first, settled as paid when asked again).',
);
named('Adjustment', adjustment, adjustWallet.example.payload.adjustment);
named('WalletTransaction', walletTransaction, readHistory.example.value.transactions[0]!);

named('CartLine', cartLine, readCart.example.value.lines[0]!);
named('CartLines', cart, readCart.example.value);
named('Offer', offer, addToCart.example.payload.offer, 'What the catalog has of a product, or why not.');

const { list: listDeadLetters, read: readDeadLetter } = deadLetterRequests.wallet;
named('DeadLetter', deadLetter, listDeadLetters.example.value.deadLetters[0]!);
named('DeadLetterWithBody', deadLetterWithBody, readDeadLetter.example.value);
named('DeadLetterFilter', deadLetterFilter, { type: 'wallet.debit' });
named('DeadLetterState', deadLetterState, 'WAITING');
named('StuckSaga', stuckSaga, listStuckSagas.example.value.sagas[0]!);
named('RefusedRedrive', refusedRedrive, redriveOrders.example.value.refusals[0]!);
named('UnansweredRedrive', unansweredRedrive, {
  orderId: redriveOrders.example.value.refusals[0]!.orderId,
  command: 'RefundWallet',
});

named('Shortage', shortage, { productId, optionId, requested: 2, available: 1 });
named('FieldError', refusal.shape.errors.unwrap().element, {
  path: 'items.0.quantity',
  message: 'Too small: expected number to be >=1',
});
named('Refusal', refusal, { code: 'OUT_OF_STOCK' });
