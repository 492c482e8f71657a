import 'reflect-metadata';
import type { Outcome } from '@jangteo/contracts';
import { routesOfApi } from '../gateway.module.js';
import { checkedBody } from '../http/validation.pipe.js';
import { operationIdOf } from './openapi.js';

/** Reads a body as the gateway does: all of it that a schema says, and what a document cannot say. */
export type BodyCheck = (body: unknown) => Outcome<unknown, 'VALIDATION_FAILED'>;

/** How the body of each operation is read, by the id that the document has for it. */
export function bodyChecks(): ReadonlyMap<string, BodyCheck> {
  const entries = routesOfApi().flatMap((route) =>
    route.paths.map((_path, index): [string, BodyCheck] => [
      operationIdOf(route, index),
      (body) => checkedBody(body, route.body),
    ]),
  );
  return new Map(entries);
}
