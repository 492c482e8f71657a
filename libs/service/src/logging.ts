import { newId } from '@jangteo/messaging';
import { LoggerModule } from 'nestjs-pino';
import type { DynamicModule } from '@nestjs/common';

const REQUEST_ID_PATTERN = /^[\x21-\x7e]{1,128}$/;

/** The client's X-Request-Id where it sent a usable one, else a new id. */
export function requestIdOf(header: string | string[] | undefined): string {
  return typeof header === 'string' && REQUEST_ID_PATTERN.test(header) ? header : newId();
}

/** JSON logs, one object a line, with the service's name. */
export function loggingFor(service: string, level: string): DynamicModule {
  return LoggerModule.forRoot({
    pinoHttp: {
      level,
      base: { service },
      formatters: { level: (label: string) => ({ level: label }) },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      autoLogging: false,
    },
  });
}
