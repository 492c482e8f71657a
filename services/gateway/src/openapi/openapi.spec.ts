import 'reflect-metadata';
import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { id, named, readBalance, REFUSAL_CODES, REFUSALS, type RefusalCode } from '@jangteo/contracts';
import { Documented, Undocumented } from '@jangteo/service';
import { z } from 'zod';
import { Api } from '../http/access.guard.js';
import { readGatewayConfig } from '../gateway.config.js';
import { apiDocument, gatewayModule } from '../gateway.module.js';
import { openApiOf } from './openapi.js';

interface Problem {
  readonly code: RefusalCode;
  readonly status: number;
}

interface Operation {
  readonly operationId: string;
  readonly security: readonly object[];
  readonly parameters: readonly object[];
  readonly requestBody?: { readonly required: boolean };
  readonly responses: Readonly<Record<string, object>>;
}

const cupBody = named('CupBody', z.strictObject({ userId: id.optional(), size: z.int() }), { size: 1 });
const cup = named('Cup', z.object({ size: z.int() }), { size: 1 });

/** Its operations go by names that the table of roles has. */
@Api()
class CupsController {
  @Get('cups/:cupId')
  @Documented({ id: 'readProduct', summary: 'Reads a cup', answer: cup })
  read(@Param({ schema: z.object({ cupId: id }) }) _path: object) {
    return { size: 1 };
  }

  @Post('cups')
  @Documented({
    id: 'redriveOrders',
    summary: 'Makes a cup',
    asks: [readBalance],
    refuses: ['IDEMPOTENCY_KEY_REUSED'],
    answer: cup,
  })
  make(@Body({ schema: cupBody }) _body: object) {
    return { size: 1 };
  }

  @Post('cups/break')
  @Documented({
    id: 'addToCart',
    summary: 'Breaks a cup',
    ending: { since: '2027-01-01', until: '2027-07-01', instead: 'Make another one.' },
  })
  break(): void {}

  @Get('cups/shop')
  @Documented({
    id: 'watchCoupon',
    summary: 'Watches cups',
    stream: { events: { cup } },
    ending: { since: '2027-01-01', until: '2027-07-01', instead: 'Look at them.' },
  })
  watch(): void {}

  @Get('cups/picture')
  @Undocumented()
  picture(): string {
    return '';
  }
}

@Api()
class UnlistedController {
  @Get('secret')
  @Documented({ id: 'readSecret', summary: 'Reads what nobody may' })
  read(): void {}
}

@Controller()
class SilentController {
  @Get('silence')
  keep(): string {
    return '';
  }
}

function operationsOf(document: ReturnType<typeof openApiOf>): Operation[] {
  return Object.values(document.paths).flatMap((methods) => Object.values(methods) as unknown as Operation[]);
}

/** Every object schema that is written out in place, outside the named ones. */
function inlineObjects(value: unknown, found: string[] = [], isNamed = false): string[] {
  if (typeof value !== 'object' || value === null) return found;
  const { type, properties } = value as Record<string, unknown>;
  if (!isNamed && type === 'object' && properties !== undefined) found.push(JSON.stringify(value));
  for (const [name, field] of Object.entries(value)) {
    if (name === 'examples' || name === 'example') continue;
    if (name === 'schemas')
      for (const schema of Object.values(field as object)) inlineObjects(schema, found, true);
    else inlineObjects(field, found);
  }
  return found;
}

describe('the API document', () => {
  const document = apiDocument();
  const cups = openApiOf([CupsController]);
  const cupOperation = (path: string, method: string) => cups.paths[path]?.[method] as unknown as Operation;

  it('has every route that the gateway registers', () => {
    const servers = { DATABASE_URL: 'postgres://u:p@localhost/d', AMQP_URL: 'amqp://localhost' };
    const { controllers = [] } = gatewayModule(readGatewayConfig({ ...servers, HTTP_PORT: '3000' }));
    expect(controllers.length).toBeGreaterThan(5);
    expect(Object.keys(openApiOf(controllers).paths).sort()).toEqual(Object.keys(document.paths).sort());
  });

  it('is not written while a route says nothing of itself, and names that route', () => {
    expect(() => openApiOf([SilentController])).toThrow(
      'GET /silence (SilentController.keep) is not @Documented',
    );
  });

  it('is not written while nothing says whom a route is for', () => {
    expect(() => openApiOf([UnlistedController])).toThrow(
      'readSecret is not in the table of who may call what',
    );
  });

  it('calls every operation by a name of its own', () => {
    const ids = operationsOf(document).map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('writes no object out twice', () => {
    const inline = inlineObjects(document);
    expect(inline.filter((schema, index) => inline.indexOf(schema) !== index)).toEqual([]);
  });

  it('has every code but that of a path that does not exist', () => {
    const text = JSON.stringify(document);
    const missing = REFUSAL_CODES.filter((code) => !text.includes(`urn:jangteo:problem:${code}`));
    expect(missing).toEqual(['NOT_FOUND']);
  });

  it('gives the statuses that follow from who may call, what is taken and who is asked', () => {
    const read = Object.keys(cupOperation('/cups/{cupId}', 'get').responses);
    expect(read).toEqual(['200', '400', '405', '429', '500', '503']);
    const make = Object.keys(cupOperation('/cups', 'post').responses);
    const asked = ['401', '403', '404', '405', '408', '409', '413', '422', '429', '500', '503', '504'];
    expect(make).toEqual(['201', '400', ...asked]);
    const { responses, security, requestBody } = cupOperation('/cups/break', 'post');
    expect(Object.keys(responses)).toEqual([
      '201',
      '400',
      '401',
      '403',
      '405',
      '408',
      '413',
      '429',
      '500',
      '503',
      '504',
    ]);
    expect([security, requestBody]).toEqual([[{ bearer: [] }], undefined]);
  });

  it('names the role that a route is for, and the header under which a write can be repeated', () => {
    const { security, parameters, requestBody } = cupOperation('/cups', 'post');
    expect(security).toEqual([{ bearer: ['admin'] }]);
    expect(parameters).toContainEqual({ $ref: '#/components/parameters/Idempotency-Key' });
    expect(requestBody).toMatchObject({ required: true });
    expect(cupOperation('/cups/{cupId}', 'get').security).toEqual([]);
  });

  it('says of a call that will go since when, until when and what takes its place', () => {
    const { deprecated, description, responses } = cups.paths['/cups/break']!.post!;
    expect([deprecated, cups.paths['/cups']!.post!.deprecated]).toEqual([true, undefined]);
    expect(description).toMatch(
      /^[*]{2}Deprecated[*]{2} since 2027-01-01, and may be gone from 2027-07-01 on[.] Make another one[.]/,
    );
    const said = { headers: { Deprecation: expect.anything(), Sunset: expect.anything() } };
    expect(responses).toMatchObject({ 201: said });
    expect(cups.paths['/cups/shop']!.get!.responses).toMatchObject({ 200: said });
  });

  it('leaves out what is no part of the API', () => {
    expect(Object.keys(cups.paths)).toEqual(['/cups/{cupId}', '/cups', '/cups/break', '/cups/shop']);
  });

  it('gives each code the status of the one table', () => {
    const { schemas } = document.components as { schemas: Record<string, { examples: Problem[] }> };
    const problems = Object.entries(schemas).filter(([name]) => name.endsWith('Problem'));
    expect(problems.length).toBeGreaterThan(25);
    for (const [, { examples }] of problems) {
      const { code, status } = examples[0]!;
      expect(status).toBe(REFUSALS[code].status);
    }
  });
});
