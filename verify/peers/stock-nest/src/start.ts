import type { DynamicModule, INestApplicationContext, LoggerService, LogLevel } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { catalogModule } from './catalog.js';
import { couponModule } from './coupon.js';
import { gatewayModule } from './gateway.js';
import { orderModule } from './order.js';
import type { ServiceName, Settings } from './settings.js';
import { serverOptions } from './transport.js';
import { walletModule } from './wallet.js';

const MODULES: Readonly<Record<ServiceName, (settings: Settings) => DynamicModule>> = {
  catalog: catalogModule,
  coupon: couponModule,
  wallet: walletModule,
  order: orderModule,
};

type Logger = LoggerService | LogLevel[];
const LOGGER: Logger = ['log', 'warn', 'error', 'fatal'];

/** Serves the queue of one service. */
export async function startService(
  service: ServiceName,
  settings: Settings,
  logger = LOGGER,
): Promise<INestApplicationContext> {
  const options = { ...serverOptions(settings, service), logger };
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(MODULES[service](settings), options);
  app.enableShutdownHooks();
  await app.listen();
  return app;
}

/** Serves customers over HTTP, on the loopback address. */
export async function startGateway(settings: Settings, logger = LOGGER): Promise<INestApplicationContext> {
  const app = await NestFactory.create<NestFastifyApplication>(
    gatewayModule(settings),
    new FastifyAdapter(),
    { logger },
  );
  app.enableShutdownHooks();
  await app.listen(settings.port ?? 3000, '127.0.0.1');
  return app;
}
