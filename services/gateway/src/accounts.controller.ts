/*
 * POST /auth/register          anyone   201
 * POST /auth/login             anyone   200
 * POST /auth/refresh           anyone   200
 * POST /auth/logout            anyone   204
 * GET  /auth/me                user     200
 * GET  /.well-known/jwks.json  anyone   200
 */
import { Body, Get, Header, HttpCode, Post } from '@nestjs/common';
import { refuse } from '@jangteo/contracts';
import { z } from 'zod';
import { Api, ForAnyone } from './access.guard.js';
import { AccountsHandler } from './accounts.handler.js';
import { Call, FromCall } from './call.js';
import { LoginLimit } from './login-limit.js';
import { Refused, valueOf } from './refused.js';
import { emailAddress, newPassword, personName } from './schemas.js';
import { Tokens } from './tokens.js';
import { Users } from './users.repository.js';

export const registerBody = z.strictObject({ email: emailAddress, password: newPassword, name: personName });
export const loginBody = z.strictObject({ email: emailAddress, password: z.string().min(1).max(128) });
export const refreshBody = z.strictObject({ refreshToken: z.string().min(1).max(200) });

@Api()
export class AccountsController {
  constructor(
    private readonly accounts: AccountsHandler,
    private readonly loginLimit: LoginLimit,
    private readonly tokens: Tokens,
    private readonly users: Users,
  ) {}

  @Post('auth/register')
  @ForAnyone()
  async register(@FromCall() call: Call, @Body({ schema: registerBody }) body: z.infer<typeof registerBody>) {
    return valueOf(await this.accounts.register(body, call.idempotencyKey()));
  }

  @Post('auth/login')
  @ForAnyone()
  @HttpCode(200)
  async login(@FromCall() call: Call, @Body({ schema: loginBody }) body: z.infer<typeof loginBody>) {
    const waitSeconds = await this.loginLimit.take(call.address, body.email);
    if (waitSeconds !== undefined) {
      call.tell('retry-after', String(waitSeconds));
      return valueOf(refuse('RATE_LIMITED', 'too many attempts to log in'));
    }
    return valueOf(await this.accounts.login(body.email, body.password));
  }

  @Post('auth/refresh')
  @ForAnyone()
  @HttpCode(200)
  async refresh(@Body({ schema: refreshBody }) body: z.infer<typeof refreshBody>) {
    return valueOf(await this.accounts.refresh(body.refreshToken));
  }

  @Post('auth/logout')
  @ForAnyone()
  @HttpCode(204)
  async logout(@Body({ schema: refreshBody }) body: z.infer<typeof refreshBody>): Promise<void> {
    await this.accounts.logout(body.refreshToken);
  }

  @Get('auth/me')
  async me(@FromCall() { caller }: Call) {
    const user = await this.users.find(caller.userId);
    if (user === undefined) throw new Refused({ code: 'UNAUTHENTICATED' });
    return user;
  }

  @Get('.well-known/jwks.json')
  @ForAnyone()
  @Header('cache-control', 'public, max-age=300')
  keySet() {
    return this.tokens.keySet;
  }
}
