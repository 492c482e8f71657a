/*
 * POST /auth/console/sessions   anyone   200
 * POST /auth/console/refresh    anyone   200
 * POST /auth/console/logout     anyone   204
 * POST /auth/console/links      viewer   201
 */
import { Body, HttpCode, Post } from '@nestjs/common';
import { named } from '@jangteo/contracts';
import { Documented } from '@jangteo/service';
import { z } from 'zod';
import { NO_REFRESH_COOKIE, refreshCookie, refreshTokenIn } from '../domain/refresh-cookie.js';
import { Api } from '../http/access.guard.js';
import { Refused, valueOf } from '../http/refusal-error.js';
import { Call, FromCall } from '../http/request-context.js';
import { consoleLink, consoleSession } from '../http/responses.js';
import { emailAddress, emptyBody, givenPassword } from '../openapi/schemas.js';
import { AccountsHandler, type Granted } from './accounts.handler.js';
import { ConsoleLinks } from './console-links.js';

const NOT_OURS = 'Refused with `FORBIDDEN` where the page of another site asks.';

export const consoleLoginBody = named(
  'ConsoleLogin',
  z
    .strictObject({
      email: emailAddress.optional(),
      password: givenPassword.optional(),
      loginToken: z.string().min(1).max(200).optional(),
    })
    .refine(
      ({ email, password, loginToken }) =>
        loginToken === undefined
          ? email !== undefined && password !== undefined
          : email === undefined && password === undefined,
      'give email and password, or loginToken',
    ),
  { email: 'mina@example.com', password: 'correct horse' },
  'Give `email` and `password`, or `loginToken`.',
  { minProperties: 1 },
);

type EmptyBody = z.infer<typeof emptyBody>;

/** Sessions of pages in a browser, which are to hold no refresh token: that is in a cookie that no script reads. */
@Api()
export class ConsoleController {
  constructor(
    private readonly accounts: AccountsHandler,
    private readonly links: ConsoleLinks,
  ) {}

  @Post('auth/console/sessions')
  @HttpCode(200)
  @Documented({
    id: 'beginConsoleSession',
    summary: "Begins a session of a page in a browser, with a password or a link's token",
    description:
      'As `POST /auth/login`, and within the same limits; the refresh token is in the cookie `jangteo_refresh` alone, ' +
      `for \`POST /auth/console/refresh\`. ${NOT_OURS}`,
    refuses: ['FORBIDDEN', 'INVALID_CREDENTIALS', 'ACCOUNT_SUSPENDED'],
    answer: consoleSession,
    givesHeaders: ['RefreshCookie'],
  })
  async begin(
    @FromCall() call: Call,
    @Body({ schema: consoleLoginBody }) body: z.infer<typeof consoleLoginBody>,
  ) {
    allowOwnPagesOnly(call);
    const { email = '', password = '', loginToken } = body;
    const userAgent = call.header('user-agent');
    const outcome =
      loginToken === undefined
        ? await this.accounts.login({ email, password }, call.networks, userAgent)
        : await this.accounts.loginByLink(loginToken, call.networks, userAgent);
    return inBrowser(call, valueOf(outcome));
  }

  @Post('auth/console/refresh')
  @HttpCode(200)
  @Documented({
    id: 'refreshConsoleSession',
    summary: 'Goes on in the session of the cookie',
    description:
      `Spends the refresh token of the cookie for the next one, as \`POST /auth/refresh\` does: two tabs may do so at ` +
      `once. ${NOT_OURS}`,
    refuses: ['FORBIDDEN', 'UNAUTHENTICATED', 'ACCOUNT_SUSPENDED'],
    answer: consoleSession,
    givesHeaders: ['RefreshCookie'],
  })
  async refresh(@FromCall() call: Call, @Body({ schema: emptyBody }) _body: EmptyBody) {
    allowOwnPagesOnly(call);
    const token = refreshTokenIn(call.header('cookie'));
    if (token === undefined) throw new Refused({ code: 'UNAUTHENTICATED' });
    return inBrowser(call, valueOf(await this.accounts.refresh(token, call.networks)));
  }

  @Post('auth/console/logout')
  @HttpCode(204)
  @Documented({
    id: 'endConsoleSession',
    summary: 'Ends the session of the cookie, and takes the cookie away',
    description: NOT_OURS,
    refuses: ['FORBIDDEN'],
    givesHeaders: ['RefreshCookie'],
  })
  async end(@FromCall() call: Call, @Body({ schema: emptyBody }) _body: EmptyBody): Promise<void> {
    allowOwnPagesOnly(call);
    const token = refreshTokenIn(call.header('cookie'));
    if (token !== undefined) await this.accounts.logout(token);
    call.tell('set-cookie', NO_REFRESH_COOKIE);
  }

  @Post('auth/console/links')
  @Documented({
    id: 'createConsoleLink',
    summary: 'Makes a link that logs in to the console as who asks',
    description:
      'Shown this once, and stored as a hash: good once and for five minutes, until sessions of the user are ended or ' +
      'the password is changed. Of the links of one user the ten newest are good. A repeat under its `Idempotency-Key` ' +
      'makes nothing and is 422.',
    refuses: ['IDEMPOTENCY_KEY_REUSED'],
    answer: consoleLink,
  })
  async link(@FromCall() call: Call, @Body({ schema: emptyBody }) _body: EmptyBody) {
    const operation = call.operation({ type: 'gateway.create-console-link' }, {});
    return await this.links.make(call.caller, operation);
  }
}

/** A cookie is sent by browsers whoever has them ask. @throws Refused with FORBIDDEN */
function allowOwnPagesOnly(call: Call): void {
  if (!call.isOfOwnPage)
    throw new Refused({ code: 'FORBIDDEN', detail: 'only pages of this shop may do that' });
}

function inBrowser(call: Call, { refreshToken, ...granted }: Granted): Omit<Granted, 'refreshToken'> {
  call.tell('set-cookie', refreshCookie(refreshToken));
  return granted;
}
