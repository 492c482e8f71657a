import { forEach, makeCustomers, shopAs, type Customer, type OpenShop } from '@jangteo/tools';

const PRODUCTS = 12;
const PRICE = 1_000;
const STOCK = 1_000_000;
const HOT_STOCK = 30;
/** Every so many customers one is poor, and often cannot pay. */
const POOR_EVERY = 5;
const MONEY = 50_000_000;
const LITTLE_MONEY = 5_000;

export interface Good {
  readonly productId: string;
  readonly optionId: string;
}

/** Goods, customers and admin of the shop. */
export interface Shop {
  readonly admin: Customer;
  readonly customers: readonly Customer[];
  readonly goods: readonly Good[];
  /** Of which there is never enough. */
  readonly hotGood: Good;
  /** Coupons that have been issued or are, the newest last. */
  readonly campaigns: string[];
  readonly hotStockAtFirst: number;
  /** Users from before: what they did is not counted among what these customers do. */
  readonly earlierUsers: ReadonlySet<string>;
  /** Money that customers began with. */
  readonly moneyAtFirst: ReadonlyMap<string, number>;
}

/** Brings goods and customers into a shop that is well. */
export async function openShop(stack: OpenShop, clients: number): Promise<Shop> {
  const earlier = await stack.sql<{ user_id: string }>('gateway', 'SELECT user_id FROM users');
  const url = stack.urls[0] ?? '';
  const customers = await makeCustomers(stack, clients);
  const [admin] = await makeCustomers(stack, 1, 'admin');
  if (admin === undefined) throw new Error('The shop has no admin');
  const make = async (name: string, stock: number): Promise<Good> => {
    const draft = { name, price: PRICE, stock };
    const { productId, options } = await shopAs(url, admin.token).products.create(draft);
    return { productId, optionId: options[0]?.optionId ?? '' };
  };
  const goods = await Promise.all(
    Array.from({ length: PRODUCTS }, (_, index) => make(`Tea cup ${index + 1}`, STOCK)),
  );
  const moneyAtFirst = new Map<string, number>();
  await forEach(customers, async ({ token, userId }, index) => {
    const amount = index % POOR_EVERY === POOR_EVERY - 1 ? LITTLE_MONEY : MONEY;
    moneyAtFirst.set(userId, amount);
    await shopAs(url, token).balance.charge({ amount });
  });
  return {
    admin,
    customers,
    goods,
    hotGood: await make('Tea pot', HOT_STOCK),
    hotStockAtFirst: HOT_STOCK,
    campaigns: [],
    earlierUsers: new Set(earlier.map((user) => user.user_id)),
    moneyAtFirst,
  };
}
