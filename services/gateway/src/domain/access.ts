import type { Role } from './caller.js';

/** Whom an operation is for: anyone, or whoever has this role or one above it. */
export type Access = 'anyone' | Role;

/**
 * Roles by operation, all of them. Viewers read what stands under `/admin`; operators also send, drop and nudge, and
 * change what is sold; users, money and what a restored service is told are for admins.
 */
export const ACCESS = {
  register: 'anyone',
  login: 'anyone',
  refresh: 'anyone',
  logout: 'anyone',
  readKeys: 'anyone',
  readMe: 'customer',
  changeMe: 'customer',
  deleteMe: 'customer',
  changePassword: 'customer',
  resetPassword: 'anyone',
  beginConsoleSession: 'anyone',
  refreshConsoleSession: 'anyone',
  endConsoleSession: 'anyone',
  createConsoleLink: 'viewer',
  listSessions: 'customer',
  endSession: 'customer',
  endOtherSessions: 'customer',

  chargeBalance: 'customer',
  readCharge: 'customer',
  listCharges: 'customer',
  adjustBalance: 'admin',
  readBalance: 'customer',
  listTransactions: 'customer',

  listProducts: 'anyone',
  readTopProducts: 'anyone',
  readProduct: 'anyone',
  createProduct: 'operator',
  changeProduct: 'operator',
  restock: 'operator',
  addOption: 'operator',
  changeOption: 'operator',
  listAllProducts: 'viewer',
  listMovements: 'viewer',

  listCoupons: 'anyone',
  issueCoupon: 'customer',
  listMyCoupons: 'customer',
  readCoupon: 'anyone',
  readPlaces: 'anyone',
  createCoupon: 'operator',
  giveCoupon: 'operator',
  takeBackCoupon: 'operator',
  listAllCoupons: 'viewer',
  listIssues: 'viewer',
  changeCoupon: 'operator',

  readCart: 'customer',
  addToCart: 'customer',
  setCartItem: 'customer',
  clearCart: 'customer',
  removeFromCart: 'customer',

  placeOrder: 'customer',
  listOrders: 'customer',
  readOrder: 'customer',
  cancelOrder: 'customer',
  readTimeline: 'customer',
  watchOrder: 'customer',
  watchCoupon: 'anyone',
  watchShop: 'viewer',
  listAllOrders: 'viewer',
  readEvents: 'viewer',

  listUsers: 'viewer',
  readUser: 'viewer',
  changeUser: 'admin',
  endSessionsOfUser: 'admin',
  makePasswordReset: 'admin',

  listApiKeys: 'admin',
  readApiKey: 'admin',
  createApiKey: 'admin',
  endApiKey: 'admin',

  find: 'viewer',
  readSales: 'viewer',
  readProductSales: 'viewer',
  readCategorySales: 'viewer',

  listWebhooks: 'viewer',
  readWebhook: 'viewer',
  listDeliveries: 'viewer',
  createWebhook: 'admin',
  changeWebhook: 'admin',
  deleteWebhook: 'admin',
  rotateWebhookSecret: 'admin',
  testWebhook: 'admin',
  resendToWebhook: 'admin',

  auditShop: 'viewer',
  proveAudit: 'viewer',
  listAudits: 'viewer',
  readAudit: 'viewer',
  listAdminLog: 'viewer',
  listDeadLetters: 'viewer',
  listDeadLetterGroups: 'viewer',
  changeDeadLetterGroup: 'operator',
  readDeadLetter: 'viewer',
  sendDeadLetters: 'operator',
  sendDeadLetter: 'operator',
  dropDeadLetter: 'operator',
  readOperation: 'viewer',
  listStuckSagas: 'viewer',
  nudgeSagas: 'operator',
  nudgeSaga: 'operator',
  redriveOrders: 'admin',
} as const satisfies Readonly<Record<string, Access>>;

const table: Readonly<Record<string, Access | undefined>> = ACCESS;

/**
 * What gets at an account or begins a session, begets other keys, or sends orders to an address that somebody chooses: whoever has stolen a
 * key must not outlive it.
 */
const BY_LOGIN_ALONE: ReadonlySet<string> = new Set<keyof typeof ACCESS>([
  'changeUser',
  'makePasswordReset',
  'createConsoleLink',
  'createApiKey',
  'createWebhook',
  'changeWebhook',
  'rotateWebhookSecret',
]);

/** Of what customers call for their own: those with these roles read everybody's, and so may their keys. */
const OF_CUSTOMERS_BY_KEY: Readonly<Record<string, Role | undefined>> = {
  readMe: 'customer',
  readTimeline: 'viewer',
  watchOrder: 'viewer',
} satisfies Partial<Record<keyof typeof ACCESS, Role>>;

/**
 * Whom an operation is for that is called with an API key; `undefined` where it is for none. A program does nothing that
 * is a customer's own.
 */
export function accessByKey(operationId: string): Access | undefined {
  if (table[operationId] === 'customer') return OF_CUSTOMERS_BY_KEY[operationId];
  return BY_LOGIN_ALONE.has(operationId) ? undefined : accessTo(operationId);
}

/** @throws Error for an operation that is not in the table */
export function accessTo(operationId: string): Access {
  const access = table[operationId];
  if (access === undefined) throw new Error(`${operationId} is not in the table of who may call what`);
  return access;
}
