import 'reflect-metadata';
import type { DynamicModule, LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { ConfigurationError } from '@jangteo/contracts';
import { Database } from '@jangteo/database';
import { BatchServer, type MessagingConfig } from '@jangteo/messaging';
import { Logger } from 'nestjs-pino';
import type { serviceEnv } from './config.js';
import { refuseOtherMethods } from './other-methods.js';
import { logRequests } from './request-log.js';
import { Startup } from './startup.js';
import type { z } from 'zod';

/** For what follows the batches in work: closing connections, which a peer that says nothing can hold up. */
const CLOSING_DEADLINE_MS = 5_000;
const STOP_SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/** The settings in which starting differs from service to service. */
export interface StartOptions {
  readonly config: z.infer<z.ZodObject<typeof serviceEnv>> & Pick<MessagingConfig, 'SHUTDOWN_DEADLINE_MS'>;
  readonly module: DynamicModule;
  /** The gateway brings its own, with body limits and the like, and answers strays by itself. */
  readonly adapter?: FastifyAdapter;
  /** Sets the application up before it listens. */
  readonly prepare?: (app: NestFastifyApplication) => Promise<void> | void;
  /** Makes other servers listen, from when the service's own port does. */
  readonly listen?: (app: NestFastifyApplication) => Promise<void>;
  /** Does what needs the database and has to be done before the service is ready. */
  readonly complete?: (app: NestFastifyApplication) => Promise<void>;
}

/**
 * Ends a process that was told to stop and does not come to an end by itself, as a supervisor would: nothing is
 * lost by that, since whatever was not finished is done again.
 */
function endInTime(deadlineMs: number, logger: LoggerService): void {
  const onSignal = (): void => {
    const timer = setTimeout(() => {
      logger.fatal?.(`not ended in order within ${deadlineMs} ms: what hangs is left behind`);
      process.exit(1);
    }, deadlineMs);
    timer.unref();
  };
  for (const signal of STOP_SIGNALS) process.once(signal, onSignal);
}

/**
 * Starts a service: HTTP first, so that its health can be read while database and broker are awaited, for as
 * long as that takes.
 * @throws UnsafeServer when the database must not be used
 */
export async function startService(options: StartOptions): Promise<NestFastifyApplication> {
  const { config, module, adapter, prepare, listen, complete } = options;
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter ?? new FastifyAdapter(), {
    bufferLogs: true,
    abortOnError: false,
  });
  app.useLogger(app.get(Logger));
  app.enableShutdownHooks([...STOP_SIGNALS]);
  endInTime(config.SHUTDOWN_DEADLINE_MS + CLOSING_DEADLINE_MS, app.get(Logger));
  logRequests(app);
  if (adapter === undefined) refuseOtherMethods(app);
  await prepare?.(app);
  app.connectMicroservice({ strategy: app.get(BatchServer) }, { inheritAppConfig: false });
  await app.listen(config.HTTP_PORT, config.HTTP_HOST);
  await listen?.(app);
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
