import type { AnsweredContract, Outcome, QueueRole } from '@jangteo/contracts';
import type { OutboundMessage, MessageWriter } from './outbound-messages.js';
import type { Item } from './route.js';
import { DEFERRED, type BatchResult } from './message.types.js';

/** A handler broke its own promise; no retry mends that. */
export class HandlerBroken extends Error {
  override readonly name = 'HandlerBroken';
}

/**
 * Brings what a handler returned into one shape, with as many outcomes as there were messages to answer.
 * @throws HandlerBroken
 */
export function resultOf(returned: unknown, count: number, role: QueueRole): BatchResult {
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

function checked(contract: AnsweredContract, outcome: Outcome): Outcome {
  const parsed = contract.outcome.safeParse(outcome);
  if (parsed.success) return parsed.data as Outcome;
  throw new HandlerBroken(`${contract.type}: the outcome breaks the contract: ${parsed.error.message}`);
}

/** Outcomes that were checked: equal questions of a batch may be answered by one object. */
type Checked = Map<unknown, Outcome>;

function outcomeFrame(
  { contract, delivery }: Item,
  outcome: Outcome | typeof DEFERRED,
  isReplay: boolean,
  writer: MessageWriter,
  alike: Checked,
): OutboundMessage[] {
  if (contract.kind === 'event') return [];
  if (outcome === DEFERRED) {
    if (contract.kind === 'command')
      throw new HandlerBroken(`${contract.type}: a command is answered at once`);
    return [];
  }
  const answer = alike.get(outcome) ?? checked(contract, outcome);
  alike.set(outcome, answer);
  if (contract.kind === 'command') return [writer.reply(contract, answer, delivery)];
  const { replyAddress } = delivery;
  return replyAddress === undefined ? [] : [writer.answer(replyAddress, answer, delivery.trace, isReplay)];
}

/**
 * Everything that a batch sends: outcome i to whoever sent message i, then what the handler adds.
 * @throws HandlerBroken when an outcome is not the contract's, BodyTooLarge
 */
export function framesOf(
  result: BatchResult,
  items: readonly Item[],
  writer: MessageWriter,
): OutboundMessage[] {
  const alike: Checked = new Map();
  const outcomes = result.outcomes.flatMap((outcome, index) => {
    const item = items[index];
    const isReplay = result.replayed?.has(index) === true;
    return item === undefined ? [] : outcomeFrame(item, outcome, isReplay, writer, alike);
  });
  return [...outcomes, ...(result.publish ?? []).map((message) => writer.outgoing(message))];
}
