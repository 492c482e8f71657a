import { randomUUIDv7 } from 'node:crypto';
import type {
  CartLine,
  Charge,
  Coupon,
  OrderWithHistory,
  Product,
  UserCoupon,
  WalletTransaction,
} from '@jangteo/contracts';

export interface User {
  readonly userId: string;
  readonly email: string;
  readonly name: string;
  readonly role: string;
  readonly password: string;
  readonly createdAt: string;
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
  /** User ids by token. */
  readonly accessTokens = new Map<string, string>();
  readonly refreshTokens = new Map<string, string>();
  readonly products = new Map<string, Product>();
  readonly coupons = new Map<string, Coupon>();
  readonly userCoupons = new Map<string, Owned<UserCoupon>>();
  readonly charges = new Map<string, Owned<Charge>>();
  readonly orders = new Map<string, OrderWithHistory>();
  readonly #carts = new Map<string, CartLine[]>();
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

  cartOf(userId: string): CartLine[] {
    return this.#carts.get(userId) ?? [];
  }

  setCart(userId: string, lines: readonly CartLine[]): void {
    this.#carts.set(
      userId,
      lines.filter(({ quantity }) => quantity > 0),
    );
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

  /** @param quantity signed */
  moveStock(productId: string, optionId: string, quantity: number): void {
    const product = this.products.get(productId);
    if (product === undefined) return;
    const options = product.options.map((option) =>
      option.optionId === optionId ? { ...option, stock: option.stock + quantity } : option,
    );
    this.products.set(productId, { ...product, stock: product.stock + quantity, options });
  }
}
