import { keysOf } from '@jangteo/database/domain';
import { isStepState, type Input } from '@jangteo/order/domain';
import { published, type Pipeline } from './pipeline.js';
import type { Product } from './product.js';

/** A version of the product in which one rule does not hold. */
export interface Broken {
  /** The rule, as it should be. */
  readonly rule: string;
  of(product: Product): Product;
}

/** Knows no undo from an action. */
function withoutTombstones({ decideFresh }: Product): Product['decideFresh'] {
  return (found, messages, { actionKeyOf: _, ...rule }) => decideFresh(found, messages, rule);
}

/** Decides a repeat again, and keeps the outcome that was stored first: INSERT ... ON CONFLICT DO NOTHING. */
function decidingAgain({ decideFresh }: Product): Product['decideFresh'] {
  return ({ state, known }, messages, rule) => {
    const own = new Set(keysOf(messages, { keyOf: rule.keyOf }));
    const others = new Map([...known].filter(([key]) => !own.has(key)));
    const decided = decideFresh({ state, known: others }, messages, rule);
    const stored = decided.fresh?.stored.filter(({ key }) => !known.has(key)) ?? [];
    return { ...decided, fresh: decided.fresh && { ...decided.fresh, stored } };
  };
}

/** Takes silence for a refusal, which undoes only the steps before. */
function undoingOnlyWhatSucceeded({ apply }: Product['order']): Product['order']['apply'] {
  return (found, inputs, bounds) => {
    const states = new Map(found.sagas.map((saga) => [saga.order.orderId, saga.state]));
    const heard = inputs.map((input): Input => {
      const state = states.get(input.orderId);
      if (input.kind !== 'deadline' || state === undefined || !isStepState(state)) return input;
      return { kind: 'refused', orderId: input.orderId, step: state, refusal: { code: 'ORDER_TIMED_OUT' } };
    });
    return apply(found, heard, bounds);
  };
}

const acknowledgingFirst: Pipeline = function* (batch, handle, broker) {
  batch.isAcknowledged = true;
  yield () => 'acknowledges';
  const { publish, afterConfirm } = yield* handle(batch.messages, batch.replica);
  yield* published(publish, broker);
  afterConfirm?.();
};

/** Decides each debit of a batch against the rows as they were found. */
function debitingOneByOne({ decideDebits }: Product['wallet']): Product['wallet']['decideDebits'] {
  return (wallets, debits, newId) => {
    const decided = debits.map((debit) => decideDebits(wallets, [debit], newId));
    return {
      outcomes: decided.flatMap(({ outcomes }) => outcomes),
      changes: {
        wallets: decided.flatMap(({ changes }) => changes.wallets),
        movements: decided.flatMap(({ changes }) => changes.movements),
      },
    };
  };
}

/** Puts back what the command names, whether it was held or not. */
function releasingWhatIsNamed({ decideReleases }: Product['catalog']): Product['catalog']['decideReleases'] {
  return (_held, orders) => {
    const named = orders.flatMap(({ orderId, items }) =>
      items.map(({ productId, optionId = productId, quantity }) => ({ orderId, optionId, quantity })),
    );
    return decideReleases(named, orders);
  };
}

const UNDOING: readonly string[] = ['UNDOING', 'CANCELLING'];

/** Sends an undo once, and leaves it to luck. */
function undoingOnce({ apply }: Product['order']): Product['order']['apply'] {
  return (found, inputs, bounds) => {
    const undoing = found.sagas.filter((saga) => UNDOING.includes(saga.state));
    const ids = new Set(undoing.map(({ order }) => order.orderId));
    const decided = apply(found, inputs, bounds);
    const reactions = decided.reactions.map((reaction, index) => {
      const input = inputs[index];
      const isAgain = ['retryDue', 'deadline', 'cancel'].includes(input?.kind ?? '');
      return input && isAgain && ids.has(input.orderId) ? { ...reaction, effects: [] } : reaction;
    });
    return { ...decided, reactions };
  };
}

export type BrokenName =
  | 'no-tombstone'
  | 'decided-again'
  | 'undo-not-owed'
  | 'ack-first'
  | 'batch-blind'
  | 'released-as-named'
  | 'undone-once'
  | 'key-is-order-id'
  | 'carts-emptied-by-failures';

/** Variants that break one rule each, for the simulation to find. */
export const BROKEN: Record<BrokenName, Broken> = {
  'no-tombstone': {
    rule: 'an undo that overtakes its action leaves a tombstone',
    of: (product) => ({ ...product, decideFresh: withoutTombstones(product) }),
  },
  'decided-again': {
    rule: 'a redelivery is answered from the stored outcome',
    of: (product) => ({ ...product, decideFresh: decidingAgain(product) }),
  },
  'undo-not-owed': {
    rule: 'an undo is owed from the moment its command is sent',
    of: (product) => ({
      ...product,
      order: { ...product.order, apply: undoingOnlyWhatSucceeded(product.order) },
    }),
  },
  'ack-first': {
    rule: 'a batch is acknowledged last',
    of: (product) => ({ ...product, pipeline: acknowledgingFirst }),
  },
  'batch-blind': {
    rule: 'each message of a batch sees the effects of those before it',
    of: (product) => ({
      ...product,
      wallet: { ...product.wallet, decideDebits: debitingOneByOne(product.wallet) },
    }),
  },
  'released-as-named': {
    rule: 'an undo gives back what was taken, not what the command says',
    of: (product) => ({
      ...product,
      catalog: { ...product.catalog, decideReleases: releasingWhatIsNamed(product.catalog) },
    }),
  },
  'undone-once': {
    rule: 'an undo is sent again until it is answered',
    of: (product) => ({ ...product, order: { ...product.order, apply: undoingOnce(product.order) } }),
  },
  'key-is-order-id': {
    rule: 'one operation key places one order',
    of: (product) => ({
      ...product,
      order: {
        ...product.order,
        placing: (bounds) => ({
          ...product.order.placing(bounds),
          keyOf: ({ payload }) => ({ key: payload.orderId, fingerprint: '' }),
        }),
      },
    }),
  },
  'carts-emptied-by-failures': {
    rule: 'only a success takes what was bought out of the cart',
    of: (product) => ({
      ...product,
      order: {
        ...product.order,
        decideSettling: (carts, ended) =>
          product.order.decideSettling(
            carts,
            ended.map((order) => ({ ...order, completedAt: order.createdAt })),
          ),
      },
    }),
  },
};
