import type { Outcome } from '@jangteo/contracts';
import { demoGoods, type DemoLanguage } from '../demo-goods.js';
import { addUser } from './accounts.js';
import { balance } from './balance.js';
import type { Answer, Call, Handler } from './call.js';
import { goods } from './goods.js';
import { orders } from './orders.js';
import { Store, type User } from './store.js';

/** Everybody's, as in the document's examples. */
const PASSWORD = 'correct horse';

/** Those who can log in from the start. */
export const MOCK_LOGINS = [
  { role: 'customer', email: 'mina@example.com', password: PASSWORD },
  { role: 'admin', email: 'admin@jangteo.local', password: PASSWORD },
  { role: 'operator', email: 'operator@jangteo.local', password: PASSWORD },
  { role: 'viewer', email: 'viewer@jangteo.local', password: PASSWORD },
] as const;

const CHARGED = 500_000;

/** What no call of the seeds says. */
const NOTHING = {
  path: {},
  query: {},
  body: undefined,
  prefer: '',
  sessionId: undefined,
  versions: undefined,
  lastEventId: undefined,
};

/** A shop with demo goods, and a customer who has charged, got a coupon and ordered once. */
export function seededStore(language: DemoLanguage): Store {
  const store = new Store();
  const names = { ko: '민아', en: 'Mina' };
  const [mina, admin] = MOCK_LOGINS.map(({ role, email, password }) => {
    const name = role === 'customer' ? names[language] : role;
    return addUser(store, { email, password, name }, role);
  });
  const as = (caller: User | undefined) => (handler: Handler | undefined, call: Partial<Call>) =>
    valueOf(handler!({ ...NOTHING, store, caller, ...call }));
  const { products, coupons } = demoGoods(language);
  for (const body of products) as(admin)(goods.createProduct, { body });
  for (const body of coupons) as(admin)(goods.createCoupon, { body });

  const [productId, couponId] = [store.products()[0]?.productId, [...store.coupons.keys()][0]!];
  as(mina)(balance.chargeBalance, { body: { amount: CHARGED } });
  as(mina)(goods.issueCoupon, { path: { couponId } });
  const [userCouponId] = store.userCoupons.keys();
  as(mina)(orders.placeOrder, { body: { items: [{ productId, quantity: 2 }], userCouponId } });
  return store;
}

function valueOf(outcome: Outcome<Answer>): Answer {
  if (outcome.ok) return outcome.value;
  throw new Error(`the mock refuses what it begins with: ${JSON.stringify(outcome.refusal)}`);
}
