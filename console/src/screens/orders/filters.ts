import type { QueryOf } from '@jangteo/client';
import type { Address } from '../../ui/address.js';

export type OrderQuery = NonNullable<QueryOf<'listAllOrders'>>;

/** Filters of the list as the address has them, in the order in which they are shown. */
export const FILTERS = [
  'status',
  'failureCode',
  'userId',
  'productId',
  'couponId',
  'from',
  'to',
  'minTotal',
  'slowerThanMs',
] as const;
export type FilterName = (typeof FILTERS)[number];

const NUMBERS: ReadonlySet<FilterName> = new Set(['minTotal', 'slowerThanMs']);
const INSTANTS: ReadonlySet<FilterName> = new Set(['from', 'to']);

/** What is asked for: whatever stands in the address, as the API takes it. What is no number is refused there. */
export function queryOf(address: Address): OrderQuery {
  const given = FILTERS.filter((name) => address[name] !== undefined).map((name) => {
    const text = address[name]!;
    const isMoment = INSTANTS.has(name) && !Number.isNaN(Date.parse(text));
    const isNumber = NUMBERS.has(name) && /^\d+$/.test(text);
    return [name, isMoment ? new Date(text).toISOString() : isNumber ? Number(text) : text] as const;
  });
  return Object.fromEntries(given) as OrderQuery;
}

/** Each is a set of filters under a name. */
export const VIEWS = {
  all: {},
  inFlight: { status: 'PENDING' },
  slow: { slowerThanMs: '1000' },
  undone: { status: 'CANCELLED' },
  pastDeadline: { failureCode: 'ORDER_TIMED_OUT' },
} as const satisfies Record<string, Partial<Record<FilterName, string>>>;
export type View = keyof typeof VIEWS;

/** The view whose filters are those of the address; undefined for others. */
export function viewOf(address: Address): View | undefined {
  const given = FILTERS.filter((name) => address[name] !== undefined);
  return (Object.keys(VIEWS) as View[]).find((view) => {
    const wanted: Partial<Record<FilterName, string>> = VIEWS[view];
    return (
      given.length === Object.keys(wanted).length && given.every((name) => wanted[name] === address[name])
    );
  });
}

/** A change of the address to exactly these filters, from the beginning of the list. */
export const changeTo = (
  wanted: Partial<Record<FilterName, string>>,
): Record<string, string | undefined> => ({
  ...Object.fromEntries(FILTERS.map((name) => [name, wanted[name]])),
  cursor: undefined,
  order: undefined,
});
