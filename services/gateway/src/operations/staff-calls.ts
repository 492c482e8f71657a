import { Injectable } from '@nestjs/common';
import { TransientFailure, type RequestContract } from '@jangteo/contracts';
import { Database } from '@jangteo/database';
import { UpstreamTimeout, UpstreamUnavailable } from '@jangteo/messaging';
import {
  forgetFirstAnswer,
  keepFirstAnswer,
  keptIdOf,
  readFirstAnswer,
} from '../http/first-answers.queries.js';
import { Refused } from '../http/refusal-error.js';
import type { Call } from '../http/request-context.js';

/** Gives repeats of what staff have sent or nudged, under one Idempotency-Key, one operation and one answer. */
@Injectable()
export class StaffCalls {
  constructor(private readonly database: Database) {}

  /**
   * Has something done that takes effect once, however often it is done, and answers with the operation's id. A repeat
   * is answered as the first time, or does it under the first one's id where nobody knows what became of that.
   *
   * @param material everything of path and body that makes this call another one
   * @throws Refused with IDEMPOTENCY_KEY_REUSED, or with VALIDATION_FAILED when the key is none
   */
  async once<A extends object>(
    call: Call,
    contract: Pick<RequestContract, 'type'>,
    material: object,
    act: (operationId: string) => Promise<A>,
  ): Promise<A & { operationId: string }> {
    const { operationId } = call;
    const { key, fingerprint } = call.operation(contract, material);
    if (call.idempotencyKey() === undefined) return { ...(await act(operationId)), operationId };
    const begunId = keptIdOf('begun', key);
    const first = await keepFirstAnswer(this.database, begunId, { fingerprint, operationId });
    if (first.fingerprint !== fingerprint) throw new Refused({ code: 'IDEMPOTENCY_KEY_REUSED' });
    const answerId = keptIdOf('answer', key);
    const answered = await readFirstAnswer<A & { operationId: string }>(this.database, answerId);
    if (answered !== undefined) {
      call.tellReplayed();
      return answered;
    }
    const done = await act(first.operationId).catch(async (error: unknown) => {
      // Its entry in the log says that nothing was done: the next one is an operation of its own.
      if (error instanceof Refused || error instanceof UpstreamUnavailable) {
        await forgetFirstAnswer(this.database, begunId);
      }
      throw error;
    });
    const answer = { ...done, operationId: first.operationId };
    return await keepFirstAnswer(this.database, answerId, answer).catch((error: unknown) => {
      // It was done: who took it for refused would be wrong.
      throw error instanceof TransientFailure ? new UpstreamTimeout(error.message) : error;
    });
  }
}
