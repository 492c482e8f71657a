import { randomUUIDv7 } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { LoggerModule } from 'nestjs-pino';
import type { DynamicModule } from '@nestjs/common';

const REQUEST_ID_PATTERN = /^[\x21-\x7e]{1,128}$/;

/** The client's X-Request-Id where it sent a usable one, else a new id. */
export function requestIdOf(header: string | string[] | undefined): string {
  return typeof header === 'string' && REQUEST_ID_PATTERN.test(header) ? header : randomUUIDv7();
}

/** JSON logs, one object a line, with the service's name and, inside an HTTP request, its id. */
export function loggingFor(service: string, level: string): DynamicModule {
  return LoggerModule.forRoot({
    pinoHttp: {
      level,
      base: { service },
      formatters: { level: (label: string) => ({ level: label }) },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      // Nest's Fastify adapter hands over the raw request; its id is set once, before logging.
      genReqId: (request: IncomingMessage) => requestIdOf(request.headers['x-request-id']),
      quietReqLogger: true,
      customAttributeKeys: { reqId: 'requestId' },
      customLogLevel: (_request, response, error) =>
        error !== undefined || response.statusCode >= 500 ? 'error' : 'debug',
      redact: ['req.headers.authorization', 'req.headers.cookie'],
    },
  });
}
