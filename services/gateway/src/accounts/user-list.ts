import { Injectable } from '@nestjs/common';
import { id, type Outcome, done } from '@jangteo/contracts';
import { cutPage, Database, decodeCursor, refuseCursor } from '@jangteo/database';
import type { ListedUser } from './accounts.queries.js';
import {
  readNewestUsers,
  readUsersByEmail,
  readUsersById,
  readUsersByName,
  type UserFilter,
} from './user-list.queries.js';

interface Wanted extends UserFilter {
  readonly q: string | undefined;
  readonly limit: number;
  readonly cursor: string | undefined;
}

interface Found {
  readonly rows: readonly ListedUser[];
  readonly next?: string;
}

/** The parts of a list of what was found, in their order. */
const PARTS = ['email', 'name'] as const;

/** Lists users: all, or those that a text finds, each page by an index. */
@Injectable()
export class UserList {
  constructor(private readonly database: Database) {}

  async page(wanted: Wanted): Promise<Outcome<Found, 'VALIDATION_FAILED'>> {
    const { q, limit, cursor } = wanted;
    if (q === undefined) return await this.#newest(wanted);
    const { success: isId, data: userId = '' } = id.safeParse(q);
    if (isId) return done({ rows: await readUsersById(this.database, wanted, userId) });
    const [part, after] = cursor === undefined ? ['email', undefined] : placeIn(cursor);
    if (part === undefined) return refuseCursor();
    const byEmail =
      part === 'email' ? await readUsersByEmail(this.database, wanted, q, after, limit + 1) : [];
    const left = limit + 1 - byEmail.length;
    const afterName = part === 'name' ? after : undefined;
    const byName = left > 0 ? await readUsersByName(this.database, wanted, q, afterName, left) : [];
    const emails = new Set(byEmail);
    const cut = cutPage([...byEmail, ...byName], limit, (row) => [
      emails.has(row) ? 'email' : 'name',
      row.userId,
    ]);
    // Who was found by the e-mail is not told again: of a page that has many of them less is left.
    const beginning = q.toLowerCase();
    return done({
      ...cut,
      rows: cut.rows.filter((row) => emails.has(row) || !row.email.startsWith(beginning)),
    });
  }

  async #newest(wanted: Wanted): Promise<Outcome<Found, 'VALIDATION_FAILED'>> {
    const { limit, cursor } = wanted;
    const [before] = cursor === undefined ? [] : (decodeCursor(cursor, ['id']) ?? [undefined]);
    if (cursor !== undefined && before === undefined) return refuseCursor();
    const last = before === undefined ? undefined : String(before);
    const rows = await readNewestUsers(this.database, wanted, last, limit + 1);
    return done(cutPage(rows, limit, ({ userId }) => [userId]));
  }
}

/** The part in which the list goes on, and the user after whom. */
function placeIn(cursor: string): [(typeof PARTS)[number], string] | [undefined, undefined] {
  const [name, after] = decodeCursor(cursor, ['string', 'id']) ?? [];
  const part = PARTS.find((one) => one === name);
  return part === undefined ? [undefined, undefined] : [part, String(after)];
}
