import type { CommandContract, Outcome } from '@jangteo/contracts';
import { REPLIES, type Message } from './broker.js';
import type { Handler } from './pipeline.js';
import { demand } from './violation.js';

/** An outcome in the words of a history. */
export function wordsOf(outcome: Outcome): string {
  if (!outcome.ok) return `refused with ${outcome.refusal.code}`;
  const facts = Object.entries(outcome.value as object).filter(([, fact]) => typeof fact !== 'object');
  return facts.map(([name, fact]) => `${name} ${fact}`).join(' ');
}

/** The replies that participants have given: to one command of one order it is one, word for word. */
export class Replies {
  private readonly given = new Map<string, string>();

  /** @throws Violation when another one was given before */
  check({ type, orderId, payload }: Message): void {
    const [key, text] = [`${type} ${orderId}`, JSON.stringify(payload)];
    const before = this.given.get(key) ?? text;
    demand(before === text, 'repeats', () => `${key} was answered ${before}, then ${text}`);
    this.given.set(key, text);
  }
}

/** Handles one type of commands: one transaction, then the replies. */
export function commandHandler<P>(
  { type }: CommandContract,
  replies: Replies,
  decide: (payloads: readonly P[]) => readonly Outcome[],
): Handler {
  return function* (messages) {
    const outcomes = decide(messages.map(({ payload }) => payload as P));
    const publish = messages.map(({ orderId }, index): Message => {
      return { queueName: REPLIES, type, orderId, payload: outcomes[index] };
    });
    for (const reply of publish) replies.check(reply);
    yield () => {
      const outcome = ({ orderId, payload }: Message) => `${orderId} ${wordsOf(payload as Outcome)}`;
      return `commits ${publish.map(outcome).join('; ')}`;
    };
    return { publish };
  };
}
