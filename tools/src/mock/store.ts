import { randomUUIDv7 } from 'node:crypto';
import { productOf, type ChangingOption, type ProductCard } from '@jangteo/catalog/domain';
import type { Charge, OrderWithHistory, Product, UserCoupon, WalletTransaction } from '@jangteo/contracts';
import type { Coupon } from '@jangteo/coupon/domain';
import type { Role } from '@jangteo/gateway/domain';
import type { CartChanges, Line } from '@jangteo/order/domain';

export interface User {
  readonly userId: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly password: string;
  readonly createdAt: string;
}

/** Where somebody is logged in. */
export interface Session {
  readonly sessionId: string;
  readonly userId: string;
  /** Counts its refresh tokens; the newest one is `refreshToken`, of the time `rotatedAt`. */
  readonly generation: number;
  readonly rotatedAt: Date;
  readonly refreshToken: string;
}

type Owned<T> = T & { readonly owner: string };

/** The first of each kind has the id that the document's examples have, so that these lead to something. */
const EXAMPLE_IDS = {
  user: '01920000-0000-7000-8000-000000000001',
  order: '01920000-0000-7000-8000-0000000000a1',
  product: '01920000-0000-7000-8000-0000000000b1',
  option: '01920000-0000-7000-8000-0000000000b2',
  charge: '01920000-0000-7000-8000-0000000000c1',
  coupon: '01920000-0000-7000-8000-0000000000d1',
  userCoupon: '01920000-0000-7000-8000-0000000000d2',
  transaction: '01920000-0000-7000-8000-0000000000e1',
};

/** The mock's memory: nothing of it outlives the process. Each map is in the order of what was made first. */
export class Store {
  readonly users = new Map<string, User>();
  readonly sessions = new Map<string, Session>();
  /** Ids of sessions by token. */
  readonly accessTokens = new Map<string, string>();
  /** Every refresh token that there was, and the how manieth of its session it was. */
  readonly refreshTokens = new Map<string, Pick<Session, 'sessionId' | 'generation'>>();
  readonly coupons = new Map<string, Coupon>();
  readonly userCoupons = new Map<string, Owned<UserCoupon>>();
  readonly charges = new Map<string, Owned<Charge>>();
  readonly orders = new Map<string, OrderWithHistory>();
  /** All options by product, suspended ones too, as they are shown. */
  readonly #products = new Map<string, readonly ChangingOption[]>();
  readonly #carts = new Map<string, readonly Line[]>();
  readonly #ledgers = new Map<string, WalletTransaction[]>();
  readonly #given = new Set<string>();

  newId(kind: keyof typeof EXAMPLE_IDS): string {
    if (this.#given.has(kind)) return randomUUIDv7();
    this.#given.add(kind);
    return EXAMPLE_IDS[kind];
  }

  now(): string {
    return new Date().toISOString();
  }

  /** Of whatever status. */
  product(productId: string): Product | undefined {
    const [first, ...others] = this.#products.get(productId) ?? [];
    return first && productOf([first, ...others], first);
  }

  products(): Product[] {
    return [...this.#products.keys()].map((productId) => this.product(productId)!);
  }

  /** All options of products, to decide about them at this moment. */
  optionsOf(...productIds: readonly string[]): ChangingOption[] {
    const now = new Date();
    const options = [...new Set(productIds)].flatMap((productId) => this.#products.get(productId) ?? []);
    return options.map((option) => ({ ...option, now }));
  }

  /** @param options all of one product */
  setOptions(options: readonly ChangingOption[]): void {
    this.#products.set(options[0]!.productId, options);
  }

  /** Has products be from now on as it was decided. */
  keepProducts(cards: readonly ProductCard[]): void {
    for (const { productId, name, price, actorId: _, ...details } of cards) {
      const own = { productName: name, basePrice: price, ...details, updatedAt: new Date() };
      this.setOptions(this.optionsOf(productId).map((option) => ({ ...option, ...own })));
    }
  }

  /** @param quantity signed */
  moveStock(productId: string, optionId: string, quantity: number): void {
    const moved = this.optionsOf(productId).map((option) =>
      option.optionId === optionId ? { ...option, stock: option.stock + quantity } : option,
    );
    this.setOptions(moved);
  }

  cartOf(userId: string): readonly Line[] {
    return this.#carts.get(userId) ?? [];
  }

  /** Has a cart be from now on as it was decided. */
  keepCart(userId: string, { kept, gone }: Pick<CartChanges, 'kept' | 'gone'>): void {
    const changed = new Set([...kept, ...gone].map(({ optionId }) => optionId));
    const left = this.cartOf(userId).filter(({ optionId }) => !changed.has(optionId));
    this.#carts.set(userId, [...left, ...kept]);
  }

  /** Oldest first. */
  ledgerOf(userId: string): readonly WalletTransaction[] {
    return this.#ledgers.get(userId) ?? [];
  }

  balanceOf(userId: string): number {
    return this.ledgerOf(userId).at(-1)?.balanceAfter ?? 0;
  }

  /** @param amount signed */
  book(
    userId: string,
    transactionType: WalletTransaction['transactionType'],
    amount: number,
    orderId?: string,
  ): void {
    const balanceBefore = this.balanceOf(userId);
    const transaction = {
      transactionId: this.newId('transaction'),
      transactionType,
      amount,
      balanceBefore,
      balanceAfter: balanceBefore + amount,
      ...(orderId === undefined ? {} : { orderId }),
      createdAt: this.now(),
    };
    this.#ledgers.set(userId, [...this.ledgerOf(userId), transaction]);
  }
}
