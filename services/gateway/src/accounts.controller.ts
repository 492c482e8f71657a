/*
 * POST /auth/register          anyone   201
 * POST /auth/login             anyone   200
 * POST /auth/refresh           anyone   200
 * POST /auth/logout            anyone   204
 * GET  /auth/me                user     200
 * GET  /.well-known/jwks.json  anyone   200
 */
import { Body, Get, Header, HttpCode, Post } from '@nestjs/common';
import { named } from '@jangteo/contracts';
import { Documented } from '@jangteo/service';
import { z } from 'zod';
import { Api, ForAnyone } from './access.guard.js';
import { AccountsHandler } from './accounts.handler.js';
import { account, granted, keySet } from './answers.js';
import { Call, FromCall } from './call.js';
import { LoginLimit } from './login-limit.js';
import { Refused, valueOf } from './refused.js';
import { emailAddress, newPassword, personName } from './schemas.js';
import { Tokens } from './tokens.js';
import { Users } from './users.repository.js';

export const registerBody = named(
  'Registration',
  z.strictObject({ email: emailAddress, password: newPassword, name: personName }),
  { email: 'mina@example.com', password: 'correct horse', name: 'Mina' },
);
export const loginBody = named(
  'Credentials',
  z.strictObject({ email: emailAddress, password: z.string().min(1).max(128) }),
  { email: 'mina@example.com', password: 'correct horse' },
);
export const refreshBody = named(
  'RefreshToken',
  z.strictObject({ refreshToken: z.string().min(1).max(200) }),
  { refreshToken: 'cmVmcmVzaA' },
);

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
  @Documented({
    id: 'register',
    summary: "Makes a customer's account",
    refuses: ['EMAIL_TAKEN', 'IDEMPOTENCY_KEY_REUSED'],
    answer: account,
  })
  async register(@FromCall() call: Call, @Body({ schema: registerBody }) body: z.infer<typeof registerBody>) {
    const key = call.idempotencyKey();
    if (key === undefined) return valueOf(await this.accounts.register(body, call.address, undefined));
    refuseFor(await this.loginLimit.look(call.address, body.email), call);
    const outcome = await this.accounts.register(body, call.address, key);
    // A repeat is answered to whoever knows key and password: guessing those is like guessing at a login.
    if (!outcome.ok && outcome.refusal.code === 'IDEMPOTENCY_KEY_REUSED') {
      await this.loginLimit.take(call.address, body.email);
      await this.loginLimit.failed(call.address, body.email);
    }
    return valueOf(outcome);
  }

  @Post('auth/login')
  @ForAnyone()
  @HttpCode(200)
  @Documented({
    id: 'login',
    summary: 'Begins a session',
    description:
      'At most 10 times a minute for one address and one e-mail together, and while not more than 100 logins ' +
      'from the address, or to the e-mail, have failed within a minute.',
    refuses: ['INVALID_CREDENTIALS'],
    answer: granted,
  })
  async login(@FromCall() call: Call, @Body({ schema: loginBody }) body: z.infer<typeof loginBody>) {
    refuseFor(await this.loginLimit.take(call.address, body.email), call);
    const outcome = await this.accounts.login(body.email, body.password, call.address);
    if (!outcome.ok) await this.loginLimit.failed(call.address, body.email);
    return valueOf(outcome);
  }

  @Post('auth/refresh')
  @ForAnyone()
  @HttpCode(200)
  @Documented({
    id: 'refresh',
    summary: 'Spends a refresh token for new tokens',
    description:
      'A token that is spent again within REFRESH_REPEAT_SECONDS (30 unless the shop sets it), while the one that it ' +
      'was spent for is unused, is answered with that one once more: two tabs may have it, or the answer was lost. ' +
      'Spent later, or after that, it ends the session.',
    refuses: ['UNAUTHENTICATED'],
    answer: granted,
  })
  async refresh(@Body({ schema: refreshBody }) body: z.infer<typeof refreshBody>) {
    return valueOf(await this.accounts.refresh(body.refreshToken));
  }

  @Post('auth/logout')
  @ForAnyone()
  @HttpCode(204)
  @Documented({ id: 'logout', summary: 'Ends a session' })
  async logout(@Body({ schema: refreshBody }) body: z.infer<typeof refreshBody>): Promise<void> {
    await this.accounts.logout(body.refreshToken);
  }

  @Get('auth/me')
  @Documented({ id: 'readMe', summary: 'Reads whom the token speaks for', answer: account })
  async me(@FromCall() { caller }: Call) {
    const user = await this.users.find(caller.userId);
    if (user === undefined) throw new Refused({ code: 'UNAUTHENTICATED' });
    return user;
  }

  @Get('.well-known/jwks.json')
  @ForAnyone()
  @Header('cache-control', 'public, max-age=300')
  @Documented({ id: 'readKeys', summary: 'Reads the public keys of access tokens', answer: keySet })
  keySet() {
    return this.tokens.keySet;
  }
}

/** @throws Refused with RATE_LIMITED where there is a time to wait */
function refuseFor(waitSeconds: number | undefined, call: Call): void {
  if (waitSeconds === undefined) return;
  call.tell('retry-after', String(waitSeconds));
  throw new Refused({ code: 'RATE_LIMITED', detail: 'too many attempts' });
}
