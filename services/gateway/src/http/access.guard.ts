import {
  applyDecorators,
  Controller,
  Injectable,
  SetMetadata,
  UseGuards,
  type CanActivate,
  type ExecutionContext,
  type Type,
} from '@nestjs/common';
import { GUARDS_METADATA } from '@nestjs/common/constants.js';
import { Reflector } from '@nestjs/core';
import { AdminLog } from '../operations/admin-log.js';
import type { CallRequest } from './request-context.js';
import { isAdminAction } from '../domain/admin-entry.js';
import { effectiveRole, type LoggedIn } from '../domain/caller.js';
import { Refused } from './refusal-error.js';
import { Tokens } from '../accounts/tokens.js';
import { Users } from '../accounts/users.repository.js';

const ACCESS = Symbol('access');

/** Whom a route is for. */
export type Access = 'anyone' | 'users' | 'admins';

const BEARER = /^Bearer +([\w.~+/-]+=*) *$/i;

/** Lets in whom the route is for, and says who it is; what an admin is to change is written down first. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly tokens: Tokens,
    private readonly users: Users,
    private readonly adminLog: AdminLog,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = this.reflector.get<Access | undefined>(ACCESS, context.getHandler()) ?? 'users';
    if (access === 'anyone') return true;
    const request = context.switchToHttp().getRequest<CallRequest>();
    const caller = await this.#callerOf(request.headers.authorization);
    if (caller === undefined) throw new Refused({ code: 'UNAUTHENTICATED' });
    request.caller = caller;
    if (access === 'admins' && caller.role !== 'admin') throw new Refused({ code: 'FORBIDDEN' });
    if (isAdminAction(caller, request.method)) {
      await this.adminLog.begin(request, caller, context.getHandler());
    }
    return true;
  }

  async #callerOf(authorization: string | undefined): Promise<LoggedIn | undefined> {
    const token = BEARER.exec(authorization ?? '')?.[1];
    if (token === undefined) return undefined;
    const claimed = await this.tokens.verify(token, new Date());
    if (claimed === undefined) return undefined;
    const { sessionId } = claimed;
    const user = await this.users.find(claimed.userId, sessionId);
    if (user === undefined) return undefined;
    const { userId, createdAt } = user;
    return { userId, role: effectiveRole(claimed.role, user.role), sessionId, createdAt };
  }
}

/** A controller of the API: its routes are for users who are logged in, unless they say otherwise. */
export function Api(): ClassDecorator {
  return applyDecorators(Controller(), UseGuards(AccessGuard));
}

/** The route needs no login. */
export function ForAnyone(): MethodDecorator {
  return SetMetadata(ACCESS, 'anyone' satisfies Access);
}

/** The route is for admins. */
export function ForAdmins(): MethodDecorator {
  return SetMetadata(ACCESS, 'admins' satisfies Access);
}

/** Whom a controller's method is for, and whether it is of an {@link Api} at all. */
export function accessOf(controller: Type, method: object): { access: Access; isGuarded: boolean } {
  const guards = (Reflect.getMetadata(GUARDS_METADATA, controller) ?? []) as unknown[];
  if (!guards.includes(AccessGuard)) return { access: 'anyone', isGuarded: false };
  const access = (Reflect.getMetadata(ACCESS, method) as Access | undefined) ?? 'users';
  return { access, isGuarded: true };
}
