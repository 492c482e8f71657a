import type { AuditCheck } from '@jangteo/client';

/** A sum as a service tells it: `wallet.balance`. */
export type SumName = `${AuditCheck['seen'][number]['service']}.${string}`;
export type Operator = '=' | '≥' | '+';

/** Groups of what must hold, in the order in which they are shown. */
export const GROUPS = ['orders', 'money', 'stock', 'prices', 'coupons', 'readers', 'others'] as const;
export type Group = (typeof GROUPS)[number];

/** What the examples of a check are ids of, where there is a page of it. */
type Subject = 'order' | 'user' | 'coupon' | 'product' | 'hour';

interface Shape {
  readonly group: Group;
  /** Its sums are amounts of money. */
  readonly isMoney?: true;
  readonly subject?: Subject;
  /** How the sums of a check hang together; empty where it counts nothing that could be compared. */
  readonly equation: readonly (SumName | Operator)[];
}

const SHAPES: Readonly<Record<string, Shape>> = {
  progress: { group: 'orders', subject: 'order', equation: [] },
  'orders-and-sagas': {
    group: 'orders',
    subject: 'order',
    equation: ['order.orders', '=', 'order.sagas'],
  },
  money: {
    group: 'money',
    isMoney: true,
    equation: ['wallet.charged', '=', 'wallet.balance', '+', 'wallet.paid'],
  },
  charges: { group: 'money', isMoney: true, equation: ['wallet.due', '=', 'wallet.credited'] },
  balances: {
    group: 'money',
    isMoney: true,
    subject: 'user',
    equation: ['wallet.balance', '=', 'wallet.ledger'],
  },
  payments: { group: 'money', subject: 'order', equation: ['wallet.payments', '≥', 'wallet.refunds'] },
  'payments-of-orders': {
    group: 'money',
    isMoney: true,
    subject: 'order',
    equation: ['order.payments', '=', 'wallet.payments'],
  },
  stock: { group: 'stock', equation: ['catalog.received', '=', 'catalog.remaining', '+', 'catalog.taken'] },
  'stock-of-orders': { group: 'stock', subject: 'order', equation: ['order.stock', '=', 'catalog.stock'] },
  'prices-of-orders': {
    group: 'prices',
    isMoney: true,
    subject: 'order',
    equation: ['order.prices', '=', 'catalog.prices'],
  },
  'discounts-of-orders': {
    group: 'prices',
    isMoney: true,
    subject: 'order',
    equation: ['order.discounts', '=', 'coupon.discounts'],
  },
  'issued-coupons': {
    group: 'coupons',
    subject: 'coupon',
    equation: ['coupon.total', '≥', 'coupon.issued', '=', 'coupon.held'],
  },
  'used-coupons': { group: 'coupons', equation: ['coupon.used', '=', 'coupon.redeemed'] },
  'coupons-of-orders': {
    group: 'coupons',
    subject: 'order',
    equation: ['order.coupons', '=', 'coupon.coupons'],
  },
  sales: { group: 'readers', subject: 'product', equation: ['ranking.sold', '≥', 'ranking.cancelled'] },
  statistics: {
    group: 'readers',
    subject: 'hour',
    equation: ['ranking.ranking', '=', 'ranking.statistics'],
  },
  'orders-in-ranking': {
    group: 'readers',
    subject: 'order',
    equation: ['order.steps', '=', 'ranking.steps'],
  },
  'units-in-ranking': {
    group: 'readers',
    subject: 'product',
    equation: ['order.hours', '=', 'ranking.hours'],
  },
  'orders-in-data-platform': {
    group: 'readers',
    subject: 'order',
    equation: ['order.steps', '=', 'order.records'],
  },
};

/** Of a check that a later release has made: its sums side by side, where there are two of them. */
function shapeOf({ name, seen }: Pick<AuditCheck, 'name' | 'seen'>): Shape {
  const known = SHAPES[name];
  if (known !== undefined) return known;
  const sums = seen.flatMap(({ service, sums: its }) =>
    Object.keys(its).map((sum): SumName => `${service}.${sum}`),
  );
  return { group: 'others', equation: sums.length === 2 ? [sums[0]!, '=', sums[1]!] : [] };
}

export type Verdict = 'SOUND' | 'UNSOUND' | 'UNKNOWN';

/** Where somebody did not answer, nothing is known to hold. */
export function verdictOf({ findings, unanswered }: Pick<AuditCheck, 'findings' | 'unanswered'>): Verdict {
  if (findings > 0) return 'UNSOUND';
  return unanswered.length > 0 ? 'UNKNOWN' : 'SOUND';
}

/** The verdict on all of an audit. */
export function verdictOn(checks: readonly Pick<AuditCheck, 'findings' | 'unanswered'>[]): Verdict {
  const verdicts = new Set(checks.map(verdictOf));
  return verdicts.has('UNSOUND') ? 'UNSOUND' : verdicts.has('UNKNOWN') ? 'UNKNOWN' : 'SOUND';
}

type LeftOut = NonNullable<AuditCheck['notCompared']>;

/** Why nothing of a check was compared, without anything of the shop being wrong; undefined where something was. */
export function reasonToLeaveOut({ notCompared }: AuditCheck): LeftOut['reason'] | undefined {
  return notCompared?.from === undefined ? notCompared?.reason : undefined;
}

/** A side of an equation, whose value is undefined where its service did not answer; or what stands between sides. */
export type Part = Operator | '≠' | { readonly sum: SumName | 'rest'; readonly value: bigint | undefined };
type Sum = Exclude<Part, string>;

export interface Told {
  readonly group: Group;
  readonly verdict: Verdict;
  /** The sums are amounts, in the smallest unit of the currency. */
  readonly isMoney: boolean;
  readonly parts: readonly Part[];
  /** By how much the sides differ where that is wrong: above 0 where the left one has more. */
  readonly difference: bigint;
}

interface Sides {
  readonly sides: readonly Sum[][];
  /** Between each side and the next. */
  readonly relations: readonly ('=' | '≥' | '≠')[];
}

function sidesOf({ seen }: AuditCheck, equation: Shape['equation']): Sides {
  const sides: Sum[][] = [[]];
  const relations: ('=' | '≥')[] = [];
  for (const part of equation) {
    if (part === '=' || part === '≥') {
      relations.push(part);
      sides.push([]);
    } else if (part !== '+') {
      const [service, sum] = part.split('.') as [string, string];
      const found = seen.find((one) => one.service === service && sum in one.sums);
      sides.at(-1)!.push({ sum: part, value: found && BigInt(found.sums[sum]!) });
    }
  }
  return { sides, relations };
}

function totalOf(side: readonly Sum[]): bigint | undefined {
  return side.reduce<bigint | undefined>(
    (total, { value }) => (total === undefined || value === undefined ? undefined : total + value),
    0n,
  );
}

/** The first two neighbours that are not as they should be, and by how much. */
function firstDifference({
  sides,
  relations,
}: Sides): { readonly left: number; readonly by: bigint } | undefined {
  for (const [left, relation] of relations.entries()) {
    const [one, other] = [totalOf(sides[left]!), totalOf(sides[left + 1]!)];
    if (one === undefined || other === undefined) continue;
    if (relation === '≥' ? one < other : one !== other) return { left, by: one - other };
  }
  return undefined;
}

const partsOf = ({ sides, relations }: Sides): Part[] =>
  sides.flatMap((side, index) => [
    ...(index === 0 ? [] : [relations[index - 1]!]),
    ...side.flatMap((sum, place): Part[] => (place === 0 ? [sum] : ['+', sum])),
  ]);

/**
 * A check as an equation with the sums that were seen. What sides differ by where nothing is wrong is the rest: of
 * orders that are on their way, which one side has and the other has not yet.
 */
export function told(check: AuditCheck): Told {
  const { group, equation, isMoney = false } = shapeOf(check);
  const verdict = reasonToLeaveOut(check) === undefined ? verdictOf(check) : 'UNKNOWN';
  const { sides, relations } = sidesOf(check, equation);
  const difference = firstDifference({ sides, relations });
  if (difference === undefined)
    return { group, verdict, isMoney, parts: partsOf({ sides, relations }), difference: 0n };
  const { left, by } = difference;
  if (verdict !== 'SOUND') {
    const shown = relations.map((relation, index) => (index === left && relation === '=' ? '≠' : relation));
    return { group, verdict, isMoney, parts: partsOf({ sides, relations: shown }), difference: by };
  }
  const rest: Sum = { sum: 'rest', value: by < 0n ? -by : by };
  const lesser = by < 0n ? left : left + 1;
  const whole = sides.map((side, index) => (index === lesser ? [...side, rest] : side));
  return { group, verdict, isMoney, parts: partsOf({ sides: whole, relations }), difference: 0n };
}

const MONEY = 'money';

/**
 * What three checks say together, as one more: all that was charged is in balances, or was paid. Audits do not tell
 * corrections by staff, which are in its rest too.
 *
 * @returns undefined where one of the three was not made
 */
export function moneyOf(checks: readonly AuditCheck[]): AuditCheck | undefined {
  const find = (wanted: string) => checks.find(({ name }) => name === wanted);
  const [charges, balances, payments] = [find('charges'), find('balances'), find('payments-of-orders')];
  if (charges === undefined || balances === undefined || payments === undefined) return undefined;
  const all = [charges, balances, payments];
  const sumOf = ({ seen }: AuditCheck, name: string): readonly string[] =>
    seen.flatMap(({ service, sums }) => (service === 'wallet' && name in sums ? [sums[name]!] : []));
  const sums = {
    charged: sumOf(charges, 'credited'),
    balance: sumOf(balances, 'balance'),
    paid: sumOf(payments, 'payments'),
  };
  const known = Object.entries(sums).flatMap(([name, [sum]]) =>
    sum === undefined ? [] : [[name, sum] as const],
  );
  return {
    name: MONEY,
    about: MONEY,
    isSound: all.every(({ isSound }) => isSound),
    findings: all.reduce((sum, { findings }) => sum + findings, 0),
    examples: [],
    seen: [{ service: 'wallet', what: MONEY, rows: 0, sums: Object.fromEntries(known) }],
    unanswered: [...new Set(all.flatMap(({ unanswered }) => unanswered))],
  };
}

const PATHS = { order: '/orders/', user: '/customers/', coupon: '/coupons/', product: '/products/' } as const;

const ID_AT_END = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const HOUR_AT_BEGINNING = /^(\d{4}-\d\d-\d\dT\d\d:)00:00\.000Z/;

const pathOfHour = (hour: string): string =>
  `/sales?${new URLSearchParams({ by: 'hour', from: hour, to: hour.replace(':00:00.000Z', ':59:59.999Z') })}`;

/** The page of what an example of a check is about; undefined where there is none. */
export function pathOf({ name }: Pick<AuditCheck, 'name'>, key: string): string | undefined {
  const subject = SHAPES[name]?.subject;
  if (subject === 'hour') {
    const hour = HOUR_AT_BEGINNING.exec(key)?.[0];
    return hour && pathOfHour(hour);
  }
  const id = ID_AT_END.exec(key)?.[0];
  return subject === undefined || id === undefined ? undefined : `${PATHS[subject]}${id}`;
}

/** Ids are shortened, and whatever else says what an example is. */
export const isId = (key: string): boolean => ID_AT_END.test(key);

const PROBLEMS = {
  differs: /^differs between (\S+) and (\S+)$/,
  only: /^is in the books of (\S+) only$/,
  breaks: /^breaks the rule in the books of (\S+)$/,
  kept: /^differs in kept sums/,
  unread: /^differs in sums;/,
} as const;
export type Problem = keyof typeof PROBLEMS;

/** What is wrong with an example, and with whose books, as far as it is one of the known kinds. */
export function problemOf(text: string): readonly [kind: Problem, ...services: string[]] | undefined {
  for (const [kind, pattern] of Object.entries(PROBLEMS) as [Problem, RegExp][]) {
    const found = pattern.exec(text);
    if (found !== null) return [kind, ...found.slice(1)];
  }
  return undefined;
}
