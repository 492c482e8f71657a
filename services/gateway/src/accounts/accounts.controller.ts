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
import { Api } from '../http/access.guard.js';
import { AccountsHandler } from './accounts.handler.js';
import { account, granted, keySet } from '../http/responses.js';
import { Call, FromCall } from '../http/request-context.js';
import { isOwnersDetail } from '../domain/password.js';
import { Refused, valueOf } from '../http/refusal-error.js';
import { chosenPassword } from './known-passwords.js';
import { emailAddress, givenPassword, personName } from '../openapi/schemas.js';
import { Tokens } from './tokens.js';
import { Users } from './users.repository.js';

export const registerBody = named(
  'Registration',
  z
    .strictObject({ email: emailAddress, password: chosenPassword, name: personName })
    .refine((person) => !isOwnersDetail(person.password, person), {
      path: ['password'],
      message: 'must not be the e-mail or the name',
    }),
  { email: 'mina@example.com', password: 'correct horse', name: 'Mina' },
);
export const loginBody = named(
  'Credentials',
  z.strictObject({ email: emailAddress, password: givenPassword }),
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
    private readonly tokens: Tokens,
    private readonly users: Users,
  ) {}

  @Post('auth/register')
  @Documented({
    id: 'register',
    summary: "Makes a customer's account",
    description:
      'Passwords are prepared by RFC 8265: however a keyboard composes characters and spaces, it is the same ' +
      'password. Those that everybody tries first are refused, and the own e-mail or name as a password. A shop may ' +
      'limit how many accounts come from one network in an hour.',
    refuses: ['EMAIL_TAKEN', 'IDEMPOTENCY_KEY_REUSED'],
    answer: account,
    givesHeaders: ['AccountLocation'],
  })
  async register(@FromCall() call: Call, @Body({ schema: registerBody }) body: z.infer<typeof registerBody>) {
    const registered = await this.accounts.register(body, call.networks, call.idempotencyKey());
    const { user, isReplay } = valueOf(registered);
    if (isReplay) call.tellReplayed();
    call.tell('location', '/auth/me');
    return user;
  }

  @Post('auth/login')
  @HttpCode(200)
  @Documented({
    id: 'login',
    summary: 'Begins a session',
    description:
      'At most 10 times a minute for one address and one e-mail together, and while not more than 100 logins ' +
      'from the address, or to the e-mail, have failed within a minute; those to the e-mail, and of others from the ' +
      'address, count only where the account was not used from that address before.',
    refuses: ['INVALID_CREDENTIALS', 'ACCOUNT_SUSPENDED'],
    answer: granted,
  })
  async login(@FromCall() call: Call, @Body({ schema: loginBody }) body: z.infer<typeof loginBody>) {
    return valueOf(await this.accounts.login(body, call.networks, call.header('user-agent')));
  }

  @Post('auth/refresh')
  @HttpCode(200)
  @Documented({
    id: 'refresh',
    summary: 'Spends a refresh token for new tokens',
    description:
      'A token that is spent again within REFRESH_REPEAT_SECONDS (30 unless the shop sets it), while the one that it ' +
      'was spent for is unused, is answered with that one once more: two tabs may have it, or the answer was lost. ' +
      'Spent later, or after that, it ends the session.',
    refuses: ['UNAUTHENTICATED', 'ACCOUNT_SUSPENDED'],
    answer: granted,
  })
  async refresh(@FromCall() call: Call, @Body({ schema: refreshBody }) body: z.infer<typeof refreshBody>) {
    return valueOf(await this.accounts.refresh(body.refreshToken, call.networks));
  }

  @Post('auth/logout')
  @HttpCode(204)
  @Documented({ id: 'logout', summary: 'Ends a session' })
  async logout(@Body({ schema: refreshBody }) body: z.infer<typeof refreshBody>): Promise<void> {
    await this.accounts.logout(body.refreshToken);
  }

  @Get('auth/me')
  @Documented({ id: 'readMe', summary: 'Reads whom the token speaks for', answer: account })
  async me(@FromCall() { caller }: Call) {
    const user = await this.users.find(caller.userId, caller.sessionId);
    if (user === undefined) throw new Refused({ code: 'UNAUTHENTICATED' });
    const { userId, email, name, role } = user;
    return { userId, email, name, role };
  }

  @Get('.well-known/jwks.json')
  @Header('cache-control', 'public, max-age=300')
  @Documented({ id: 'readKeys', summary: 'Reads the public keys of access tokens', answer: keySet })
  keySet() {
    return this.tokens.keySet;
  }
}
