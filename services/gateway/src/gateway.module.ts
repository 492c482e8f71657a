import type { DynamicModule, Type } from '@nestjs/common';
import { CONFIG, ServiceModule } from '@jangteo/service';
import { AccountsController } from './accounts/accounts.controller.js';
import { AccountsHandler } from './accounts/accounts.handler.js';
import { ActingUser } from './http/acting-user.js';
import { AdminLog } from './operations/admin-log.js';
import { AdminLogController } from './operations/admin-log.controller.js';
import { AdminHandler } from './accounts/admin.handler.js';
import { AllOrdersController } from './operations/all-orders.controller.js';
import { apiRoutesOf, type ApiRoute } from './openapi/api-routes.js';
import { ApiKeys } from './accounts/api-keys.js';
import { ApiKeysController } from './accounts/api-keys.controller.js';
import { AdminBalancesController } from './shop/admin-balances.controller.js';
import { AdminCouponsController } from './shop/admin-coupons.controller.js';
import { AdminProductsController } from './shop/admin-products.controller.js';
import { AuditController } from './operations/audit.controller.js';
import { AuditHandler } from './operations/audit.handler.js';
import { AuditsController } from './operations/audits.controller.js';
import { AuditSchedule } from './operations/audit.schedule.js';
import { BalanceController } from './shop/balance.controller.js';
import { CartController } from './shop/cart.controller.js';
import { ConsoleController } from './accounts/console.controller.js';
import { ConsoleLinks } from './accounts/console-links.js';
import { Callers } from './http/callers.js';
import { DatabaseClock } from './http/database-clock.js';
import { CouponsController } from './shop/coupons.controller.js';
import { CouponStreams } from './streams/coupon-streams.js';
import { DeadLettersController } from './operations/dead-letters.controller.js';
import { DeadLettersOfAll } from './operations/dead-letters-of-all.js';
import { API_DOCUMENT, DocumentsController } from './openapi/documents.controller.js';
import type { GatewayConfig } from './gateway.config.js';
import { EntryController } from './http/entry.controller.js';
import { FindController } from './operations/find.controller.js';
import { FlowLimits } from './http/flow-limit.js';
import { forgettingsOf } from './operations/kept-for-a-time.js';
import { IssuedPlaces } from './shop/issued-places.js';
import { LiveExamples } from './openapi/live-examples.js';
import { LoginLimit } from './accounts/login-limit.js';
import { Looks } from './shop/looks.js';
import { openApiOf, type ApiDocument } from './openapi/openapi.js';
import { OrdersWithCoupon } from './operations/orders-with-coupon.js';
import { OrderStreams } from './streams/order-streams.js';
import { OrderWaits } from './shop/order-waits.js';
import { OrdersController } from './shop/orders.controller.js';
import { OperationsController } from './operations/operations.controller.js';
import { OperatorsServer } from './operations/operators.server.js';
import { OwnAccountController } from './accounts/own-account.controller.js';
import { OwnAccountHandler } from './accounts/own-account.handler.js';
import { PasswordCheck } from './accounts/password-check.js';
import { Passwords } from './accounts/passwords.js';
import { ProductsController } from './shop/products.controller.js';
import { RedriveController } from './operations/redrive.controller.js';
import { SagasController } from './operations/sagas.controller.js';
import { SalesController } from './operations/sales.controller.js';
import { HealthController } from './http/health.controller.js';
import { SessionsHandler } from './accounts/sessions.handler.js';
import { ShopStreams } from './streams/shop-streams.js';
import { StaffCalls } from './operations/staff-calls.js';
import { StreamsController } from './streams/streams.controller.js';
import { Streams } from './streams/streams.js';
import { Timelines } from './shop/timelines.js';
import { Tokens } from './accounts/tokens.js';
import { Upstream } from './http/upstream.js';
import { UserList } from './accounts/user-list.js';
import { UsersController } from './accounts/users.controller.js';
import { UsersHandler } from './accounts/users.handler.js';
import { Users } from './accounts/users.repository.js';
import { WebhookDeliverer } from './webhooks/webhook-deliverer.js';
import { WebhookSender } from './webhooks/webhook-sender.js';
import { Webhooks } from './webhooks/webhooks.js';
import { WebhooksController } from './webhooks/webhooks.controller.js';

const CONTROLLERS: Type[] = [
  AccountsController,
  OwnAccountController,
  ConsoleController,
  BalanceController,
  ProductsController,
  CouponsController,
  CartController,
  OrdersController,
  StreamsController,
  AdminProductsController,
  AdminCouponsController,
  AdminBalancesController,
  FindController,
  SalesController,
  AllOrdersController,
  UsersController,
  ApiKeysController,
  WebhooksController,
  AuditController,
  AuditsController,
  DeadLettersController,
  SagasController,
  OperationsController,
  RedriveController,
  AdminLogController,
  DocumentsController,
  EntryController,
];

type Chosen = Partial<Pick<GatewayConfig, 'CONSOLE'>>;

const controllersOf = ({ CONSOLE = 'on' }: Chosen): Type[] =>
  CONSOLE === 'on' ? CONTROLLERS : CONTROLLERS.filter((one) => one !== ConsoleController);

/** Those for balancers stand last. */
const allOf = (chosen: Chosen): Type[] => [...controllersOf(chosen), HealthController];

/** The document of every route that the gateway has, or can have where no settings are given. */
export function apiDocument(chosen: Chosen = {}): ApiDocument {
  return openApiOf(allOf(chosen));
}

/** Every route of the API. */
export function routesOfApi(): ApiRoute[] {
  return apiRoutesOf(allOf({}));
}

async function tokensOf(config: GatewayConfig, clock: DatabaseClock): Promise<Tokens> {
  const startedMs = performance.now();
  return await Tokens.create(config, () => clock.at(startedMs));
}

export function gatewayModule(config: GatewayConfig): DynamicModule {
  return ServiceModule.of({
    service: 'gateway',
    config,
    forgettings: forgettingsOf(config),
    controllers: controllersOf(config),
    operations: [HealthController],
    providers: [
      AccountsHandler,
      ActingUser,
      AdminHandler,
      AdminLog,
      ApiKeys,
      AuditHandler,
      AuditSchedule,
      Callers,
      ConsoleLinks,
      CouponStreams,
      DatabaseClock,
      DeadLettersOfAll,
      FlowLimits,
      IssuedPlaces,
      LoginLimit,
      Looks,
      OperatorsServer,
      OrderStreams,
      OrderWaits,
      OrdersWithCoupon,
      OwnAccountHandler,
      PasswordCheck,
      Passwords,
      SessionsHandler,
      ShopStreams,
      StaffCalls,
      Streams,
      Timelines,
      Upstream,
      UserList,
      Users,
      UsersHandler,
      WebhookDeliverer,
      WebhookSender,
      Webhooks,
      { provide: Tokens, useFactory: tokensOf, inject: [CONFIG, DatabaseClock] },
      { provide: API_DOCUMENT, useFactory: () => apiDocument(config) },
      LiveExamples,
    ],
  });
}
