import { keysOf, type Decided, type Keys, type Decider, type StoredOutcome } from '@jangteo/database/domain';
import type { Outcome } from '@jangteo/contracts';
import type { Product } from './product.js';
import { demand } from './violation.js';

/** Decides messages, with a load and a save that cannot fail. */
export interface SimulatedWork<M, S, O extends Outcome, C> extends Decider<M, S, O, C> {
  load(messages: readonly M[]): S;
  save(changes: C): void;
}

/** A service's table of outcomes, and the transaction around it, in memory. */
export class Outcomes {
  readonly #rows = new Map<string, StoredOutcome>();

  constructor(private readonly product: Pick<Product, 'decideFresh'>) {}

  /** As decideOnce of libs/database. */
  decideOnce<M, S, O extends Outcome, C>(
    messages: readonly M[],
    work: SimulatedWork<M, S, O, C> & Keys<M>,
  ): Decided<O, C> {
    const known = new Map<string, StoredOutcome>();
    for (const key of keysOf(messages, work)) {
      const row = this.#rows.get(key);
      if (row !== undefined) known.set(key, row);
    }
    const decided = this.product.decideFresh({ state: work.load(messages), known }, messages, work);
    const { fresh } = decided;
    if (fresh !== undefined) {
      work.save(fresh.changes);
      for (const row of fresh.stored) this.#insert(row);
    }
    return decided;
  }

  of(key: string): Outcome | undefined {
    return this.#rows.get(key)?.outcome;
  }

  #insert(row: StoredOutcome): void {
    demand(!this.#rows.has(row.key), 'repeats', () => `${row.key} was decided twice`);
    this.#rows.set(row.key, row);
  }
}
