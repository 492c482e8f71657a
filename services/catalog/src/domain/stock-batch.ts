import { chooseOption, type NamedOption } from '@jangteo/contracts';
import { isListed, type Option } from './option.js';

/** The sum of a batch's changes to an option's stock; negative when it takes. */
export interface StockDelta {
  readonly optionId: string;
  readonly delta: number;
}

/** The options of one batch while it is decided: each message finds the stock that those before it left. */
export class StockBatch {
  readonly #products: ReadonlyMap<string, readonly Option[]>;
  readonly #moved = new Map<string, number>();

  /** @param options every option of every product that the batch names, locked */
  constructor(options: readonly Option[]) {
    this.#products = Map.groupBy(options, ({ productId }) => productId);
  }

  /** All options of a product; none when there is no such product. */
  optionsOf(productId: string): readonly Option[] {
    return this.#products.get(productId) ?? [];
  }

  /** The option that is meant: where none is named only those count that are shown; a named one is found whatever it is. */
  choose(named: NamedOption): ReturnType<typeof chooseOption<Option>> {
    const all = this.optionsOf(named.productId);
    const listed = all.filter(isListed);
    return chooseOption(named.optionId === undefined && listed.length > 0 ? listed : all, named);
  }

  /** The units that are left of an option now. */
  available({ optionId, stock }: Option): number {
    return stock + (this.#moved.get(optionId) ?? 0);
  }

  /**
   * Puts units of an option in, or takes them out.
   *
   * @returns the units that are left
   * @throws RangeError when the caller did not check that the stock bears it: a bug
   */
  move(option: Option, delta: number): number {
    const left = this.available(option) + delta;
    if (left < 0) throw new RangeError(`${delta} units do not fit the stock of option ${option.optionId}`);
    this.#moved.set(option.optionId, (this.#moved.get(option.optionId) ?? 0) + delta);
    return left;
  }

  /** The options whose stock is not as it was found, each once. */
  deltas(): StockDelta[] {
    return deltasOf(this.#moved);
  }
}

/** Sums as rows, those that changed nothing left out. */
export function deltasOf(moved: ReadonlyMap<string, number>): StockDelta[] {
  return [...moved].map(([optionId, delta]) => ({ optionId, delta })).filter(({ delta }) => delta !== 0);
}
