import type { DynamicModule, Type } from '@nestjs/common';
import { CONFIG, ServiceModule } from '@jangteo/service';
import { AccountsController } from './accounts.controller.js';
import { AccountsHandler } from './accounts.handler.js';
import { ActingUser } from './acting-user.js';
import { AdminLog } from './admin-log.js';
import { AdminLogController } from './admin-log.controller.js';
import { AdminHandler } from './admin.handler.js';
import { apiRoutesOf, type ApiRoute } from './api-routes.js';
import { AuditController } from './audit.controller.js';
import { AuditHandler } from './audit.handler.js';
import { AuditSchedule } from './audit.schedule.js';
import { BalanceController } from './balance.controller.js';
import { CartController } from './cart.controller.js';
import { CouponsController } from './coupons.controller.js';
import { DeadLettersController } from './dead-letters.controller.js';
import { DeadLettersOfAll } from './dead-letters-of-all.js';
import { API_DOCUMENT, DocumentsController } from './documents.controller.js';
import type { GatewayConfig } from './gateway.config.js';
import { EntryController } from './entry.controller.js';
import { FlowLimits } from './flow-limit.js';
import { forgettingsOf } from './kept-for-a-time.js';
import { LiveExamples } from './live-examples.js';
import { LoginLimit } from './login-limit.js';
import { Looks } from './looks.js';
import { openApiOf, type ApiDocument } from './openapi.js';
import { OrderWaits } from './order-waits.js';
import { OrdersController } from './orders.controller.js';
import { OperatorsServer } from './operators.server.js';
import { Passwords } from './passwords.js';
import { ProductsController } from './products.controller.js';
import { RedriveController } from './redrive.controller.js';
import { SagasController } from './sagas.controller.js';
import { GatewayHealthController } from './health.controller.js';
import { SessionsHandler } from './sessions.handler.js';
import { Tokens } from './tokens.js';
import { Upstream } from './upstream.js';
import { Users } from './users.repository.js';

const CONTROLLERS: Type[] = [
  AccountsController,
  BalanceController,
  ProductsController,
  CouponsController,
  CartController,
  OrdersController,
  AuditController,
  DeadLettersController,
  SagasController,
  RedriveController,
  AdminLogController,
  DocumentsController,
  EntryController,
];

/** Those for balancers stand last. */
const ALL = [...CONTROLLERS, GatewayHealthController];

/** The document of every route that the gateway has. */
export function apiDocument(): ApiDocument {
  return openApiOf(ALL);
}

/** Every route of the API. */
export function routesOfApi(): ApiRoute[] {
  return apiRoutesOf(ALL);
}

export function gatewayModule(config: GatewayConfig): DynamicModule {
  return ServiceModule.of({
    service: 'gateway',
    config,
    forgettings: forgettingsOf(config),
    controllers: CONTROLLERS,
    operations: [GatewayHealthController],
    providers: [
      AccountsHandler,
      ActingUser,
      AdminHandler,
      AdminLog,
      AuditHandler,
      AuditSchedule,
      DeadLettersOfAll,
      FlowLimits,
      LoginLimit,
      Looks,
      OperatorsServer,
      OrderWaits,
      Passwords,
      SessionsHandler,
      Upstream,
      Users,
      { provide: Tokens, useFactory: (given: GatewayConfig) => Tokens.create(given), inject: [CONFIG] },
      { provide: API_DOCUMENT, useFactory: apiDocument },
      LiveExamples,
    ],
  });
}
