import { RequestMethod, type Type } from '@nestjs/common';
import {
  HTTP_CODE_METADATA,
  METHOD_METADATA,
  PATH_METADATA,
  ROUTE_ARGS_METADATA,
} from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { operationOf, type Operation } from '@jangteo/service';
import { z } from 'zod';
import type { Access } from '../domain/access.js';
import { accessOf } from '../http/access.guard.js';

/** A route as the framework knows it, with what it says of itself. */
export interface ApiRoute {
  /** Its controller's name, less the word. */
  readonly group: string;
  readonly method: 'get' | 'post' | 'patch' | 'put' | 'delete';
  /** As OpenAPI writes them; all but the first are other names of the first. */
  readonly paths: readonly string[];
  readonly status: number;
  readonly access: Access;
  /** True for a call of the shop, false for one of those who operate it. */
  readonly isGuarded: boolean;
  readonly parameters: readonly { readonly in: 'path' | 'query'; readonly schema: z.ZodObject }[];
  readonly body: z.ZodType | undefined;
  readonly operation: Operation;
}

const METHODS: Partial<Record<RequestMethod, ApiRoute['method']>> = {
  [RequestMethod.GET]: 'get',
  [RequestMethod.POST]: 'post',
  [RequestMethod.PATCH]: 'patch',
  [RequestMethod.PUT]: 'put',
  [RequestMethod.DELETE]: 'delete',
};

type Arguments = Readonly<Record<string, { readonly schema?: unknown }>>;

/** The schema with which the framework validates a part of the request. */
function schemaOf(given: Arguments, part: RouteParamtypes): z.ZodType | undefined {
  const entry = Object.entries(given).find(([key]) => key.startsWith(`${part}:`));
  return entry?.[1].schema instanceof z.ZodType ? entry[1].schema : undefined;
}

function parametersOf(given: Arguments): ApiRoute['parameters'] {
  const parts = [
    { in: 'path' as const, schema: schemaOf(given, RouteParamtypes.PARAM) },
    { in: 'query' as const, schema: schemaOf(given, RouteParamtypes.QUERY) },
  ];
  return parts.flatMap(({ schema, ...part }) => (schema instanceof z.ZodObject ? [{ ...part, schema }] : []));
}

function pathsOf(controller: Type, method: object): string[] {
  const prefix = Reflect.getMetadata(PATH_METADATA, controller) as string;
  const paths = [Reflect.getMetadata(PATH_METADATA, method) as string | string[]].flat();
  return paths.map((path) => {
    const names = `${prefix}/${path}`.split('/').filter((name) => name !== '');
    return `/${names.map((name) => name.replace(/^:(\w+)$/, '{$1}')).join('/')}`;
  });
}

function routeOf(controller: Type, name: string): ApiRoute | undefined {
  const method = (controller.prototype as Record<string, unknown>)[name];
  if (typeof method !== 'function') return undefined;
  const verb = METHODS[Reflect.getMetadata(METHOD_METADATA, method) as RequestMethod];
  const operation = operationOf(method);
  if (verb === undefined || operation === 'none') return undefined;
  const paths = pathsOf(controller, method);
  if (operation === undefined) {
    throw new Error(`${verb.toUpperCase()} ${paths[0]} (${controller.name}.${name}) is not @Documented`);
  }
  const given = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, name) ?? {}) as Arguments;
  const usual = verb === 'post' ? 201 : 200;
  return {
    group: controller.name.replace('Controller', ''),
    method: verb,
    paths,
    status: (Reflect.getMetadata(HTTP_CODE_METADATA, method) as number | undefined) ?? usual,
    ...accessOf(controller, method),
    parameters: parametersOf(given),
    body: schemaOf(given, RouteParamtypes.BODY),
    operation,
  };
}

/**
 * Every route of these controllers, in the order in which they stand there.
 *
 * @throws Error naming a route that does not document itself
 */
export function apiRoutesOf(controllers: readonly Type[]): ApiRoute[] {
  return controllers.flatMap((controller) => {
    const names = Object.getOwnPropertyNames(controller.prototype);
    return names.flatMap((name) => routeOf(controller, name) ?? []);
  });
}
