import { SERVICES, type AnyService, type ServiceName } from './services.js';

/** A rule that one service's own rows keep, or break. */
interface RuleDeclaration {
  readonly service: ServiceName;
  readonly name: string;
  readonly about: string;
  /** It is about what a shop may do without: left out of an audit whose service says nothing of it. */
  readonly isOptional?: true;
  /** What is said of a thing that breaks it, where that is more than that it does. */
  readonly problem?: string;
}

/** A column of a service's books: facts that another column must have as well. */
interface SideDeclaration {
  readonly service: ServiceName;
  readonly column: string;
}

/** Two columns that must say the same; the first is what the orders say, which is what should be. */
interface ComparisonDeclaration {
  readonly name: string;
  /** Services of the release before do not know it: left out of an audit in which one of them answers without it. */
  readonly isNew?: true;
  readonly about: string;
  readonly sides: readonly [SideDeclaration, SideDeclaration];
}

/** A promise of the shop, with what keeps it and the sums by which everybody who looks can check it. */
interface PromiseDeclaration {
  readonly name: string;
  readonly says: string;
  /** For ARCHITECTURE.md, which has a table of promises. */
  readonly keptBy: string;
  /** Audited while the shop is at work. */
  readonly rules: readonly RuleDeclaration[];
  readonly comparisons: readonly ComparisonDeclaration[];
  /** Looked at by tests alone, once a shop is at rest. */
  readonly atRest: readonly RuleDeclaration[];
}

/**
 * The shop's promises. The auditor asks services for these rules and columns; the test kit, chaos and the trials look at
 * them in the tables themselves; the simulation has them of its model. Each of them has a record with one entry for
 * each name, so that none compiles before it knows of a new one.
 */
export const PROMISES = [
  {
    name: 'orders',
    says: 'No order is lost: what was answered with 201 or 202 exists and ends by itself',
    keptBy:
      'the order is stored before anything is answered; commands are persistent, confirmed and acknowledged last; the sweeper repeats what makes no progress',
    rules: [
      {
        service: 'order',
        name: 'progress',
        about: 'Each order that is on its way has made progress within two minutes',
      },
    ],
    comparisons: [
      {
        name: 'orders-and-sagas',
        about: 'Each order has one saga, and the status that it says',
        sides: [
          { service: 'order', column: 'orders' },
          { service: 'order', column: 'sagas' },
        ],
      },
    ],
    atRest: [
      {
        service: 'order',
        name: 'history',
        about: 'The history of an order begins with PENDING and ends with its status',
      },
    ],
  },
  {
    name: 'money',
    says: 'Money is conserved',
    keptBy:
      'balance and ledger row in one transaction; a charge that succeeded has exactly one ledger row, by a unique index; unique indexes allow one payment and one refund an order; the ledger refuses UPDATE and DELETE; `CHECK (balance >= 0)`',
    rules: [
      {
        service: 'wallet',
        name: 'balances',
        about: 'Each balance is the sum of its ledger, row by row; what it holds is for pending charges',
      },
      {
        service: 'wallet',
        name: 'payments',
        about: 'An order has one payment at most, and one refund at most, of what was paid',
      },
      {
        service: 'wallet',
        name: 'charges',
        about: 'Each charge that succeeded is credited once, and nothing else is',
      },
    ],
    comparisons: [
      {
        name: 'payments-of-orders',
        about: 'Each successful order is paid once, by its customer, and no other order is',
        sides: [
          { service: 'order', column: 'payments' },
          { service: 'wallet', column: 'payments' },
        ],
      },
    ],
    atRest: [],
  },
  {
    name: 'stock',
    says: 'Stock is conserved',
    keptBy:
      'reservations and stock in one transaction under the lock of the option; `CHECK (stock >= 0)`; stock movements are kept',
    rules: [
      {
        service: 'catalog',
        name: 'stock',
        about: 'Stock received is what is left and what orders have taken, and never below 0',
      },
    ],
    comparisons: [
      {
        name: 'stock-of-orders',
        about: 'Stock is taken by successful orders, as much as they bought, and by no others',
        sides: [
          { service: 'order', column: 'stock' },
          { service: 'catalog', column: 'stock' },
        ],
      },
    ],
    atRest: [],
  },
  {
    name: 'prices',
    says: "An order costs what the catalog said, less its coupon's discount, and what was agreed to",
    keptBy:
      'ReserveStock answers with the prices that it reads under its locks; one pure function makes the total of them; `expectedTotal` is compared before anything is debited',
    rules: [],
    comparisons: [
      {
        name: 'prices-of-orders',
        about:
          'What a successful order was charged for each line, and before its discount, is what the catalog said',
        sides: [
          { service: 'order', column: 'prices' },
          { service: 'catalog', column: 'prices' },
        ],
      },
      {
        name: 'discounts-of-orders',
        isNew: true,
        about: 'What a successful order was let off is the discount of its coupon, and without one nothing',
        sides: [
          { service: 'order', column: 'discounts' },
          { service: 'coupon', column: 'discounts' },
        ],
      },
    ],
    atRest: [
      {
        service: 'order',
        name: 'totals',
        about: 'The items of an order add up to its subtotal',
      },
    ],
  },
  {
    name: 'coupons',
    says: 'Coupons are exact',
    keptBy:
      "the coupon's row is locked while places are given out; unique (coupon, user) and (coupon, sequence); one unreleased redemption a user coupon",
    rules: [
      {
        service: 'coupon',
        name: 'issued-coupons',
        about: 'No more coupons are issued than there are, and each place is given once',
      },
      {
        service: 'coupon',
        name: 'used-coupons',
        about: 'Each used coupon has its one redemption, and the other way round',
      },
    ],
    comparisons: [
      {
        name: 'coupons-of-orders',
        about: 'Each use of a coupon belongs to one successful order',
        sides: [
          { service: 'order', column: 'coupons' },
          { service: 'coupon', column: 'coupons' },
        ],
      },
    ],
    atRest: [],
  },
  {
    name: 'carts',
    says: 'What was bought leaves the cart once, and only when it was bought',
    keptBy:
      'the transaction that completes the order subtracts what was bought; an order leaves the status `PENDING` once, under the lock of its saga',
    rules: [],
    comparisons: [],
    atRest: [{ service: 'order', name: 'carts', about: 'An order that has ended holds its cart no longer' }],
  },
  {
    name: 'repeats',
    says: 'A repeat changes nothing',
    keptBy: 'stored outcomes and tombstones',
    rules: [],
    comparisons: [],
    atRest: [],
  },
  {
    name: 'readers',
    says: 'Readers agree',
    keptBy:
      "events are published before the message that caused them is acknowledged, sent again until confirmed, and counted once an order; the data platform's record is inserted by the transaction that completes or cancels the order, numbered without a gap once that is committed, and sent in order until confirmed",
    rules: [
      {
        service: 'ranking',
        name: 'sales',
        about:
          'No more units are cancelled than were sold, an hour has what its products have, and rankings what a recount gives',
      },
      {
        service: 'ranking',
        name: 'statistics',
        about: 'Of each hour that is over, the statistics have the units and orders that the ranking has',
        isOptional: true,
        problem: 'differs between ranking and statistics',
      },
    ],
    comparisons: [
      {
        name: 'orders-in-ranking',
        about: 'Each success and each cancellation is counted in the ranking',
        sides: [
          { service: 'order', column: 'steps' },
          { service: 'ranking', column: 'steps' },
        ],
      },
      {
        name: 'units-in-ranking',
        about: 'A recount of units sold, by product and hour that is over, gives what the ranking has',
        sides: [
          { service: 'order', column: 'hours' },
          { service: 'ranking', column: 'hours' },
        ],
      },
      {
        name: 'orders-in-data-platform',
        about: 'Each success and each cancellation has its record for the data platform',
        sides: [
          { service: 'order', column: 'steps' },
          { service: 'order', column: 'records' },
        ],
      },
    ],
    atRest: [],
  },
] as const satisfies readonly PromiseDeclaration[];

type Declared = (typeof PROMISES)[number];

export type PromiseName = Declared['name'];
export type BookRule = Declared['rules'][number];
export type BookSide = Declared['comparisons'][number]['sides'][number];

export interface BookComparison extends ComparisonDeclaration {
  readonly name: Declared['comparisons'][number]['name'];
  readonly sides: readonly [BookSide, BookSide];
}

/** The services that have something to answer for. */
export type AuditedService = (BookRule | BookSide)['service'];

export type RuleOf<S extends AuditedService> = Extract<BookRule, { service: S }>['name'];

/** A service's rules that only tests look at. */
export type RestRuleOf<S extends AuditedService> = Extract<
  Declared['atRest'][number],
  { service: S }
>['name'];

export type ColumnOf<S extends AuditedService> = Extract<BookSide, { service: S }>['column'];

export const BOOK_RULES: readonly (BookRule & RuleDeclaration)[] = PROMISES.flatMap(
  ({ rules }): readonly BookRule[] => rules,
);
export const BOOK_COMPARISONS: readonly BookComparison[] = PROMISES.flatMap(
  ({ comparisons }): readonly BookComparison[] => comparisons,
);
const SIDES: readonly BookSide[] = BOOK_COMPARISONS.flatMap(({ sides }): readonly BookSide[] => sides);

/** Recognises a service that has something to answer for. */
export function isAudited(service: AnyService): service is AuditedService {
  return [...BOOK_RULES, ...SIDES].some((one) => one.service === service);
}

export const AUDITED: readonly AuditedService[] = SERVICES.filter(isAudited);

/** By service: the rules of its own books, and the columns in which they must say the same as other columns. */
export const BOOKS = Object.fromEntries(
  AUDITED.map((service) => [
    service,
    {
      rules: BOOK_RULES.filter((rule) => rule.service === service).map(({ name }) => name),
      columns: [...new Set(SIDES.filter((side) => side.service === service).map(({ column }) => column))],
    },
  ]),
) as unknown as {
  readonly [S in AuditedService]: {
    readonly rules: readonly RuleOf<S>[];
    readonly columns: readonly ColumnOf<S>[];
  };
};

/** Compares two columns: the keys on which they differ, with the value that each has. */
export function disagreements(
  one: ReadonlyMap<string, string>,
  other: ReadonlyMap<string, string>,
): Map<string, readonly [string | undefined, string | undefined]> {
  const keys = [...new Set([...one.keys(), ...other.keys()])].filter(
    (key) => one.get(key) !== other.get(key),
  );
  return new Map(keys.map((key) => [key, [one.get(key), other.get(key)] as const]));
}
