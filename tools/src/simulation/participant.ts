import type { CommandContract, OnceContract, Outcome, OutcomeOf, PayloadOf } from '@jangteo/contracts';
import { keysFor } from '@jangteo/database/domain';
import { REPLIES, type Message } from './broker.js';
import type { Outcomes, SimulatedWork } from './outcomes.js';
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
  readonly #given = new Map<string, string>();

  /** @throws Violation when another one was given before */
  check({ type, orderId, payload }: Message): void {
    const [key, text] = [`${type} ${orderId}`, JSON.stringify(payload)];
    const before = this.#given.get(key) ?? text;
    demand(before === text, 'repeats', () => `${key} was answered ${before}, then ${text}`);
    this.#given.set(key, text);
  }
}

/** Handles the commands of a contract as `once` of libs/service does: one transaction, then the replies. */
export function once<C extends CommandContract & OnceContract, S, D>(
  contract: C,
  { outcomes, replies }: { readonly outcomes: Outcomes; readonly replies: Replies },
  work: SimulatedWork<PayloadOf<C>, S, OutcomeOf<C>, D>,
): Record<string, Handler> {
  const { type } = contract;
  const rule = { ...work, ...keysFor(contract) };
  function* handler(messages: readonly Message[]): ReturnType<Handler> {
    const payloads = messages.map(({ payload }) => payload as PayloadOf<C>);
    const decided = outcomes.decideOnce(payloads, rule);
    const publish = messages.map(({ orderId }, index): Message => {
      return { queueName: REPLIES, type, orderId, payload: decided.outcomes[index] };
    });
    for (const reply of publish) replies.check(reply);
    yield () => {
      const outcome = ({ orderId, payload }: Message) => `${orderId} ${wordsOf(payload as Outcome)}`;
      return `commits ${publish.map(outcome).join('; ')}`;
    };
    return { publish };
  }
  return { [type]: handler };
}
