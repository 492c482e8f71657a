/*
 * GET    /admin/users                          viewer   200
 * GET    /admin/users/:userId                  viewer   200
 * PATCH  /admin/users/:userId                  admin    200
 * POST   /admin/users/:userId/reset-password   admin    201
 * DELETE /admin/users/:userId/sessions         admin    204
 */
import { Body, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { id, named, readOrderFigures, readWallet } from '@jangteo/contracts';
import { Database } from '@jangteo/database';
import { Documented } from '@jangteo/service';
import { z } from 'zod';
import { Api } from '../http/access.guard.js';
import { USER_STATES } from '../domain/account.js';
import { ROLES } from '../domain/caller.js';
import { Refused, valueOf } from '../http/refusal-error.js';
import { Call, FromCall } from '../http/request-context.js';
import { listedUser, resetToken, userDetails } from '../http/responses.js';
import { Upstream } from '../http/upstream.js';
import { cursorLike, emptyBody, pageQuery } from '../openapi/schemas.js';
import { readListedUser, type ListedUser } from './accounts.queries.js';
import { UserList } from './user-list.js';
import { UsersHandler } from './users.handler.js';

export const userPath = z.object({ userId: id });

/** It holds an e-mail or a name. */
const CURSOR_LENGTH_MAX = 1_500;

export const usersQuery = pageQuery.extend({
  cursor: cursorLike('byId', CURSOR_LENGTH_MAX),
  q: z
    .string()
    .trim()
    .min(1)
    .max(254)
    .normalize('NFC')
    .optional()
    .describe('How the e-mail or the name begins, whatever the case of its letters; or the id of a user.'),
  role: z.enum(ROLES).optional().describe('Users with this role.'),
  state: z.enum(USER_STATES).optional().describe('Users in this state.'),
});

export const changeUserBody = named(
  'UserChange',
  z
    .strictObject({
      role: z.enum(ROLES).optional(),
      state: z.enum(['ACTIVE', 'SUSPENDED']).optional(),
    })
    .refine(({ role, state }) => role !== undefined || state !== undefined, 'role or state must be given'),
  { state: 'SUSPENDED' },
  'What is left out stays as it is.',
  { minProperties: 1 },
);

type UserPath = z.infer<typeof userPath>;

@Api()
export class UsersController {
  constructor(
    private readonly database: Database,
    private readonly handler: UsersHandler,
    private readonly userList: UserList,
    private readonly upstream: Upstream,
  ) {}

  @Get('admin/users')
  @Documented({
    id: 'listUsers',
    summary: 'Reads users, the newest first unless they are looked for',
    description:
      'With `q` those that it finds, in the order of their e-mails, and after them those that it finds by their names ' +
      'alone, in the order of these. A page may have fewer than `limit` where the list goes on.',
    answer: z.array(listedUser),
  })
  async list(
    @FromCall() call: Call,
    @Query({ schema: usersQuery }) { q, role, state, limit, cursor }: z.infer<typeof usersQuery>,
  ) {
    const roles = role === undefined ? ROLES : [role];
    const states = state === undefined ? USER_STATES : [state];
    const { rows, next } = await this.userList.page({ q, roles, states, limit, cursor });
    call.linkNext(next);
    return rows.map(shown);
  }

  @Get('admin/users/:userId')
  @Documented({
    id: 'readUser',
    summary: 'Reads a user, with balance and figures',
    asks: [readWallet, readOrderFigures],
    refuses: ['USER_NOT_FOUND'],
    answer: userDetails,
  })
  async read(@FromCall() call: Call, @Param({ schema: userPath }) { userId }: UserPath) {
    const user = await readListedUser(this.database, userId);
    if (user === undefined) throw new Refused({ code: 'USER_NOT_FOUND' });
    const [wallet, { onTheWay, placed, lastOrderAt }] = await Promise.all([
      this.upstream.ask(readWallet, { userId }, call),
      this.upstream.ask(readOrderFigures, { userId }, call),
    ]);
    const { sessions } = user;
    const figures = { sessions, ...wallet, ordersOnTheWay: onTheWay, orders: placed };
    return { ...shown(user), ...figures, ...(lastOrderAt === undefined ? {} : { lastOrderAt }) };
  }

  @Patch('admin/users/:userId')
  @Documented({
    id: 'changeUser',
    summary: 'Gives a user another role, suspends them, or lets them in again',
    description:
      'A higher role counts from the next login or refresh on, a lower one and a suspension also for tokens that were ' +
      'issued before: on every replica once this is answered, which takes a second. A suspended user keeps the sessions ' +
      'and can do nothing. The last admin stays one.',
    refuses: ['USER_NOT_FOUND', 'LAST_ADMIN'],
    answer: listedUser,
  })
  async change(
    @FromCall() call: Call,
    @Param({ schema: userPath }) { userId }: UserPath,
    @Body({ schema: changeUserBody }) body: z.infer<typeof changeUserBody>,
  ) {
    const { before, user } = valueOf(await this.handler.change(call.caller, userId, body));
    call.noteBefore(before);
    return shown(user);
  }

  @Delete('admin/users/:userId/sessions')
  @HttpCode(204)
  @Documented({
    id: 'endSessionsOfUser',
    summary: 'Logs a user out everywhere',
    description:
      'On every replica once this is answered, which takes a second. API keys that the user made stay good.',
    refuses: ['USER_NOT_FOUND'],
  })
  async endSessions(@Param({ schema: userPath }) { userId }: UserPath): Promise<void> {
    valueOf(await this.handler.endSessions(userId));
  }

  @Post('admin/users/:userId/reset-password')
  @Documented({
    id: 'makePasswordReset',
    summary: 'Makes a token with which a user sets the password anew',
    description:
      'Shown this once, and stored as a hash: whoever is sure who asks gives it to them. Good once and for an hour, at ' +
      '`POST /auth/password/reset`; the one before is good no more. Not for who asks: `POST /auth/password` changes ' +
      'their own. A repeat under its `Idempotency-Key` makes nothing and is 422: the token of the first stays good.',
    refuses: ['USER_NOT_FOUND', 'IDEMPOTENCY_KEY_REUSED'],
    answer: resetToken,
  })
  async makeReset(
    @FromCall() call: Call,
    @Param({ schema: userPath }) { userId }: UserPath,
    @Body({ schema: emptyBody }) _body: z.infer<typeof emptyBody>,
  ) {
    const operation = call.operation({ type: 'gateway.make-password-reset' }, { userId });
    return valueOf(await this.handler.makeReset(call.caller, userId, operation));
  }
}

/** Leaves out what was erased, and what is not known. */
function shown({ userId, email, name, role, state, createdAt, updatedAt }: ListedUser) {
  return {
    userId,
    ...(state === 'DELETED' ? {} : { email, name }),
    role,
    state,
    createdAt: createdAt.toISOString(),
    ...(updatedAt === null ? {} : { updatedAt: updatedAt.toISOString() }),
  };
}
