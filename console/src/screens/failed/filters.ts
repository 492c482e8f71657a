import type { DeadLetter, DeadLetterGroup, QueryOf, ServiceName } from '@jangteo/client';
import type { Address } from '../../ui/address.js';
import type { FilterFields } from '../../ui/filter-fields.js';
import type { FailedWords } from './words.js';

export const SERVICES = ['order', 'catalog', 'coupon', 'wallet', 'ranking'] as const satisfies ServiceName[];

/** Filters of the list of messages as the address has them. */
export const FILTERS = ['service', 'type', 'reason', 'queue'] as const;
type FilterName = (typeof FILTERS)[number];

/** Whatever is written on a message's head: types and queues are too many to choose from. */
export const fieldsOf = ({ reasons }: FailedWords): FilterFields<FilterName> => ({
  service: Object.fromEntries(SERVICES.map((service) => [service, service])),
  reason: reasons,
  type: 'text',
  queue: 'text',
});

/** Groups of what waits; single messages, by their state. */
export const VIEWS = ['groups', 'waiting', 'sent', 'dropped'] as const;
export type View = (typeof VIEWS)[number];

export function viewOf({ view }: Address): View {
  return VIEWS.find((one) => one === view) ?? 'groups';
}

const STATES = { waiting: 'WAITING', sent: 'SENT_AGAIN', dropped: 'DROPPED' } as const;

export type LetterQuery = NonNullable<QueryOf<'listDeadLetters'>>;

/** In an address and its field, what messages without a type have for one: what is empty is no filter there. */
const NO_TYPE = '(none)';

/** What messages must have that pass the filters of an address. */
const wantedIn = (address: Address): Partial<Record<FilterName, string>> =>
  Object.fromEntries(
    FILTERS.flatMap((name) => {
      const text = address[name];
      if (text === undefined) return [];
      return [[name, name === 'type' && text === NO_TYPE ? '' : text]];
    }),
  );

/** What is asked for: whatever stands in the address. What no service is called is refused there. */
export function queryOf(address: Address, view: Exclude<View, 'groups'>): LetterQuery {
  return { ...(wantedIn(address) as LetterQuery), state: STATES[view] };
}

type GroupName = Pick<DeadLetterGroup, 'service' | 'type' | 'reason'>;

/** A change of the address to the messages of a group, or of whatever filters are given. */
export const changeToLetters = (
  wanted: Partial<Record<FilterName, string>>,
): Record<string, string | undefined> => ({
  view: 'waiting',
  ...Object.fromEntries(FILTERS.map((name) => [name, wanted[name]])),
  ...(wanted.type === '' && { type: NO_TYPE }),
  cursor: undefined,
  letter: undefined,
  of: undefined,
});

/** The group whose messages these filters let through; undefined where they are not those of one group. */
export function groupIn(address: Address): GroupName | undefined {
  const { service, type, reason, queue } = wantedIn(address);
  const known = SERVICES.find((one) => one === service);
  if (known === undefined || type === undefined || reason === undefined || queue !== undefined)
    return undefined;
  return { service: known, type, reason };
}

/** What is known of a group: nothing yet, or not while its service does not answer. */
export function groupStateOf(
  { service }: Pick<GroupName, 'service'>,
  read: { readonly away: readonly ServiceName[] } | undefined,
): 'known' | 'unknown' | 'away' {
  if (read === undefined) return 'unknown';
  return read.away.includes(service) ? 'away' : 'known';
}

export const groupKey = ({ service, type, reason }: GroupName): string =>
  JSON.stringify([service, type, reason]);

export const letterKey = ({ service, deadLetterId }: Pick<DeadLetter, 'service' | 'deadLetterId'>): string =>
  `${service} ${deadLetterId}`;

/** Whether a message passes these filters, whatever became of it. */
export const passes = (letter: DeadLetter, address: Address): boolean =>
  Object.entries(wantedIn(address)).every(([name, text]) => letter[name as FilterName] === text);

/** Whether a message, by its time, belongs between the rows of a page: the first page begins with the newest. */
export function isOnPage(
  { parkedAt }: Pick<DeadLetter, 'parkedAt'>,
  rows: readonly Pick<DeadLetter, 'parkedAt'>[],
  { isFirst, isLast }: { readonly isFirst: boolean; readonly isLast: boolean },
): boolean {
  const [newest, oldest] = [rows[0], rows.at(-1)];
  const isBelowTop = isFirst || (newest !== undefined && parkedAt <= newest.parkedAt);
  const isAboveEnd = isLast || (oldest !== undefined && parkedAt >= oldest.parkedAt);
  return isBelowTop && isAboveEnd;
}

/** Newest first, as lists have them. */
export const isNewer = (one: DeadLetter, other: DeadLetter): boolean =>
  `${one.parkedAt} ${one.deadLetterId}` > `${other.parkedAt} ${other.deadLetterId}`;

/** Those with the latest messages first; a group of which nothing waits any more stands by what it had. */
export const isLater = (one: DeadLetterGroup, other: DeadLetterGroup): boolean =>
  (one.last ?? '') > (other.last ?? '');
