/*
 * PATCH  /auth/me                    user     200
 * DELETE /auth/me                    user     204
 * POST   /auth/password              user     204
 * POST   /auth/password/reset        anyone   204
 * GET    /auth/sessions              user     200
 * DELETE /auth/sessions              user     204
 * DELETE /auth/sessions/:sessionId   user     204
 */
import { Body, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { id, named, readOrderFigures, readWallet } from '@jangteo/contracts';
import { cutPage } from '@jangteo/database';
import { Documented } from '@jangteo/service';
import { z } from 'zod';
import { begunAt } from '../domain/session.js';
import { Api } from '../http/access.guard.js';
import { idBefore } from '../http/newest-first.js';
import { account, session } from '../http/responses.js';
import { Call, FromCall } from '../http/request-context.js';
import { valueOf } from '../http/refusal-error.js';
import {
  cursorLike,
  emailAddress,
  givenPassword,
  pageQuery,
  personName,
  type PageQuery,
} from '../openapi/schemas.js';
import { chosenPassword } from './known-passwords.js';
import { OwnAccountHandler } from './own-account.handler.js';
import { SessionsHandler } from './sessions.handler.js';
import type { ListedSession } from './sessions.queries.js';

export const changeMeBody = named(
  'AccountChange',
  z
    .strictObject({
      name: personName.optional(),
      email: emailAddress.optional(),
      currentPassword: givenPassword.optional(),
    })
    .refine(({ name, email }) => name !== undefined || email !== undefined, 'name or email must be given')
    .refine(({ email, currentPassword }) => email === undefined || currentPassword !== undefined, {
      path: ['currentPassword'],
      message: 'is needed for another e-mail',
    }),
  { name: 'Mina Kim' },
  'Give `name`, `email` or both; for another e-mail the password is needed.',
  { minProperties: 1 },
);
export const changePasswordBody = named(
  'PasswordChange',
  z.strictObject({ currentPassword: givenPassword, newPassword: chosenPassword }),
  { currentPassword: 'correct horse', newPassword: 'battery staple' },
);
export const resetPasswordBody = named(
  'PasswordReset',
  z.strictObject({ token: z.string().min(1).max(200), newPassword: chosenPassword }),
  { token: 'cmVzZXQ', newPassword: 'battery staple' },
);
export const deleteMeBody = named('AccountDeletion', z.strictObject({ currentPassword: givenPassword }), {
  currentPassword: 'correct horse',
});
export const sessionPath = z.object({ sessionId: id });
export const sessionsQuery = pageQuery.extend({ cursor: cursorLike('byId') });

@Api()
export class OwnAccountController {
  constructor(
    private readonly own: OwnAccountHandler,
    private readonly sessions: SessionsHandler,
  ) {}

  @Patch('auth/me')
  @Documented({
    id: 'changeMe',
    summary: 'Changes what one is called, or the e-mail that one logs in with',
    description:
      'Tries of a password count as those of logins, and other e-mails as registrations of the address.',
    refuses: ['INVALID_CREDENTIALS', 'EMAIL_TAKEN'],
    answer: account,
  })
  async change(@FromCall() call: Call, @Body({ schema: changeMeBody }) body: z.infer<typeof changeMeBody>) {
    const { currentPassword, ...change } = body;
    return valueOf(await this.own.rename(call, change, currentPassword));
  }

  @Delete('auth/me')
  @HttpCode(204)
  @Documented({
    id: 'deleteMe',
    summary: 'Deletes the account: name and e-mail are erased, what was bought stays in the books',
    description:
      'Not while there is a balance, a charge whose outcome is open or an order on its way. Coupons that were not ' +
      'used are lost.',
    asks: [readWallet, readOrderFigures],
    refuses: ['INVALID_CREDENTIALS', 'ACCOUNT_NOT_EMPTY', 'LAST_ADMIN'],
  })
  async delete(
    @FromCall() call: Call,
    @Body({ schema: deleteMeBody }) { currentPassword }: z.infer<typeof deleteMeBody>,
  ): Promise<void> {
    valueOf(await this.own.delete(call, currentPassword));
  }

  @Post('auth/password')
  @HttpCode(204)
  @Documented({
    id: 'changePassword',
    summary: 'Changes the password; all other sessions end',
    description:
      'Tries of the current password count as those of logins. API keys that the user made stay good.',
    refuses: ['INVALID_CREDENTIALS'],
  })
  async changePassword(
    @FromCall() call: Call,
    @Body({ schema: changePasswordBody }) body: z.infer<typeof changePasswordBody>,
  ): Promise<void> {
    valueOf(await this.own.changePassword(call, body.currentPassword, body.newPassword));
  }

  @Post('auth/password/reset')
  @HttpCode(204)
  @Documented({
    id: 'resetPassword',
    summary:
      'Sets a password anew with a token that an admin made; all sessions and API keys of the user end',
    description:
      'A token is good once and for an hour, and no more once the password was changed or another was made.',
    refuses: ['RESET_TOKEN_INVALID'],
  })
  async resetPassword(
    @FromCall() call: Call,
    @Body({ schema: resetPasswordBody }) body: z.infer<typeof resetPasswordBody>,
  ): Promise<void> {
    valueOf(await this.own.resetPassword(call, body.token, body.newPassword));
  }

  @Get('auth/sessions')
  @Documented({
    id: 'listSessions',
    summary: 'Reads where one is logged in, the latest login first',
    answer: z.array(session),
  })
  async list(@FromCall() call: Call, @Query({ schema: sessionsQuery }) { limit, cursor }: PageQuery) {
    const { userId, sessionId: current } = call.caller;
    const rows = await this.sessions.list(userId, idBefore(cursor), limit + 1);
    const { rows: listed, next } = cutPage(rows, limit, ({ sessionId }) => [sessionId]);
    call.linkNext(next);
    return listed.map((row) => shown(row, current));
  }

  @Delete('auth/sessions')
  @HttpCode(204)
  @Documented({ id: 'endOtherSessions', summary: 'Ends all sessions but the one that asks' })
  async endOthers(@FromCall() { caller }: Call): Promise<void> {
    await this.sessions.endAll(caller.userId, caller.sessionId);
  }

  @Delete('auth/sessions/:sessionId')
  @HttpCode(204)
  @Documented({
    id: 'endSession',
    summary: "Ends a session of one's own, also the one that asks",
    description: 'Its access tokens end with it.',
    refuses: ['SESSION_NOT_FOUND'],
  })
  async end(
    @FromCall() { caller }: Call,
    @Param({ schema: sessionPath }) { sessionId }: z.infer<typeof sessionPath>,
  ): Promise<void> {
    valueOf(await this.sessions.endOne(caller.userId, sessionId));
  }
}

function shown(row: ListedSession, current: string | undefined): z.infer<typeof session> {
  const { sessionId, rotatedAt, expiresAt, userAgent } = row;
  const begun = begunAt(sessionId);
  return {
    sessionId,
    isCurrent: sessionId === current,
    begunAt: begun.toISOString(),
    refreshedAt: (rotatedAt ?? begun).toISOString(),
    expiresAt: expiresAt.toISOString(),
    ...(userAgent === null ? {} : { userAgent }),
  };
}
