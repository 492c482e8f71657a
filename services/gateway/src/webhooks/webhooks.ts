import { Inject, Injectable } from '@nestjs/common';
import { done, readRecords, refuse, refuseField, type Operation, type Outcome } from '@jangteo/contracts';
import { Database } from '@jangteo/database';
import { newId } from '@jangteo/messaging';
import { CONFIG } from '@jangteo/service';
import { holdLogin, type Login } from '../accounts/hold-login.js';
import { randomSecret } from '../accounts/refresh-token.js';
import { EVENT_TYPES, testMessageOf, type EventType } from '../domain/webhook.js';
import type { GatewayConfig } from '../gateway.config.js';
import { keepFirstUnder, readFirstUnder } from '../http/first-answers.js';
import { Refused } from '../http/refusal-error.js';
import type { Call } from '../http/request-context.js';
import { noteSecret } from '../http/secrets-once.js';
import { Upstream } from '../http/upstream.js';
import { secretText } from './signature.js';
import { noteTest } from './webhook-leases.queries.js';
import { WebhookSender } from './webhook-sender.js';
import type { WebhookDeliveryEntity } from './webhooks.entities.js';
import {
  countWebhooks,
  deleteWebhook,
  insertWebhook,
  listDeliveries,
  listWebhooks,
  lockWebhook,
  moveCursor,
  readReceiver,
  readWebhook,
  rotateSecret,
  updateWebhook,
  type Webhook,
  type WebhookChange,
} from './webhooks.queries.js';

export interface WebhookDraft {
  readonly name: string;
  readonly url: string;
  readonly types?: readonly EventType[] | undefined;
}

/** A change, and what it was a change of. */
interface Changed {
  readonly before: Webhook;
  readonly webhook: Webhook;
}

/** What a call to resend is answered; without what was before where it did nothing, as an earlier one had. */
interface Resent<A> {
  readonly before?: Webhook | undefined;
  readonly answer: A;
}

/** A webhook with its secret as its receiver is to know it. */
type WithSecret = Webhook & { readonly secret: string };

type NotFound = 'WEBHOOK_NOT_FOUND';

/** What those who run the shop do with webhooks; deliveries are `WebhookDeliverer`'s. */
@Injectable()
export class Webhooks {
  constructor(
    private readonly database: Database,
    private readonly upstream: Upstream,
    private readonly sender: WebhookSender,
    @Inject(CONFIG) private readonly config: Pick<GatewayConfig, 'WEBHOOKS_MAX' | 'WEBHOOK_TIMEOUT_MS'>,
  ) {}

  /**
   * Makes a webhook that is told what happens from now on.
   *
   * @throws Refused with UNAUTHENTICATED, TOO_MANY_WEBHOOKS or IDEMPOTENCY_KEY_REUSED
   */
  async make(
    draft: WebhookDraft,
    operation: Operation,
    call: Call,
  ): Promise<Outcome<WithSecret, 'VALIDATION_FAILED'>> {
    const { name, url, types = EVENT_TYPES } = draft;
    const fault = this.#faultOf(url);
    if (fault !== undefined) return fault;
    const { newest } = await this.#numbers(call);
    const secret = randomSecret();
    const row = { webhookId: newId(), name, url, types: [...new Set(types)], secret, toldSeq: newest };
    return await this.database.transaction(async (tx) => {
      await holdLogin(tx, call.caller);
      await noteSecret(tx, operation, pathOf(row.webhookId));
      const count = await countWebhooks(tx);
      if (count >= this.config.WEBHOOKS_MAX) {
        // Nothing is made, and so nothing is noted: under the same key it is tried again once there is room.
        throw new Refused({ code: 'TOO_MANY_WEBHOOKS', detail: `there are ${count} webhooks already` });
      }
      return done({ ...(await insertWebhook(tx, row)), secret: secretText(secret) });
    });
  }

  async list(before: string, limit: number): Promise<Webhook[]> {
    return await listWebhooks(this.database, before, limit);
  }

  async read(webhookId: string): Promise<Outcome<Webhook, NotFound>> {
    return found(await readWebhook(this.database, webhookId));
  }

  /** @throws Refused with UNAUTHENTICATED */
  async change(
    caller: Login,
    webhookId: string,
    change: WebhookChange,
  ): Promise<Outcome<Changed, NotFound | 'VALIDATION_FAILED'>> {
    const fault = change.url === undefined ? undefined : this.#faultOf(change.url);
    if (fault !== undefined) return fault;
    return await this.database.transaction(async (tx) => {
      await holdLogin(tx, caller);
      const before = await lockWebhook(tx, webhookId);
      const webhook = before && (await updateWebhook(tx, webhookId, change));
      return found(webhook && { before, webhook });
    });
  }

  async end(webhookId: string): Promise<Outcome<Webhook, NotFound>> {
    return found(await deleteWebhook(this.database, webhookId));
  }

  /**
   * Makes another secret; the one before signs as well for a day.
   *
   * @param operation under which it is made once
   * @throws Refused with UNAUTHENTICATED or IDEMPOTENCY_KEY_REUSED
   */
  async rotate(
    caller: Login,
    webhookId: string,
    operation: Operation,
  ): Promise<Outcome<WithSecret, NotFound>> {
    const secret = randomSecret();
    return await this.database.transaction(async (tx) => {
      await holdLogin(tx, caller);
      const webhook = await rotateSecret(tx, webhookId, secret);
      if (webhook !== undefined) await noteSecret(tx, operation, pathOf(webhookId));
      return found(webhook && { ...webhook, secret: secretText(secret) });
    });
  }

  /** Sends what says that it is a test, once, whatever the status. @param testId told apart by it from other tests */
  async test(webhookId: string, testId: string): Promise<Outcome<WebhookDeliveryEntity, NotFound>> {
    const receiver = await readReceiver(this.database, webhookId);
    if (receiver === undefined) return refuse('WEBHOOK_NOT_FOUND');
    const message = testMessageOf(webhookId, testId, new Date());
    const attempt = await this.sender.send(receiver, message, { timeoutMs: this.config.WEBHOOK_TIMEOUT_MS });
    const noted = await noteTest(this.database, webhookId, message, attempt);
    if (noted === undefined) return refuse('WEBHOOK_NOT_FOUND');
    const { messageId, type } = message;
    const { tookMs, status = null, error = null } = attempt;
    return done({ webhookId, ...noted, messageId, type, sequence: null, tookMs, status, error });
  }

  /**
   * Has deliveries go on with a record, whether it was told already or others before it were not.
   *
   * @param shown what is answered, and to repeats of the operation as well
   * @throws Refused with IDEMPOTENCY_KEY_REUSED
   */
  async resend<A extends object>(
    { webhookId, from, operation }: { webhookId: string; from: number; operation: Operation },
    call: Call,
    shown: (webhook: Webhook) => A,
  ): Promise<Outcome<Resent<A>, NotFound | 'VALIDATION_FAILED'>> {
    const first = await readFirstUnder<A>(this.database, operation);
    if (first !== undefined) return done({ answer: first });
    const { oldest, newest } = await this.#numbers(call);
    if (from < oldest || from > newest + 1) {
      const message = `must be a number of a record that is kept, ${oldest} to ${newest}, or the next one`;
      return refuseField('from', message);
    }
    return await this.database.transaction(async (tx) => {
      const before = await lockWebhook(tx, webhookId);
      // A repeat may have held the lock until now.
      const meanwhile = await readFirstUnder<A>(tx, operation);
      if (meanwhile !== undefined) return done({ answer: meanwhile });
      const webhook = before && (await moveCursor(tx, webhookId, from - 1));
      if (webhook === undefined) return refuse('WEBHOOK_NOT_FOUND');
      const answer = shown(webhook);
      await keepFirstUnder(tx, operation, answer);
      return done({ before, answer });
    });
  }

  async deliveries(
    webhookId: string,
    before: number,
    limit: number,
  ): Promise<Outcome<WebhookDeliveryEntity[], NotFound>> {
    const tries = await listDeliveries(this.database, webhookId, before, limit);
    if (tries.length > 0) return done(tries);
    return found((await readWebhook(this.database, webhookId)) && []);
  }

  #faultOf(url: string) {
    const message = this.sender.faultOf(new URL(url));
    return message === undefined ? undefined : refuseField('url', message);
  }

  /** @throws Refused where the order service is of the release before, which does not say */
  async #numbers(call: Call): Promise<{ readonly oldest: number; readonly newest: number }> {
    const { oldest, newest } = await this.upstream.ask(readRecords, { after: 0, limit: 1 }, call);
    if (newest === undefined) throw new Refused({ code: 'SERVICE_UNAVAILABLE' });
    return { oldest, newest };
  }
}

const pathOf = (webhookId: string): string => `/admin/webhooks/${webhookId}`;

function found<T>(value: T | undefined): Outcome<T, NotFound> {
  return value === undefined ? refuse('WEBHOOK_NOT_FOUND') : done(value);
}
