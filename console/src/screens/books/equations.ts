import type { AuditCheck } from '@jangteo/client';

/** A sum as a service tells it: `wallet.balance`. */
export type SumName = `${AuditCheck['seen'][number]['service']}.${string}`;
export type Operator = '=' | '≥' | '+';

/** Groups of what must hold, in the order in which they are shown. */
export const GROUPS = ['orders', 'money', 'stock', 'prices', 'coupons', 'readers', 'others'] as const;
export type Group = (typeof GROUPS)[number];

/** What the examples of a check are ids of, where there is a page of it. */
type Subject = 'order' | 'user' | 'coupon' | 'product';

interface Shape {
  readonly group: Group;
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
    equation: ['wallet.charged', '=', 'wallet.balance', '+', 'wallet.paid', '+', 'wallet.rest'],
  },
  charges: { group: 'money', equation: ['wallet.due', '=', 'wallet.credited'] },
  balances: { group: 'money', subject: 'user', equation: ['wallet.balance', '=', 'wallet.ledger'] },
  payments: { group: 'money', subject: 'order', equation: ['wallet.payments', '≥', 'wallet.refunds'] },
  'payments-of-orders': {
    group: 'money',
    subject: 'order',
    equation: ['order.payments', '=', 'wallet.payments'],
  },
  stock: { group: 'stock', equation: ['catalog.received', '=', 'catalog.remaining', '+', 'catalog.taken'] },
  'stock-of-orders': { group: 'stock', subject: 'order', equation: ['order.stock', '=', 'catalog.stock'] },
  'prices-of-orders': {
    group: 'prices',
    subject: 'order',
    equation: ['order.prices', '=', 'catalog.prices'],
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

/** A side of an equation, whose value is undefined where its service did not answer. */
export type Part = Operator | { readonly sum: SumName; readonly value: bigint | undefined };

export interface Told {
  readonly group: Group;
  readonly verdict: Verdict;
  readonly parts: readonly Part[];
  /** By how much the sides differ: above 0 where the left one has more. Undefined while a side is not known. */
  readonly difference: bigint | undefined;
}

/** The first difference between neighbours that should be equal, or of which the right one may not be more. */
function differenceOf(parts: readonly Part[]): bigint | undefined {
  const sides: bigint[] = [0n];
  const relations: Operator[] = [];
  for (const part of parts) {
    if (typeof part === 'object') {
      if (part.value === undefined) return undefined;
      sides[sides.length - 1]! += part.value;
    } else if (part !== '+') {
      relations.push(part);
      sides.push(0n);
    }
  }
  const differences = relations.map((relation, index) => {
    const difference = sides[index]! - sides[index + 1]!;
    return relation === '≥' && difference > 0n ? 0n : difference;
  });
  return differences.find((one) => one !== 0n) ?? 0n;
}

/** A check as an equation with the sums that were seen. */
export function told(check: AuditCheck): Told {
  const { group, equation: whole } = shapeOf(check);
  const isRestless = check.name === MONEY && !check.seen.some(({ sums }) => 'rest' in sums);
  const equation = isRestless ? whole.slice(0, -2) : whole;
  const parts = equation.map((part): Part => {
    if (part === '=' || part === '≥' || part === '+') return part;
    const [service, sum] = part.split('.') as [string, string];
    const found = check.seen.find((seen) => seen.service === service && sum in seen.sums);
    return { sum: part, value: found && BigInt(found.sums[sum]!) };
  });
  return { group, verdict: verdictOf(check), parts, difference: differenceOf(parts) };
}

const MONEY = 'money';

/**
 * What three checks say together, as one more: all that was charged is in balances, or was paid. An audit does not tell
 * corrections by staff, nor what was paid by orders that are on their way: they are the rest, where nothing is wrong.
 *
 * @returns undefined where one of the three was not made
 */
export function moneyOf(checks: readonly AuditCheck[]): AuditCheck | undefined {
  const find = (wanted: string) => checks.find(({ name }) => name === wanted);
  const [charges, balances, payments] = [find('charges'), find('balances'), find('payments-of-orders')];
  if (charges === undefined || balances === undefined || payments === undefined) return undefined;
  const all = [charges, balances, payments];
  const sumOf = ({ seen }: AuditCheck, name: string) =>
    seen.find(({ service, sums }) => service === 'wallet' && name in sums)?.sums[name];
  const sums = {
    charged: sumOf(charges, 'credited'),
    balance: sumOf(balances, 'balance'),
    paid: sumOf(payments, 'payments'),
  };
  const known = Object.entries(sums).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const findings = all.reduce((sum, check) => sum + check.findings, 0);
  const {
    charged = 0n,
    balance = 0n,
    paid = 0n,
  }: Partial<Record<string, bigint>> = Object.fromEntries(known.map(([name, sum]) => [name, BigInt(sum)]));
  const rest = charged - balance - paid;
  const hasRest = known.length === all.length && findings === 0 && rest !== 0n;
  return {
    name: MONEY,
    about: MONEY,
    isSound: all.every(({ isSound }) => isSound),
    findings,
    examples: [],
    seen: [
      {
        service: 'wallet',
        what: MONEY,
        rows: 0,
        sums: { ...Object.fromEntries(known), ...(hasRest ? { rest: String(rest) } : {}) },
      },
    ],
    unanswered: [...new Set(all.flatMap(({ unanswered }) => unanswered))],
  };
}

const PATHS = { order: '/orders/', user: '/customers/', coupon: '/coupons/', product: '/products/' } as const;

const ID_AT_END = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The page of what an example of a check is about; undefined where there is none. */
export function pathOf({ name }: Pick<AuditCheck, 'name'>, key: string): string | undefined {
  const subject = SHAPES[name]?.subject;
  const id = ID_AT_END.exec(key)?.[0];
  return subject === undefined || id === undefined ? undefined : `${PATHS[subject]}${id}`;
}

const PROBLEMS = {
  differs: /^differs between (\S+) and (\S+)$/,
  only: /^is in the books of (\S+) only$/,
  breaks: /^breaks the rule in the books of (\S+)$/,
  kept: /^differs in kept sums/,
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
