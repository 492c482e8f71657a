import { done, MONEY_MAX, refuse, type Charge } from '@jangteo/contracts';
import { actingUserOf, isWithin, maySee, newestFirst, pageOf, type Handlers } from './call.js';

/** As the sandbox of the shop takes them. */
const OUTCOMES: Readonly<Record<string, Charge['status']>> = {
  tok_ok: 'SUCCEEDED',
  tok_unknown: 'PENDING',
};

export const balance: Handlers = {
  chargeBalance(call) {
    const { store } = call;
    const draft = call.body as { userId?: string; amount: number; paymentMethod?: string };
    const user = actingUserOf(call, draft.userId);
    if (!user.ok) return user;
    const { amount, paymentMethod = 'tok_ok' } = draft;
    const owner = user.value;
    if (store.balanceOf(owner) + amount > MONEY_MAX) return refuse('BALANCE_LIMIT_EXCEEDED');
    const status = OUTCOMES[paymentMethod] ?? 'DECLINED';
    const chargeId = store.newId('charge');
    store.charges.set(chargeId, { owner, chargeId, amount, status, createdAt: store.now() });
    if (status === 'DECLINED') return refuse('PAYMENT_DECLINED');
    const headers = { location: `/balance/charges/${chargeId}` };
    if (status === 'PENDING') return done({ status: 202, body: { chargeId, status }, headers });
    store.book(owner, 'CHARGE', amount);
    return done({
      body: { userId: owner, currentBalance: store.balanceOf(owner), chargeId, status },
      headers,
    });
  },

  /** Whoever asks what became of a pending charge learns that it was paid. */
  readCharge(call) {
    const { store, path } = call;
    const charge = store.charges.get(path.chargeId!);
    if (charge === undefined || !maySee(call, charge.owner)) return refuse('CHARGE_NOT_FOUND');
    const { owner, ...body } = charge;
    if (charge.status !== 'PENDING') return done({ body });
    store.book(owner, 'CHARGE', charge.amount);
    store.charges.set(charge.chargeId, { ...charge, status: 'SUCCEEDED' });
    return done({ body: { ...body, status: 'SUCCEEDED' } });
  },

  listCharges(call) {
    const { store, query } = call;
    const user = actingUserOf(call, query.userId);
    if (!user.ok) return user;
    const charges = newestFirst(store.charges.values())
      .filter(({ owner }) => owner === user.value)
      .filter(({ status }) => query.status === undefined || status === query.status)
      .map(({ owner: _, ...charge }) => charge);
    return pageOf(charges, ({ chargeId }) => chargeId, query);
  },

  readBalance(call) {
    const user = actingUserOf(call, call.query.userId);
    if (!user.ok) return user;
    return done({ body: { userId: user.value, currentBalance: call.store.balanceOf(user.value) } });
  },

  listTransactions(call) {
    const { store, query } = call;
    const user = actingUserOf(call, query.userId);
    if (!user.ok) return user;
    const transactions = newestFirst(store.ledgerOf(user.value))
      .filter(({ transactionType }) => query.type === undefined || transactionType === query.type)
      .filter(({ createdAt }) => isWithin(createdAt, query));
    return pageOf(transactions, ({ transactionId }) => transactionId, query);
  },
};
