import 'reflect-metadata';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Database } from '@jangteo/database';
import { BatchServer } from '@jangteo/messaging';
import { Logger } from 'nestjs-pino';
import { ConfigurationError, type serviceEnv } from './config.js';
import { logRequests } from './request-log.js';
import { Startup } from './startup.js';
import type { z } from 'zod';

/** What starting differs in from service to service. */
export interface StartOptions {
  readonly config: z.infer<z.ZodObject<typeof serviceEnv>>;
  readonly module: DynamicModule;
  /** The gateway brings its own, with body limits and the like. */
  readonly adapter?: FastifyAdapter;
  /** What is set up on the application before it listens. */
  readonly prepare?: (app: NestFastifyApplication) => Promise<void> | void;
  /** What needs the database and has to be done before the service is ready. */
  readonly complete?: (app: NestFastifyApplication) => Promise<void>;
}

/**
 * Starts a service: HTTP first, so that its health can be read while database and broker are awaited, for as
 * long as that takes.
 * @throws UnsafeServer when the database must not be used
 */
export async function startService(options: StartOptions): Promise<NestFastifyApplication> {
  const { config, module, adapter = new FastifyAdapter(), prepare, complete } = options;
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    bufferLogs: true,
    abortOnError: false,
  });
  app.useLogger(app.get(Logger));
  app.enableShutdownHooks(['SIGTERM', 'SIGINT']);
  logRequests(app);
  await prepare?.(app);
  app.connectMicroservice({ strategy: app.get(BatchServer) }, { inheritAppConfig: false });
  await app.listen(config.HTTP_PORT, config.HTTP_HOST);
  await app
    .get(Startup)
    .go([
      () => app.get(Database).assertDurable(),
      async () => complete?.(app),
      () => app.startAllMicroservices(),
    ]);
  return app;
}

/** Runs a program's main part; what it throws ends the process with one line that says why. */
export async function runMain(main: () => Promise<unknown>): Promise<void> {
  try {
    await main();
  } catch (error) {
    const reason = error instanceof ConfigurationError ? error.message : error;
    process.stderr.write(`${reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)}\n`);
    process.exit(1);
  }
}
