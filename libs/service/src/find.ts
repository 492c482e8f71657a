import {
  done,
  finds,
  FOUND_MAX,
  keysMeantBy,
  pastedOf,
  titleOf,
  type FoundThing,
  type Outcome,
  type Pasted,
  type ServiceName,
} from '@jangteo/contracts';
import { readOutcomesUnder, type Database } from '@jangteo/database';
import type { Handler } from '@jangteo/messaging';
import { readDeadLettersNamed } from './dead-letters/dead-letter.queries.js';
import { read } from './once.js';

/** Finds what a pasted text names in a service's own tables, each time by an index. */
export type Finder = (pasted: Pasted, database: Database) => Promise<FoundThing[]>;

/** Fields of outcomes that name what was made or changed; the first that is there is meant. */
const NAMED_BY = {
  orderId: 'order',
  productId: 'product',
  couponId: 'coupon',
  userId: 'user',
  chargeId: 'charge',
} as const;

/**
 * The thing that a request under an Idempotency-Key was about, if its outcome names any: who called is no answer, as a key
 * may begin with an API key's id.
 */
function doneUnder(key: string, outcome: Outcome): FoundThing[] {
  const [, type = ''] = key.split('/');
  const value = (outcome.ok ? outcome.value : outcome.refusal) as Partial<Record<string, unknown>>;
  const title = titleOf(type, outcome.ok ? undefined : outcome.refusal.code);
  const field = (Object.keys(NAMED_BY) as (keyof typeof NAMED_BY)[]).find(
    (name) => typeof value[name] === 'string',
  );
  return field === undefined ? [] : [{ kind: NAMED_BY[field], id: String(value[field]), title }];
}

async function deadLetters(pasted: Pasted, database: Database): Promise<FoundThing[]> {
  const rows = await readDeadLettersNamed(database, pasted, FOUND_MAX);
  return rows.map(({ deadLetterId, type, reason, state }) => ({
    kind: 'deadLetter',
    id: deadLetterId,
    title: titleOf(type, reason, state),
  }));
}

async function underKey({ text }: Pasted, database: Database): Promise<FoundThing[]> {
  const rows = await readOutcomesUnder(database, keysMeantBy(text), FOUND_MAX);
  return rows.flatMap(({ key, outcome }) => doneUnder(key, outcome));
}

/** Each thing once, by the first of its titles. */
function eachOnce(found: readonly FoundThing[]): FoundThing[] {
  const things = new Map<string, FoundThing>();
  for (const thing of found) {
    const key = `${thing.kind} ${thing.id}`;
    if (!things.has(key)) things.set(key, thing);
  }
  return [...things.values()].slice(0, FOUND_MAX);
}

/**
 * Answers what a pasted text names in the database of a service: things of its own, messages that it could not handle,
 * and what was done under an Idempotency-Key.
 *
 * @param complete adds what an outcome does not say of what it names: what this belongs to
 */
export function findHandler(
  service: ServiceName,
  {
    find,
    hasOutcomes = true,
    complete = (found) => Promise.resolve(found),
  }: {
    readonly find?: Finder;
    readonly hasOutcomes?: boolean;
    readonly complete?: (found: FoundThing[], database: Database) => Promise<FoundThing[]>;
  },
): Handler {
  const byKey: Finder = async (pasted, database) =>
    await complete(await underKey(pasted, database), database);
  const finders = [...(find === undefined ? [] : [find]), deadLetters, ...(hasOutcomes ? [byKey] : [])];
  return read(finds[service], (payloads, database) =>
    Promise.all(
      payloads.map(async ({ q }) => {
        const pasted = pastedOf(q);
        const found = await Promise.all(finders.map((finder) => finder(pasted, database)));
        return done({ found: eachOnce(found.flat()) });
      }),
    ),
  );
}
