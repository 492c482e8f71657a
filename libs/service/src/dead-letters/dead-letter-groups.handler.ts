import { Inject, Injectable, Logger } from '@nestjs/common';
import {
  done,
  present,
  refuse,
  type DeadLetterGroup,
  type DeadLetterRequests,
  type OutcomeOf,
  type PayloadOf,
  type ServiceName,
} from '@jangteo/contracts';
import { Database } from '@jangteo/database';
import { lockRemarks, readGroups, remark, type GroupRow } from './dead-letter-groups.queries.js';
import { DEAD_LETTERS_OF } from './dead-letter.handler.js';

type Requests = DeadLetterRequests;

/** Shows waiting dead letters by what is wrong with them, and keeps what people say of it. */
@Injectable()
export class DeadLetterGroupsHandler {
  readonly #logger = new Logger('DeadLetters');

  constructor(
    private readonly database: Database,
    @Inject(DEAD_LETTERS_OF) private readonly service: ServiceName,
  ) {}

  async list(): Promise<OutcomeOf<Requests['groups']>> {
    const rows = await readGroups(this.database);
    return done({ groups: rows.map((row) => this.#viewOf(row)) });
  }

  /** Of what never waited there is no group: it is refused, so that no typing error is kept. */
  async change(asked: PayloadOf<Requests['changeGroup']>): Promise<OutcomeOf<Requests['changeGroup']>> {
    const { type, reason, by } = asked;
    return await this.database.transaction(async (tx) => {
      await lockRemarks(tx);
      const [found] = await readGroups(tx, { type, reason });
      if (found === undefined) return refuse('DEAD_LETTER_NOT_FOUND');
      const { note = found.note, isMuted = found.isMuted } = asked;
      await remark(tx, { type, reason }, { note, isMuted }, by);
      const [changed = found] = await readGroups(tx, { type, reason });
      this.#logger.log({ msg: `${isMuted ? 'muted' : 'noted'} ${type}`, reason, by });
      const before = { ...(found.note === null ? {} : { note: found.note }), isMuted: found.isMuted };
      return done({ group: this.#viewOf(changed), before });
    });
  }

  #viewOf({ note, changedBy, changedAt, first, last, ...row }: GroupRow): DeadLetterGroup {
    return {
      ...row,
      service: this.service,
      ...present({
        first: first?.toISOString(),
        last: last?.toISOString(),
        note,
        changedBy,
        changedAt: changedAt?.toISOString(),
      }),
    };
  }
}
