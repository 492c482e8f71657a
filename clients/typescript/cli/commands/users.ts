import type { ApiKey, ApiKeyDraft, User, UserChange } from '../../src/index.js';
import { ANY_NUMBER, type Command } from '../command.js';
import type { Row } from '../table.js';
import { bodyOf, doing, first, listing, queryOf, showing } from './kinds.js';

function userRow({ userId, email, name, role, state, createdAt }: User): Row {
  return { user: userId, 'e-mail': email, name, role, state, since: createdAt };
}

function keyRow({ keyId, name, role, makerId, createdAt, expiresAt }: ApiKey): Row {
  return { key: keyId, name, role, 'made by': makerId, 'made at': createdAt, ends: expiresAt };
}

export const USERS: readonly Command[] = [
  listing({
    name: 'users list',
    about: 'Lists users, newest first.',
    options: {
      q: { value: '<text>', about: 'what is in the name or the e-mail' },
      role: { value: '<role>', about: 'customer, viewer, operator or admin' },
      state: { value: '<state>', about: 'ACTIVE, SUSPENDED or DELETED' },
    },
    list: (shop, given) => shop.admin.users(queryOf<'listUsers'>(given)),
    row: userRow,
  }),
  showing({
    name: 'users show',
    about: 'Shows a user with balance and figures.',
    names: '<user id>',
    read: (shop, given) => shop.admin.user(first(given)),
  }),
  showing({
    name: 'users change',
    about: 'Gives a user another role, suspends one, or lets one in again.',
    names: '<user id>',
    options: {
      role: { value: '<role>', about: 'customer, viewer, operator or admin' },
      state: { value: '<state>', about: 'ACTIVE or SUSPENDED' },
    },
    read: (shop, given) => shop.admin.changeUser(first(given), bodyOf<UserChange>(given)),
  }),
  doing({
    name: 'users end-sessions',
    about: 'Logs a user out everywhere.',
    names: '<user id>',
    act: async (shop, given) => {
      await shop.admin.endSessions(first(given));
      return 'Logged out everywhere';
    },
  }),
  showing({
    name: 'users reset-password',
    about: 'Makes a token by which a user sets a new password, once and within an hour.',
    names: '<user id>',
    read: (shop, given) => shop.admin.makePasswordReset(first(given)),
  }),
  showing({
    name: 'users adjust-balance',
    about: 'Adds to a balance, or takes from it.',
    names: '<user id>',
    options: {
      amount: {
        value: '<n>',
        kind: 'number',
        least: ANY_NUMBER,
        about: 'may be negative: --amount=-500',
        isRequired: true,
      },
      reason: { value: '<text>', about: 'kept in the ledger', isRequired: true },
    },
    read: (shop, given) => shop.admin.adjustBalance(first(given), bodyOf(given)),
  }),
  listing({
    name: 'api-keys list',
    about: 'Lists the keys of programs.',
    list: (shop, given) => shop.admin.apiKeys(queryOf<'listApiKeys'>(given)),
    row: keyRow,
  }),
  showing({
    name: 'api-keys create',
    about: 'Makes a key for a program; it is shown this once.',
    options: {
      name: { value: '<text>', about: 'what it is for', isRequired: true },
      role: { value: '<role>', about: 'viewer, operator or admin', isRequired: true },
      expires: { value: '<time>', kind: 'time', field: 'expiresAt', about: 'until when it is good' },
    },
    read: (shop, given) => shop.admin.createApiKey(bodyOf<ApiKeyDraft>(given)),
  }),
  doing({
    name: 'api-keys end',
    about: 'Ends a key.',
    names: '<key id>',
    act: async (shop, given) => {
      await shop.admin.endApiKey(first(given));
      return 'Ended';
    },
  }),
];
