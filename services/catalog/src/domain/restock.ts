import {
  done,
  refuse,
  refuseField,
  STOCK_MAX,
  type OutcomeOf,
  type PayloadOf,
  type restock,
} from '@jangteo/contracts';
import type { Option } from './option.js';
import { refuseVersion } from './product-batch.js';
import { StockBatch, type StockDelta } from './stock-batch.js';

/** Units that came in or, negative, went out other than by an order: what stock is audited against. */
export interface StockMovement {
  readonly optionId: string;
  readonly operationKey: string;
  readonly quantity: number;
  /** The user who had it moved, where that is known. */
  readonly actorId?: string | undefined;
  readonly reason?: string | undefined;
}

export interface RestockChanges {
  readonly deltas: readonly StockDelta[];
  readonly movements: readonly StockMovement[];
}

type Restock = PayloadOf<typeof restock>;
type RestockOutcome = OutcomeOf<typeof restock>;

/**
 * Adds to stock or takes away, each change in full or not at all.
 *
 * @param options every option of every product that the requests name, locked
 * @param current the versions of the products of which requests say one, locked
 */
export function decideRestocks(
  options: readonly Option[],
  requests: readonly Restock[],
  current: ReadonlyMap<string, number> = new Map(),
): { outcomes: RestockOutcome[]; changes: RestockChanges } {
  const stock = new StockBatch(options);
  const movements: StockMovement[] = [];
  const outcomes = requests.map(({ operation, productId, change, versions, actorId }): RestockOutcome => {
    const { quantity, reason } = change;
    const version = current.get(productId);
    const isOther = version === undefined ? undefined : refuseVersion(version, versions);
    if (isOther !== undefined) return isOther;
    const chosen = stock.choose({ productId, optionId: change.optionId });
    if (!chosen.ok) return chosen;
    const option = chosen.value;
    const { optionId } = option;
    const available = stock.available(option);
    if (available + quantity < 0) {
      return refuse('OUT_OF_STOCK', undefined, {
        shortages: [{ productId, optionId, requested: -quantity, available }],
      });
    }
    // Orders that give theirs back may have lifted the stock above the limit; taking away is fine even then.
    if (quantity > 0 && available + quantity > STOCK_MAX) return refuseQuantity(available);
    movements.push({ optionId, operationKey: operation.key, quantity, actorId, reason });
    return done({ optionId, stock: stock.move(option, quantity) });
  });
  return { outcomes, changes: { deltas: stock.deltas(), movements } };
}

function refuseQuantity(available: number): RestockOutcome {
  return refuseField('quantity', `must leave at most ${STOCK_MAX} units; there are ${available} now`);
}
