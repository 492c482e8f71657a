import { auditParts, auditProofs, audits, done, type AuditedService } from '@jangteo/contracts';
import {
  Database,
  nameExamples,
  prove,
  readColumn,
  readParts,
  readRule,
  type Books,
} from '@jangteo/database';
import { answerEach, leftMs, type Handler } from '@jangteo/messaging';

/** Those of these names that there are, one after the other: each is a transaction's whole work already. */
async function inTurn<F, T>(
  fields: Readonly<Record<string, F>>,
  names: readonly string[],
  work: (field: F) => Promise<T>,
): Promise<Record<string, T>> {
  const results: [string, T][] = [];
  for (const name of names) {
    const field = fields[name];
    if (field !== undefined) results.push([name, await work(field)]);
  }
  return Object.fromEntries(results);
}

/** Of the time that is left, for names of what breaks rules: with the rest the rules themselves are told in any case. */
const SHARE_FOR_NAMES = 1 / 2;

/** Answers for a service's books. */
export function booksHandlers(service: AuditedService, books: Books): Handler[] {
  return [
    answerEach(audits[service], Database, async (database, { before, ...names }, delivery) => {
      const { rules, ...others } = await database.snapshot(leftMs(delivery), async (tx) => {
        const since = new Date(before);
        return {
          rules: await inTurn(books.rules, names.rules, async (rule) => ({
            rule,
            seen: await readRule(tx, rule, since),
          })),
          outside: await inTurn(books.outside ?? {}, names.rules, (rule) => rule.read(tx)),
          columns: await inTurn(books.columns, names.columns, (column) => readColumn(tx, column, since)),
        };
      });
      const named = await inTurn(rules, names.rules, ({ rule, seen }) =>
        nameExamples(database, rule, seen, leftMs(delivery) * SHARE_FOR_NAMES),
      );
      return done({ rules: { ...named, ...others.outside }, columns: others.columns });
    }),
    answerEach(auditParts[service], Database, (database, { before, column: name, parts, after }, delivery) =>
      database.snapshot(leftMs(delivery), async (tx) => {
        const column = books.columns[name];
        if (column === undefined) throw new Error(`the books of ${service} have no column ${name}`);
        return done(await readParts(tx, books, column, { before: new Date(before), parts, after }));
      }),
    ),
    answerEach(auditProofs[service], Database, (database, { place }, delivery) =>
      database.snapshot(leftMs(delivery), async (tx) => done(await prove(tx, books.sources, place))),
    ),
  ];
}
