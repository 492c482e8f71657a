import type { OrderTimeline } from '@jangteo/client';

/** A larger file is none that a shop has exported. */
export const FILE_BYTES_MAX = 1_048_576;

export type ReadFault =
  | { readonly kind: 'TOO_LARGE' }
  | { readonly kind: 'NOT_JSON' }
  | { readonly kind: 'OTHER_VERSION'; readonly version: string }
  | { readonly kind: 'NOT_A_TIMELINE'; readonly path: string; readonly expected: Expected };

/** What should have been there. */
export type Expected = 'text' | 'flag' | 'id' | 'time' | 'number' | 'word' | 'list' | 'fields' | 'value';

export type ReadResult =
  { readonly ok: true; readonly timeline: OrderTimeline } | { readonly ok: false; readonly fault: ReadFault };

/** Where a file differs from the form of a timeline. */
class Difference extends Error {
  constructor(
    readonly path: string,
    readonly expected: Expected,
  ) {
    super(`${path}: ${expected}`);
  }
}

/** Throws a Difference unless the value at this path is as it should be. */
type Check = (value: unknown, path: string) => void;

const TEXT_MAX = 100_000;
const LIST_MAX = 10_000;

function check(isSo: boolean, path: string, expected: Expected): asserts isSo {
  if (!isSo) throw new Difference(path, expected);
}

const text: Check = (value, path) =>
  check(typeof value === 'string' && value.length <= TEXT_MAX, path, 'text');

const flag: Check = (value, path) => check(typeof value === 'boolean', path, 'flag');

const id: Check = (value, path) =>
  check(typeof value === 'string' && /^[\da-f]{8}-([\da-f]{4}-){3}[\da-f]{12}$/i.test(value), path, 'id');

const instant: Check = (value, path) => {
  const isInstant =
    typeof value === 'string' &&
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(value) &&
    !Number.isNaN(Date.parse(value));
  check(isInstant, path, 'time');
};

const whole =
  (least: number, most: number = Number.MAX_SAFE_INTEGER): Check =>
  (value, path) =>
    check(Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most, path, 'number');

const [money, signedMoney] = [whole(0), whole(-Number.MAX_SAFE_INTEGER)];

const oneOf =
  (...words: readonly string[]): Check =>
  (value, path) =>
    check(typeof value === 'string' && words.includes(value), path, 'word');

const listOf =
  (item: Check, most = LIST_MAX): Check =>
  (value, path) => {
    check(Array.isArray(value) && value.length <= most, path, 'list');
    value.forEach((each, index) => item(each, `${path}[${index}]`));
  };

/** Fields that later releases may add are let through. */
const object =
  (required: Readonly<Record<string, Check>>, optional: Readonly<Record<string, Check>> = {}): Check =>
  (value, path) => {
    check(typeof value === 'object' && value !== null && !Array.isArray(value), path, 'fields');
    const fields = value as Readonly<Record<string, unknown>>;
    const inside = (name: string): string => (path === '' ? name : `${path}.${name}`);
    for (const [name, its] of Object.entries(required)) {
      check(Object.hasOwn(fields, name), inside(name), 'value');
      its(fields[name], inside(name));
    }
    for (const [name, its] of Object.entries(optional)) {
      if (Object.hasOwn(fields, name)) its(fields[name], inside(name));
    }
  };

const participant = oneOf('catalog', 'coupon', 'wallet', 'ranking');
const who = object({ at: instant, by: text }, { actorId: id });

const step = object(
  {
    step: text,
    isUndo: flag,
    state: oneOf('TO_COME', 'AWAITED', 'DONE', 'REFUSED', 'GIVEN_UP'),
    decision: oneOf('NONE', 'DONE', 'REFUSED', 'BARRED', 'UNKNOWN'),
  },
  {
    service: participant,
    asked: object(
      {},
      {
        items: listOf(object({ productId: id, quantity: whole(1, 1_000) }, { optionId: id })),
        userCouponId: id,
        amount: money,
      },
    ),
    askedAt: instant,
    sends: whole(1, 1_000_000),
    sentAt: instant,
    lookAgainAt: instant,
    deadlineAt: instant,
    decidedAt: instant,
    answeredAt: instant,
    clocksApartMs: whole(0),
    code: text,
    detail: text,
    subtotal: money,
    discount: money,
    balanceAfter: money,
    key: text,
  },
);

const row = object(
  { table: text, id: text, service: participant },
  {
    writtenAt: instant,
    undoneAt: instant,
    optionId: id,
    quantity: signedMoney,
    userCouponId: id,
    discount: money,
    amount: signedMoney,
    balanceBefore: money,
    balanceAfter: money,
  },
);

const deadLetter = object(
  {
    deadLetterId: id,
    type: text,
    reason: text,
    parkedAt: instant,
    state: oneOf('WAITING', 'SENT_AGAIN', 'DROPPED'),
    service: oneOf('catalog', 'coupon', 'wallet', 'ranking', 'order'),
  },
  { messageId: text, settledAt: instant },
);

/** The form of `docs/timeline.schema.json`. */
const timeline = object(
  {
    version: whole(1, 1),
    orderId: id,
    orderStatus: oneOf('PENDING', 'SUCCESS', 'FAILED', 'CANCELLED'),
    readAt: instant,
    why: object({ en: text, ko: text }, { code: text, step: text }),
    placed: who,
    steps: listOf(step, 100),
    owed: listOf(object({ kind: oneOf('COMMAND', 'EVENT'), name: text })),
    records: listOf(object({ type: text, isSent: flag }, { sequence: whole(1) }), 100),
    unanswered: listOf(object({ service: participant, reason: text })),
    notRecorded: listOf(text),
  },
  {
    cancelled: who,
    requestId: text,
    traceparent: text,
    rows: listOf(row),
    deadLetters: listOf(deadLetter, 100),
    nudges: listOf(object({ at: instant, by: id }), 20),
    redrives: listOf(object({ command: text, at: instant, by: id }, { code: text }), 20),
  },
);

const failed = (fault: ReadFault): ReadResult => ({ ok: false, fault });

function versionOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'version' in value ? value.version : undefined;
}

/** Reads a file that was exported, of whatever release with the same version of the form. */
export function readTimelineFile(content: string): ReadResult {
  // No character takes less than a byte.
  if (content.length > FILE_BYTES_MAX) return failed({ kind: 'TOO_LARGE' });
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    return failed({ kind: 'NOT_JSON' });
  }
  const version = versionOf(value);
  if (typeof version === 'number' && version !== 1)
    return failed({ kind: 'OTHER_VERSION', version: String(version) });
  try {
    timeline(value, '');
  } catch (error) {
    if (!(error instanceof Difference)) throw error;
    return failed({
      kind: 'NOT_A_TIMELINE',
      path: error.path === '' ? '/' : error.path,
      expected: error.expected,
    });
  }
  return { ok: true, timeline: value as OrderTimeline };
}
