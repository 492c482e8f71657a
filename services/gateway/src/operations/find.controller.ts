/*
 * GET /admin/find   viewer   200
 */
import { Get, Query } from '@nestjs/common';
import {
  finds,
  FOUND_MAX,
  pastedOf,
  pastedText,
  SERVICES,
  titleOf,
  type Pasted,
  type ServiceName,
} from '@jangteo/contracts';
import { Database } from '@jangteo/database';
import { Documented } from '@jangteo/service';
import { z } from 'zod';
import { readListedUser, readUserByEmail } from '../accounts/accounts.queries.js';
import { listed } from '../domain/audit-report.js';
import { entryHref, joined, linked, type LinkedThing } from '../domain/find.js';
import { SENDING_ACTIONS } from '../domain/staff-operation.js';
import { Api } from '../http/access.guard.js';
import { awayReasonOf } from '../http/away.js';
import { Call, FromCall } from '../http/request-context.js';
import { linkedThing } from './responses.js';
import { Upstream } from '../http/upstream.js';
import { emailAddress, limitOfWhole } from '../openapi/schemas.js';
import { readKeptAudit } from './audit.queries.js';
import { readNamedEntries } from './admin-log.queries.js';

/** Whoever does not answer within this time is named. */
const DEADLINE_MS = 2_000;

export const findQuery = z.object({
  q: pastedText.meta({
    description:
      'The id of an order, a user, a product, a coupon, a charge, a message, a request or a trace, an e-mail address, ' +
      'or an Idempotency-Key: all of it.',
    examples: ['01920000-0000-7000-8000-0000000000a1'],
  }),
  limit: limitOfWhole,
});

@Api()
export class FindController {
  constructor(
    private readonly upstream: Upstream,
    private readonly database: Database,
  ) {}

  @Get('admin/find')
  @Documented({
    id: 'find',
    summary: 'Finds whatever a pasted text names',
    description:
      'All services are asked at once, for two seconds: those that do not answer are named in `Services-Unanswered`. ' +
      'Orders are found by the id of their request while they are on their way, and after it where the gateway has made ' +
      'that id; by the id of their trace while they are on their way.',
    asks: [finds.wallet],
    answer: z.array(linkedThing),
    givesHeaders: ['Services-Unanswered'],
  })
  async find(
    @FromCall() call: Call,
    @Query({ schema: findQuery }) { q, limit }: z.infer<typeof findQuery>,
  ): Promise<LinkedThing[]> {
    const unanswered: ServiceName[] = [];
    const ask = async (service: ServiceName): Promise<LinkedThing[]> => {
      try {
        const { found } = await this.upstream.ask(finds[service], { q }, call, DEADLINE_MS);
        return found.map((thing) => linked(thing, service));
      } catch (error) {
        // Any other failure is a bug of ours, and thrown on.
        awayReasonOf(error);
        unanswered.push(service);
        return [];
      }
    };
    const found = await Promise.all([this.#ownOf(pastedOf(q)), ...SERVICES.map(ask)]);
    if (unanswered.length > 0) call.tell('services-unanswered', unanswered.sort().join(', '));
    return joined(found.flat()).slice(0, limit);
  }

  /** What the gateway keeps itself: users, audits, and what staff did. */
  async #ownOf(pasted: Pasted): Promise<LinkedThing[]> {
    const [users, audits, entries] = await Promise.all([
      this.#usersOf(pasted),
      this.#auditOf(pasted),
      readNamedEntries(this.database, pasted, FOUND_MAX),
    ]);
    const logged = entries.map(({ entryId, action, target, result, ...entry }): LinkedThing => {
      const its = { id: entryId, title: titleOf(action, target, result) };
      if (SENDING_ACTIONS.some((one) => one === action)) {
        return { ...its, kind: 'operation', href: `/admin/operations/${entryId}` };
      }
      return { ...its, kind: 'logEntry', href: entryHref(entry) };
    });
    return [...users, ...logged, ...audits];
  }

  async #auditOf({ id }: Pasted): Promise<LinkedThing[]> {
    const report = id === undefined ? undefined : await readKeptAudit(this.database, id);
    if (id === undefined || report === undefined) return [];
    const { state, checkedAt } = listed(id, report);
    return [{ kind: 'audit', id, title: titleOf(state, checkedAt), href: `/admin/audits/${id}` }];
  }

  async #usersOf({ id, text }: Pasted): Promise<LinkedThing[]> {
    const email = emailAddress.safeParse(text);
    const [byId, byEmail] = await Promise.all([
      id === undefined ? undefined : readListedUser(this.database, id),
      email.success ? readUserByEmail(this.database, email.data) : undefined,
    ]);
    return [byId, byEmail]
      .filter((user) => user !== undefined && user.state !== 'DELETED')
      .map((user) => ({
        kind: 'user',
        id: user!.userId,
        title: titleOf(user!.name, user!.email),
        href: `/admin/users/${user!.userId}`,
      }));
  }
}
