import {
  refuse,
  stepKey,
  type OnceContract,
  type Operation,
  type Outcome,
  type PayloadOf,
} from '@jangteo/contracts';

/** An outcome as it is kept, under the key of its message. */
export interface StoredOutcome extends Operation {
  readonly outcome: Outcome;
}

/** The result of a decision: outcome i answers message i, and `changes` are the rows to write. */
export interface Decision<O, C> {
  readonly outcomes: readonly O[];
  readonly changes: C;
}

/** The keys under which the outcomes of messages are stored. */
export interface Keys<M> {
  /** The key (for a request also the fingerprint) under which the message's outcome is stored. */
  keyOf(message: M): Operation | string;
  /** Of an undo: the key of its action. */
  actionKeyOf?(message: M): string;
}

export interface Decider<M, S, O extends Outcome, C> {
  /** Decides messages without a stored outcome, in order, each seeing the effects of those before it. */
  decide(state: S, messages: readonly M[]): Decision<O, C>;
  /** Recognises an outcome that only says how things are now: it is not kept, and a repeat is decided anew. */
  isPassing?(outcome: O): boolean;
}

/** The keys and decisions of one kind of messages, each of which is decided once. All of it is pure. */
export interface Rule<M, S, O extends Outcome, C> extends Keys<M>, Decider<M, S, O, C> {}

/** The keys of a contract's messages: a request's is its operation, a command's its order and what it does. */
export function keysFor<C extends OnceContract>(contract: C): Keys<PayloadOf<C>>;
export function keysFor(contract: OnceContract): Keys<{ operation: Operation } & { orderId: string }> {
  if (contract.kind === 'request') return { keyOf: ({ operation }) => operation };
  const { undoes } = contract;
  return {
    keyOf: ({ orderId }) => stepKey(orderId, contract),
    ...(undoes && { actionKeyOf: ({ orderId }) => stepKey(orderId, undoes) }),
  };
}

/** The result of a batch. */
export interface Decided<O, C> {
  /** Outcome i answers message i, stored before now or not. */
  readonly outcomes: O[];
  /** Positions of the messages that did nothing: their outcome is that of an earlier message with their key. */
  readonly replayed: ReadonlySet<number>;
  /** The rows to write; `undefined` where every message had an outcome before. */
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
export function keysOf<M>(messages: readonly M[], { keyOf, actionKeyOf }: Keys<M>): string[] {
  const own = messages.map((message) => operationOf(keyOf(message)).key);
  return [...new Set([...own, ...messages.flatMap((message) => actionKeyOf?.(message) ?? [])])];
}

/** The outcome of a late action whose undo came first. */
const TOO_LATE = refuse('ORDER_TIMED_OUT', 'the order was given up');

/** Outcomes that undos leave in the place of actions that were not decided yet, and must not happen any more. */
function tombstonesOf<M>(
  undos: readonly M[],
  { actionKeyOf }: Keys<M>,
  known: ReadonlyMap<string, StoredOutcome>,
): StoredOutcome[] {
  const actions = undos.flatMap((undo) => actionKeyOf?.(undo) ?? []);
  return actions.filter((key) => !known.has(key)).map((key) => ({ key, fingerprint: '', outcome: TOO_LATE }));
}

/** Answers a message whose key has an outcome: with that outcome, unless the key was used for another message. */
function replay<O extends Outcome>(stored: StoredOutcome, fingerprint: string): O {
  if (stored.fingerprint === fingerprint) return stored.outcome as O;
  return refuse('IDEMPOTENCY_KEY_REUSED') as Outcome as O;
}

/**
 * Decides those messages of a batch that were not decided before, and of several with one key only the first;
 * the others are answered with what was decided then. An undo that overtakes its action leaves a tombstone in the
 * action's place, by which the late action is refused.
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
  const answers = (): Pick<Decided<O, C>, 'outcomes' | 'replayed'> => {
    const stored = operations.map(({ key }) => answered.get(key) as StoredOutcome);
    const replayed = operations.flatMap(({ key, fingerprint }, index) => {
      const isReplay = freshKeys.get(key) !== index && stored[index]?.fingerprint === fingerprint;
      return isReplay ? [index] : [];
    });
    return {
      outcomes: operations.map(({ fingerprint }, index) =>
        replay<O>(stored[index] as StoredOutcome, fingerprint),
      ),
      replayed: new Set(replayed),
    };
  };
  const fresh = [...freshKeys.values()];
  if (fresh.length === 0) return answers();

  const freshMessages = fresh.map((index) => messages[index] as M);
  const decision = rule.decide(state, freshMessages);
  if (decision.outcomes.length !== fresh.length) {
    throw new Error(`${fresh.length} messages were decided with ${decision.outcomes.length} outcomes`);
  }
  const stored = fresh.map((index, position): StoredOutcome => {
    return { ...(operations[index] as Operation), outcome: decision.outcomes[position] as O };
  });
  for (const row of stored) answered.set(row.key, row);
  const kept = stored.filter(({ outcome }) => rule.isPassing?.(outcome as O) !== true);
  return {
    ...answers(),
    fresh: {
      changes: decision.changes,
      stored: [...kept, ...tombstonesOf(freshMessages, rule, known)],
      positions: fresh,
    },
  };
}
