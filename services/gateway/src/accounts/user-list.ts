import { Injectable } from '@nestjs/common';
import { id } from '@jangteo/contracts';
import { cutPage, Database, decodeCursor, refuseCursor } from '@jangteo/database';
import { unstorableText } from '../domain/text.js';
import { idBefore } from '../http/newest-first.js';
import { valueOf } from '../http/refusal-error.js';
import type { ListedUser } from './accounts.queries.js';
import {
  readNewestUsers,
  readUsersByEmail,
  readUsersById,
  readUsersByName,
  type FoundUser,
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

  /** @throws Refused with VALIDATION_FAILED for a cursor of another list */
  async page(wanted: Wanted): Promise<Found> {
    const { q, limit, cursor } = wanted;
    if (q === undefined) {
      const rows = await readNewestUsers(this.database, wanted, idBefore(cursor), limit + 1);
      return cutPage(rows, limit, ({ userId }) => [userId]);
    }
    const { success: isId, data: userId = '' } = id.safeParse(q);
    if (isId) return { rows: await readUsersById(this.database, wanted, userId) };
    const [part, after] = cursor === undefined ? (['email'] as const) : placeIn(cursor);
    const byEmail =
      part === 'email' ? await readUsersByEmail(this.database, wanted, q, limit + 1, after) : [];
    const left = limit + 1 - byEmail.length;
    const afterName = part === 'name' ? after : undefined;
    const byName = left > 0 ? await readUsersByName(this.database, wanted, q, left, afterName) : [];
    const emails = new Set(byEmail);
    const cut = cutPage([...byEmail, ...byName], limit, (row) =>
      emails.has(row) ? ['email', row.email, row.userId] : ['name', row.name, row.userId],
    );
    // Who was found by the e-mail is not told again: of a page that has many of them less is left.
    const beginning = q.toLowerCase();
    return {
      ...cut,
      rows: cut.rows.filter((row) => emails.has(row) || !row.email.startsWith(beginning)),
    };
  }
}

/** The part in which the list goes on, and the user after whom. */
function placeIn(cursor: string): readonly [part: (typeof PARTS)[number], after: FoundUser] {
  const [name, by, userId] = decodeCursor(cursor, ['string', 'string', 'id']) ?? [];
  const part = PARTS.find((one) => one === name);
  if (part === undefined || unstorableText(by) !== undefined) return valueOf<never>(refuseCursor());
  return [part, { by: String(by), userId: String(userId) }];
}
