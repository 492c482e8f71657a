import { refuse, type Operation, type Outcome } from '@jangteo/contracts';

/** An outcome as it is kept, under the key of its message. */
export interface StoredOutcome extends Operation {
  readonly outcome: Outcome;
}

/** What a decision gives back: outcome i answers message i, and the rows that are to be written. */
export interface Decision<O, C> {
  readonly outcomes: readonly O[];
  readonly changes: C;
  /**
   * Keys of actions that did not happen and must not happen any more, with the refusal that a late one gets:
   * what an undo leaves behind when it overtakes its action.
   */
  readonly tombstones?: readonly { readonly key: string; readonly outcome: Outcome }[];
}

/** How one kind of messages is decided, each of them once. All of it is pure. */
export interface Rule<M, S, O extends Outcome, C> {
  /** The key (for a request also the fingerprint) under which the message's outcome is stored. */
  keyOf(message: M): Operation | string;
  /** Keys of other outcomes that `decide` has to see; an undo names its action. */
  seeAlso?(message: M): readonly string[];
  /**
   * Decides messages without a stored outcome, in order, each seeing the effects of those before it.
   * `pastOf` tells the outcome of a key from `seeAlso`, `undefined` when there is none.
   */
  decide(state: S, messages: readonly M[], pastOf: (key: string) => Outcome | undefined): Decision<O, C>;
  /** Whether an outcome says no more than how things are now: it is not kept, and a repeat is decided anew. */
  isPassing?(outcome: O): boolean;
}

/** What a batch comes to. */
export interface Decided<O, C> {
  /** Outcome i answers message i, stored before now or not. */
  readonly outcomes: O[];
  /** What is to be written; `undefined` where every message had an outcome before. */
  readonly fresh?: {
    readonly changes: C;
    readonly stored: readonly StoredOutcome[];
    /** In the batch, of the messages that were decided just now, in the order in which they were. */
    readonly positions: readonly number[];
  };
}

function operationOf(key: Operation | string): Operation {
  return typeof key === 'string' ? { key, fingerprint: '' } : key;
}

/** The keys, each once, whose outcomes have to be known before these messages are decided. */
export function keysOf<M>(
  messages: readonly M[],
  { keyOf, seeAlso }: Pick<Rule<M, never, never, never>, 'keyOf' | 'seeAlso'>,
): string[] {
  const own = messages.map((message) => operationOf(keyOf(message)).key);
  return [...new Set([...own, ...messages.flatMap((message) => seeAlso?.(message) ?? [])])];
}

/** What to answer to a message whose key has an outcome: that outcome, unless the key was used for another. */
function replay<O extends Outcome>(stored: StoredOutcome, fingerprint: string): O {
  if (stored.fingerprint === fingerprint) return stored.outcome as O;
  return refuse('IDEMPOTENCY_KEY_REUSED') as Outcome as O;
}

/**
 * Decides those messages of a batch that were not decided before, and of several with one key only the first;
 * the others are answered with what was decided then.
 *
 * @param known the outcomes stored under {@link keysOf} these messages
 */
export function decideFresh<M, S, O extends Outcome, C>(
  { state, known }: { readonly state: S; readonly known: ReadonlyMap<string, StoredOutcome> },
  messages: readonly M[],
  rule: Rule<M, S, O, C>,
): Decided<O, C> {
  const operations = messages.map((message) => operationOf(rule.keyOf(message)));
  const freshKeys = new Map<string, number>();
  operations.forEach(({ key }, index) => {
    if (!known.has(key) && !freshKeys.has(key)) freshKeys.set(key, index);
  });
  const answered = new Map(known);
  const outcomes = (): O[] =>
    operations.map(({ key, fingerprint }) => replay<O>(answered.get(key) as StoredOutcome, fingerprint));
  const fresh = [...freshKeys.values()];
  if (fresh.length === 0) return { outcomes: outcomes() };

  const freshMessages = fresh.map((index) => messages[index] as M);
  const decision = rule.decide(state, freshMessages, (key) => known.get(key)?.outcome);
  if (decision.outcomes.length !== fresh.length) {
    throw new Error(`${fresh.length} messages were decided with ${decision.outcomes.length} outcomes`);
  }
  const stored = fresh.map((index, position): StoredOutcome => {
    return { ...(operations[index] as Operation), outcome: decision.outcomes[position] as O };
  });
  const tombstones = (decision.tombstones ?? []).map((stone) => ({ ...stone, fingerprint: '' }));
  for (const row of stored) answered.set(row.key, row);
  const kept = stored.filter(({ outcome }) => rule.isPassing?.(outcome as O) !== true);
  return {
    outcomes: outcomes(),
    fresh: { changes: decision.changes, stored: [...kept, ...tombstones], positions: fresh },
  };
}
