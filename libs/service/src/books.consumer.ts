import { Controller, type Type } from '@nestjs/common';
import { auditParts, auditProofs, audits, done, type AuditedService } from '@jangteo/contracts';
import {
  Database,
  prove,
  readColumn,
  readParts,
  readRule,
  type Books,
  type Statements,
} from '@jangteo/database';
import { Handle, type Batch, type Delivery } from '@jangteo/messaging';

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

/** A controller that answers for a service's books through the ordinary pipeline. */
export function booksConsumerOf(service: AuditedService, books: Books): Type {
  const audit = audits[service];
  const parts = auditParts[service];
  const proof = auditProofs[service];

  @Controller()
  class BooksConsumer {
    constructor(private readonly database: Database) {}

    @Handle(audit)
    audit(batch: Batch<typeof audit>) {
      return this.#each(batch, async (tx, { before, ...names }) => {
        const since = new Date(before);
        const rules = await inTurn(books.rules, names.rules, (rule) => readRule(tx, rule));
        const columns = await inTurn(books.columns, names.columns, (column) => readColumn(tx, column, since));
        return done({ rules, columns });
      });
    }

    @Handle(parts)
    parts(batch: Batch<typeof parts>) {
      return this.#each(batch, async (tx, { before, column: name, parts: asked, after }) => {
        const column = books.columns[name];
        if (column === undefined) throw new Error(`the books of ${service} have no column ${name}`);
        return done(await readParts(tx, books, column, { before: new Date(before), parts: asked, after }));
      });
    }

    @Handle(proof)
    proof(batch: Batch<typeof proof>) {
      return this.#each(batch, async (tx, { place }) => done(await prove(tx, books.sources, place)));
    }

    /** Nobody waits for what is not there by the deadline, so nothing is read beyond it. */
    async #each<P, T>(batch: readonly Delivery<P>[], work: (tx: Statements, payload: P) => Promise<T>) {
      const answers: T[] = [];
      for (const { payload, deadlineMs = Infinity } of batch) {
        answers.push(await this.database.snapshot(deadlineMs - Date.now(), (tx) => work(tx, payload)));
      }
      return answers;
    }
  }
  return BooksConsumer;
}
