import type { Address } from '../../ui/address.js';
import { givenIn, type FilterFields } from '../../ui/filter-fields.js';
import type { Words } from '../../words/index.js';
import type { OrderWords } from './words.js';

type FilterName = keyof OrderWords['filters'];

/** The filters of the list, in the order in which they are shown. */
export const fieldsOf = ({ statuses, reasons }: Words): FilterFields<FilterName> => ({
  status: statuses,
  failureCode: reasons,
  userId: 'text',
  productId: 'text',
  couponId: 'text',
  from: 'datetime-local',
  to: 'datetime-local',
  minTotal: 'number',
  slowerThanMs: 'number',
});

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
export function viewOf(fields: FilterFields<FilterName>, address: Address): View | undefined {
  const given = givenIn(fields, address);
  return (Object.keys(VIEWS) as View[]).find((view) => {
    const wanted: Partial<Record<FilterName, string>> = VIEWS[view];
    return (
      given.length === Object.keys(wanted).length && given.every(([name, text]) => wanted[name] === text)
    );
  });
}
