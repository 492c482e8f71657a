import type { Type } from '@nestjs/common';
import { VERSION } from '@jangteo/contracts';
import { apiRoutesOf, type ApiRoute } from './api-routes.js';
import { tagsOf } from './api-tags.js';
import { ApiWriter } from './api-writer.js';

const DESCRIPTION = `\
A shop whose orders never half-happen: accounts, wallets, products, coupons, carts, orders and a ranking.

- JSON in and out. Money is an integer in the currency's smallest unit, times are ISO 8601 UTC, ids are UUIDs.
- What is not a success is a problem (RFC 9457), whose \`code\` tells programs what happened.
- \`Accept-Language: ko\` has \`title\`, \`detail\` and messages of problems in Korean; \`code\` is the same in every language.
- The same \`Idempotency-Key\` with the same request is answered as the first time, and does nothing twice.
- Lists are arrays; where one goes on, the \`Link\` header says (RFC 8288).
- Amounts and counts may pass 2^31: integers with \`format: int64\` need 64 bits.
- Paths under \`/admin\`, and \`/health\`, are for those who run the shop.
- New fields, codes and values of answers may come at any time: clients pass over what they do not know.`;

/** An OpenAPI 3.1 document. */
export interface ApiDocument {
  openapi: string;
  /** Operations, by path and method. */
  paths: Record<string, Record<string, Record<string, unknown>>>;
  [field: string]: unknown;
}

/** What the document calls a route under one of its paths. */
export function operationIdOf({ operation }: Pick<ApiRoute, 'operation'>, index: number): string {
  return operation.id + (index === 0 ? '' : `Alias${index > 1 ? index : ''}`);
}

/**
 * The document of all routes of these controllers.
 *
 * @throws Error naming a route that does not document itself
 */
export function openApiOf(controllers: readonly Type[]): ApiDocument {
  const writer = new ApiWriter();
  const paths: ApiDocument['paths'] = {};
  const routes = apiRoutesOf(controllers);
  for (const route of routes) {
    for (const [index, path] of route.paths.entries()) {
      (paths[path] ??= {})[route.method] = writer.operation(route, operationIdOf(route, index));
    }
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Jangteo',
      version: VERSION,
      description: DESCRIPTION,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    ...tagsOf(new Set(routes.map(({ group }) => group))),
    paths,
    components: writer.components,
  };
}
