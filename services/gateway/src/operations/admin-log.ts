import { Injectable, Logger } from '@nestjs/common';
import { TransientFailure } from '@jangteo/contracts';
import { Database } from '@jangteo/database';
import { newId } from '@jangteo/messaging';
import { operationOf } from '@jangteo/service';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Counter } from 'prom-client';
import { endEntry, insertEntry, type BegunEntry } from './admin-log.queries.js';
import type { CallRequest } from '../http/request-context.js';
import { endingOf, fieldsOf, kept, subjectOfRequest, type OpenEntry } from '../domain/admin-entry.js';
import type { LoggedIn } from '../domain/caller.js';
import { networkOf } from '../domain/network.js';
import { Refused } from '../http/refusal-error.js';

const actions = new Counter({
  name: 'gateway_admin_actions_total',
  help: 'What staff have done or tried, by operation and by what became of it: done, refused or unknown',
  labelNames: ['action', 'result'] as const,
});

/**
 * Writes down what staff do, and in whose name. An entry is written before the action, so that none can be done
 * without one, and ended with what the client is told; one that has no end may have been done or not.
 */
@Injectable()
export class AdminLog {
  readonly #logger = new Logger('AdminLog');

  constructor(private readonly database: Database) {}

  /**
   * @param route the controller's method
   * @throws Refused when the database was away: nothing is done either, whether the entry is there or not
   */
  async begin(request: CallRequest, caller: LoggedIn, route: object): Promise<void> {
    const operation = operationOf(route);
    const action =
      typeof operation === 'object' ? operation.id : `${request.method} ${request.routeOptions.url}`;
    const asked = { ...fieldsOf(request.query), ...fieldsOf(request.body) };
    const subject = subjectOfRequest(request.params, asked);
    const entry: OpenEntry = { entryId: newId(), action, caller, requestId: request.id, subject };
    await this.#write({
      ...subject,
      entryId: entry.entryId,
      actorId: caller.userId,
      actorRole: caller.role,
      keyId: caller.keyId,
      action,
      // Of changes of one's own account the path names nobody.
      asked: kept(asked, subject.targetType === 'user' || action === 'changeMe'),
      requestId: request.id,
      network: networkOf(request.ip),
    });
    request.adminEntry = entry;
  }

  async #write(entry: BegunEntry): Promise<void> {
    try {
      await insertEntry(this.database, entry);
    } catch (error) {
      if (!(error instanceof TransientFailure)) throw error;
      throw new Refused({ code: 'SERVICE_UNAVAILABLE' }, undefined, { cause: error });
    }
  }

  /** Never throws: what was done is done, and its client is told so. */
  async end(entry: OpenEntry, status: number, body: unknown): Promise<void> {
    const { entryId, action, requestId, caller, subject, before = {} } = entry;
    const ending = endingOf(subject, status, body);
    const { after: _after, ...told } = ending;
    const { userId: actorId, role: actorRole } = caller;
    const said = { entryId, action, actorId, actorRole, requestId, ...told };
    const result = ending.result.toLowerCase();
    actions.inc({ action, result });
    this.#logger.log({ msg: `admin action ${action}: ${result}`, ...said });
    try {
      await endEntry(this.database, entryId, { ...ending, before: kept(before) });
    } catch (err) {
      this.#logger.error({ msg: 'the end of an entry of the admin log was not written', ...said, err });
    }
  }
}

/** Has every such action ended in the log before its client is told. */
export function logAdminActions(app: NestFastifyApplication): void {
  const log = app.get(AdminLog);
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onSend', (request: CallRequest, reply, payload, next) => {
      const { adminEntry } = request;
      const endFirst = async (entry: OpenEntry): Promise<void> => {
        await log.end(entry, reply.statusCode, payload);
        next();
      };
      if (adminEntry === undefined) next();
      else void endFirst(adminEntry);
    });
}
