import { id, instant, refuseField } from '@jangteo/contracts';

/** The kinds of part in a sort key, each with the check of what comes back from a client. */
const partKinds = {
  string: (part: unknown) => typeof part === 'string',
  number: (part: unknown) => typeof part === 'number',
  id: (part: unknown) => id.safeParse(part).success,
  instant: (part: unknown) => instant.safeParse(part).success,
};

export type CursorPart = keyof typeof partKinds;

/** Makes the opaque mark of where a list goes on: the sort key of the last row of this page. */
export function encodeCursor(parts: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/**
 * Reads a cursor back.
 *
 * @param kinds the type of each part, as it was encoded
 * @returns the parts, or `undefined` for what {@link encodeCursor} did not make
 */
export function decodeCursor(cursor: string, kinds: readonly CursorPart[]): (string | number)[] | undefined {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
  if (!Array.isArray(parts) || parts.length !== kinds.length) return undefined;
  return kinds.every((kind, index) => partKinds[kind](parts[index]))
    ? (parts as (string | number)[])
    : undefined;
}

/**
 * Cuts a page out of `limit + 1` rows: whether there is more is known without a count.
 *
 * @param rows at most `limit + 1` rows in list order
 * @param keyOf the sort key of a row, for the cursor
 */
export function cutPage<R>(
  rows: readonly R[],
  limit: number,
  keyOf: (row: R) => readonly (string | number)[],
): { rows: R[]; next?: string } {
  const kept = rows.slice(0, limit);
  const last = kept.at(-1);
  return rows.length > limit && last !== undefined
    ? { rows: kept, next: encodeCursor(keyOf(last)) }
    : { rows: kept };
}

/** A row that was looked at for a page; where not every one is on it, whoever looks for what is rare goes on. */
interface Looked {
  readonly isFound: boolean;
  readonly place: number;
}

/**
 * Cuts a page out of rows that were looked at, and says behind which of them the list goes on.
 *
 * @param bound the most that are looked at
 */
export function cutLookedAt<R extends Looked>(
  rows: readonly R[],
  { limit, bound }: { readonly limit: number; readonly bound: number },
  keyOf: (row: R) => readonly (string | number)[],
): { rows: R[]; next?: string } {
  const found = rows.filter(({ isFound }) => isFound);
  const shown = found.slice(0, limit);
  const last = found.length > shown.length ? shown.at(-1) : rows.findLast(({ place }) => place === bound);
  return last === undefined ? { rows: shown } : { rows: shown, next: encodeCursor(keyOf(last)) };
}

/** The refusal of a cursor that the list it was sent to did not give out. */
export const refuseCursor = () => refuseField('cursor', 'is not a cursor of this list');

/**
 * Answers a batch that asks for pages. Equal ones are read once and get one answer, the same object, so that it
 * is also checked and written once.
 *
 * @param pages what is asked for; `undefined` for a cursor that the list did not give out
 * @param read answers pages, each another one
 */
export async function answerPages<P, O>(
  pages: readonly (P | undefined)[],
  read: (pages: readonly P[]) => Promise<readonly O[]>,
): Promise<(O | ReturnType<typeof refuseCursor>)[]> {
  const wanted = new Map(pages.flatMap((page) => (page === undefined ? [] : [[JSON.stringify(page), page]])));
  const answers = wanted.size === 0 ? [] : await read([...wanted.values()]);
  const answerOf = new Map([...wanted.keys()].map((key, index) => [key, answers[index]]));
  return pages.map((page) => (page && answerOf.get(JSON.stringify(page))) ?? refuseCursor());
}
