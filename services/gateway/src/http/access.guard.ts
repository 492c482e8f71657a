import {
  applyDecorators,
  Controller,
  Injectable,
  UseGuards,
  type CanActivate,
  type ExecutionContext,
  type Type,
} from '@nestjs/common';
import { GUARDS_METADATA } from '@nestjs/common/constants.js';
import { operationOf } from '@jangteo/service';
import { AdminLog } from '../operations/admin-log.js';
import type { CallRequest } from './request-context.js';
import { isAdminAction } from '../domain/admin-entry.js';
import { accessByKey, accessTo, type Access } from '../domain/access.js';
import { isAtLeast } from '../domain/caller.js';
import { Callers } from './callers.js';
import { Refused } from './refusal-error.js';

/** Lets in whom the route is for, and says who it is; what an admin is to change is written down first. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly callers: Callers,
    private readonly adminLog: AdminLog,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const operationId = idOf(context.getHandler());
    const access = accessTo(operationId);
    if (access === 'anyone') return true;
    const request = context.switchToHttp().getRequest<CallRequest>();
    const caller = await this.callers.of(request.headers.authorization);
    if (caller === undefined) throw new Refused({ code: 'UNAUTHENTICATED' });
    request.caller = caller;
    const needed = caller.keyId === undefined ? access : accessByKey(operationId);
    if (needed === undefined || needed === 'anyone' || !isAtLeast(caller.role, needed))
      throw new Refused({ code: 'FORBIDDEN' });
    if (isAdminAction(caller, request.method)) {
      await this.adminLog.begin(request, caller, context.getHandler());
    }
    return true;
  }
}

/** A controller of the API: whom its routes are for, the table says. */
export function Api(): ClassDecorator {
  return applyDecorators(Controller(), UseGuards(AccessGuard));
}

/** What is no operation is for nobody: {@link accessTo} does not know it. */
function idOf(method: object): string {
  const operation = operationOf(method);
  return typeof operation === 'object' ? operation.id : 'what is not documented';
}

/** Whom a controller's method is for, and whether it is of an {@link Api} at all. */
export function accessOf(controller: Type, method: object): { access: Access; isGuarded: boolean } {
  const guards = (Reflect.getMetadata(GUARDS_METADATA, controller) ?? []) as unknown[];
  if (!guards.includes(AccessGuard)) return { access: 'anyone', isGuarded: false };
  return { access: accessTo(idOf(method)), isGuarded: true };
}
