import { SERVICES, type AnyService } from '@jangteo/contracts';
import { eventually } from '@jangteo/infra';
import {
  COMPARISONS,
  RANKING,
  RULES,
  type Comparison,
  type ComparisonName,
  type Rule,
  type Side,
} from './book-rules.js';

const SETTLED_DEADLINE_MS = 60_000;
const LOOK_EVERY_MS = 200;
/** Of the parts of two books that differ: enough to see what is wrong. */
const PARTS_SHOWN = 4;

/** Where the books of a shop can be read, however it was started. */
export interface Accounts {
  /** Reads a service's database; int8 and numeric come as numbers. */
  sql<R extends object>(service: AnyService, text: string): Promise<R[]>;
  /** How many messages wait in each queue of the shop, dead letters included. */
  queueCounts(): Promise<Record<string, number>>;
}

/** Into how many parts books are divided to find a difference without moving all of them. */
const PARTS = 256;

/** A sum over hashes of the rows in each part: equal rows give equal sums, whatever their order. */
async function digestOf(shop: Accounts, { service, statement }: Side): Promise<Map<number, string>> {
  const rows = await shop.sql<{ part: number; digest: string }>(
    service,
    `SELECT hashtext(key) & ${PARTS - 1} AS part,
       count(*) || '/' || sum(hashtextextended(key || '=' || value, 0)) AS digest
     FROM (${statement}) AS side GROUP BY part`,
  );
  return new Map(rows.map(({ part, digest }) => [part, digest]));
}

async function columnOf(
  shop: Accounts,
  { service, statement }: Side,
  part: number,
): Promise<Map<string, string>> {
  const rows = await shop.sql<{ key: string; value: string }>(
    service,
    `SELECT key, value::text FROM (${statement}) AS side WHERE hashtext(key) & ${PARTS - 1} = ${part}`,
  );
  return new Map(rows.map(({ key, value }) => [key, value]));
}

/** What one column has and the other has not, or has otherwise. */
function differences(what: string, expected: Map<string, string>, found: Map<string, string>): string[] {
  const keys = new Set([...expected.keys(), ...found.keys()]);
  return [...keys]
    .filter((key) => expected.get(key) !== found.get(key))
    .map((key) => `${what}: ${key} is ${found.get(key)}, but should be ${expected.get(key)}`);
}

/** Compares in the databases, so that millions of rows are no burden, and fetches only parts that differ. */
async function compare(shop: Accounts, { what, expected, found }: Comparison): Promise<string[]> {
  const [here, there] = await Promise.all([digestOf(shop, expected), digestOf(shop, found)]);
  const parts = [...new Set([...here.keys(), ...there.keys()])];
  const different = parts.filter((part) => here.get(part) !== there.get(part)).slice(0, PARTS_SHOWN);
  const lines = await Promise.all(
    different.map(async (part) =>
      differences(what, await columnOf(shop, expected, part), await columnOf(shop, found, part)),
    ),
  );
  return lines.flat();
}

/** What one check of the books found; it holds where there are no problems. */
export interface Finding {
  /** Whose books, or which comparison of two. */
  readonly subject: AnyService | ComparisonName;
  readonly what: string;
  readonly problems: readonly string[];
}

async function lookAt(shop: Accounts, { service, broken, statement }: Rule): Promise<Finding> {
  const rows = await shop.sql(service, statement);
  const problems = rows.length === 0 ? [] : [`${service}: ${broken}: ${JSON.stringify(rows.slice(0, 5))}`];
  return { subject: service, what: broken, problems };
}

/** Checks each service's own books, and then those of any two against each other. */
export async function checkBooks(shop: Accounts): Promise<Finding[]> {
  const rules = await Promise.all(RULES.map((rule) => lookAt(shop, rule)));
  const comparisons = [...COMPARISONS, RANKING].map(async (comparison) => {
    const { name, what } = comparison;
    return { subject: name, what, problems: await compare(shop, comparison) };
  });
  return [...rules, ...(await Promise.all(comparisons))];
}

/** How many messages wait for people, by the queue that they came from. */
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
  async (shop) => await compare(shop, RANKING),
];

/** What is still on its way; all of it must come to an end by itself. */
async function unsettled(shop: Accounts): Promise<string[]> {
  for (const look of OPEN_ENDS) {
    const open = await look(shop);
    if (open.length > 0) return open;
  }
  return [];
}

/**
 * Waits until every order has ended, every message is handled and every sale is counted.
 * @throws Error naming what is still open after a minute
 */
export async function untilSettled(shop: Accounts): Promise<void> {
  let open: string[] = [];
  const isSettled = async (): Promise<boolean> => {
    open = await unsettled(shop);
    return open.length === 0;
  };
  await eventually(isSettled, { deadlineMs: SETTLED_DEADLINE_MS, everyMs: LOOK_EVERY_MS }).catch(
    (cause: unknown) => {
      throw new Error(`The shop did not settle:\n${open.slice(0, 20).join('\n')}`, { cause });
    },
  );
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
