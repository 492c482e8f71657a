import type { Address } from './address.js';
import type { Clock } from './format.js';
import { instantOf, writtenOf } from './instants.js';

/** How a filter is written: a text of some kind, or one of some values with their words ('' is for none of them). */
export type FilterField = 'text' | 'search' | 'number' | 'datetime-local' | Readonly<Record<string, string>>;

/** Filters of a list by the names that the address and the API have for them, in the order in which they are shown. */
export type FilterFields<Name extends string> = Readonly<Record<Name, FilterField>>;

const namesOf = <Name extends string>(fields: FilterFields<Name>): Name[] => Object.keys(fields) as Name[];

/** The filters that the address has, with what is asked for by each. */
export const givenIn = <Name extends string>(
  fields: FilterFields<Name>,
  address: Address,
): (readonly [name: Name, text: string])[] =>
  namesOf(fields).flatMap((name) => {
    const text = address[name];
    return text === undefined ? [] : [[name, text] as const];
  });

/** A filter's value in words; whatever else stands in the address is shown as it is. */
export function wordOf(field: FilterField, text: string, zone: Clock['zone']): string {
  if (field === 'datetime-local') return writtenOf(text, zone).replace('T', ' ') || text;
  return typeof field === 'string' ? text : (field[text] ?? text);
}

function valueOf(field: FilterField, text: string, zone: Clock['zone']): string | number {
  if (field === 'number' && /^\d+$/.test(text)) return Number(text);
  return field === 'datetime-local' ? instantOf(text, zone) : text;
}

/** What is asked for, as the API takes it. What is no number or no time is refused there, and not left out. */
export const queryOf = <Name extends string>(
  fields: FilterFields<Name>,
  address: Address,
  zone: Clock['zone'],
): Readonly<Partial<Record<Name, string | number>>> =>
  Object.fromEntries(
    givenIn(fields, address).map(([name, text]) => [name, valueOf(fields[name], text, zone)]),
  ) as Partial<Record<Name, string | number>>;

/**
 * A change of the address to exactly these filters, from the beginning of the list.
 *
 * @param open what else is left out: the names of what is open beside the list
 */
export const changeTo = <Name extends string>(
  fields: FilterFields<Name>,
  wanted: Partial<Record<Name, string>> = {},
  open: readonly string[] = [],
): Record<string, string | undefined> => ({
  ...Object.fromEntries(namesOf(fields).map((name) => [name, wanted[name]])),
  ...Object.fromEntries(open.map((name) => [name, undefined])),
  cursor: undefined,
});
