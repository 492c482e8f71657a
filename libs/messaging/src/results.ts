import type { Outcome } from '@jangteo/contracts';
import type { LaneSpec } from './decorators.js';
import type { Frame, FrameWriter } from './frames.js';
import type { Item } from './lane-definition.js';
import { DEFERRED, type BatchResult } from './message.types.js';

/** A handler broke its own promise; no retry mends that. */
export class HandlerBroken extends Error {
  override readonly name = 'HandlerBroken';
}

/**
 * What a handler returned, in one shape, with as many outcomes as there were messages to answer.
 * @throws HandlerBroken
 */
export function resultOf(returned: unknown, count: number, role: LaneSpec['role']): BatchResult {
  if (role === 'events' || role === 'replies') {
    return { ...(returned as Omit<BatchResult, 'outcomes'> | undefined), outcomes: [] };
  }
  const result = Array.isArray(returned) ? { outcomes: returned } : (returned as BatchResult | undefined);
  const outcomes = result?.outcomes;
  if (!Array.isArray(outcomes) || outcomes.length !== count) {
    throw new HandlerBroken(`${count} messages need ${count} outcomes, got ${outcomes?.length ?? 'none'}`);
  }
  return result as BatchResult;
}

function outcomeFrame(item: Item, outcome: Outcome | typeof DEFERRED, writer: FrameWriter): Frame[] {
  const { contract, delivery } = item;
  if (contract.kind === 'event') return [];
  if (outcome === DEFERRED) {
    if (contract.kind === 'command')
      throw new HandlerBroken(`${contract.type}: a command is answered at once`);
    return [];
  }
  const checked = contract.outcome.safeParse(outcome);
  if (!checked.success) {
    throw new HandlerBroken(`${contract.type}: the outcome breaks the contract: ${checked.error.message}`);
  }
  if (contract.kind === 'command') return [writer.reply(contract, checked.data, delivery)];
  const { replyAddress } = delivery;
  return replyAddress === undefined ? [] : [writer.answer(replyAddress, checked.data, delivery.trace)];
}

/**
 * Everything that a batch sends: outcome i to whoever sent message i, then what the handler adds.
 * @throws HandlerBroken when an outcome is not the contract's, BodyTooLarge
 */
export function framesOf(result: BatchResult, items: readonly Item[], writer: FrameWriter): Frame[] {
  const outcomes = result.outcomes.flatMap((outcome, index) => {
    const item = items[index];
    return item === undefined ? [] : outcomeFrame(item, outcome, writer);
  });
  return [...outcomes, ...(result.publish ?? []).map((message) => writer.outgoing(message))];
}
