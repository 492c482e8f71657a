/**
 * Meanings of fields and parameters, by their name where they mean the same everywhere, else by `<schema>.<field>` or,
 * of parameters, `<operation>?<parameter>`. Bounds and defaults stand beside them in the document, as the schemas have
 * them. Money is in the currency's smallest unit.
 */
export const GLOSSARY: Readonly<Record<string, string>> = {
  // Ids.
  productId: "A product's id.",
  optionId: 'The id of an option of the product.',
  'OrderDraftLine.optionId': 'The option; may be left out where the product has one.',
  'StockChange.optionId': 'The option; may be left out where the product has one.',
  '?optionId': 'The option; may be left out where the cart has one of the product.',
  orderId: "An order's id.",
  userId: "The user's id.",
  'OrderDraft.userId': "Who orders; the caller by default. Another's id is for admins.",
  'Charging.userId': "Whose balance it is; the caller's by default. Another's id is for admins.",
  '?userId': "Whose are read; the caller's by default. Another's id is for admins.",
  couponId: "A coupon's (a campaign's) id.",
  userCouponId: 'The id of a coupon as it was issued to one user.',
  chargeId: "A charge's id.",
  transactionId: "The id of a row of the wallet's ledger.",
  deadLetterId: "The dead letter's id.",
  entryId: 'The id of an entry of the log.',
  service: 'The service of the shop that is meant.',

  // Problems (RFC 9457).
  code: 'What happened, for programs: one of the codes of this document. It never changes its meaning.',
  title: 'What happened, for people: the same text for the same code.',
  detail: 'What happened this time, for people.',
  errors: 'Each field that is not as it must be, and why.',
  shortages: 'Each line that stock does not cover, all of them at once.',
  failureFacts: 'What a failure is about, in fields: as in the problem of the order.',
  eligibility:
    'What a coupon demands of the account that it is issued to; what is left out is not asked for.',
  details: 'Each thing that is needed by its name, with `status` and, where it is not `up`, what is missing.',
  path: 'Where the field is: names and indexes, joined by dots.',
  message: 'What is wrong with it.',

  // Accounts.
  email: 'An e-mail address; read without spaces around it and in lower case.',
  password: 'The password, 8 to 128 characters where one is chosen.',
  'Credentials.password': 'The password of the account.',
  role: 'What the account may do.',
  accessToken: 'Goes into the `Authorization` header as `Bearer <token>`.',
  tokenType: 'How the access token is used (RFC 6750).',
  expiresIn: 'Seconds for which the access token is good.',
  refreshToken: 'Gets the next pair of tokens, once.',
  keys: 'The public keys with which access tokens are verified.',
  kty: 'The type of the key (RFC 7517).',
  kid: "The key's id, which a token's header names.",
  alg: 'The algorithm of the signatures (RFC 7518).',

  // Balance.
  amount: 'How much, in the smallest unit.',
  'Charging.amount':
    'How much to pay in, in the smallest unit; at most what the shop allows for one charge (100,000,000,000 by default).',
  'WalletTransaction.amount': 'The change of the balance in the smallest unit: below 0 for a payment.',
  currentBalance: 'What the wallet holds, in the smallest unit.',
  balanceBefore: 'What the wallet held before, in the smallest unit.',
  balanceAfter: 'What the wallet held from then on, in the smallest unit.',
  transactionType:
    '`CHARGE` is money paid in, `PAYMENT` an order paid, `REFUND` money of an order given back.',
  paymentMethod:
    "The payment provider's token for a way to pay; the provider's usual one where it is left out.",
  createdAt: 'When it was made.',
  updatedAt: 'When it was last changed.',
  'Charge.status': '`PENDING` until it is known whether the payment was taken.',
  'SucceededCharge.status': 'The payment was taken and credited.',
  'PendingCharge.status': 'It is not known yet whether the payment was taken.',
  'WalletTransaction.orderId':
    'The order that was paid or whose money was given back; not there for a charge.',

  // Products and carts.
  name: 'What it is called.',
  'Account.name': "The user's display name.",
  'Registration.name': "The user's display name.",
  'AuditCheck.name': 'What the check is called.',
  price: 'The price of one unit, in the smallest unit of the currency.',
  'ProductDraft.price': 'The price of one unit without what an option adds, in the smallest unit.',
  'ProductChange.price': 'The price of one unit without what an option adds, in the smallest unit.',
  'ProductOption.price': 'The price of one unit of this option, all of it, in the smallest unit.',
  additionalPrice: "What the option costs on top of the product's price, in the smallest unit; 0 by default.",
  stock: 'Units that are left at this moment.',
  'Product.stock': 'Units that are left at this moment, of all options together.',
  'ProductDraft.stock': 'Units at the start, 0 by default; only without `options`.',
  'ProductOptionDraft.stock': 'Units of the option at the start.',
  'Product.status': '`SUSPENDED` is not sold, and in no list.',
  'ProductChange.status': '`SUSPENDED` takes the product off sale, `SELLABLE` puts it back.',
  'Product.updatedAt': 'When name, price or status were last changed; stock does not count.',
  options: 'The options to choose from; a product has at least one.',
  'ProductDraft.options':
    'The options to choose from, each with a name of its own; without them there is one, with `stock`.',
  quantity: 'How many units.',
  'StockChange.quantity': 'Units to add; below 0 to take away, and never 0.',
  totalSales: 'Units sold in the days asked for; cancelled orders do not count.',
  orderable: 'Whether the product is on sale and stock covers the quantity.',
  'Cart.items': 'The lines of the cart, in the order in which they were first put in.',
  'Cart.totalPrice': 'The sum over the lines, in the smallest unit.',
  requested: 'Units that were asked for.',
  available: 'Units that there are.',

  // Coupons.
  discountType: '`FIXED` takes off an amount, `PERCENT` a part of the subtotal, rounded down.',
  discountValue: 'What is taken off: in the smallest unit for `FIXED`, 1 to 100 for `PERCENT`.',
  maxDiscount: 'The most that a `PERCENT` coupon takes off, in the smallest unit; none by default.',
  minOrderAmount: 'The smallest subtotal that it can be used on, in the smallest unit; any by default.',
  totalQuantity: 'How many can be issued.',
  issuedQuantity: 'How many have been issued.',
  remainingQuantity: 'How many can still be issued.',
  issueStartsAt: 'Not issued before this moment; at once where it is not there.',
  issueEndsAt: 'Not issued from this moment on; never ends where it is not there.',
  'CouponDraft.issueEndsAt': 'Not issued from this moment on, which is to come and after `issueStartsAt`.',
  validDays: 'Days from its issue until a coupon of a user expires; without it, it never does.',
  'Coupon.status': '`SUSPENDED` stops the issue; what users hold stays usable.',
  'CouponChange.status':
    '`SUSPENDED` stops the issue, `ISSUABLE` lets it go on; what users hold stays usable.',
  'UserCoupon.status': '`ISSUED` can be used, `USED` was, `EXPIRED` cannot be any more.',
  sequence: "The user's place among those who got one: 1 to the coupon's `totalQuantity`.",
  issuedAt: 'When the user got it.',
  expiresAt: 'When it expires; null for never.',
  usedAt: 'When it was used.',
  'UserCoupon.orderId': 'The order that it was used for.',

  // Orders.
  items: 'The lines of the order.',
  'OrderDraft.items': 'What to order; lines of one option are summed first. Either this or `fromCart`.',
  fromCart: 'Orders all that is in the cart. Either this or `items`.',
  'OrderDraft.userCouponId': 'A coupon of the user to take off; none by default.',
  expectedTotal:
    'What the order is to cost, in the smallest unit: fails with `PRICE_CHANGED` if it does not.',
  orderStatus: '`PENDING` until everything is done (`SUCCESS`) or undone (`FAILED`, `CANCELLED`).',
  'OrderHistoryEntry.orderStatus': 'The status of the order from then on.',
  subtotal: 'The sum over the lines before the discount, in the smallest unit; once stock was reserved.',
  discount: 'What the coupon takes off, in the smallest unit; once stock was reserved.',
  totalPrice: 'What was paid, or is to be: `subtotal` less `discount`, in the smallest unit.',
  orderDate: 'When the order was placed.',
  completedAt: 'When the order succeeded.',
  cancelledAt: 'When everything of the order had been given back.',
  failureCode: 'Why the order failed, for programs.',
  failureDetail: 'Why it failed, for people.',
  history: 'Every step taken and undone, oldest first.',
  step: 'The step of the order that was taken or undone; not there where the status alone changed.',
  reason: 'Why.',
  changedBy: 'Who changed it: `customer`, `admin`, or the service that took the step.',
  changedAt: 'When.',

  // The audit.
  isSound: 'Whether everything that was to be compared was, and agrees.',
  checkedAt: 'When the books were looked at.',
  ordersBefore: 'Orders from this moment on are not compared between services yet.',
  tookMs: 'How long the audit took, in milliseconds.',
  checks: 'Each thing that must hold, and whether it does.',
  'AuditReport.unanswered': 'Services that did not answer, and why.',
  'AuditCheck.unanswered': 'Services that did not answer; while there is one, the check is not sound.',
  about: 'What must hold, in a sentence.',
  findings: 'How many things are wrong.',
  examples: 'Some of what is wrong.',
  seen: 'What each service said.',
  key: 'The id of the order, user, option or coupon that is wrong.',
  problem: 'What is wrong with it.',
  what: 'What was counted.',
  rows: 'How many rows were counted.',
  sums: 'Sums by name, in decimal digits.',
  differences: 'Ranges of rows whose kept sums differ from what was counted.',
  source: 'The table that is counted.',
  book: 'The sum that differs.',
  after: 'The range begins after this id.',
  upTo: 'The range ends with this id.',
  'AuditProof.next': 'Where the count goes on; not there once all of it was counted.',

  // Dead letters, sagas and what operators send again.
  queue: 'The queue that it came from, and to which it is sent again.',
  type: "The message's type.",
  messageId: "The message's own id.",
  state: '`WAITING` for people, `SENT_AGAIN` or `DROPPED`.',
  'StuckSaga.state': 'What the saga is at.',
  settledReason: 'Why it was dropped.',
  parkedAt: 'When it was put aside.',
  parkedUntil: 'Only what was put aside up to this moment is meant; all that waits now by default.',
  body: 'The beginning of its body, all of it where it is short.',
  bodyEncoding: 'How `body` is written: as text, or as Base64 where it is no text.',
  bodyBytes: 'How long the whole body is, in bytes.',
  sent: 'How many were sent again.',
  left: 'How many still wait; ask again with the `parkedUntil` of this answer.',
  unsendable: 'How many of those that wait are never sent again, since nobody waits for their answer.',
  olderThanSeconds: 'How long they have been without progress at least, in seconds.',
  sentAt: 'When it last sent something.',
  deadlineAt: 'When the order is given up.',
  since: 'Orders that changed from this moment on.',
  'StuckSaga.since': 'When it last made progress.',
  until: 'Orders that changed up to this moment; now by default.',
  lookAgainAt: 'When it is sent again by itself, or given up.',
  nudgedAt: 'When an admin last had it send again.',
  nudgedBy: 'The admin who did.',
  nudged: 'How many were sent again.',
  next: 'The cursor with which it goes on; not there at the end.',
  command: 'The command that was refused.',
  'RefusedRedrive.failureCode': 'What the command was refused with.',

  // Lists.
  cursor:
    "Where the list goes on, from the `next` of the last page's `Link` header; the first page without it.",
  limit: 'How many to answer with at most.',
  days: 'Over the last so many times 24 hours.',
  'listMyCoupons?status': 'Which of them: `ISSUED` can be used now, `ALL` are all.',
  'proveAudit?after':
    'Counts on after this id, only together with `source`; from the first row on without it.',
  'proveAudit?source': 'The table to go on with, only together with `after`; the first without it.',

  // Health.
  status: 'How it is.',
  'Liveness.status': 'The process runs.',
  info: 'What is there.',
  error: 'What is missing.',
  'Readiness.status': '`ok` when nothing is missing.',
  openapi: 'The version of OpenAPI.',
  paths: 'The operations, by path and method.',
};

/** The problem's fields have their words from RFC 9457. */
const PROBLEM_FIELDS: Readonly<Record<string, string>> = {
  type: 'A URN of the code (RFC 9457).',
  status: "The answer's HTTP status.",
  orderId: 'The order that failed, where there is one.',
};

/** Finds a field's meaning, for use where its schema does not give it. */
export function meaningOf(schema: string | undefined, field: string): string | undefined {
  if (schema?.endsWith('Problem') === true && field in PROBLEM_FIELDS) return PROBLEM_FIELDS[field];
  return GLOSSARY[`${schema ?? ''}.${field}`] ?? GLOSSARY[field];
}
