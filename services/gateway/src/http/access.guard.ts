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
import { accessTo, isForKeys, type Access } from '../domain/access.js';
import { effectiveRole, isAtLeast, type LoggedIn } from '../domain/caller.js';
import { Refused } from './refusal-error.js';
import { ApiKeys, isApiKey } from '../accounts/api-keys.js';
import { Tokens, type Claimed } from '../accounts/tokens.js';
import { Users } from '../accounts/users.repository.js';

const BEARER = /^Bearer +([\w.~+/-]+=*) *$/i;

/** Lets in whom the route is for, and says who it is; what an admin is to change is written down first. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly tokens: Tokens,
    private readonly users: Users,
    private readonly keys: ApiKeys,
    private readonly adminLog: AdminLog,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const operationId = idOf(context.getHandler());
    const access = accessTo(operationId);
    if (access === 'anyone') return true;
    const request = context.switchToHttp().getRequest<CallRequest>();
    const caller = await this.#callerOf(request.headers.authorization);
    if (caller === undefined) throw new Refused({ code: 'UNAUTHENTICATED' });
    request.caller = caller;
    const isMeant = caller.keyId === undefined || isForKeys(operationId);
    if (!isMeant || !isAtLeast(caller.role, access)) throw new Refused({ code: 'FORBIDDEN' });
    if (isAdminAction(caller, request.method)) {
      await this.adminLog.begin(request, caller, context.getHandler());
    }
    return true;
  }

  async #callerOf(authorization: string | undefined): Promise<LoggedIn | undefined> {
    const token = BEARER.exec(authorization ?? '')?.[1];
    if (token === undefined) return undefined;
    const claimed = isApiKey(token)
      ? await this.#claimedBy(token)
      : await this.tokens.verify(token, new Date());
    if (claimed === undefined) return undefined;
    const { sessionId, keyId } = claimed;
    const user = await this.users.find(claimed.userId, sessionId);
    if (user === undefined || user.state === 'DELETED') return undefined;
    if (user.state === 'SUSPENDED') throw new Refused({ code: 'ACCOUNT_SUSPENDED' });
    const { userId, createdAt } = user;
    return { userId, role: effectiveRole(claimed.role, user.role), sessionId, keyId, createdAt };
  }

  /** A key acts in the name of who made it. */
  async #claimedBy(key: string): Promise<Claimed | undefined> {
    const found = await this.keys.find(key);
    return found && { userId: found.makerId, role: found.role, sessionId: undefined, keyId: found.keyId };
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
