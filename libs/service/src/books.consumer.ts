import { Controller, type Type } from '@nestjs/common';
import {
  auditParts,
  audits,
  done,
  type ColumnSeen,
  type RuleSeen,
  type ServiceName,
} from '@jangteo/contracts';
import { Database, readColumn, readParts, readRule, type Books, type Statements } from '@jangteo/database';
import { Handle, type Batch, type Delivery } from '@jangteo/messaging';

/** One after the other: each is a transaction's whole work already. */
async function inTurn<K extends string, F, T>(
  fields: Readonly<Record<K, F>>,
  work: (field: F) => Promise<T>,
): Promise<Record<K, T>> {
  const results: [string, T][] = [];
  for (const [name, field] of Object.entries<F>(fields)) results.push([name, await work(field)]);
  return Object.fromEntries(results) as Record<K, T>;
}

/** A controller that answers for a service's books through the ordinary pipeline. */
export function booksConsumerOf(service: ServiceName, books: Books): Type {
  const audit = audits[service];
  const parts = auditParts[service];

  @Controller()
  class BooksConsumer {
    constructor(private readonly database: Database) {}

    @Handle(audit)
    audit(batch: Batch<typeof audit>) {
      return this.#each(batch, async (tx, payload) => {
        const before = new Date(payload.before);
        const rules = await inTurn<string, Books['rules'][string], RuleSeen>(books.rules, (rule) =>
          readRule(tx, rule),
        );
        const columns = await inTurn<string, Books['columns'][string], ColumnSeen>(books.columns, (column) =>
          readColumn(tx, column, before),
        );
        return done({ rules, columns });
      });
    }

    @Handle(parts)
    parts(batch: Batch<typeof parts>) {
      return this.#each(batch, async (tx, { before, column: name, parts: asked }) => {
        const column = books.columns[name];
        if (column === undefined) throw new Error(`the books of ${service} have no column ${name}`);
        return done(await readParts(tx, books, column, { before: new Date(before), parts: asked }));
      });
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
