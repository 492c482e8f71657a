import type {
  Adjustment,
  AdminLogEntry,
  ApiKey,
  ApiKeyDraft,
  AuditInShort,
  AuditProof,
  AuditReport,
  Coupon,
  CouponIssue,
  DeadLetter,
  DeadLetterGroup,
  DeadLettersToSend,
  DeadLetterWithBody,
  FoundThing,
  Id,
  ListedOrder,
  CreatedApiKey,
  NudgedSaga,
  NudgedSagas,
  OperationOfStaff,
  OrdersToRedrive,
  Product,
  RedrivenOrders,
  ResetToken,
  SalesOfCategory,
  SalesOfPeriod,
  SalesOfProduct,
  SagasToNudge,
  SentDeadLetter,
  SentDeadLetters,
  ServiceName,
  StockMovement,
  StuckSaga,
  User,
  UserChange,
  UserCoupon,
  UserDetails,
  WalletTransaction,
} from '../api.js';
import type { List } from '../pages.js';
import type { StreamOptions } from '../server-events.js';
import type { StreamEvent } from '../streams.js';
import type { CallOptions, QueryOf, Transport } from '../transport.js';
import { AdminWebhooks } from './admin-webhooks.js';
import { Namespace } from './namespace.js';

/** An audit of millions of orders takes its time. */
const AUDIT_DEADLINE_MS = 300_000;

/** Everything that viewers, operators and admins do. */
export class Admin extends Namespace {
  readonly webhooks: AdminWebhooks;

  constructor(transport: Transport) {
    super(transport);
    this.webhooks = new AdminWebhooks(transport);
  }

  /** Finds whatever is pasted: an id of any kind, an e-mail, a key, a trace. */
  find(text: string, options?: CallOptions): Promise<FoundThing[]> {
    return this.call('find', { query: { q: text } }, options);
  }

  /** What was sold, by hour or by day. */
  sales(query: QueryOf<'readSales'> = {}, options?: CallOptions): Promise<SalesOfPeriod[]> {
    return this.call('readSales', { query }, options);
  }

  /** The products that sold most, by revenue where that is known. */
  productSales(query: QueryOf<'readProductSales'> = {}, options?: CallOptions): Promise<SalesOfProduct[]> {
    return this.call('readProductSales', { query }, options);
  }

  /** What was sold by category, where the shop has statistics; else one row of all products. */
  categorySales(query: QueryOf<'readCategorySales'> = {}, options?: CallOptions): Promise<SalesOfCategory[]> {
    return this.call('readCategorySales', { query }, options);
  }

  orders(query: QueryOf<'listAllOrders'> = {}, options?: CallOptions): List<ListedOrder> {
    return this.pagesOf('listAllOrders', { query }, options);
  }

  users(query: QueryOf<'listUsers'> = {}, options?: CallOptions): List<User> {
    return this.pagesOf('listUsers', { query }, options);
  }

  user(userId: Id, options?: CallOptions): Promise<UserDetails> {
    return this.call('readUser', { path: { userId } }, options);
  }

  changeUser(userId: Id, change: UserChange, options?: CallOptions): Promise<User> {
    return this.call('changeUser', { path: { userId }, body: change }, options);
  }

  async endSessions(userId: Id, options?: CallOptions): Promise<void> {
    await this.call('endSessionsOfUser', { path: { userId } }, options);
  }

  /** Makes a token by which a user may set a new password, once. */
  makePasswordReset(userId: Id, options?: CallOptions): Promise<ResetToken> {
    return this.call('makePasswordReset', { path: { userId } }, options);
  }

  adjustBalance(userId: Id, adjustment: Adjustment, options?: CallOptions): Promise<WalletTransaction> {
    return this.call('adjustBalance', { path: { userId }, body: adjustment }, options);
  }

  /** Of every status. */
  products(query: QueryOf<'listAllProducts'> = {}, options?: CallOptions): List<Product> {
    return this.pagesOf('listAllProducts', { query }, options);
  }

  movements(productId: Id, query: QueryOf<'listMovements'> = {}, options?: CallOptions): List<StockMovement> {
    return this.pagesOf('listMovements', { path: { productId }, query }, options);
  }

  /** Of every status. */
  coupons(query: QueryOf<'listAllCoupons'> = {}, options?: CallOptions): List<Coupon> {
    return this.pagesOf('listAllCoupons', { query }, options);
  }

  /** Who holds which place of a coupon. */
  issues(couponId: Id, query: QueryOf<'listIssues'> = {}, options?: CallOptions): List<CouponIssue> {
    return this.pagesOf('listIssues', { path: { couponId }, query }, options);
  }

  giveCoupon(couponId: Id, userId: Id, options?: CallOptions): Promise<UserCoupon> {
    return this.call('giveCoupon', { path: { couponId }, body: { userId } }, options);
  }

  async takeBackCoupon(userCouponId: Id, options?: CallOptions): Promise<void> {
    await this.call('takeBackCoupon', { path: { userCouponId } }, options);
  }

  deadLetters(query: QueryOf<'listDeadLetters'> = {}, options?: CallOptions): List<DeadLetter> {
    return this.pagesOf('listDeadLetters', { query }, options);
  }

  /** Those that wait, counted by type and reason. */
  deadLetterGroups(
    query: QueryOf<'listDeadLetterGroups'> = {},
    options?: CallOptions,
  ): Promise<DeadLetterGroup[]> {
    return this.call('listDeadLetterGroups', { query }, options);
  }

  deadLetter(service: ServiceName, deadLetterId: Id, options?: CallOptions): Promise<DeadLetterWithBody> {
    return this.call('readDeadLetter', { path: { service, deadLetterId } }, options);
  }

  sendDeadLetter(service: ServiceName, deadLetterId: Id, options?: CallOptions): Promise<SentDeadLetter> {
    return this.call('sendDeadLetter', { path: { service, deadLetterId } }, options);
  }

  /** Sends one round of what waits: while `left` is not 0 there is more, to be asked for with its `parkedUntil`. */
  sendDeadLetters(
    service: ServiceName,
    choice: DeadLettersToSend = {},
    options?: CallOptions,
  ): Promise<SentDeadLetters> {
    return this.call('sendDeadLetters', { path: { service }, body: choice }, options);
  }

  dropDeadLetter(
    service: ServiceName,
    deadLetterId: Id,
    reason: string,
    options?: CallOptions,
  ): Promise<DeadLetter> {
    return this.call('dropDeadLetter', { path: { service, deadLetterId }, body: { reason } }, options);
  }

  /** Sagas without progress. */
  sagas(query: QueryOf<'listStuckSagas'> = {}, options?: CallOptions): List<StuckSaga> {
    return this.pagesOf('listStuckSagas', { query }, options);
  }

  nudgeSaga(orderId: Id, options?: CallOptions): Promise<NudgedSaga> {
    return this.call('nudgeSaga', { path: { orderId } }, options);
  }

  /** Nudges one round: where there is a `next`, ask with it as `cursor`. */
  nudgeSagas(choice: SagasToNudge = {}, options?: CallOptions): Promise<NudgedSagas> {
    return this.call('nudgeSagas', { body: choice }, options);
  }

  /** Sends one round of orders again to services whose database was restored; where there is a `next`, ask with it. */
  redrive(choice: OrdersToRedrive, options?: CallOptions): Promise<RedrivenOrders> {
    return this.call('redriveOrders', { body: choice }, options);
  }

  audit(options?: CallOptions): Promise<AuditReport> {
    return this.call('auditShop', {}, { deadlineMs: AUDIT_DEADLINE_MS, ...options });
  }

  /** What the latest audits found, newest first. */
  audits(query: QueryOf<'listAudits'> = {}, options?: CallOptions): List<AuditInShort> {
    return this.pagesOf('listAudits', { query }, options);
  }

  /** What became of a call that sent dead letters again or nudged sagas. */
  operation(operationId: Id, options?: CallOptions): Promise<OperationOfStaff> {
    return this.call('readOperation', { path: { operationId } }, options);
  }

  /** Counts again some of the rows of which a service keeps sums. */
  proveAudit(
    service: ServiceName,
    query: QueryOf<'proveAudit'> = {},
    options?: CallOptions,
  ): Promise<AuditProof> {
    return this.call(
      'proveAudit',
      { path: { service }, query },
      { deadlineMs: AUDIT_DEADLINE_MS, ...options },
    );
  }

  /** Who changed or tried what, newest first. */
  log(query: QueryOf<'listAdminLog'> = {}, options?: CallOptions): List<AdminLogEntry> {
    return this.pagesOf('listAdminLog', { query }, options);
  }

  apiKeys(query: QueryOf<'listApiKeys'> = {}, options?: CallOptions): List<ApiKey> {
    return this.pagesOf('listApiKeys', { query }, options);
  }

  /** The key itself is shown this once. */
  createApiKey(draft: ApiKeyDraft, options?: CallOptions): Promise<CreatedApiKey> {
    return this.call('createApiKey', { body: draft }, options);
  }

  async endApiKey(keyId: Id, options?: CallOptions): Promise<void> {
    await this.call('endApiKey', { path: { keyId } }, options);
  }

  /** The whole shop, once a second. */
  live(options?: StreamOptions): AsyncIterable<StreamEvent<'watchShop'>> {
    return this.stream('watchShop', {}, options);
  }
}
