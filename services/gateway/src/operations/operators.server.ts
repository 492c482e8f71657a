/*
 * GET /health/live    200
 * GET /health/ready   200
 * GET /health/shop    200
 * GET /metrics        200
 */
import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { pings, SERVICES } from '@jangteo/contracts';
import { RequestClient } from '@jangteo/messaging';
import {
  CONFIG,
  Health,
  MetricsController,
  requestIdOf,
  type HealthCheck,
  type HealthCheckResult,
} from '@jangteo/service';
import { fastify, type FastifyInstance, type FastifyReply } from 'fastify';
import { register } from 'prom-client';
import { Kept } from '../http/kept.js';
import type { GatewayConfig } from '../gateway.config.js';
import { healthOf, refusalOf, sendProblem } from '../http/problem.filter.js';
import { answerStrays } from '../http/routing.js';

const PING_DEADLINE_MS = 1_500;

/**
 * Answers those who operate the shop, on a port that the world does not see: metrics, and how the whole shop is, for
 * people and dashboards. A look asks every service: however many want to know, there is one a second.
 */
@Injectable()
export class OperatorsServer implements OnApplicationShutdown {
  readonly #logger = new Logger('Operators');
  readonly #metrics = new MetricsController();
  readonly #server: FastifyInstance;

  constructor(
    @Inject(CONFIG) private readonly config: Pick<GatewayConfig, 'OPS_HOST' | 'OPS_PORT'>,
    health: Health,
    requests: RequestClient,
  ) {
    const services: HealthCheck[] = SERVICES.map((service) => ({
      name: service,
      async check() {
        await requests.ask(pings[service], {}, { deadlineMs: PING_DEADLINE_MS });
      },
    }));
    this.#server = this.#serverOf(new Kept(() => health.look()), new Kept(() => health.look(services)));
  }

  /** @throws Error when it cannot listen there */
  async listen(): Promise<void> {
    const { OPS_HOST: host, OPS_PORT: port } = this.config;
    this.#logger.log(`metrics and health for operators at ${await this.#server.listen({ host, port })}`);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#server.close();
  }

  #serverOf(ready: Kept<HealthCheckResult>, shop: Kept<HealthCheckResult>): FastifyInstance {
    const server = fastify({
      forceCloseConnections: true,
      requestTimeout: 10_000,
      routerOptions: { ignoreTrailingSlash: true },
    });
    server.addHook('onRequest', ({ headers }, reply, next) => {
      reply.header('x-request-id', requestIdOf(headers['x-request-id']));
      reply.header('cache-control', 'no-store');
      next();
    });
    answerStrays(server, []);
    server.get('/health/live', () => ({ status: 'ok' }));
    server.get('/health/ready', () => ready.get());
    server.get('/health/shop', () => shop.get());
    server.get('/metrics', async (_request, reply: FastifyReply) => {
      reply.header('content-type', register.contentType);
      return await this.#metrics.metrics();
    });
    server.setErrorHandler((error, _request, reply) => sendProblem(reply, refusalOf(error), healthOf(error)));
    return server;
  }
}
