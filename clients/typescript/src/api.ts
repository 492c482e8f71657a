// Printed from docs/openapi.json by `npm run docs`; not to be changed by hand.

export interface Account {
  /** The user's id. */
  userId: Id;
  /** An e-mail address; read without spaces around it and in lower case. */
  email: string;
  /** The user's display name. */
  name: string;
  /** What the account may do. */
  role: 'customer' | 'viewer' | 'operator' | 'admin';
}

/** Give `name`, `email` or both; for another e-mail the password is needed. */
export interface AccountChange {
  /** The user's display name. */
  name?: string;
  /** An e-mail address; read without spaces around it and in lower case. */
  email?: string;
  /** The password that the account has now. */
  currentPassword?: string;
}

export interface AccountDeletion {
  /** The password that the account has now. */
  currentPassword: string;
}

export interface Adjustment {
  /** A change in the currency's smallest unit. */
  amount: SignedMoney;
  /** Why, for the user and for whoever reads the ledger later. */
  reason: string;
}

/** Something that an admin did or tried. New actions and fields may come. */
export interface AdminLogEntry {
  /** The id of an entry of the log. */
  entryId: Id;
  /** When it was begun. */
  at: Instant;
  /** When it was answered; absent while it is in work, or where that was lost. */
  endedAt?: Instant;
  /** Who did it. */
  actorId: Id;
  /** The role in which they did it. */
  actorRole: string;
  /** The API key by which they did it; absent where they were logged in. */
  keyId?: Id;
  /** The `operationId` of what was called. */
  action: string;
  /** What kind of thing the target is, as `product`. */
  targetType?: string;
  /** The id of what it was done to, or the name of a service. */
  target?: string;
  /** The user in whose name or to whom it was done. */
  userId?: Id;
  /** What was asked for: body and query, without secrets; `omittedBytes` of too much. */
  asked?: Record<string, unknown>;
  /** What it changed, as it was; absent where that is not known. */
  before?: Record<string, unknown>;
  /** What was answered, without secrets; `omittedBytes` of too much. */
  after?: Record<string, unknown>;
  /** `REFUSED` changed nothing; `UNKNOWN` may have had its effect, or is still in work. */
  result: 'DONE' | 'REFUSED' | 'UNKNOWN';
  /** The status of the answer. */
  status?: number;
  /** The code of a problem. */
  code?: string;
  /** The id of the request, the same in every log line about it. */
  requestId: string;
  /** The network address that it came from. */
  network: string;
}

/** A key of a program. */
export interface ApiKey {
  /** The id of an API key. */
  keyId: Id;
  /** What the key is called. */
  name: string;
  /** What it may do, and never more than who made it. */
  role: 'customer' | 'viewer' | 'operator' | 'admin';
  /** Who made it, and in whose name it acts. */
  makerId: Id;
  /** When it was made. */
  createdAt: Instant;
  /** When it is good no more; absent where it has no end. */
  expiresAt?: Instant;
}

export interface ApiKeyDraft {
  /** What the key is to be called: the program, say. */
  name: string;
  /** What it may do, and never more than who makes it. */
  role: 'viewer' | 'operator' | 'admin';
  /** When it is to be good no more; it has no end where this is left out. */
  expiresAt?: GivenInstant;
}

/** One thing that must hold. Where services are `unanswered` it is unknown: not sound, and without findings. */
export interface AuditCheck {
  /** What the check is called. */
  name: string;
  /** What must hold, in a sentence. */
  about: string;
  /** Whether everything that was to be compared was, and agrees. */
  isSound: boolean;
  /** How many things are wrong. */
  findings: number;
  /** Some of what is wrong. */
  examples: AuditExample[];
  /** What each service said. */
  seen: AuditSeen[];
  /** Services that did not answer; while there is one, the check is not sound. */
  unanswered: ('wallet' | 'catalog' | 'coupon' | 'order' | 'ranking')[];
  /** What could not be looked at; absent where all was. */
  notCompared?: NotCompared;
}

/** What is wrong, by the id of an order, user, option or coupon. */
export interface AuditExample {
  /** The id of the order, user, option or coupon that is wrong. */
  key: string;
  /** What is wrong with it. */
  problem: string;
}

/** What an audit found, in short. */
export interface AuditInShort {
  /** The id of the audit. */
  auditId: Id;
  /** `UNKNOWN` where somebody did not answer and nothing is known to be wrong; never sound then. */
  state: 'SOUND' | 'UNSOUND' | 'UNKNOWN';
  /** Whether everything that was to be compared was, and agrees. */
  isSound: boolean;
  /** When the books were looked at. */
  checkedAt: Instant;
  /** How long the audit took, in milliseconds. */
  tookMs: number;
  /** How many things are wrong. */
  findings: number;
  /** How many checks could not be made. */
  unknown: number;
  /** Services that did not answer. */
  unanswered: ('wallet' | 'catalog' | 'coupon' | 'order' | 'ranking')[];
}

export interface AuditProof {
  /** How many rows were counted. */
  rows: number;
  /** Ranges of rows whose kept sums differ from what was counted. */
  differences: {
    /** The table that is counted. */
    source: string;
    /** The sum that differs. */
    book: string;
    /** The range begins after this id. */
    after: Id;
    /** The range ends with this id. */
    upTo: Id;
  }[];
  /** Where the count goes on; not there once all of it was counted. */
  next?: {
    /** The table that is counted. */
    source: string;
    /** The range begins after this id. */
    after: Id;
  };
}

/** Whether the books of all services are sound: every check was made, and none has findings. Orders placed from `ordersBefore` on are not compared between services yet. */
export interface AuditReport {
  /** Whether everything that was to be compared was, and agrees. */
  isSound: boolean;
  /** When the books were looked at. */
  checkedAt: Instant;
  /** Orders from this moment on are not compared between services yet. */
  ordersBefore: Instant;
  /** How long the audit took, in milliseconds. */
  tookMs: number;
  /** Each thing that must hold, and whether it does. */
  checks: AuditCheck[];
  /** Services that did not answer, and why. */
  unanswered: ServiceAway[];
}

/** What was seen in one place. Sums are in decimal digits: a number may not hold them exactly. */
export interface AuditSeen {
  /** The service of the shop that is meant. */
  service: 'wallet' | 'catalog' | 'coupon' | 'order' | 'ranking';
  /** What was counted. */
  what: string;
  /** How many rows were counted. */
  rows: number;
  /** Sums by name, in decimal digits. */
  sums: Record<string, string>;
}

export interface Balance {
  /** The user's id. */
  userId: Id;
  /** What the wallet holds, in the smallest unit. */
  currentBalance: Money;
}

export interface CancelledOrder {
  /** An order's id. */
  orderId: Id;
  /** The user's id. */
  userId: Id;
  /** `PENDING` until everything is done (`SUCCESS`) or undone (`FAILED`, `CANCELLED`). */
  orderStatus: 'PENDING' | 'SUCCESS' | 'FAILED' | 'CANCELLED';
  /** The sum over the lines before the discount, in the smallest unit; once stock was reserved. */
  subtotal?: Money;
  /** What the coupon takes off, in the smallest unit; once stock was reserved. */
  discount?: Money;
  /** What was paid, or is to be: `subtotal` less `discount`, in the smallest unit. */
  totalPrice?: Money;
  /** The id of a coupon as it was issued to one user. */
  userCouponId?: Id;
  /** The lines of the order. */
  items: OrderItem[];
  /** When the order was placed. */
  orderDate: Instant;
  /** When the order succeeded. */
  completedAt?: Instant;
  /** When everything of the order had been given back. */
  cancelledAt?: Instant;
  /** When it was last changed. */
  updatedAt?: Instant;
  /** Why the order failed, for programs. */
  failureCode?: 'PRODUCT_NOT_FOUND' | 'OPTION_NOT_FOUND' | 'OPTION_REQUIRED' | 'PRODUCT_NOT_SELLABLE' | 'OUT_OF_STOCK' | 'VALIDATION_FAILED' | 'COUPON_NOT_USABLE' | 'PRICE_CHANGED' | 'INSUFFICIENT_BALANCE' | 'ORDER_TIMED_OUT';
  /** Why it failed, for people. */
  failureDetail?: string;
  /** Each line that stock does not cover, all of them at once. */
  shortages?: Shortage[];
  /** What a failure is about, in fields: as in the problem of the order. */
  failureFacts?: FailureFacts;
  /** What a cancellation would give back; in the answer to a `dryRun` alone. */
  givesBack?: {
    /** Money that goes back to the balance, in the smallest unit. */
    amount: Money;
    /** The coupon that can be used again. */
    userCouponId?: Id;
    /** The lines whose stock goes back. */
    items: OrderItem[];
  };
}

/** `totalPrice` is of the lines that are orderable. */
export interface Cart {
  /** The lines of the cart, in the order in which they were first put in. */
  items: CartItem[];
  /** The sum over the lines, in the smallest unit. */
  totalPrice: Money;
}

/** A line of a cart at the name, price and stock of the moment; `orderable` is what stock covers. */
export interface CartItem {
  /** A product's id. */
  productId: Id;
  /** The id of an option of the product. */
  optionId: Id;
  /** How many units. */
  quantity: number;
  /** What it is called. */
  name: string;
  /** The price of one unit, in the smallest unit of the currency. */
  price: Money;
  /** Units that are left at this moment. */
  stock: number;
  /** Whether the product is on sale and stock covers the quantity. */
  orderable: boolean;
}

export interface CartItemDraft {
  /** A product's id. */
  productId: Id;
  /** The option; may be left out where the product has one. */
  optionId?: Id;
  /** How many units are to be in the cart; 0 takes the line out. */
  quantity: number;
}

export interface Charge {
  /** A charge's id. */
  chargeId: Id;
  /** How much, in the smallest unit. */
  amount: Money;
  /** `PENDING` until it is known whether the payment was taken. */
  status: 'PENDING' | 'SUCCEEDED' | 'DECLINED';
  /** When it was made. */
  createdAt: Instant;
  /** Who had it made, where that was not its user. */
  actorId?: Id;
}

export interface Charging {
  /** Whose balance it is; the caller's by default. Another's id is for admins. */
  userId?: Id;
  /** An amount in the currency's smallest unit. */
  amount: Money;
  /** The payment provider's token for a way to pay; the provider's usual one where it is left out. */
  paymentMethod?: PaymentMethod;
}

export type Checks = Record<string, {
  /** How it is. */
  status: 'up' | 'down' | 'degraded';
}>;

/** A link that logs in to the console, once. */
export interface ConsoleLink {
  /** For `POST /auth/console/sessions`, once. */
  loginToken: string;
  /** When it is good no more. */
  expiresAt: Instant;
  /** The page of the console, behind the address of the shop, that logs in with it. */
  path: string;
}

/** Give `email` and `password`, or `loginToken`. */
export interface ConsoleLogin {
  /** An e-mail address; read without spaces around it and in lower case. */
  email?: string;
  /** The password of the account. */
  password?: string;
  /** A link's token, that of `POST /auth/console/links`. */
  loginToken?: string;
}

/** An access token, good for `expiresIn` seconds; what gets the next one is in the cookie. */
export interface ConsoleSession {
  /** Goes into the `Authorization` header as `Bearer <token>`. */
  accessToken: string;
  /** How the access token is used (RFC 6750). */
  tokenType: 'Bearer';
  /** Seconds for which the access token is good. */
  expiresIn: number;
}

export interface Coupon {
  /** What it is called. */
  name: string;
  /** `FIXED` takes off an amount, `PERCENT` a part of the subtotal, rounded down. */
  discountType: 'FIXED' | 'PERCENT';
  /** What is taken off: in the smallest unit for `FIXED`, 1 to 100 for `PERCENT`. */
  discountValue: Money;
  /** The most that a `PERCENT` coupon takes off, in the smallest unit; none by default. */
  maxDiscount?: Money;
  /** The smallest subtotal that it can be used on, in the smallest unit; any by default. */
  minOrderAmount?: Money;
  /** How many can be issued. */
  totalQuantity: number;
  /** Not issued before this moment; at once where it is not there. */
  issueStartsAt?: Instant;
  /** Not issued from this moment on; never ends where it is not there. */
  issueEndsAt?: Instant;
  /** Days from its issue until a coupon of a user expires; without it, it never does. */
  validDays?: number;
  /** None of it can be used from this moment on, whenever it was issued. */
  usableUntil?: Instant;
  /** What a coupon demands of the account that it is issued to; what is left out is not asked for. */
  eligibility?: CouponEligibility;
  /** A coupon's (a campaign's) id. */
  couponId: Id;
  /** How many have been issued. */
  issuedQuantity: number;
  /** How many can still be issued. */
  remainingQuantity: number;
  /** `SUSPENDED` stops the issue; what users hold stays usable. */
  status: 'ISSUABLE' | 'SUSPENDED';
  /** Counts the changes of anything but what was issued; `ETag` and `If-Match` have it too. */
  version?: number;
}

/** What is left out stays as it is; something must change. */
export interface CouponChange {
  /** `SUSPENDED` stops the issue, `ISSUABLE` lets it go on; what users hold stays usable. */
  status?: 'ISSUABLE' | 'SUSPENDED';
  /** What it is called. */
  name?: string;
  /** How many can be issued; no fewer than were issued. */
  totalQuantity?: number;
  /** Not issued before this moment; `null` for at once. */
  issueStartsAt?: GivenInstant | null;
  /** Not issued from this moment on; `null` for never. */
  issueEndsAt?: GivenInstant | null;
  /** Days from its issue until a coupon of a user expires, for those that are issued from now on; `null` for never. */
  validDays?: number | null;
  /** None of it can be used from this moment on, those that are issued already either; `null` for no such moment. */
  usableUntil?: GivenInstant | null;
}

/** A percentage is at most 100, `maxDiscount` is for percentages alone, and the issue ends after it starts. */
export interface CouponDraft {
  /** What it is called. */
  name: string;
  /** `FIXED` takes off an amount, `PERCENT` a part of the subtotal, rounded down. */
  discountType: 'FIXED' | 'PERCENT';
  /** What is taken off: in the smallest unit for `FIXED`, 1 to 100 for `PERCENT`. */
  discountValue: Money;
  /** The most that a `PERCENT` coupon takes off, in the smallest unit; none by default. */
  maxDiscount?: Money;
  /** The smallest subtotal that it can be used on, in the smallest unit; any by default. */
  minOrderAmount?: Money;
  /** How many can be issued. */
  totalQuantity: number;
  /** Not issued before this moment; at once where it is not there. */
  issueStartsAt?: GivenInstant;
  /** Not issued from this moment on, which is to come and after `issueStartsAt`. */
  issueEndsAt?: GivenInstant;
  /** Days from its issue until a coupon of a user expires; without it, it never does. */
  validDays?: number;
  /** None of it can be used from this moment on; without it, as long as `validDays` say. */
  usableUntil?: GivenInstant;
  /** What a coupon demands of the account that it is issued to; what is left out is not asked for. */
  eligibility?: CouponEligibilityDraft;
}

export interface CouponEligibility {
  /** For how many minutes the account must have been there. */
  accountAgeMinutes?: number;
  /** Whether the wallet must have been charged, be it once. */
  chargedWallet?: boolean;
}

export interface CouponEligibilityDraft {
  /** For how many minutes the account must have been there. */
  accountAgeMinutes?: number;
  /** Whether the wallet must have been charged, be it once. */
  chargedWallet?: boolean;
}

export interface CouponGift {
  /** The user who is to get it. */
  userId: Id;
}

/** A place of a coupon, and who has it. */
export interface CouponIssue {
  /** The id of a coupon as it was issued to one user. */
  userCouponId: Id;
  /** The user's id. */
  userId: Id;
  /** The user's place among those who got one: 1 to the coupon's `totalQuantity`. */
  sequence: number;
  /** `ISSUED` can be used, `USED` was, `EXPIRED` cannot be any more. */
  status: 'ISSUED' | 'USED' | 'EXPIRED';
  /** When the user got it. */
  issuedAt: Instant;
  /** When it expires; null for never. */
  expiresAt: Instant | null;
  /** When it was used. */
  usedAt?: Instant;
  /** The order that uses it. */
  orderId?: Id;
  /** Who had it issued: its user, or who gave it. */
  actorId?: Id;
  /** When it was taken back from its user. */
  takenBackAt?: Instant;
  /** Who took it back. */
  takenBackBy?: Id;
}

/** How far the issue of a coupon has come. */
export interface CouponNow {
  /** A coupon's (a campaign's) id. */
  couponId: Id;
  /** How it is. */
  status: 'ISSUABLE' | 'SUSPENDED';
  /** Not issued before this moment; at once where it is not there. */
  issueStartsAt?: Instant;
  /** Not issued from this moment on; never ends where it is not there. */
  issueEndsAt?: Instant;
  /** How many can be issued. */
  totalQuantity: number;
  /** How many have been issued. */
  issuedQuantity: number;
  /** How those who asked for one were answered. A repeat under its `Idempotency-Key` counts once. */
  answers: {
    /** Those who got one by asking for it. */
    issued: number;
    /** Those who came when nothing was left. */
    soldOut: number;
    /** Those who had one already. */
    alreadyIssued: number;
    /** Those who came too early or too late, or while its issue was suspended. */
    notIssuable: number;
    /** Those whose accounts do not meet what it demands. */
    notEligible: number;
  };
  /** When it was read, by the clock that the coupon's times are of. */
  at: Instant;
  /** How many can still be issued. */
  remainingQuantity: number;
  /** How long the answers of this gateway took in the last ten seconds; absent where there were none. */
  latency?: {
    /** How many answers were timed. */
    answers: number;
    /** Half of them took no longer, in milliseconds. */
    p50Ms: number;
    /** Nineteen in twenty took no longer, in milliseconds. */
    p95Ms: number;
  };
}

/** How the places of a coupon were issued, all of one moment, and nothing of who holds them. */
export interface CouponPlaces {
  /** A coupon's (a campaign's) id. */
  couponId: Id;
  /** When it was read, by the clock that the coupon's times are of. */
  at: Instant;
  /** How many can be issued. */
  totalQuantity: number;
  /** How many have been issued, as the coupon counts them. */
  issuedQuantity: number;
  /** The highest place that somebody holds; 0 where nobody holds one. */
  highestPlace: number;
  /** The places from 1 to this one were gone through: to the highest, at most 10000. */
  checkedTo: number;
  /** Different places among those that are held: as many, where there is no gap. */
  heldPlaces: number;
  /** Different users who hold those: as many, where each has one. */
  customers: number;
  /** When the first one was issued; absent before. */
  firstIssuedAt?: Instant;
  /** The 20 highest places, the highest first. */
  latest: IssuedPlace[];
}

/** A key that was made just now. */
export interface CreatedApiKey {
  /** The id of an API key. */
  keyId: Id;
  /** What the key is called. */
  name: string;
  /** What it may do, and never more than who made it. */
  role: 'customer' | 'viewer' | 'operator' | 'admin';
  /** Who made it, and in whose name it acts. */
  makerId: Id;
  /** When it was made. */
  createdAt: Instant;
  /** When it is good no more; absent where it has no end. */
  expiresAt?: Instant;
  /** The key itself, which is not shown again. */
  key: string;
}

/** A webhook with a secret that was made just now. */
export interface CreatedWebhook {
  /** The id of a webhook. */
  webhookId: Id;
  /** What the webhook is called. */
  name: string;
  /** Where records are sent. */
  url: string;
  /** Types of the records that it is told. */
  types: ('order.completed' | 'order.cancelled')[];
  /** `ACTIVE` is told of orders; the others are not until they are `ACTIVE` again, and then of all. */
  status: 'ACTIVE' | 'PAUSED' | 'DISABLED';
  /** Why it is not `ACTIVE`: somebody here wished so, it has failed for five days, it has answered 410, or the next records were deleted before it was told. */
  statusReason?: 'REQUESTED' | 'FAILING' | 'GONE' | 'RECORDS_DELETED';
  /** The number of the record that it is told next, or that is looked at next. */
  next: number;
  /** When that record happened, or since when the webhook waits for its turn; absent where it was told all. */
  owedSince?: Instant;
  /** How often in a row it did not confirm. */
  failures: number;
  /** Since when; absent where the last try succeeded. */
  failingSince?: Instant;
  /** When it is tried again; absent where it does not fail. */
  nextTryAt?: Instant;
  /** Until when the secret before this one signs as well; absent where none does. */
  previousSecretUntil?: Instant;
  /** When it was made. */
  createdAt: Instant;
  /** When it was last changed. */
  updatedAt: Instant;
  /** Signs what is sent to it (Standard Webhooks); it is not shown again. */
  secret: string;
}

export interface Credentials {
  /** An e-mail address; read without spaces around it and in lower case. */
  email: string;
  /** The password of the account. */
  password: string;
}

/** Where a list goes on: opaque, from the `next` of its Link header. */
export type Cursor = string;

export interface DeadLetter {
  /** The dead letter's id. */
  deadLetterId: Id;
  /** The service of the shop that is meant. */
  service: 'wallet' | 'catalog' | 'coupon' | 'order' | 'ranking';
  /** Where it came from, and where it is sent again. */
  queue: string;
  /** The message's type. */
  type: string;
  /** The message's own id. */
  messageId?: string;
  /** Of a command or its reply: the order. */
  correlationId?: string;
  /** Why. */
  reason: string;
  /** When it was put aside. */
  parkedAt: Instant;
  /** False for a request: nobody waits for it, and it is not sent again. */
  sendable: boolean;
  /** The dead letter that it was before it was sent again. */
  earlierId?: Id;
  /** `WAITING` for people, `SENT_AGAIN` or `DROPPED`. */
  state: DeadLetterState;
  /** When it was sent again or dropped. */
  settledAt?: Instant;
  /** The admin's id, or `system`. */
  settledBy?: string;
  /** Why it was dropped. */
  settledReason?: string;
}

/** Messages of one service with one type and reason that wait, or that alert nobody. */
export interface DeadLetterGroup {
  /** What somebody wrote down about them. */
  note?: string;
  /** Whether they alert nobody while they wait. */
  isMuted: boolean;
  /** The service of the shop that is meant. */
  service: 'wallet' | 'catalog' | 'coupon' | 'order' | 'ranking';
  /** The type of the messages. */
  type: string;
  /** Why they were put aside. */
  reason: string;
  /** How many of them wait; from 10,000 on, at least so many. */
  count: number;
  /** When the first of them was put aside. */
  first?: Instant;
  /** When the last of them was put aside. */
  last?: Instant;
  /** Who wrote the note or muted them last. */
  changedBy?: Id;
  /** When that was. */
  changedAt?: Instant;
}

/** What is left out stays as it is. */
export interface DeadLetterGroupChange {
  /** The type of the messages. */
  type: string;
  /** Why they were put aside. */
  reason: string;
  /** What to write down about them; `null` takes it away. */
  note?: string | null;
  /** Whether they alert nobody while they wait. */
  isMuted?: boolean;
}

export type DeadLetterState = 'WAITING' | 'SENT_AGAIN' | 'DROPPED';

export interface DeadLetterWithBody {
  /** The dead letter's id. */
  deadLetterId: Id;
  /** The service of the shop that is meant. */
  service: 'wallet' | 'catalog' | 'coupon' | 'order' | 'ranking';
  /** Where it came from, and where it is sent again. */
  queue: string;
  /** The message's type. */
  type: string;
  /** The message's own id. */
  messageId?: string;
  /** Of a command or its reply: the order. */
  correlationId?: string;
  /** Why. */
  reason: string;
  /** When it was put aside. */
  parkedAt: Instant;
  /** False for a request: nobody waits for it, and it is not sent again. */
  sendable: boolean;
  /** The dead letter that it was before it was sent again. */
  earlierId?: Id;
  /** `WAITING` for people, `SENT_AGAIN` or `DROPPED`. */
  state: DeadLetterState;
  /** When it was sent again or dropped. */
  settledAt?: Instant;
  /** The admin's id, or `system`. */
  settledBy?: string;
  /** Why it was dropped. */
  settledReason?: string;
  /** What happened this time, for people. */
  detail: string;
  /** AMQP properties and headers, as it had them. */
  properties: Record<string, unknown>;
  /** Its beginning, where it is long. */
  body: string;
  /** How `body` is written: as text, or as Base64 where it is no text. */
  bodyEncoding: 'utf8' | 'base64';
  /** How long the whole body is, in bytes. */
  bodyBytes: number;
}

/** All to which everything that is said applies; `{}` is all that wait. */
export interface DeadLettersToSend {
  /** The queue that it came from, and to which it is sent again. */
  queue?: string;
  /** The message's type. */
  type?: string;
  /** Why. */
  reason?: string;
  /** Only what was put aside up to this moment is meant; all that waits now by default. */
  parkedUntil?: GivenInstant;
}

export interface Drop {
  /** Why. */
  reason: string;
}

export type EmptyBody = Record<string, never>;

/** What this is, and the paths at which to go on. */
export interface Entry {
  /** What this is called. */
  name: string;
  /** What this is. */
  description: string;
  /** Where people read about the API and try it out. */
  documentation: string;
  /** Where programs read about the API. */
  openapi: string;
  /** Where the list of what is sold is. */
  products: string;
  /** What balancers ask. */
  health: {
    /** Where it tells that it runs. */
    live: string;
    /** Where it tells whether it can do its work. */
    ready: string;
  };
}

/** What else is known of a failure: what was wrong with the order, or which product it is about. */
export interface FailureFacts {
  /** Each field that is not as it must be, and why. */
  errors?: FieldError[];
  /** A product's id. */
  productId?: Id;
  /** The id of an option of the product. */
  optionId?: Id;
}

export interface FieldError {
  /** Where the field is: names and indexes, joined by dots. */
  path: string;
  /** What is wrong with it. */
  message: string;
}

/** Something that a pasted text names. New kinds may come. */
export interface FoundThing {
  /** What kind of thing it is. */
  kind: 'order' | 'user' | 'product' | 'option' | 'coupon' | 'userCoupon' | 'charge' | 'deadLetter' | 'logEntry' | 'audit' | 'operation';
  /** Its id. */
  id: Id;
  /** What it is, in words that its owner keeps: names, amounts, states. */
  title: string;
  /** Where it is read: a path of this API. */
  href: string;
}

/** RFC 3339, in UTC (`Z`) or with an offset (`+09:00`, `+0900`), whose `+` is `%2B` in a query. Answers have it in UTC. In UTC it is of the years 0001 to 9999, with at most 9 digits after the point. */
export type GivenInstant = string;

/** An access token, good for `expiresIn` seconds, and the refresh token that gets the next one. */
export interface Granted {
  /** Goes into the `Authorization` header as `Bearer <token>`. */
  accessToken: string;
  /** How the access token is used (RFC 6750). */
  tokenType: 'Bearer';
  /** Seconds for which the access token is good. */
  expiresIn: number;
  /** Gets the next pair of tokens, once. */
  refreshToken: string;
}

/** A UUID (RFC 9562); those made here are of version 7. */
export type Id = string;

/** ISO 8601, in UTC: it ends in `Z`. Of the year 0001 or later, with at most 9 digits after the point. */
export type Instant = string;

/** A place of a coupon, and when it was issued. */
export interface IssuedPlace {
  /** The place: first come first served, in the order in which those who asked were answered. */
  sequence: number;
  /** When it was issued. */
  issuedAt: Instant;
}

/** A JSON Web Key Set (RFC 7517). */
export interface KeySet {
  /** The public keys with which access tokens are verified. */
  keys: {
    /** The type of the key (RFC 7517). */
    kty: string;
    /** The key's id, which a token's header names. */
    kid: string;
    /** The algorithm of the signatures (RFC 7518). */
    alg: string;
  }[];
}

export interface ListedOrder {
  /** An order's id. */
  orderId: Id;
  /** The user's id. */
  userId: Id;
  /** `PENDING` until everything is done (`SUCCESS`) or undone (`FAILED`, `CANCELLED`). */
  orderStatus: 'PENDING' | 'SUCCESS' | 'FAILED' | 'CANCELLED';
  /** The sum over the lines before the discount, in the smallest unit; once stock was reserved. */
  subtotal?: Money;
  /** What the coupon takes off, in the smallest unit; once stock was reserved. */
  discount?: Money;
  /** What was paid, or is to be: `subtotal` less `discount`, in the smallest unit. */
  totalPrice?: Money;
  /** The id of a coupon as it was issued to one user. */
  userCouponId?: Id;
  /** The lines of the order. */
  items: OrderItem[];
  /** When the order was placed. */
  orderDate: Instant;
  /** When the order succeeded. */
  completedAt?: Instant;
  /** When everything of the order had been given back. */
  cancelledAt?: Instant;
  /** When it was last changed. */
  updatedAt?: Instant;
  /** Why the order failed, for programs. */
  failureCode?: 'PRODUCT_NOT_FOUND' | 'OPTION_NOT_FOUND' | 'OPTION_REQUIRED' | 'PRODUCT_NOT_SELLABLE' | 'OUT_OF_STOCK' | 'VALIDATION_FAILED' | 'COUPON_NOT_USABLE' | 'PRICE_CHANGED' | 'INSUFFICIENT_BALANCE' | 'ORDER_TIMED_OUT';
  /** Why it failed, for people. */
  failureDetail?: string;
  /** Each line that stock does not cover, all of them at once. */
  shortages?: Shortage[];
  /** What a failure is about, in fields: as in the problem of the order. */
  failureFacts?: FailureFacts;
  /** Milliseconds until it succeeded or failed; absent on its way, and where that was not noted. */
  durationMs?: number;
}

export interface Liveness {
  /** The process runs. */
  status: 'ok';
}

/** An amount in the currency's smallest unit. */
export type Money = number;

/** What could not be looked at without anything of the shop being wrong: statistics beside it are `AWAY`, have `GAPS`, or are `BEHIND`. */
export interface NotCompared {
  /** Why. */
  reason: 'AWAY' | 'GAPS' | 'BEHIND';
  /** From when on; absent where nothing was compared. */
  from?: Instant;
}

/** A saga that was nudged. */
export interface NudgedSaga {
  /** An order's id. */
  orderId: Id;
  /** The user's id. */
  userId: Id;
  /** `WAITING` for people, `SENT_AGAIN` or `DROPPED`. */
  state: string;
  /** Of its last progress. */
  since: Instant;
  /** Commands that were sent and not answered yet. */
  awaits: string[];
  /** Events that the broker has not confirmed yet. */
  owedEvents: string[];
  /** How often it was to be sent again in this state; what lies unread in a queue was not. */
  attempts: number;
  /** When it last sent something. */
  sentAt: Instant;
  /** When it is sent again by itself, or given up. */
  lookAgainAt: Instant;
  /** When the order is given up. */
  deadlineAt: Instant;
  /** What it was refused with last. */
  failureCode?: 'PRODUCT_NOT_FOUND' | 'OPTION_NOT_FOUND' | 'OPTION_REQUIRED' | 'PRODUCT_NOT_SELLABLE' | 'OUT_OF_STOCK' | 'VALIDATION_FAILED' | 'COUPON_NOT_USABLE' | 'PRICE_CHANGED' | 'INSUFFICIENT_BALANCE' | 'ORDER_TIMED_OUT';
  /** Why it failed, for people. */
  failureDetail?: string;
  /** When an admin last had it send again. */
  nudgedAt?: Instant;
  /** The admin who did. */
  nudgedBy?: Id;
  /** The id of this call, for `GET /admin/operations/{operationId}`: what became of it. */
  operationId: Id;
}

export interface NudgedSagas {
  /** How many were sent again. */
  nudged: number;
  /** The cursor with which it goes on; not there at the end. */
  next?: Cursor;
  /** The id of this call, for `GET /admin/operations/{operationId}`: what became of it. */
  operationId: Id;
}

/** An OpenAPI 3.1 document. */
export interface OpenApi {
  /** The version of OpenAPI. */
  openapi: string;
  /** The operations, by path and method. */
  paths: Record<string, Record<string, Record<string, unknown>>>;
}

/** What became of a call that has sent messages again or nudged sagas, as the rows of services tell. */
export interface OperationOfStaff {
  /** The id of the call. */
  operationId: Id;
  /** The `operationId` of what was called. */
  action: 'sendDeadLetters' | 'sendDeadLetter' | 'nudgeSagas' | 'nudgeSaga';
  /** When it was called. */
  startedAt: Instant;
  /** Who called. */
  actorId: Id;
  /** How the call was answered; `UNKNOWN` may have had its effect. */
  result: 'DONE' | 'REFUSED' | 'UNKNOWN';
  /** How many were meant; absent where the answer to the call was lost, or refused. */
  asked?: number;
  /** How many were sent; of nudges, how many sagas were nudged. */
  sent: number;
  /** Commands that were carried out since, and sagas that went on since; events that are counted and replies that are no longer awaited, of which no row tells whether it was so before they were sent. */
  tookEffect: number;
  /** Commands that were refused since, as the rules have it. */
  refused: number;
  /** Commands that had been decided before they were sent: they changed nothing. */
  decidedBefore: number;
  /** Messages that could not be handled once more, whatever became of them later. */
  cameBack: number;
  /** Those of which no row tells yet; sagas that wait as before. */
  open: number;
}

/** What is left out stays as it is; something must change. */
export interface OptionChange {
  /** What it is called; no other option of the product has this name. */
  name?: string;
  /** What the option costs on top of the product's price, in the smallest unit; 0 by default. */
  additionalPrice?: Money;
  /** `SUSPENDED` takes the option off sale, `SELLABLE` puts it back. */
  status?: 'SELLABLE' | 'SUSPENDED';
}

export interface OptionDraft {
  /** What it is called; no other option of the product has this name. */
  name: string;
  /** What the option costs on top of the product's price, in the smallest unit; 0 by default. */
  additionalPrice?: Money;
  /** Units of the option at the start. */
  stock: number;
}

export interface OptionStock {
  /** The id of an option of the product. */
  optionId: Id;
  /** Units that are left at this moment. */
  stock: number;
}

export interface Order {
  /** An order's id. */
  orderId: Id;
  /** The user's id. */
  userId: Id;
  /** `PENDING` until everything is done (`SUCCESS`) or undone (`FAILED`, `CANCELLED`). */
  orderStatus: 'PENDING' | 'SUCCESS' | 'FAILED' | 'CANCELLED';
  /** The sum over the lines before the discount, in the smallest unit; once stock was reserved. */
  subtotal?: Money;
  /** What the coupon takes off, in the smallest unit; once stock was reserved. */
  discount?: Money;
  /** What was paid, or is to be: `subtotal` less `discount`, in the smallest unit. */
  totalPrice?: Money;
  /** The id of a coupon as it was issued to one user. */
  userCouponId?: Id;
  /** The lines of the order. */
  items: OrderItem[];
  /** When the order was placed. */
  orderDate: Instant;
  /** When the order succeeded. */
  completedAt?: Instant;
  /** When everything of the order had been given back. */
  cancelledAt?: Instant;
  /** When it was last changed. */
  updatedAt?: Instant;
  /** Why the order failed, for programs. */
  failureCode?: 'PRODUCT_NOT_FOUND' | 'OPTION_NOT_FOUND' | 'OPTION_REQUIRED' | 'PRODUCT_NOT_SELLABLE' | 'OUT_OF_STOCK' | 'VALIDATION_FAILED' | 'COUPON_NOT_USABLE' | 'PRICE_CHANGED' | 'INSUFFICIENT_BALANCE' | 'ORDER_TIMED_OUT';
  /** Why it failed, for people. */
  failureDetail?: string;
  /** Each line that stock does not cover, all of them at once. */
  shortages?: Shortage[];
  /** What a failure is about, in fields: as in the problem of the order. */
  failureFacts?: FailureFacts;
}

/** Give `items` or `fromCart`. Lines of one option have at most 1,000 units in all. */
export interface OrderDraft {
  /** Who orders; the caller by default. Another's id is for admins. */
  userId?: Id;
  /** What to order; lines of one option are summed first. Either this or `fromCart`. */
  items?: OrderDraftLine[];
  /** Orders all that is in the cart. Either this or `items`. */
  fromCart?: boolean;
  /** A coupon of the user to take off; none by default. */
  userCouponId?: Id;
  /** What the order is to cost, in the smallest unit: fails with `PRICE_CHANGED` if it does not. */
  expectedTotal?: Money;
}

export interface OrderDraftLine {
  /** A product's id. */
  productId: Id;
  /** The option; may be left out where the product has one. */
  optionId?: Id;
  /** How many units. */
  quantity: number;
}

/** That an order has ended: the last event of its stream. */
export interface OrderEnd {
  /** An order's id. */
  orderId: Id;
  /** `PENDING` until everything is done (`SUCCESS`) or undone (`FAILED`, `CANCELLED`). */
  orderStatus: 'PENDING' | 'SUCCESS' | 'FAILED' | 'CANCELLED';
}

export interface OrderHistoryEntry {
  /** The status of the order from then on. */
  orderStatus: 'PENDING' | 'SUCCESS' | 'FAILED' | 'CANCELLED';
  /** The step of the order that was taken or undone; not there where the status alone changed. */
  step?: string;
  /** Why. */
  reason?: string;
  /** Who changed it: `customer`, `admin`, or the service that took the step. */
  changedBy: string;
  /** Who had it done: the user who was logged in. Absent where that was not noted. */
  actorId?: Id;
  /** When. */
  changedAt: Instant;
}

export interface OrderItem {
  /** A product's id. */
  productId: Id;
  /** The id of an option of the product. */
  optionId?: Id;
  /** What it is called. */
  name?: string;
  /** The price of one unit, in the smallest unit of the currency. */
  price?: Money;
  /** How many units. */
  quantity: number;
}

export interface OrderLine {
  /** A product's id. */
  productId: Id;
  /** The id of an option of the product. */
  optionId?: Id;
  /** How many units. */
  quantity: number;
}

/** That an order succeeded or was cancelled, under a number of its own. What it says never changes. */
export interface OrderRecord {
  /** Its number: 1, 2, 3 and so on without a gap. */
  sequence: number;
  /** `order.completed` or `order.cancelled`. */
  type: 'order.completed' | 'order.cancelled';
  /** An order's id. */
  orderId: Id;
  /** The user's id. */
  userId: Id;
  /** When that was. */
  occurredAt: Instant;
  /** When the order was placed. */
  orderedAt: Instant;
  /** When the order succeeded. */
  completedAt: Instant;
  /** When everything of the order had been given back. */
  cancelledAt?: Instant;
  /** The lines of the order. */
  items: ReservedLine[];
  /** The sum over the lines before the discount, in the smallest unit; once stock was reserved. */
  subtotal: Money;
  /** What the coupon takes off, in the smallest unit; once stock was reserved. */
  discount: Money;
  /** What was paid, or is to be: `subtotal` less `discount`, in the smallest unit. */
  totalPrice: Money;
  /** The id of a coupon as it was issued to one user. */
  userCouponId?: Id;
}

/** Records of orders in the order of their numbers, which have no gap: where the first is not `after` + 1, those before `oldest` were deleted. */
export interface OrderRecords {
  /** The records, oldest first. */
  events: OrderRecord[];
  /** The last number of these, or the one that was asked with: ask with it next. */
  next: number;
  /** The first number whose record is kept still. */
  oldest: number;
  /** The last number that was given, 0 before the first; a service of the release before does not say. */
  newest?: number;
}

/** A step of an order that was taken or undone; the event has its number as `id`. */
export interface OrderStep {
  /** `PENDING` until everything is done (`SUCCESS`) or undone (`FAILED`, `CANCELLED`). */
  orderStatus: 'PENDING' | 'SUCCESS' | 'FAILED' | 'CANCELLED';
  /** The step of the order that was taken or undone; not there where the status alone changed. */
  step?: string;
  /** Why. */
  reason?: string;
  /** Who changed it: `customer`, `admin`, or the service that took the step. */
  changedBy: string;
  /** Who had it done: the user who was logged in. Absent where that was not noted. */
  actorId?: Id;
  /** When. */
  changedAt: Instant;
  /** An order's id. */
  orderId: Id;
}

/** The way of an order as its services have stored it. Only what some row holds is told. */
export interface OrderTimeline {
  /** The version of this form. */
  version: 1;
  /** An order's id. */
  orderId: Id;
  /** `PENDING` until everything is done (`SUCCESS`) or undone (`FAILED`, `CANCELLED`). */
  orderStatus: 'PENDING' | 'SUCCESS' | 'FAILED' | 'CANCELLED';
  /** When it was read, by the order service's clock. */
  readAt: Instant;
  /** Why it ended as it did, or where it stands. */
  why: {
    /** In English. */
    en: string;
    /** In Korean. */
    ko: string;
    /** Why it failed, for programs. */
    code?: string;
    /** The step at which it failed; absent where nothing had been asked for. */
    step?: string;
  };
  /** When it was placed, and by whom. */
  placed: {
    /** When. */
    at: Instant;
    /** The role of who did it. */
    by: string;
    /** Who did it; absent where that was not noted. */
    actorId?: Id;
  };
  /** When its cancellation began, and by whom. */
  cancelled?: {
    /** When. */
    at: Instant;
    /** The role of who did it. */
    by: string;
    /** Who did it; absent where that was not noted. */
    actorId?: Id;
  };
  /** Each step and undo in the order in which they were asked for. */
  steps: TimelineStep[];
  /** What is sent again until it is answered or confirmed. */
  owed: ({
    /** What is owed: an answer to a command, or the confirm of an event. */
    kind: 'COMMAND' | 'EVENT';
    /** What it is called. */
    name: string;
  })[];
  /** Its numbered records, as `GET /events` reads them. */
  records: {
    /** `order.completed` or `order.cancelled`. */
    type: string;
    /** Its number; absent while it has none yet. */
    sequence?: number;
    /** Whether the data platform has confirmed it. */
    isSent: boolean;
  }[];
  /** Services that do not answer now: what only they know is unknown. */
  unanswered: ({
    /** The service of the shop that is meant. */
    service: 'catalog' | 'coupon' | 'wallet' | 'ranking';
    /** Why. */
    reason: string;
  })[];
  /** What no row holds, or none any more. */
  notRecorded: string[];
  /** The request that placed or cancelled it; for those who run the shop. */
  requestId?: string;
  /** Its trace (W3C); for those who run the shop. */
  traceparent?: string;
  /** The rows that were written; for those who run the shop. */
  rows?: ({
    /** The table that it is in. */
    table: string;
    /** Its key. */
    id: string;
    /** When it was written; absent where that is in no row. */
    writtenAt?: Instant;
    /** When it was given back. */
    undoneAt?: Instant;
    /** The id of an option of the product. */
    optionId?: Id;
    /** How many units. */
    quantity?: number;
    /** The id of a coupon as it was issued to one user. */
    userCouponId?: Id;
    /** What the coupon takes off, in the smallest unit; once stock was reserved. */
    discount?: Money;
    /** How much, in the smallest unit. */
    amount?: SignedMoney;
    /** What the wallet held before, in the smallest unit. */
    balanceBefore?: Money;
    /** What the wallet held from then on, in the smallest unit. */
    balanceAfter?: Money;
    /** The service of the shop that is meant. */
    service: 'catalog' | 'coupon' | 'wallet' | 'ranking';
  })[];
  /** Messages about it that could not be handled, the latest; for those who run the shop. */
  deadLetters?: ({
    /** The dead letter's id. */
    deadLetterId: Id;
    /** The message's type. */
    type: string;
    /** The message's own id. */
    messageId?: string;
    /** Why. */
    reason: string;
    /** When it was put aside. */
    parkedAt: Instant;
    /** `WAITING` for people, `SENT_AGAIN` or `DROPPED`. */
    state: DeadLetterState;
    /** When it was sent again or dropped. */
    settledAt?: Instant;
    /** The service of the shop that is meant. */
    service: 'catalog' | 'coupon' | 'wallet' | 'ranking' | 'order';
  })[];
  /** Who had it sent again, the latest; for those who run the shop. */
  nudges?: {
    /** When. */
    at: Instant;
    /** Who had it sent again. */
    by: Id;
  }[];
  /** Its commands that were sent again after a restore; for those who run the shop. */
  redrives?: {
    /** The command that was sent again. */
    command: string;
    /** When. */
    at: Instant;
    /** Who had it sent again. */
    by: Id;
    /** What it was refused with. */
    code?: string;
  }[];
}

export interface OrderWithHistory {
  /** An order's id. */
  orderId: Id;
  /** The user's id. */
  userId: Id;
  /** `PENDING` until everything is done (`SUCCESS`) or undone (`FAILED`, `CANCELLED`). */
  orderStatus: 'PENDING' | 'SUCCESS' | 'FAILED' | 'CANCELLED';
  /** The sum over the lines before the discount, in the smallest unit; once stock was reserved. */
  subtotal?: Money;
  /** What the coupon takes off, in the smallest unit; once stock was reserved. */
  discount?: Money;
  /** What was paid, or is to be: `subtotal` less `discount`, in the smallest unit. */
  totalPrice?: Money;
  /** The id of a coupon as it was issued to one user. */
  userCouponId?: Id;
  /** The lines of the order. */
  items: OrderItem[];
  /** When the order was placed. */
  orderDate: Instant;
  /** When the order succeeded. */
  completedAt?: Instant;
  /** When everything of the order had been given back. */
  cancelledAt?: Instant;
  /** When it was last changed. */
  updatedAt?: Instant;
  /** Why the order failed, for programs. */
  failureCode?: 'PRODUCT_NOT_FOUND' | 'OPTION_NOT_FOUND' | 'OPTION_REQUIRED' | 'PRODUCT_NOT_SELLABLE' | 'OUT_OF_STOCK' | 'VALIDATION_FAILED' | 'COUPON_NOT_USABLE' | 'PRICE_CHANGED' | 'INSUFFICIENT_BALANCE' | 'ORDER_TIMED_OUT';
  /** Why it failed, for people. */
  failureDetail?: string;
  /** Each line that stock does not cover, all of them at once. */
  shortages?: Shortage[];
  /** What a failure is about, in fields: as in the problem of the order. */
  failureFacts?: FailureFacts;
  /** Every step taken and undone, oldest first. */
  history: OrderHistoryEntry[];
}

export interface OrdersToRedrive {
  /** Orders that changed from this moment on. */
  since: GivenInstant;
  /** Orders that changed up to this moment; now by default. */
  until?: GivenInstant;
  /** Where the list goes on, from the `next` of the last page's `Link` header; the first page without it. */
  cursor?: Cursor;
}

export interface PasswordChange {
  /** The password that the account has now. */
  currentPassword: string;
  /** The password that it is to have, 8 to 128 characters. */
  newPassword: string;
}

export interface PasswordReset {
  /** The token that an admin has made. */
  token: string;
  /** The password that it is to have, 8 to 128 characters. */
  newPassword: string;
}

/** A payment provider's token for a way to pay, never a card number. The sandbox knows `tok_ok` (the default), `tok_declined`, and `tok_unknown` (no answer at first, settled as paid when asked again). */
export type PaymentMethod = string;

export interface PendingCharge {
  /** A charge's id. */
  chargeId: Id;
  /** It is not known yet whether the payment was taken. */
  status: 'PENDING';
}

/** An order that goes on by itself, as it was asked for; its `Location` tells what becomes of it. */
export interface PendingOrder {
  /** An order's id. */
  orderId: Id;
  /** The user's id. */
  userId: Id;
  /** `PENDING` until everything is done (`SUCCESS`) or undone (`FAILED`, `CANCELLED`). */
  orderStatus: 'PENDING';
  /** The sum over the lines before the discount, in the smallest unit; once stock was reserved. */
  subtotal?: Money;
  /** What the coupon takes off, in the smallest unit; once stock was reserved. */
  discount?: Money;
  /** What was paid, or is to be: `subtotal` less `discount`, in the smallest unit. */
  totalPrice?: Money;
  /** The id of a coupon as it was issued to one user. */
  userCouponId?: Id;
  /** The lines of the order. */
  items: OrderItem[];
  /** When the order was placed. */
  orderDate: Instant;
}

export interface PlacedOrder {
  /** An order's id. */
  orderId: Id;
  /** The user's id. */
  userId: Id;
  /** When the order was placed. */
  orderDate: Instant;
  /** `PENDING` until everything is done (`SUCCESS`) or undone (`FAILED`, `CANCELLED`). */
  orderStatus: 'SUCCESS';
  /** The sum over the lines before the discount, in the smallest unit; once stock was reserved. */
  subtotal: Money;
  /** What the coupon takes off, in the smallest unit; once stock was reserved. */
  discount: Money;
  /** What was paid, or is to be: `subtotal` less `discount`, in the smallest unit. */
  totalPrice: Money;
  /** The id of a coupon as it was issued to one user. */
  userCouponId?: Id;
  /** The lines of the order. */
  items: PlacedOrderItem[];
}

export interface PlacedOrderItem {
  /** A product's id. */
  productId: Id;
  /** The id of an option of the product. */
  optionId: Id;
  /** What it is called. */
  name: string;
  /** The price of one unit, in the smallest unit of the currency. */
  price: Money;
  /** How many units. */
  quantity: number;
}

export interface Product {
  /** A product's id. */
  productId: Id;
  /** What it is called. */
  name: string;
  /** The price of one unit, in the smallest unit of the currency. */
  price: Money;
  /** Units that are left at this moment, of all options together. */
  stock: number;
  /** `SUSPENDED` is not sold, and in no list; `ARCHIVED` is kept to be read by its id. Those who run the shop list both. */
  status: 'SELLABLE' | 'SUSPENDED' | 'ARCHIVED';
  /** The options to choose from; a product has at least one. */
  options: ProductOption[];
  /** What it is, in the words of those who sell it; its lines may end. */
  description?: string;
  /** The address of a picture. */
  imageUrl?: string;
  /** What it is listed under. */
  category?: string;
  /** Counts the changes of anything but stock; `ETag` and `If-Match` have it too. */
  version?: number;
  /** When it was made. */
  createdAt?: Instant;
  /** When anything but stock was last changed. */
  updatedAt?: Instant;
}

/** What is left out stays as it is; something must change. */
export interface ProductChange {
  /** What it is called. */
  name?: string;
  /** The price of one unit without what an option adds, in the smallest unit. */
  price?: Money;
  /** `SUSPENDED` takes the product off sale, `ARCHIVED` for good, `SELLABLE` puts it back. */
  status?: 'SELLABLE' | 'SUSPENDED' | 'ARCHIVED';
  /** What it is; `null` takes it out. */
  description?: string | null;
  /** The address of a picture, which begins with `https://`; `null` takes it out. */
  imageUrl?: string | null;
  /** What it is listed under; `null` takes it out. */
  category?: string | null;
}

/** Give `stock`, or `options` with a stock each. */
export interface ProductDraft {
  /** What it is called. */
  name: string;
  /** The price of one unit without what an option adds, in the smallest unit. */
  price: Money;
  /** What it is, in the words of those who sell it; its lines may end. */
  description?: string;
  /** The address of a picture, which begins with `https://`. */
  imageUrl?: string;
  /** What it is listed under. */
  category?: string;
  /** Units at the start, 0 by default; only without `options`. */
  stock?: number;
  /** The options to choose from, each with a name of its own; without them there is one, with `stock`. */
  options?: ProductOptionDraft[];
}

export interface ProductOption {
  /** The id of an option of the product. */
  optionId: Id;
  /** What it is called. */
  name: string;
  /** The price of one unit of this option, all of it, in the smallest unit. */
  price: Money;
  /** Units that are left at this moment. */
  stock: number;
}

export interface ProductOptionDraft {
  /** What it is called. */
  name: string;
  /** What the option costs on top of the product's price, in the smallest unit; 0 by default. */
  additionalPrice?: Money;
  /** Units of the option at the start. */
  stock: number;
}

/** A product and its new option. */
export interface ProductWithOption {
  /** A product's id. */
  productId: Id;
  /** What it is called. */
  name: string;
  /** The price of one unit, in the smallest unit of the currency. */
  price: Money;
  /** Units that are left at this moment, of all options together. */
  stock: number;
  /** The status of the product. */
  status: 'SELLABLE' | 'SUSPENDED' | 'ARCHIVED';
  /** The options to choose from; a product has at least one. */
  options: ProductOption[];
  /** What it is, in the words of those who sell it; its lines may end. */
  description?: string;
  /** The address of a picture. */
  imageUrl?: string;
  /** What it is listed under. */
  category?: string;
  /** Counts the changes of anything but stock; `ETag` and `If-Match` have it too. */
  version?: number;
  /** When it was made. */
  createdAt?: Instant;
  /** When anything but stock was last changed. */
  updatedAt?: Instant;
  /** The id of the new option. */
  optionId: Id;
}

export interface Readiness {
  /** `ok` when nothing is missing. */
  status: 'ok' | 'degraded' | 'error' | 'shutting_down';
  /** What is there. */
  info?: Checks;
  /** What is missing. */
  error?: Checks;
  /** Each thing that is needed by its name, with `status` and, where it is not `up`, what is missing. */
  details: Checks;
}

export interface RedrivenOrders {
  /** Orders of this page. */
  redriven: number;
  /** Orders that had not ended at the first page, which alone tells: left out. */
  moving: number;
  /** Commands that are not answered yet, where the next page waits for that; on the last page those that it went on without. */
  unanswered: number;
  /** Commands that were refused; told by the last page. */
  refused: number;
  /** Some of them. */
  refusals: RefusedRedrive[];
  /** Some of those that it went on without; told by the last page. */
  unansweredCommands?: UnansweredRedrive[];
  /** The cursor with which it goes on; not there at the end. */
  next?: Cursor;
}

export interface RefreshToken {
  /** Gets the next pair of tokens, once. */
  refreshToken: string;
}

export interface RefusedRedrive {
  /** An order's id. */
  orderId: Id;
  /** The command that was refused. */
  command: string;
  /** What the command was refused with. */
  failureCode: 'PRODUCT_NOT_FOUND' | 'OPTION_NOT_FOUND' | 'OPTION_REQUIRED' | 'PRODUCT_NOT_SELLABLE' | 'OUT_OF_STOCK' | 'VALIDATION_FAILED' | 'COUPON_NOT_USABLE' | 'PRICE_CHANGED' | 'INSUFFICIENT_BALANCE' | 'ORDER_TIMED_OUT';
  /** Why it failed, for people. */
  failureDetail?: string;
}

export interface Registration {
  /** An e-mail address; read without spaces around it and in lower case. */
  email: string;
  /** The password, 8 to 128 characters where one is chosen. */
  password: string;
  /** The user's display name. */
  name: string;
}

export interface ReservedLine {
  /** A product's id. */
  productId: Id;
  /** The id of an option of the product. */
  optionId: Id;
  /** What it is called. */
  name: string;
  /** What the product was listed under when the order's stock was reserved; absent where there was nothing. */
  category?: string;
  /** The price of one unit, in the smallest unit of the currency. */
  price: Money;
  /** How many units. */
  quantity: number;
}

/** A token to set a password anew. */
export interface ResetToken {
  /** Goes to the user, and from there to `POST /auth/password/reset`. */
  token: string;
  /** When it is good no more. */
  expiresAt: Instant;
}

export interface SagasToNudge {
  /** How long they have been without progress at least, in seconds. */
  olderThanSeconds?: number;
  /** Where the list goes on, from the `next` of the last page's `Link` header; the first page without it. */
  cursor?: Cursor;
}

/** What was sold of the products of a category. */
export interface SalesOfCategory {
  /** What products were listed under in the hours in which they were sold, at last. Absent from the row of those that had none, and from that of all products together where `source` is the `ranking`, which knows no categories. */
  category?: string;
  /** Units sold, those of cancelled orders left out. */
  units: number;
  /** What was sold for, before discounts, that of cancelled orders left out; of `statistics` alone. */
  revenue?: number;
  /** Whose figures these are: those of the `ranking`, which counts units and orders, or of the `statistics` beside the shop, which know money too. */
  source: 'ranking' | 'statistics';
}

/** What was sold in an hour or a day. */
export interface SalesOfPeriod {
  /** The beginning of the hour or day, in UTC. */
  at: Instant;
  /** Units sold, those of cancelled orders left out. */
  units: number;
  /** Orders that succeeded and were not cancelled; absent where they were not counted yet, or not all of them. */
  orders?: number;
  /** Whose figures these are: those of the `ranking`, which counts units and orders, or of the `statistics` beside the shop, which know money too. */
  source: 'ranking' | 'statistics';
  /** What was sold for, before discounts, that of cancelled orders left out; of `statistics` alone. */
  revenue?: number;
  /** What coupons took off; of `statistics` alone, and of all products together. */
  discount?: number;
  /** Orders of this hour or day that were cancelled since; of `statistics` alone, and of all products together. */
  cancelled?: number;
}

/** What was sold of a product. */
export interface SalesOfProduct {
  /** A product's id. */
  productId: Id;
  /** What the product is called; absent where that is not known at present. */
  name?: string;
  /** What the product was listed under when it was last sold, or is now where `source` is the `ranking`; absent where there is none, or it is not known. */
  category?: string;
  /** Units sold, those of cancelled orders left out. */
  units: number;
  /** Orders that succeeded and were not cancelled; absent where they were not counted yet, or not all of them. */
  orders?: number;
  /** What was sold for, before discounts, that of cancelled orders left out; of `statistics` alone. */
  revenue?: number;
  /** Whose figures these are: those of the `ranking`, which counts units and orders, or of the `statistics` beside the shop, which know money too. */
  source: 'ranking' | 'statistics';
}

/** A dead letter that was sent again. */
export interface SentDeadLetter {
  /** The dead letter's id. */
  deadLetterId: Id;
  /** The service of the shop that is meant. */
  service: 'wallet' | 'catalog' | 'coupon' | 'order' | 'ranking';
  /** Where it came from, and where it is sent again. */
  queue: string;
  /** The message's type. */
  type: string;
  /** The message's own id. */
  messageId?: string;
  /** Of a command or its reply: the order. */
  correlationId?: string;
  /** Why. */
  reason: string;
  /** When it was put aside. */
  parkedAt: Instant;
  /** False for a request: nobody waits for it, and it is not sent again. */
  sendable: boolean;
  /** The dead letter that it was before it was sent again. */
  earlierId?: Id;
  /** `WAITING` for people, `SENT_AGAIN` or `DROPPED`. */
  state: DeadLetterState;
  /** When it was sent again or dropped. */
  settledAt?: Instant;
  /** The admin's id, or `system`. */
  settledBy?: string;
  /** Why it was dropped. */
  settledReason?: string;
  /** The id of this call, for `GET /admin/operations/{operationId}`: what became of it. */
  operationId: Id;
}

export interface SentDeadLetters {
  /** How many were sent again. */
  sent: number;
  /** How many still wait, from 10,000 on at least so many; ask again with the `parkedUntil` of this answer. */
  left: number;
  /** How many of those that wait are never sent again, since nobody waits for their answer; from 10,000 on, at least so many. */
  unsendable: number;
  /** Only what was put aside up to this moment is meant; all that waits now by default. */
  parkedUntil: Instant;
  /** The id of this call, for `GET /admin/operations/{operationId}`: what became of it. */
  operationId: Id;
}

/** A service that did not answer. */
export interface ServiceAway {
  /** The service of the shop that is meant. */
  service: 'wallet' | 'catalog' | 'coupon' | 'order' | 'ranking';
  /** Why it did not. */
  reason: string;
}

export type ServiceName = 'wallet' | 'catalog' | 'coupon' | 'order' | 'ranking';

/** A service of the shop as it is now. */
export interface ServiceNow {
  /** The service of the shop that is meant. */
  service: 'wallet' | 'catalog' | 'coupon' | 'order' | 'ranking' | 'gateway';
  /** Whether it answers; of the gateway, the one that tells. */
  isAnswering: boolean;
  /** Why it is said not to answer. */
  reason?: string;
  /** How long its answer took, in milliseconds. */
  answeredInMs?: number;
  /** How many processes take its requests; unknown of gateways, and without `queues`. */
  replicas?: number;
  /** Messages that it could not handle, which wait for people; from 10,000 on, at least so many. */
  deadLetters?: number;
  /** What waits for it; absent where the broker does not tell. */
  queues?: {
    /** The name of a queue that it reads. */
    queue: string;
    /** Messages that wait in it; those that a process has taken are not among them. */
    messages: number;
    /** How many processes read it. */
    consumers: number;
  }[];
}

/** A login, and all that was refreshed from it. */
export interface Session {
  /** The session's id. */
  sessionId: Id;
  /** Whether it is the one that asks. */
  isCurrent: boolean;
  /** When somebody logged in. */
  begunAt: Instant;
  /** When it last got a new access token. */
  refreshedAt: Instant;
  /** When it ends unless it is refreshed before. */
  expiresAt: Instant;
  /** The program that logged in, as it calls itself; absent where it did not say. */
  userAgent?: string;
}

/** The whole shop as it is now. */
export interface ShopNow {
  /** When it was read, by the gateway's clock. */
  at: Instant;
  /** Every service. */
  services: ServiceNow[];
  /** How orders fare; absent while the order service does not answer. */
  orders?: {
    /** When the first of these orders was placed, or a minute ago. */
    since: Instant;
    /** The orders of the last minute, the latest 1,000 at most, by what became of them. */
    outcomes: ({
      /** `PENDING` until everything is done (`SUCCESS`) or undone (`FAILED`, `CANCELLED`). */
      orderStatus: 'PENDING' | 'SUCCESS' | 'FAILED' | 'CANCELLED';
      /** Why the order failed, for programs. */
      failureCode?: 'PRODUCT_NOT_FOUND' | 'OPTION_NOT_FOUND' | 'OPTION_REQUIRED' | 'PRODUCT_NOT_SELLABLE' | 'OUT_OF_STOCK' | 'VALIDATION_FAILED' | 'COUPON_NOT_USABLE' | 'PRICE_CHANGED' | 'INSUFFICIENT_BALANCE' | 'ORDER_TIMED_OUT';
      /** How many of them. */
      orders: number;
    })[];
    /** Half of them ended within so many milliseconds. */
    p50Ms?: number;
    /** Nineteen in twenty ended within so many milliseconds. */
    p95Ms?: number;
  };
  /** What is on its way; absent while the order service does not answer. */
  sagas?: {
    /** Orders that are being carried out, undone or cancelled: the oldest 10,000 of them at most. */
    inFlight: number;
    /** Whether there may be more in flight than were counted. What is said of them is said of the oldest alone. */
    mayBeMore?: boolean;
    /** Those whose messages were sent again so often that people should look. */
    stuck: number;
    /** How long ago the oldest of them was placed, in milliseconds. */
    oldestMs?: number;
  };
  /** Messages that could not be handled, of the services that answer; from 10,000 on, at least so many. */
  deadLetters: number;
  /** The last audit; absent before the first. */
  books?: {
    /** Whether every check was made, and none found anything. */
    isSound: boolean;
    /** When the last audit began. */
    checkedAt: Instant;
    /** Whether it says nothing of the books as they are: three audits are missing since, and ten minutes are over. */
    isOutdated?: boolean;
    /** What it found. */
    findings: number;
    /** Services that it could not ask: what only they know is unknown, and not sound. */
    unanswered: ('wallet' | 'catalog' | 'coupon' | 'order' | 'ranking')[];
  };
}

export interface Shortage {
  /** A product's id. */
  productId: Id;
  /** The id of an option of the product. */
  optionId: Id;
  /** Units that were asked for: of a cart those of the line that no order under way is of. */
  requested: number;
  /** Units that there are. */
  available: number;
}

/** A change in the currency's smallest unit. */
export type SignedMoney = number;

export interface StockChange {
  /** The option; may be left out where the product has one. */
  optionId?: Id;
  /** Units to add; below 0 to take away, and never 0. */
  quantity: number;
  /** Why, for whoever reads the movements later. */
  reason?: string;
}

/** Stock that came in or went out: by an order, or by somebody. */
export interface StockMovement {
  /** The option whose stock was moved. */
  optionId: Id;
  /** When it was. */
  at: Instant;
  /** How many units came in; below 0 for those that went out. */
  quantity: number;
  /** The order that took them. */
  orderId?: Id;
  /** When the order gave them back: from then on it counts no more. */
  releasedAt?: Instant;
  /** Who moved them, where it was no order. */
  actorId?: Id;
  /** Why, where somebody has said so. */
  reason?: string;
}

export interface StuckSaga {
  /** An order's id. */
  orderId: Id;
  /** The user's id. */
  userId: Id;
  /** What the saga is at. */
  state: string;
  /** Of its last progress. */
  since: Instant;
  /** Commands that were sent and not answered yet. */
  awaits: string[];
  /** Events that the broker has not confirmed yet. */
  owedEvents: string[];
  /** How often it was to be sent again in this state; what lies unread in a queue was not. */
  attempts: number;
  /** When it last sent something. */
  sentAt: Instant;
  /** When it is sent again by itself, or given up. */
  lookAgainAt: Instant;
  /** When the order is given up. */
  deadlineAt: Instant;
  /** What it was refused with last. */
  failureCode?: 'PRODUCT_NOT_FOUND' | 'OPTION_NOT_FOUND' | 'OPTION_REQUIRED' | 'PRODUCT_NOT_SELLABLE' | 'OUT_OF_STOCK' | 'VALIDATION_FAILED' | 'COUPON_NOT_USABLE' | 'PRICE_CHANGED' | 'INSUFFICIENT_BALANCE' | 'ORDER_TIMED_OUT';
  /** Why it failed, for people. */
  failureDetail?: string;
  /** When an admin last had it send again. */
  nudgedAt?: Instant;
  /** The admin who did. */
  nudgedBy?: Id;
}

export interface SucceededCharge {
  /** The user's id. */
  userId: Id;
  /** What the wallet holds, in the smallest unit. */
  currentBalance: Money;
  /** A charge's id. */
  chargeId: Id;
  /** The payment was taken and credited. */
  status: 'SUCCEEDED';
}

/** A step of an order or its undo. Each time is by the clock that it names; what no row holds is left out. */
export interface TimelineStep {
  /** The step that was taken or undone. */
  step: string;
  /** The service that was asked. */
  service?: 'catalog' | 'coupon' | 'wallet' | 'ranking';
  /** Whether it takes back what another step did. */
  isUndo: boolean;
  /** `GIVEN_UP` where nobody answered in time, so that it is undone whether it was taken or not. */
  state: 'TO_COME' | 'AWAITED' | 'DONE' | 'REFUSED' | 'GIVEN_UP';
  /** What was asked. */
  asked?: {
    /** The lines of the order. */
    items?: OrderLine[];
    /** The id of a coupon as it was issued to one user. */
    userCouponId?: Id;
    /** How much, in the smallest unit. */
    amount?: Money;
  };
  /** When it was first sent, by the order service's clock. */
  askedAt?: Instant;
  /** How often it was sent; known while it is awaited. */
  sends?: number;
  /** When it was last sent, by the order service's clock; known while it is awaited. */
  sentAt?: Instant;
  /** When it is sent again by itself, or given up. */
  lookAgainAt?: Instant;
  /** When it is given up. */
  deadlineAt?: Instant;
  /** What the service has stored: `NONE` where it has decided nothing, `BARRED` where the undo came first, `UNKNOWN` where it does not answer now. */
  decision: 'NONE' | 'DONE' | 'REFUSED' | 'BARRED' | 'UNKNOWN';
  /** When it was decided, by that service's clock. */
  decidedAt?: Instant;
  /** When the answer took effect, by the order service's clock. */
  answeredAt?: Instant;
  /** How far the two clocks are apart at least, in milliseconds, where these times show it. */
  clocksApartMs?: number;
  /** What it was refused with. */
  code?: string;
  /** Why, for people. */
  detail?: string;
  /** The sum over the lines before the discount, in the smallest unit; once stock was reserved. */
  subtotal?: Money;
  /** What the coupon takes off, in the smallest unit; once stock was reserved. */
  discount?: Money;
  /** What the wallet held from then on, in the smallest unit. */
  balanceAfter?: Money;
  /** The key under which its outcome is stored; for those who run the shop. */
  key?: string;
}

/** What an audit found, in words. Examples are left out of a report that would be too long with them. */
export interface ToldAudit {
  /** Whether everything that was to be compared was, and agrees. */
  isSound: boolean;
  /** When the books were looked at. */
  checkedAt: Instant;
  /** Orders from this moment on are not compared between services yet. */
  ordersBefore: Instant;
  /** How long the audit took, in milliseconds. */
  tookMs: number;
  /** Each thing that must hold, and whether it does. */
  checks: ToldAuditCheck[];
  /** Services that did not answer, and why. */
  unanswered: ServiceAway[];
  /** The id of the audit. */
  auditId: Id;
  /** `UNKNOWN` where somebody did not answer and nothing is known to be wrong; never sound then. */
  state: 'SOUND' | 'UNSOUND' | 'UNKNOWN';
}

/** One thing that must hold, in words. */
export interface ToldAuditCheck {
  /** What the check is called. */
  name: string;
  /** What must hold, in a sentence. */
  about: string;
  /** Whether everything that was to be compared was, and agrees. */
  isSound: boolean;
  /** How many things are wrong. */
  findings: number;
  /** Some of what is wrong. */
  examples: AuditExample[];
  /** What each service said. */
  seen: AuditSeen[];
  /** Services that did not answer; while there is one, the check is not sound. */
  unanswered: ('wallet' | 'catalog' | 'coupon' | 'order' | 'ranking')[];
  /** What could not be looked at; absent where all was. */
  notCompared?: NotCompared;
  /** `UNKNOWN` where somebody did not answer and nothing is known to be wrong; never sound then. */
  state: 'SOUND' | 'UNSOUND' | 'UNKNOWN';
  /** What must hold, what each side has, and whether it holds. */
  sentence: {
    /** In English. */
    en: string;
    /** In Korean. */
    ko: string;
  };
}

export interface TopProduct {
  /** A product's id. */
  productId: Id;
  /** What it is called. */
  name: string;
  /** The price of one unit, in the smallest unit of the currency. */
  price: Money;
  /** Units sold in the days asked for; cancelled orders do not count. */
  totalSales: number;
}

export interface UnansweredRedrive {
  /** An order's id. */
  orderId: Id;
  /** The command that nobody answered. */
  command: string;
}

/** Somebody with an account, for those who run the shop. */
export interface User {
  /** The user's id. */
  userId: Id;
  /** The e-mail address; absent once the account was deleted. */
  email?: string;
  /** The user's display name; absent once the account was deleted. */
  name?: string;
  /** What the account may do. */
  role: 'customer' | 'viewer' | 'operator' | 'admin';
  /** `SUSPENDED` can do nothing, `DELETED` has been erased but for its id, which the books name. */
  state: 'ACTIVE' | 'SUSPENDED' | 'DELETED';
  /** When it was made. */
  createdAt: Instant;
  /** When it was last changed; absent where that was long ago. */
  updatedAt?: Instant;
}

/** What is left out stays as it is. */
export interface UserChange {
  /** What the account may do from then on. */
  role?: 'customer' | 'viewer' | 'operator' | 'admin';
  /** `SUSPENDED` keeps the user out, `ACTIVE` lets them in again. */
  state?: 'ACTIVE' | 'SUSPENDED';
}

export interface UserCoupon {
  /** The id of a coupon as it was issued to one user. */
  userCouponId: Id;
  /** A coupon's (a campaign's) id. */
  couponId: Id;
  /** What it is called. */
  name: string;
  /** `FIXED` takes off an amount, `PERCENT` a part of the subtotal, rounded down. */
  discountType: 'FIXED' | 'PERCENT';
  /** What is taken off: in the smallest unit for `FIXED`, 1 to 100 for `PERCENT`. */
  discountValue: Money;
  /** The most that a `PERCENT` coupon takes off, in the smallest unit; none by default. */
  maxDiscount?: Money;
  /** The smallest subtotal that it can be used on, in the smallest unit; any by default. */
  minOrderAmount?: Money;
  /** `ISSUED` can be used, `USED` was, `EXPIRED` cannot be any more. */
  status: 'ISSUED' | 'USED' | 'EXPIRED';
  /** The user's place among those who got one: 1 to the coupon's `totalQuantity`. */
  sequence: number;
  /** When the user got it. */
  issuedAt: Instant;
  /** When it expires; null for never. */
  expiresAt: Instant | null;
  /** When it was used. */
  usedAt?: Instant;
  /** The order that it was used for. */
  orderId?: Id;
}

/** A user, with what their wallet holds and how much they order. */
export interface UserDetails {
  /** The user's id. */
  userId: Id;
  /** The e-mail address; absent once the account was deleted. */
  email?: string;
  /** The user's display name; absent once the account was deleted. */
  name?: string;
  /** What the account may do. */
  role: 'customer' | 'viewer' | 'operator' | 'admin';
  /** `SUSPENDED` can do nothing, `DELETED` has been erased but for its id, which the books name. */
  state: 'ACTIVE' | 'SUSPENDED' | 'DELETED';
  /** When it was made. */
  createdAt: Instant;
  /** When it was last changed; absent where that was long ago. */
  updatedAt?: Instant;
  /** How many sessions they are logged in with. */
  sessions: number;
  /** What the wallet holds, in the smallest unit. */
  currentBalance: Money;
  /** The amount of charges whose outcome is open, in the smallest unit. */
  pendingCharges: Money;
  /** Whether it was charged, be it once; absent where that is not known. */
  hasCharged?: boolean;
  /** Orders that are being carried out, undone or cancelled; at most 1,000 are counted. */
  ordersOnTheWay: number;
  /** Orders that were placed; at most 1,000 are counted. */
  orders: number;
  /** When the latest order was placed; absent where there is none. */
  lastOrderAt?: Instant;
}

export interface WalletTransaction {
  /** The id of a row of the wallet's ledger. */
  transactionId: Id;
  /** `CHARGE` is money paid in, `PAYMENT` an order paid, `REFUND` money of an order given back, `ADJUSTMENT` a balance put right by those who run the shop. */
  transactionType: 'CHARGE' | 'PAYMENT' | 'REFUND' | 'ADJUSTMENT';
  /** The change of the balance in the smallest unit: below 0 for a payment. */
  amount: SignedMoney;
  /** What the wallet held before, in the smallest unit. */
  balanceBefore: Money;
  /** What the wallet held from then on, in the smallest unit. */
  balanceAfter: Money;
  /** The order that was paid or whose money was given back; not there for a charge. */
  orderId?: Id;
  /** Why a balance was put right. */
  reason?: string;
  /** Who put it right. */
  actorId?: Id;
  /** When it was made. */
  createdAt: Instant;
}

/** An address that is told of completed and cancelled orders. */
export interface Webhook {
  /** The id of a webhook. */
  webhookId: Id;
  /** What the webhook is called. */
  name: string;
  /** Where records are sent. */
  url: string;
  /** Types of the records that it is told. */
  types: ('order.completed' | 'order.cancelled')[];
  /** `ACTIVE` is told of orders; the others are not until they are `ACTIVE` again, and then of all. */
  status: 'ACTIVE' | 'PAUSED' | 'DISABLED';
  /** Why it is not `ACTIVE`: somebody here wished so, it has failed for five days, it has answered 410, or the next records were deleted before it was told. */
  statusReason?: 'REQUESTED' | 'FAILING' | 'GONE' | 'RECORDS_DELETED';
  /** The number of the record that it is told next, or that is looked at next. */
  next: number;
  /** When that record happened, or since when the webhook waits for its turn; absent where it was told all. */
  owedSince?: Instant;
  /** How often in a row it did not confirm. */
  failures: number;
  /** Since when; absent where the last try succeeded. */
  failingSince?: Instant;
  /** When it is tried again; absent where it does not fail. */
  nextTryAt?: Instant;
  /** Until when the secret before this one signs as well; absent where none does. */
  previousSecretUntil?: Instant;
  /** When it was made. */
  createdAt: Instant;
  /** When it was last changed. */
  updatedAt: Instant;
}

/** What is left out stays as it is. */
export interface WebhookChange {
  /** What the webhook is to be called. */
  name?: string;
  /** Where records are sent: https in production, and outside of our own network. Who may read webhooks sees it. */
  url?: string;
  /** Types of the records that it is told. */
  types?: ('order.completed' | 'order.cancelled')[];
  /** `PAUSED` is told nothing; `ACTIVE` is told again at once, of all that it was not. */
  status?: 'ACTIVE' | 'PAUSED';
}

/** A try to deliver. */
export interface WebhookDelivery {
  /** The try's number: 1, 2, 3 and so on of this webhook. */
  number: number;
  /** `webhook-id` of what was sent: the same whenever it is sent. */
  messageId: string;
  /** The type of what was sent: that of a record, or `webhook.test`. */
  type: string;
  /** The number of the record; absent of a test. */
  sequence?: number;
  /** Whether it was confirmed, by an answer of 2xx in time. */
  isDelivered: boolean;
  /** The HTTP status of the answer; absent where there was none. */
  status?: number;
  /** What went wrong; absent where it was confirmed. */
  error?: string;
  /** How long it took, in milliseconds. */
  tookMs: number;
  /** When it had ended. */
  at: Instant;
}

export interface WebhookDraft {
  /** What the webhook is to be called: its receiver, say. */
  name: string;
  /** Where records are sent: https in production, and outside of our own network. Who may read webhooks sees it. */
  url: string;
  /** Types of the records that it is told; all of them by default. */
  types?: ('order.completed' | 'order.cancelled')[];
}

export interface WebhookResend {
  /** The number of a record that is kept, or the next one: with it deliveries go on. */
  from: number;
}

/** Why the shop refuses or fails; it never changes its meaning. */
export type ErrorCode =
  | 'ACCOUNT_NOT_EMPTY'
  | 'ACCOUNT_SUSPENDED'
  | 'API_KEY_NOT_FOUND'
  | 'AUDIT_NOT_FOUND'
  | 'BALANCE_LIMIT_EXCEEDED'
  | 'CART_EMPTY'
  | 'CART_ITEM_NOT_FOUND'
  | 'CHARGE_NOT_FOUND'
  | 'COUPON_ALREADY_ISSUED'
  | 'COUPON_NOT_ELIGIBLE'
  | 'COUPON_NOT_FOUND'
  | 'COUPON_NOT_ISSUABLE'
  | 'COUPON_NOT_USABLE'
  | 'COUPON_SOLD_OUT'
  | 'DEAD_LETTER_EXPIRED'
  | 'DEAD_LETTER_NOT_FOUND'
  | 'DEAD_LETTER_SETTLED'
  | 'EMAIL_TAKEN'
  | 'FORBIDDEN'
  | 'IDEMPOTENCY_KEY_IN_USE'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'INSUFFICIENT_BALANCE'
  | 'INTERNAL'
  | 'INVALID_CREDENTIALS'
  | 'LAST_ADMIN'
  | 'METHOD_NOT_ALLOWED'
  | 'OPERATION_NOT_FOUND'
  | 'OPTION_NOT_FOUND'
  | 'OPTION_REQUIRED'
  | 'ORDER_NOT_CANCELLABLE'
  | 'ORDER_NOT_FOUND'
  | 'ORDER_TIMED_OUT'
  | 'OUT_OF_STOCK'
  | 'PAYLOAD_TOO_LARGE'
  | 'PAYMENT_DECLINED'
  | 'PRICE_CHANGED'
  | 'PRODUCT_NOT_FOUND'
  | 'PRODUCT_NOT_SELLABLE'
  | 'RATE_LIMITED'
  | 'REQUEST_TIMEOUT'
  | 'RESET_TOKEN_INVALID'
  | 'SAGA_ENDED'
  | 'SERVICE_UNAVAILABLE'
  | 'SESSION_NOT_FOUND'
  | 'TOO_MANY_ORDERS_IN_FLIGHT'
  | 'TOO_MANY_WEBHOOKS'
  | 'UNAUTHENTICATED'
  | 'UPSTREAM_TIMEOUT'
  | 'USER_COUPON_NOT_FOUND'
  | 'USER_COUPON_USED'
  | 'USER_NOT_FOUND'
  | 'VALIDATION_FAILED'
  | 'VERSION_CHANGED'
  | 'WEBHOOK_NOT_FOUND';

/** The HTTP status of each code that an order may fail with. */
export const FAILURE_STATUSES: Readonly<Record<string, number>> = {
  COUPON_NOT_USABLE: 409,
  INSUFFICIENT_BALANCE: 409,
  OPTION_NOT_FOUND: 404,
  OPTION_REQUIRED: 400,
  ORDER_TIMED_OUT: 503,
  OUT_OF_STOCK: 409,
  PRICE_CHANGED: 409,
  PRODUCT_NOT_FOUND: 404,
  PRODUCT_NOT_SELLABLE: 409,
  VALIDATION_FAILED: 400,
};

export type NoFields = Record<never, never>;

/** Arguments and answer of each operation, by its id in the document. */
export interface Operations {
  /** Makes a customer's account */
  register: {
    path: NoFields;
    query: NoFields;
    body: Registration;
    answer: Account;
  };
  /** Begins a session */
  login: {
    path: NoFields;
    query: NoFields;
    body: Credentials;
    answer: Granted;
  };
  /** Spends a refresh token for new tokens */
  refresh: {
    path: NoFields;
    query: NoFields;
    body: RefreshToken;
    answer: Granted;
  };
  /** Ends a session */
  logout: {
    path: NoFields;
    query: NoFields;
    body: RefreshToken;
    answer: undefined;
  };
  /** Reads whom the token speaks for */
  readMe: {
    path: NoFields;
    query: NoFields;
    body: undefined;
    answer: Account;
  };
  /** Changes what one is called, or the e-mail that one logs in with */
  changeMe: {
    path: NoFields;
    query: NoFields;
    body: AccountChange;
    answer: Account;
  };
  /** Deletes the account: name and e-mail are erased, what was bought stays in the books */
  deleteMe: {
    path: NoFields;
    query: NoFields;
    body: AccountDeletion;
    answer: undefined;
  };
  /** Reads the public keys of access tokens */
  readKeys: {
    path: NoFields;
    query: NoFields;
    body: undefined;
    answer: KeySet;
  };
  /** Changes the password; all other sessions end */
  changePassword: {
    path: NoFields;
    query: NoFields;
    body: PasswordChange;
    answer: undefined;
  };
  /** Sets a password anew with a token that an admin made; all sessions and API keys of the user end */
  resetPassword: {
    path: NoFields;
    query: NoFields;
    body: PasswordReset;
    answer: undefined;
  };
  /** Reads where one is logged in, the latest login first */
  listSessions: {
    path: NoFields;
    query: {
      /** How many to answer with at most. */
      limit?: number;
      /** Where the list goes on, from the `next` of the last page's `Link` header; the first page without it. */
      cursor?: Cursor;
    };
    body: undefined;
    answer: Session[];
  };
  /** Ends all sessions but the one that asks */
  endOtherSessions: {
    path: NoFields;
    query: NoFields;
    body: undefined;
    answer: undefined;
  };
  /** Ends a session of one's own, also the one that asks */
  endSession: {
    path: {
      /** A session's id. */
      sessionId: Id;
    };
    query: NoFields;
    body: undefined;
    answer: undefined;
  };
  /** Begins a session of a page in a browser, with a password or a link's token */
  beginConsoleSession: {
    path: NoFields;
    query: NoFields;
    body: ConsoleLogin;
    answer: ConsoleSession;
  };
  /** Goes on in the session of the cookie */
  refreshConsoleSession: {
    path: NoFields;
    query: NoFields;
    body: EmptyBody;
    answer: ConsoleSession;
  };
  /** Ends the session of the cookie, and takes the cookie away */
  endConsoleSession: {
    path: NoFields;
    query: NoFields;
    body: EmptyBody;
    answer: undefined;
  };
  /** Makes a link that logs in to the console as who asks */
  createConsoleLink: {
    path: NoFields;
    query: NoFields;
    body: EmptyBody;
    answer: ConsoleLink;
  };
  /** Pays money into a balance */
  chargeBalance: {
    path: NoFields;
    query: NoFields;
    body: Charging;
    answer: SucceededCharge | PendingCharge;
  };
  /** Reads charges, newest first */
  listCharges: {
    path: NoFields;
    query: {
      /** How many to answer with at most. */
      limit?: number;
      /** Where the list goes on, from the `next` of the last page's `Link` header; the first page without it. */
      cursor?: Cursor;
      /** Whose are read; the caller's by default. Another's id is for admins. */
      userId?: Id;
      /** Charges of this status. */
      status?: 'PENDING' | 'SUCCEEDED' | 'DECLINED';
    };
    body: undefined;
    answer: Charge[];
  };
  /** Reads a charge */
  readCharge: {
    path: {
      /** A charge's id. */
      chargeId: Id;
    };
    query: NoFields;
    body: undefined;
    answer: Charge;
  };
  /** Reads a balance */
  readBalance: {
    path: NoFields;
    query: {
      /** Whose are read; the caller's by default. Another's id is for admins. */
      userId?: Id;
    };
    body: undefined;
    answer: Balance;
  };
  /** Reads every change of a balance, newest first */
  listTransactions: {
    path: NoFields;
    query: {
      /** How many to answer with at most. */
      limit?: number;
      /** Where the list goes on, from the `next` of the last page's `Link` header; the first page without it. */
      cursor?: Cursor;
      /** Whose are read; the caller's by default. Another's id is for admins. */
      userId?: Id;
      /** Changes of this kind. */
      type?: 'CHARGE' | 'PAYMENT' | 'REFUND' | 'ADJUSTMENT';
      /** Changes from this moment on. */
      from?: GivenInstant;
      /** Changes before this moment. */
      to?: GivenInstant;
    };
    body: undefined;
    answer: WalletTransaction[];
  };
  /** Reads the products on sale, oldest first unless told, with live stock */
  listProducts: {
    path: NoFields;
    query: {
      /** How many to answer with at most. */
      limit?: number;
      /** Where the list goes on, from the `next` of the last page's `Link` header; the first page without it. */
      cursor?: Cursor;
      /** What is in the name, whatever the case of its letters; a syllable will do. */
      q?: string;
      /** Products of this category. */
      category?: string;
      /** Products that cost so much at least, without what an option adds. */
      minPrice?: number;
      /** Products that cost so much at most, without what an option adds. */
      maxPrice?: number;
      /** `true`: products of which a unit is left. */
      inStock?: boolean;
      /** The order. Names go by their first 24 characters; `-price` are the dearest first. */
      sort?: 'oldest' | 'newest' | 'name' | 'price' | '-price';
      /** Products with these ids, at most 100, with commas between them. */
      ids?: string;
    };
    body: undefined;
    answer: Product[];
  };
  /** Makes a product with its options */
  createProduct: {
    path: NoFields;
    query: NoFields;
    body: ProductDraft;
    answer: Product;
  };
  /** Reads the products with most units sold over the last days */
  readTopProducts: {
    path: NoFields;
    query: {
      /** How many to answer with at most. */
      limit?: number;
      /** Over the last so many times 24 hours. */
      days?: number;
    };
    body: undefined;
    answer: TopProduct[];
  };
  /** Reads a product, whatever its status */
  readProduct: {
    path: {
      /** A product's id. */
      productId: Id;
    };
    query: NoFields;
    body: undefined;
    answer: Product;
  };
  /** Changes the name, price, status or texts of a product */
  changeProduct: {
    path: {
      /** A product's id. */
      productId: Id;
    };
    query: NoFields;
    body: ProductChange;
    answer: Product;
  };
  /** Adds an option to a product, as its last one */
  addOption: {
    path: {
      /** A product's id. */
      productId: Id;
    };
    query: NoFields;
    body: OptionDraft;
    answer: ProductWithOption;
  };
  /** Changes an option, or takes it off sale */
  changeOption: {
    path: {
      /** A product's id. */
      productId: Id;
      /** The option; may be left out where the cart has one of the product. */
      optionId: Id;
    };
    query: NoFields;
    body: OptionChange;
    answer: Product;
  };
  /** Adds to the stock of an option */
  restock: {
    path: {
      /** A product's id. */
      productId: Id;
    };
    query: NoFields;
    body: StockChange;
    answer: OptionStock;
  };
  /** Reads the coupons that can be issued now, oldest first */
  listCoupons: {
    path: NoFields;
    query: {
      /** How many to answer with at most. */
      limit?: number;
      /** Where the list goes on, from the `next` of the last page's `Link` header; the first page without it. */
      cursor?: Cursor;
    };
    body: undefined;
    answer: Coupon[];
  };
  /** Makes a coupon, ready to be issued */
  createCoupon: {
    path: NoFields;
    query: NoFields;
    body: CouponDraft;
    answer: Coupon;
  };
  /** Reads a coupon, whatever its status */
  readCoupon: {
    path: {
      /** A coupon's (a campaign's) id. */
      couponId: Id;
    };
    query: NoFields;
    body: undefined;
    answer: Coupon;
  };
  /** Changes a coupon: suspends its issue, lets it go on, or changes its terms */
  changeCoupon: {
    path: {
      /** A coupon's (a campaign's) id. */
      couponId: Id;
    };
    query: NoFields;
    body: CouponChange;
    answer: Coupon;
  };
  /** Reads how the places of a coupon were issued: whether 1 to the highest are held, each by another user */
  readPlaces: {
    path: {
      /** A coupon's (a campaign's) id. */
      couponId: Id;
    };
    query: NoFields;
    body: undefined;
    answer: CouponPlaces;
  };
  /** Gets one of a coupon, first come first served */
  issueCoupon: {
    path: {
      /** A coupon's (a campaign's) id. */
      couponId: Id;
    };
    query: NoFields;
    body: EmptyBody;
    answer: UserCoupon;
  };
  /** Reads a user's coupons, newest first */
  listMyCoupons: {
    path: NoFields;
    query: {
      /** How many to answer with at most. */
      limit?: number;
      /** Where the list goes on, from the `next` of the last page's `Link` header; the first page without it. */
      cursor?: Cursor;
      /** Whose are read; the caller's by default. Another's id is for admins. */
      userId?: Id;
      /** Which of them: `ISSUED` can be used now, `ALL` are all. */
      status?: 'ISSUED' | 'USED' | 'EXPIRED' | 'ALL';
    };
    body: undefined;
    answer: UserCoupon[];
  };
  /** Reads the cart, with names, prices and stock of the moment */
  readCart: {
    path: NoFields;
    query: NoFields;
    body: undefined;
    answer: Cart;
  };
  /** Takes everything out of the cart */
  clearCart: {
    path: NoFields;
    query: NoFields;
    body: undefined;
    answer: Cart;
  };
  /** Puts a product into the cart, or more of it into its line */
  addToCart: {
    path: NoFields;
    query: NoFields;
    body: OrderDraftLine;
    answer: Cart;
  };
  /** Sets how many of a product are in the cart */
  setCartItem: {
    path: NoFields;
    query: NoFields;
    body: CartItemDraft;
    answer: Cart;
  };
  /** Takes a line out of the cart, whatever its quantity */
  removeFromCart: {
    path: NoFields;
    query: {
      /** A product's id. */
      productId: Id;
      /** The option; may be left out where the cart has one of the product. */
      optionId?: Id;
    };
    body: undefined;
    answer: Cart;
  };
  /** Reads a user's orders, newest first */
  listOrders: {
    path: NoFields;
    query: {
      /** How many to answer with at most. */
      limit?: number;
      /** Where the list goes on, from the `next` of the last page's `Link` header; the first page without it. */
      cursor?: Cursor;
      /** Whose are read; the caller's by default. Another's id is for admins. */
      userId?: Id;
      /** Orders with this status. */
      status?: 'PENDING' | 'SUCCESS' | 'FAILED' | 'CANCELLED';
      /** Of orders placed at this instant or later. */
      from?: GivenInstant;
      /** Of orders placed before this instant. */
      to?: GivenInstant;
    };
    body: undefined;
    answer: Order[];
  };
  /** Places an order and waits for its end */
  placeOrder: {
    path: NoFields;
    query: NoFields;
    body: OrderDraft;
    answer: PlacedOrder | PendingOrder;
  };
  /** Places an order and waits for its end */
  placeOrderAlias: {
    path: NoFields;
    query: NoFields;
    body: OrderDraft;
    answer: PlacedOrder | PendingOrder;
  };
  /** Reads an order with every step taken and undone, oldest first */
  readOrder: {
    path: {
      /** An order's id. */
      orderId: Id;
    };
    query: NoFields;
    body: undefined;
    answer: OrderWithHistory;
  };
  /** Reads the way of an order: each step as it was asked for, decided, answered and undone */
  readTimeline: {
    path: {
      /** An order's id. */
      orderId: Id;
    };
    query: NoFields;
    body: undefined;
    answer: OrderTimeline;
  };
  /** Cancels a successful order: money, coupon and stock go back */
  cancelOrder: {
    path: {
      /** An order's id. */
      orderId: Id;
    };
    query: {
      /** `true` changes nothing and answers with what a cancellation would give back. */
      dryRun?: boolean;
    };
    body: EmptyBody;
    answer: CancelledOrder;
  };
  /** Streams each step of an order until it ends */
  watchOrder: {
    path: {
      /** An order's id. */
      orderId: Id;
    };
    query: NoFields;
    body: undefined;
    answer: undefined;
    events: { progress: OrderStep; end: OrderEnd };
  };
  /** Streams how the issue of a coupon goes on */
  watchCoupon: {
    path: {
      /** A coupon's (a campaign's) id. */
      couponId: Id;
    };
    query: NoFields;
    body: undefined;
    answer: undefined;
    events: { coupon: CouponNow };
  };
  /** Streams once a second how the whole shop is */
  watchShop: {
    path: NoFields;
    query: NoFields;
    body: undefined;
    answer: undefined;
    events: { shop: ShopNow };
  };
  /** Reads products of every status, newest first unless told, with live stock */
  listAllProducts: {
    path: NoFields;
    query: {
      /** How many to answer with at most. */
      limit?: number;
      /** Where the list goes on, from the `next` of the last page's `Link` header; the first page without it. */
      cursor?: Cursor;
      /** Products of this status. */
      status?: 'SELLABLE' | 'SUSPENDED' | 'ARCHIVED';
      /** What is in the name, whatever the case of its letters; a syllable will do. */
      q?: string;
      /** Products of which fewer units than that are left, of all options. */
      stockBelow?: number;
      /** The order. Names go by their first 24 characters; `-price` are the dearest first. */
      sort?: 'oldest' | 'newest' | 'name' | 'price' | '-price';
    };
    body: undefined;
    answer: Product[];
  };
  /** Reads how the stock of a product was moved, newest first */
  listMovements: {
    path: {
      /** A product's id. */
      productId: Id;
    };
    query: {
      /** How many to answer with at most. */
      limit?: number;
      /** Where the list goes on, from the `next` of the last page's `Link` header; the first page without it. */
      cursor?: Cursor;
    };
    body: undefined;
    answer: StockMovement[];
  };
  /** Reads all coupons, newest first */
  listAllCoupons: {
    path: NoFields;
    query: {
      /** How many to answer with at most. */
      limit?: number;
      /** Where the list goes on, from the `next` of the last page's `Link` header; the first page without it. */
      cursor?: Cursor;
      /** Coupons of this status. */
      status?: 'ISSUABLE' | 'SUSPENDED';
      /** What is in the name, whatever the case of its letters. */
      q?: string;
    };
    body: undefined;
    answer: Coupon[];
  };
  /** Reads who holds which place of a coupon, the last place first */
  listIssues: {
    path: {
      /** A coupon's (a campaign's) id. */
      couponId: Id;
    };
    query: {
      /** How many to answer with at most. */
      limit?: number;
      /** Where the list goes on, from the `next` of the last page's `Link` header; the first page without it. */
      cursor?: Cursor;
    };
    body: undefined;
    answer: CouponIssue[];
  };
  /** Gives a coupon to a user */
  giveCoupon: {
    path: {
      /** A coupon's (a campaign's) id. */
      couponId: Id;
    };
    query: NoFields;
    body: CouponGift;
    answer: UserCoupon;
  };
  /** Takes an unused coupon back from its user */
  takeBackCoupon: {
    path: {
      /** The id of a coupon as it was issued to one user. */
      userCouponId: Id;
    };
    query: NoFields;
    body: undefined;
    answer: undefined;
  };
  /** Puts a user's balance right */
  adjustBalance: {
    path: {
      /** Whose are read; the caller's by default. Another's id is for admins. */
      userId: Id;
    };
    query: NoFields;
    body: Adjustment;
    answer: WalletTransaction;
  };
  /** Finds whatever a pasted text names */
  find: {
    path: NoFields;
    query: {
      /** The id of an order, a user, a product, a coupon, a charge, a message, a request or a trace, an e-mail address, or an Idempotency-Key: all of it. */
      q: string;
      /** How many to answer with at most. */
      limit?: number;
    };
    body: undefined;
    answer: FoundThing[];
  };
  /** Reads what was sold, by the hour or day, oldest first */
  readSales: {
    path: NoFields;
    query: {
      /** From the hour or day of this instant on; a day of hours or 30 days before `to` by default. */
      from?: GivenInstant;
      /** Before this instant; the present by default. */
      to?: GivenInstant;
      /** Rows by the hour or by the day, of UTC. */
      by?: 'hour' | 'day';
      /** Sales of this product alone. */
      productId?: Id;
    };
    body: undefined;
    answer: SalesOfPeriod[];
  };
  /** Reads the products that sold most in a range of hours */
  readProductSales: {
    path: NoFields;
    query: {
      /** From the hour of this instant on; 30 days before `to` by default. */
      from?: GivenInstant;
      /** Before this instant; the present by default. */
      to?: GivenInstant;
      /** How many to answer with at most. */
      limit?: number;
    };
    body: undefined;
    answer: SalesOfProduct[];
  };
  /** Reads what was sold by category in a range of hours */
  readCategorySales: {
    path: NoFields;
    query: {
      /** From the hour of this instant on; 30 days before `to` by default. */
      from?: GivenInstant;
      /** Before this instant; the present by default. */
      to?: GivenInstant;
      /** How many to answer with at most. */
      limit?: number;
    };
    body: undefined;
    answer: SalesOfCategory[];
  };
  /** Reads everybody's orders, newest first */
  listAllOrders: {
    path: NoFields;
    query: {
      /** How many to answer with at most. */
      limit?: number;
      /** Where the list goes on, from the `next` of the last page's `Link` header; the first page without it. */
      cursor?: Cursor;
      /** Orders with this status. */
      status?: 'PENDING' | 'SUCCESS' | 'FAILED' | 'CANCELLED';
      /** Orders that failed with this code. */
      failureCode?: 'PRODUCT_NOT_FOUND' | 'OPTION_NOT_FOUND' | 'OPTION_REQUIRED' | 'PRODUCT_NOT_SELLABLE' | 'OUT_OF_STOCK' | 'VALIDATION_FAILED' | 'COUPON_NOT_USABLE' | 'PRICE_CHANGED' | 'INSUFFICIENT_BALANCE' | 'ORDER_TIMED_OUT';
      /** Whose are read; the caller's by default. Another's id is for admins. */
      userId?: Id;
      /** Orders of this product, whatever else they are of. */
      productId?: Id;
      /** Orders with a coupon of this campaign. */
      couponId?: Id;
      /** Of orders placed at this instant or later. */
      from?: GivenInstant;
      /** Of orders placed before this instant. */
      to?: GivenInstant;
      /** Orders that cost this or more, in the smallest unit. */
      minTotal?: number;
      /** Orders that took longer than so many milliseconds, also those that take longer by now. */
      slowerThanMs?: number;
    };
    body: undefined;
    answer: ListedOrder[];
  };
  /** Reads the records of completed and cancelled orders, oldest first */
  readEvents: {
    path: NoFields;
    query: {
      /** Records with a higher number: `next` of the answer before, 0 for the first. */
      after?: number;
      /** How many to answer with at most. */
      limit?: number;
    };
    body: undefined;
    answer: OrderRecords;
  };
  /** Reads users, the newest first unless they are looked for */
  listUsers: {
    path: NoFields;
    query: {
      /** How many to answer with at most. */
      limit?: number;
      /** Where the list goes on, from the `next` of the last page's `Link` header; the first page without it. */
      cursor?: string;
      /** How the e-mail or the name begins, whatever the case of its letters; or the id of a user. */
      q?: string;
      /** Users with this role. */
      role?: 'customer' | 'viewer' | 'operator' | 'admin';
      /** Users in this state. */
      state?: 'ACTIVE' | 'SUSPENDED' | 'DELETED';
    };
    body: undefined;
    answer: User[];
  };
  /** Reads a user, with balance and figures */
  readUser: {
    path: {
      /** Whose are read; the caller's by default. Another's id is for admins. */
      userId: Id;
    };
    query: NoFields;
    body: undefined;
    answer: UserDetails;
  };
  /** Gives a user another role, suspends them, or lets them in again */
  changeUser: {
    path: {
      /** Whose are read; the caller's by default. Another's id is for admins. */
      userId: Id;
    };
    query: NoFields;
    body: UserChange;
    answer: User;
  };
  /** Logs a user out everywhere */
  endSessionsOfUser: {
    path: {
      /** Whose are read; the caller's by default. Another's id is for admins. */
      userId: Id;
    };
    query: NoFields;
    body: undefined;
    answer: undefined;
  };
  /** Makes a token with which a user sets the password anew */
  makePasswordReset: {
    path: {
      /** Whose are read; the caller's by default. Another's id is for admins. */
      userId: Id;
    };
    query: NoFields;
    body: EmptyBody;
    answer: ResetToken;
  };
  /** Reads the keys of programs, the newest first */
  listApiKeys: {
    path: NoFields;
    query: {
      /** How many to answer with at most. */
      limit?: number;
      /** Where the list goes on, from the `next` of the last page's `Link` header; the first page without it. */
      cursor?: Cursor;
    };
    body: undefined;
    answer: ApiKey[];
  };
  /** Makes a key for a program */
  createApiKey: {
    path: NoFields;
    query: NoFields;
    body: ApiKeyDraft;
    answer: CreatedApiKey;
  };
  /** Reads a key of a program */
  readApiKey: {
    path: {
      /** The id of an API key. */
      keyId: Id;
    };
    query: NoFields;
    body: undefined;
    answer: ApiKey;
  };
  /** Ends a key */
  endApiKey: {
    path: {
      /** The id of an API key. */
      keyId: Id;
    };
    query: NoFields;
    body: undefined;
    answer: undefined;
  };
  /** Reads webhooks, the newest first */
  listWebhooks: {
    path: NoFields;
    query: {
      /** How many to answer with at most. */
      limit?: number;
      /** Where the list goes on, from the `next` of the last page's `Link` header; the first page without it. */
      cursor?: Cursor;
    };
    body: undefined;
    answer: Webhook[];
  };
  /** Has an address told of completed and cancelled orders from now on */
  createWebhook: {
    path: NoFields;
    query: NoFields;
    body: WebhookDraft;
    answer: CreatedWebhook;
  };
  /** Reads a webhook, and how far it has come */
  readWebhook: {
    path: {
      /** The id of a webhook. */
      webhookId: Id;
    };
    query: NoFields;
    body: undefined;
    answer: Webhook;
  };
  /** Changes a webhook, pauses it, or has it go on */
  changeWebhook: {
    path: {
      /** The id of a webhook. */
      webhookId: Id;
    };
    query: NoFields;
    body: WebhookChange;
    answer: Webhook;
  };
  /** Has an address told nothing any more */
  deleteWebhook: {
    path: {
      /** The id of a webhook. */
      webhookId: Id;
    };
    query: NoFields;
    body: undefined;
    answer: undefined;
  };
  /** Puts another secret in the place of a webhook's */
  rotateWebhookSecret: {
    path: {
      /** The id of a webhook. */
      webhookId: Id;
    };
    query: NoFields;
    body: EmptyBody;
    answer: CreatedWebhook;
  };
  /** Sends a test to a webhook, and says what came of it */
  testWebhook: {
    path: {
      /** The id of a webhook. */
      webhookId: Id;
    };
    query: NoFields;
    body: EmptyBody;
    answer: WebhookDelivery;
  };
  /** Has deliveries go on with a record, as far back as records are kept */
  resendToWebhook: {
    path: {
      /** The id of a webhook. */
      webhookId: Id;
    };
    query: NoFields;
    body: WebhookResend;
    answer: Webhook;
  };
  /** Reads the tries to deliver to a webhook, the latest first */
  listDeliveries: {
    path: {
      /** The id of a webhook. */
      webhookId: Id;
    };
    query: {
      /** How many to answer with at most. */
      limit?: number;
      /** Where the list goes on, from the `next` of the last page's `Link` header; the first page without it. */
      cursor?: Cursor;
    };
    body: undefined;
    answer: WebhookDelivery[];
  };
  /** Audits the books of all services */
  auditShop: {
    path: NoFields;
    query: NoFields;
    body: undefined;
    answer: AuditReport;
  };
  /** Proves the sums that a service keeps for audits */
  proveAudit: {
    path: {
      /** The service of the shop that is meant. */
      service: ServiceName;
    };
    query: {
      /** The table to go on with, only together with `after`; the first without it. */
      source?: string;
      /** Counts on after this id, only together with `source`; from the first row on without it. */
      after?: Id;
    };
    body: undefined;
    answer: AuditProof;
  };
  /** Reads what the latest audits found, newest first */
  listAudits: {
    path: NoFields;
    query: {
      /** How many to answer with at most. */
      limit?: number;
      /** Where the list goes on, from the `next` of the last page's `Link` header; the first page without it. */
      cursor?: Cursor;
    };
    body: undefined;
    answer: AuditInShort[];
  };
  /** Reads what an audit found, each thing that must hold as a sentence with what both sides have */
  readAudit: {
    path: {
      /** The id of an audit. */
      auditId: Id;
    };
    query: NoFields;
    body: undefined;
    answer: ToldAudit;
  };
  /** Reads the messages that services could not handle, newest first */
  listDeadLetters: {
    path: NoFields;
    query: {
      /** How many to answer with at most. */
      limit?: number;
      /** Where the list goes on, from the `next` of the last page's `Link` header; the first page without it. */
      cursor?: Cursor;
      /** The service of the shop that is meant. */
      service?: ServiceName;
      /** `WAITING` for people, `SENT_AGAIN` or `DROPPED`. */
      state?: DeadLetterState;
      /** The queue that it came from, and to which it is sent again. */
      queue?: string;
      /** The message's type. */
      type?: string;
      /** Why. */
      reason?: string;
    };
    body: undefined;
    answer: DeadLetter[];
  };
  /** Counts the waiting messages that services could not handle, by type and reason */
  listDeadLetterGroups: {
    path: NoFields;
    query: {
      /** The service of the shop that is meant. */
      service?: ServiceName;
      /** How many to answer with at most. */
      limit?: number;
    };
    body: undefined;
    answer: DeadLetterGroup[];
  };
  /** Notes something about waiting messages of a type and reason, or mutes them */
  changeDeadLetterGroup: {
    path: {
      /** The service of the shop that is meant. */
      service: ServiceName;
    };
    query: NoFields;
    body: DeadLetterGroupChange;
    answer: DeadLetterGroup;
  };
  /** Reads a message that a service could not handle, with body and properties */
  readDeadLetter: {
    path: {
      /** The service of the shop that is meant. */
      service: ServiceName;
      /** The dead letter's id. */
      deadLetterId: Id;
    };
    query: NoFields;
    body: undefined;
    answer: DeadLetterWithBody;
  };
  /** Sends a service's waiting dead letters again */
  sendDeadLetters: {
    path: {
      /** The service of the shop that is meant. */
      service: ServiceName;
    };
    query: NoFields;
    body: DeadLettersToSend;
    answer: SentDeadLetters;
  };
  /** Sends a dead letter to its queue again */
  sendDeadLetter: {
    path: {
      /** The service of the shop that is meant. */
      service: ServiceName;
      /** The dead letter's id. */
      deadLetterId: Id;
    };
    query: NoFields;
    body: EmptyBody;
    answer: SentDeadLetter;
  };
  /** Takes a dead letter out of those that wait */
  dropDeadLetter: {
    path: {
      /** The service of the shop that is meant. */
      service: ServiceName;
      /** The dead letter's id. */
      deadLetterId: Id;
    };
    query: NoFields;
    body: Drop;
    answer: DeadLetter;
  };
  /** Reads the sagas that have made no progress for so long, those of the oldest orders first */
  listStuckSagas: {
    path: NoFields;
    query: {
      /** How many to answer with at most. */
      limit?: number;
      /** Where the list goes on, from the `next` of the last page's `Link` header; the first page without it. */
      cursor?: Cursor;
      /** How long they have been without progress at least, in seconds. */
      olderThanSeconds?: number;
    };
    body: undefined;
    answer: StuckSaga[];
  };
  /** Has the sagas without progress send again what they wait for */
  nudgeSagas: {
    path: NoFields;
    query: NoFields;
    body: SagasToNudge;
    answer: NudgedSagas;
  };
  /** Has the saga of an order send again what it waits for, or give up if its deadline has passed */
  nudgeSaga: {
    path: {
      /** An order's id. */
      orderId: Id;
    };
    query: NoFields;
    body: EmptyBody;
    answer: NudgedSaga;
  };
  /** Reads what became of a call that has sent messages again or nudged sagas */
  readOperation: {
    path: {
      /** The id of a call by which messages were sent again or sagas nudged. */
      operationId: Id;
    };
    query: NoFields;
    body: undefined;
    answer: OperationOfStaff;
  };
  /** Has wallets, stock, coupons and ranking agree again with how orders ended */
  redriveOrders: {
    path: NoFields;
    query: NoFields;
    body: OrdersToRedrive;
    answer: RedrivenOrders;
  };
  /** Reads what those who run the shop have done or tried, newest first */
  listAdminLog: {
    path: NoFields;
    query: {
      /** How many to answer with at most. */
      limit?: number;
      /** Where the list goes on, from the `next` of the last page's `Link` header; the first page without it. */
      cursor?: Cursor;
      /** Whose actions: the id of a user. */
      actorId?: Id;
      /** What was acted on: the id of an order, a product and so on, or of the user in whose name it was done. */
      target?: string;
      /** Of what was begun at this instant or later. */
      from?: GivenInstant;
      /** Of what was begun before this instant. */
      to?: GivenInstant;
    };
    body: undefined;
    answer: AdminLogEntry[];
  };
  /** This document */
  readApiDocument: {
    path: NoFields;
    query: NoFields;
    body: undefined;
    answer: OpenApi;
  };
  /** This document as a page */
  readDocs: {
    path: NoFields;
    query: NoFields;
    body: undefined;
    answer: undefined;
  };
  /** Tells what this is and where to go on */
  readEntry: {
    path: NoFields;
    query: NoFields;
    body: undefined;
    answer: Entry;
  };
  /** Tells that the process runs */
  readLiveness: {
    path: NoFields;
    query: NoFields;
    body: undefined;
    answer: Liveness;
  };
  /** Tells whether this process has what it needs, or what is missing */
  readReadiness: {
    path: NoFields;
    query: NoFields;
    body: undefined;
    answer: Readiness;
  };
}

/** How each operation is asked for; those with `isKeyed` take an Idempotency-Key. */
export const ROUTES = {
  register: { method: 'POST', path: '/auth/register', isKeyed: true },
  login: { method: 'POST', path: '/auth/login', isKeyed: false },
  refresh: { method: 'POST', path: '/auth/refresh', isKeyed: false },
  logout: { method: 'POST', path: '/auth/logout', isKeyed: false },
  readMe: { method: 'GET', path: '/auth/me', isKeyed: false },
  changeMe: { method: 'PATCH', path: '/auth/me', isKeyed: false },
  deleteMe: { method: 'DELETE', path: '/auth/me', isKeyed: false },
  readKeys: { method: 'GET', path: '/.well-known/jwks.json', isKeyed: false },
  changePassword: { method: 'POST', path: '/auth/password', isKeyed: false },
  resetPassword: { method: 'POST', path: '/auth/password/reset', isKeyed: false },
  listSessions: { method: 'GET', path: '/auth/sessions', isKeyed: false },
  endOtherSessions: { method: 'DELETE', path: '/auth/sessions', isKeyed: false },
  endSession: { method: 'DELETE', path: '/auth/sessions/{sessionId}', isKeyed: false },
  beginConsoleSession: { method: 'POST', path: '/auth/console/sessions', isKeyed: false },
  refreshConsoleSession: { method: 'POST', path: '/auth/console/refresh', isKeyed: false },
  endConsoleSession: { method: 'POST', path: '/auth/console/logout', isKeyed: false },
  createConsoleLink: { method: 'POST', path: '/auth/console/links', isKeyed: true },
  chargeBalance: { method: 'POST', path: '/balance/charge', isKeyed: true },
  listCharges: { method: 'GET', path: '/balance/charges', isKeyed: false },
  readCharge: { method: 'GET', path: '/balance/charges/{chargeId}', isKeyed: false },
  readBalance: { method: 'GET', path: '/balance', isKeyed: false },
  listTransactions: { method: 'GET', path: '/balance/history', isKeyed: false },
  listProducts: { method: 'GET', path: '/products', isKeyed: false },
  createProduct: { method: 'POST', path: '/products', isKeyed: true },
  readTopProducts: { method: 'GET', path: '/products/top', isKeyed: false },
  readProduct: { method: 'GET', path: '/products/{productId}', isKeyed: false },
  changeProduct: { method: 'PATCH', path: '/products/{productId}', isKeyed: true },
  addOption: { method: 'POST', path: '/products/{productId}/options', isKeyed: true },
  changeOption: { method: 'PATCH', path: '/products/{productId}/options/{optionId}', isKeyed: true },
  restock: { method: 'POST', path: '/products/{productId}/stock', isKeyed: true },
  listCoupons: { method: 'GET', path: '/coupons', isKeyed: false },
  createCoupon: { method: 'POST', path: '/coupons', isKeyed: true },
  readCoupon: { method: 'GET', path: '/coupons/{couponId}', isKeyed: false },
  changeCoupon: { method: 'PATCH', path: '/coupons/{couponId}', isKeyed: true },
  readPlaces: { method: 'GET', path: '/coupons/{couponId}/places', isKeyed: false },
  issueCoupon: { method: 'POST', path: '/coupons/{couponId}/issue', isKeyed: true },
  listMyCoupons: { method: 'GET', path: '/coupons/mine', isKeyed: false },
  readCart: { method: 'GET', path: '/cart', isKeyed: false },
  clearCart: { method: 'DELETE', path: '/cart', isKeyed: true },
  addToCart: { method: 'POST', path: '/cart/add', isKeyed: true },
  setCartItem: { method: 'PUT', path: '/cart/items', isKeyed: true },
  removeFromCart: { method: 'DELETE', path: '/cart/remove', isKeyed: true },
  listOrders: { method: 'GET', path: '/orders', isKeyed: false },
  placeOrder: { method: 'POST', path: '/orders', isKeyed: true },
  placeOrderAlias: { method: 'POST', path: '/order', isKeyed: true },
  readOrder: { method: 'GET', path: '/orders/{orderId}', isKeyed: false },
  readTimeline: { method: 'GET', path: '/orders/{orderId}/timeline', isKeyed: false },
  cancelOrder: { method: 'POST', path: '/orders/{orderId}/cancel', isKeyed: true },
  watchOrder: { method: 'GET', path: '/orders/{orderId}/events', isKeyed: false },
  watchCoupon: { method: 'GET', path: '/coupons/{couponId}/live', isKeyed: false },
  watchShop: { method: 'GET', path: '/admin/live', isKeyed: false },
  listAllProducts: { method: 'GET', path: '/admin/products', isKeyed: false },
  listMovements: { method: 'GET', path: '/admin/products/{productId}/movements', isKeyed: false },
  listAllCoupons: { method: 'GET', path: '/admin/coupons', isKeyed: false },
  listIssues: { method: 'GET', path: '/admin/coupons/{couponId}/issues', isKeyed: false },
  giveCoupon: { method: 'POST', path: '/admin/coupons/{couponId}/issues', isKeyed: true },
  takeBackCoupon: { method: 'DELETE', path: '/admin/user-coupons/{userCouponId}', isKeyed: true },
  adjustBalance: { method: 'POST', path: '/admin/users/{userId}/balance', isKeyed: true },
  find: { method: 'GET', path: '/admin/find', isKeyed: false },
  readSales: { method: 'GET', path: '/admin/sales', isKeyed: false },
  readProductSales: { method: 'GET', path: '/admin/sales/products', isKeyed: false },
  readCategorySales: { method: 'GET', path: '/admin/sales/categories', isKeyed: false },
  listAllOrders: { method: 'GET', path: '/admin/orders', isKeyed: false },
  readEvents: { method: 'GET', path: '/events', isKeyed: false },
  listUsers: { method: 'GET', path: '/admin/users', isKeyed: false },
  readUser: { method: 'GET', path: '/admin/users/{userId}', isKeyed: false },
  changeUser: { method: 'PATCH', path: '/admin/users/{userId}', isKeyed: false },
  endSessionsOfUser: { method: 'DELETE', path: '/admin/users/{userId}/sessions', isKeyed: false },
  makePasswordReset: { method: 'POST', path: '/admin/users/{userId}/reset-password', isKeyed: true },
  listApiKeys: { method: 'GET', path: '/admin/api-keys', isKeyed: false },
  createApiKey: { method: 'POST', path: '/admin/api-keys', isKeyed: true },
  readApiKey: { method: 'GET', path: '/admin/api-keys/{keyId}', isKeyed: false },
  endApiKey: { method: 'DELETE', path: '/admin/api-keys/{keyId}', isKeyed: false },
  listWebhooks: { method: 'GET', path: '/admin/webhooks', isKeyed: false },
  createWebhook: { method: 'POST', path: '/admin/webhooks', isKeyed: true },
  readWebhook: { method: 'GET', path: '/admin/webhooks/{webhookId}', isKeyed: false },
  changeWebhook: { method: 'PATCH', path: '/admin/webhooks/{webhookId}', isKeyed: false },
  deleteWebhook: { method: 'DELETE', path: '/admin/webhooks/{webhookId}', isKeyed: false },
  rotateWebhookSecret: { method: 'POST', path: '/admin/webhooks/{webhookId}/rotate', isKeyed: true },
  testWebhook: { method: 'POST', path: '/admin/webhooks/{webhookId}/test', isKeyed: true },
  resendToWebhook: { method: 'POST', path: '/admin/webhooks/{webhookId}/resend', isKeyed: true },
  listDeliveries: { method: 'GET', path: '/admin/webhooks/{webhookId}/deliveries', isKeyed: false },
  auditShop: { method: 'GET', path: '/admin/audit', isKeyed: false },
  proveAudit: { method: 'GET', path: '/admin/audit/proof/{service}', isKeyed: false },
  listAudits: { method: 'GET', path: '/admin/audits', isKeyed: false },
  readAudit: { method: 'GET', path: '/admin/audits/{auditId}', isKeyed: false },
  listDeadLetters: { method: 'GET', path: '/admin/dead-letters', isKeyed: false },
  listDeadLetterGroups: { method: 'GET', path: '/admin/dead-letters/groups', isKeyed: false },
  changeDeadLetterGroup: { method: 'PATCH', path: '/admin/dead-letters/{service}/groups', isKeyed: false },
  readDeadLetter: { method: 'GET', path: '/admin/dead-letters/{service}/{deadLetterId}', isKeyed: false },
  sendDeadLetters: { method: 'POST', path: '/admin/dead-letters/{service}/send', isKeyed: true },
  sendDeadLetter: { method: 'POST', path: '/admin/dead-letters/{service}/{deadLetterId}/send', isKeyed: true },
  dropDeadLetter: { method: 'POST', path: '/admin/dead-letters/{service}/{deadLetterId}/drop', isKeyed: false },
  listStuckSagas: { method: 'GET', path: '/admin/sagas', isKeyed: false },
  nudgeSagas: { method: 'POST', path: '/admin/sagas/nudge', isKeyed: true },
  nudgeSaga: { method: 'POST', path: '/admin/sagas/{orderId}/nudge', isKeyed: true },
  readOperation: { method: 'GET', path: '/admin/operations/{operationId}', isKeyed: false },
  redriveOrders: { method: 'POST', path: '/admin/orders/redrive', isKeyed: false },
  listAdminLog: { method: 'GET', path: '/admin/log', isKeyed: false },
  readApiDocument: { method: 'GET', path: '/openapi.json', isKeyed: false },
  readDocs: { method: 'GET', path: '/docs', isKeyed: false },
  readEntry: { method: 'GET', path: '/', isKeyed: false },
  readLiveness: { method: 'GET', path: '/health/live', isKeyed: false },
  readReadiness: { method: 'GET', path: '/health/ready', isKeyed: false },
} as const;

/** What operations answer with whose success is no JSON. */
export const OTHER_TYPES: Readonly<Record<string, readonly string[]>> = {
  watchOrder: ['text/event-stream'],
  watchCoupon: ['text/event-stream'],
  watchShop: ['text/event-stream'],
  readDocs: ['text/html'],
};
