/** By the names of controllers: what is for customers first, then what is for those who run the shop. */
const SHOP: Readonly<Record<string, string>> = {
  Accounts: 'Registering, logging in and out, and who one is.',
  OwnAccount: 'What users change of their own accounts, where they are logged in, and how they leave.',
  Console: 'Logging in from a page in a browser, which holds no refresh token: that is in a cookie.',
  Balance: 'Paying money in, and what became of it.',
  Products: 'What is on sale, and what sells best. Making and changing products is for operators.',
  Cart: 'What a customer is about to order.',
  Coupons: 'Getting coupons, first come first served. Making and changing them is for operators.',
  Orders:
    'Ordering, reading orders and cancelling them. `POST /order` is another name of `POST /orders`, no more.',
  Streams: 'Watching an order, the issue of a coupon, and for viewers the whole shop: server-sent events.',
  Entry: 'What this is, and where to go on.',
  Documents: 'This document, and a page to read it and to try the API out.',
};

const OPERATION: Readonly<Record<string, string>> = {
  AdminProducts: 'For viewers: products of every status, and how their stock was moved.',
  AdminCoupons:
    'For viewers: all coupons and who holds them; for operators, giving one to somebody and taking it back.',
  AdminBalances: 'For admins: putting balances right.',
  Sales: 'For viewers: what was sold, by the hour or day.',
  Find: 'For viewers: whatever a pasted text names.',
  AllOrders: "For viewers: everybody's orders, and the numbered records of those that ended.",
  Users: 'For viewers: who has an account; for admins, what it may do.',
  ApiKeys: 'For admins: keys of programs.',
  Webhooks:
    'For admins: addresses that are told of completed and cancelled orders, by [Standard Webhooks]' +
    '(https://www.standardwebhooks.com); for viewers, how far each has come.',
  Audit: 'For viewers: whether the books of all services agree.',
  Audits: 'For viewers: what the latest audits found.',
  DeadLetters:
    'For viewers: messages that services could not handle; for operators, to send again or to drop.',
  Sagas: 'For viewers: orders that make no progress; for operators, to have them sent again.',
  Operations: 'For viewers: what became of messages that were sent again.',
  Redrive: 'For admins: making services agree with how orders ended, after one of them was restored.',
  AdminLog: 'For viewers: who did what.',
  Health: 'For balancers: whether this process runs, and has what it needs.',
};

/** The tags of the document that these operations use, and how pages group them. */
export function tagsOf(used: ReadonlySet<string>): object {
  const namesIn = (tags: object): string[] => Object.keys(tags).filter((name) => used.has(name));
  const all = { ...SHOP, ...OPERATION };
  return {
    tags: namesIn(all).map((name) => ({ name, description: all[name] })),
    'x-tagGroups': [
      { name: 'The shop', tags: namesIn(SHOP) },
      { name: 'Running the shop', tags: namesIn(OPERATION) },
    ],
  };
}
