import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MetricsController } from './metrics.controller.js';
import { refuseOtherMethods } from './other-methods.js';

@Module({ controllers: [MetricsController] })
class Metrics {}

describe('the port of a service', () => {
  let app: NestFastifyApplication;
  beforeAll(async () => {
    app = await NestFactory.create<NestFastifyApplication>(Metrics, new FastifyAdapter(), { logger: false });
    refuseOtherMethods(app);
    await app.init();
  });
  afterAll(() => app.close());

  it.each([
    ['POST', '/metrics', 405, 'GET, HEAD, OPTIONS'],
    ['DELETE', '/metrics?name=up', 405, 'GET, HEAD, OPTIONS'],
    ['OPTIONS', '/metrics', 204, 'GET, HEAD, OPTIONS'],
    ['GET', '/metrics', 200, undefined],
    ['GET', '/nothing', 404, undefined],
    ['POST', '/nothing', 404, undefined],
  ] as const)('answers %s %s with %i', async (method, url, status, allow) => {
    const { statusCode, headers } = await app.inject({ method, url });
    expect([statusCode, headers['allow']]).toEqual([status, allow]);
  });
});
