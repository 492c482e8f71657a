import {
  BOOK_COMPARISONS,
  disagreements,
  PROMISES,
  SERVICES,
  type AnyService,
  type AuditedService,
  type BookComparison,
  type BookSide,
  type PromiseName,
} from '@jangteo/contracts';
import { eventually } from '@jangteo/infra';
import { COLUMNS, PROOFS, type Column, type Proof } from './book-rules.js';

const SETTLED_DEADLINE_MS = 180_000;
const LOOK_EVERY_MS = 200;
/** Of the parts of two books that differ: enough to see what is wrong. */
const PARTS_SHOWN = 4;

/** Access to the books of a shop, however it was started. */
export interface Accounts {
  /** Reads a service's database; int8 and numeric come as numbers. */
  sql<R extends object>(service: AnyService, text: string): Promise<R[]>;
  /** Counts the messages that wait in each queue of the shop, dead letters included. */
  queueCounts(): Promise<Record<string, number>>;
}

/** Parts that books are divided into, to find a difference without moving all of them. */
const PARTS = 256;

const columnOf = ({ service, column }: BookSide): Column =>
  (COLUMNS[service] as Readonly<Record<string, Column>>)[column]!;

/** The last order of which either column may have lost rows, whose sums alone are kept. */
async function prunedTo(shop: Accounts, sides: readonly BookSide[]): Promise<string> {
  const marks = sides.map(async (side) => {
    const { pruned } = columnOf(side);
    if (pruned === undefined) return '';
    const statement = `SELECT pruned_to::text AS "prunedTo" FROM book_marks WHERE source = '${pruned}'`;
    const [mark] = await shop.sql<{ prunedTo: string }>(side.service, statement);
    return mark?.prunedTo ?? '';
  });
  return (await Promise.all(marks)).toSorted().at(-1) ?? '';
}

/** A condition that holds for keys of orders above one, and for all keys where it is empty. */
const keyAbove = (orderId: string): string => `left(key, 36) COLLATE "C" > '${orderId}'`;

/** A sum over hashes of the rows in each part: equal rows give equal sums, whatever their order. */
async function digestOf(shop: Accounts, side: BookSide, after: string): Promise<Map<string, string>> {
  const rows = await shop.sql<{ part: number; digest: string }>(
    side.service,
    `SELECT hashtext(key) & ${PARTS - 1} AS part,
       count(*) || '/' || sum(hashtextextended(key || '=' || value, 0)) AS digest
     FROM (${columnOf(side).statement}) AS side WHERE ${keyAbove(after)} GROUP BY part`,
  );
  return new Map(rows.map(({ part, digest }) => [String(part), digest]));
}

async function entriesOf(
  shop: Accounts,
  side: BookSide,
  after: string,
  parts: readonly string[],
): Promise<Map<string, string>> {
  const rows = await shop.sql<{ key: string; value: string }>(
    side.service,
    `SELECT key, value::text FROM (${columnOf(side).statement}) AS side
     WHERE ${keyAbove(after)} AND hashtext(key) & ${PARTS - 1} IN (${parts.join(', ')})`,
  );
  return new Map(rows.map(({ key, value }) => [key, value]));
}

/** Compares in the databases, so that millions of rows are no burden, and fetches only parts that differ. */
async function compare(shop: Accounts, { name, sides }: BookComparison): Promise<string[]> {
  const after = await prunedTo(shop, sides);
  const [here, there] = await Promise.all([digestOf(shop, sides[0], after), digestOf(shop, sides[1], after)]);
  const parts = [...disagreements(here, there).keys()].slice(0, PARTS_SHOWN);
  if (parts.length === 0) return [];
  const [expected, found] = await Promise.all([
    entriesOf(shop, sides[0], after, parts),
    entriesOf(shop, sides[1], after, parts),
  ]);
  return [...disagreements(expected, found)].map(
    ([key, [due, is]]) =>
      `${name}: ${key} is ${is} in the books of ${sides[1].service}, but should be ${due}`,
  );
}

/** The result of one check of the books; it holds where there are no problems. */
export interface Finding {
  readonly promise: PromiseName;
  readonly problems: readonly string[];
}

async function prove(
  shop: Accounts,
  service: AuditedService,
  { broken, statement }: Proof,
): Promise<string[]> {
  const rows = await shop.sql(service, statement);
  return rows.length === 0 ? [] : [`${service}: ${broken}: ${JSON.stringify(rows.slice(0, 5))}`];
}

/** Looks at every promise: each service's own books, and those of any two against each other. */
export async function checkBooks(shop: Accounts): Promise<Finding[]> {
  const findings = PROMISES.map(async ({ name: promise, rules, atRest, comparisons }): Promise<Finding> => {
    const proofs = [...rules, ...atRest].flatMap(({ service, name }) =>
      (PROOFS[service] as Readonly<Record<string, readonly Proof[]>>)[name]!.map((proof) =>
        prove(shop, service, proof),
      ),
    );
    const compared = comparisons.map((comparison: BookComparison) => compare(shop, comparison));
    return { promise, problems: (await Promise.all([...proofs, ...compared])).flat() };
  });
  return await Promise.all(findings);
}

/** Counts the messages that wait for people, by the queue that they came from. */
export async function waitingDeadLetters(shop: Pick<Accounts, 'sql'>): Promise<Record<string, number>> {
  const rows = await Promise.all(
    SERVICES.map((service) =>
      shop.sql<{ queue: string; count: number }>(
        service,
        `SELECT queue, count(*) FROM dead_letters WHERE state = 'WAITING' GROUP BY queue`,
      ),
    ),
  );
  return Object.fromEntries(rows.flat().map(({ queue, count }) => [queue, count]));
}

/** Looks in the order of cost: sagas and charges by their indexes, the ranking last. */
const OPEN_ENDS: readonly ((shop: Accounts) => Promise<string[]>)[] = [
  async (shop) => {
    const sagas = await shop.sql<{ state: string; count: number }>(
      'order',
      // By a constraint this is so for every saga that awaits an answer or owes an event, and for no other.
      `SELECT state, count(*) FROM sagas WHERE look_again_at IS NOT NULL GROUP BY state`,
    );
    return sagas.map(({ state, count }) => `${count} sagas are ${state} or owe events`);
  },
  async (shop) => {
    const charges = await shop.sql<{ count: number }>(
      'wallet',
      `SELECT count(*) FROM charges WHERE ask_again_at IS NOT NULL HAVING count(*) > 0`,
    );
    return charges.map(({ count }) => `${count} charges are PENDING`);
  },
  async (shop) => {
    const queues = Object.entries(await shop.queueCounts()).filter(([, count]) => count > 0);
    return queues.map(([name, count]) => `${name} holds ${count} messages`);
  },
  async (shop) =>
    Object.entries(await waitingDeadLetters(shop)).map(
      ([name, count]) => `${name} has ${count} dead letters`,
    ),
  async (shop) => {
    const ofReaders = BOOK_COMPARISONS.filter(({ sides }) =>
      sides.some(({ service }) => service === 'ranking'),
    );
    return (await Promise.all(ofReaders.map((comparison) => compare(shop, comparison)))).flat();
  },
];

/** Finds what is still on its way; all of it must come to an end by itself. */
async function unsettled(shop: Accounts): Promise<string[]> {
  for (const look of OPEN_ENDS) {
    const open = await look(shop);
    if (open.length > 0) return open;
  }
  return [];
}

/**
 * Waits until every order has ended, every message is handled and every sale is counted.
 * @throws Error naming what is still open after the deadline, three minutes unless told
 */
export async function untilSettled(shop: Accounts, deadlineMs = SETTLED_DEADLINE_MS): Promise<void> {
  let open: string[] = [];
  const isSettled = async (): Promise<boolean> => {
    open = await unsettled(shop);
    return open.length === 0;
  };
  await eventually(isSettled, { deadlineMs, everyMs: LOOK_EVERY_MS }).catch((cause: unknown) => {
    throw new Error(`The shop did not settle:\n${open.slice(0, 20).join('\n')}`, { cause });
  });
}

/**
 * Waits until every order has ended and every message is handled, then checks that money, stock and coupons
 * are where the orders say: in each service's own books, and between them.
 * @throws Error naming everything that does not add up
 */
export async function assertBooks(shop: Accounts): Promise<void> {
  await untilSettled(shop);
  const problems = (await checkBooks(shop)).flatMap((finding) => finding.problems);
  if (problems.length > 0) throw new Error(`The books do not add up:\n${problems.slice(0, 20).join('\n')}`);
}
