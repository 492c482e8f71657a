import {
  ALL_SERVICES,
  REFUSALS,
  SAGA_SERVICE,
  SAGA_STEPS,
  type Order,
  type Outcome,
  type RefusalCode,
} from '@jangteo/contracts';
import { block } from './markdown.js';

/** Those who are not services, by the name that they have in diagrams. */
const OTHERS = {
  redis: 'Redis',
  database: 'PostgreSQL',
  provider: 'payment provider',
  platform: 'data platform',
} as const;

export type Participant = (typeof ALL_SERVICES)[number] | 'client' | keyof typeof OTHERS;

/** From left to right. */
const PARTICIPANTS: readonly Participant[] = [
  ...new Set<Participant>([
    'client',
    'gateway',
    SAGA_SERVICE,
    ...SAGA_STEPS.map(({ action }) => action.service),
    ...ALL_SERVICES,
    ...(Object.keys(OTHERS) as (keyof typeof OTHERS)[]),
  ]),
];

const UNTOLD = /(Id|Date|At|Detail)$/;

/** Amounts and words of a payload; what only says which one it is, or when, is left out. */
export function factsOf(payload: unknown): string {
  return Object.entries(payload as object)
    .filter(([name, fact]) => fact !== undefined && typeof fact !== 'object' && !UNTOLD.test(name))
    .map(([name, fact]) => `${name} ${String(fact)}`)
    .join(', ');
}

/** An outcome in few words; of an order those that tell its end. */
export function wordsOf(outcome: Outcome): string {
  if (!outcome.ok) return `refused: ${outcome.refusal.code}`;
  const { orderStatus, failureCode, totalPrice } = outcome.value as Partial<Order>;
  if (orderStatus === undefined) return factsOf(outcome.value) || 'done';
  return factsOf({ orderStatus, ...(orderStatus === 'FAILED' ? { failureCode } : { totalPrice }) });
}

/** A payload behind the type of its message. */
export function message(type: string, payload: unknown): string {
  return [type, factsOf(payload)].filter((part) => part !== '').join(': ');
}

/** The HTTP status of an answer, and its code where it is a problem. */
export function statusLine(status: number, outcome: Outcome): string {
  const code = outcome.ok ? (outcome.value as { failureCode?: string }).failureCode : outcome.refusal.code;
  if (code !== undefined) return `${REFUSALS[code as RefusalCode].status} ${code}`;
  const { orderStatus, status: itsStatus } = (outcome as { value: Record<string, unknown> }).value;
  return orderStatus === 'PENDING' || itsStatus === 'PENDING' ? '202 PENDING' : String(status);
}

/** A sequence diagram, as it is recorded. */
export class Sequence {
  readonly #lines: string[] = [];
  readonly #seen = new Set<Participant>();

  call(from: Participant, to: Participant, text: string): void {
    this.#arrow(from, '->>', to, text);
  }

  answer(from: Participant, to: Participant, text: string): void {
    this.#arrow(from, '-->>', to, text);
  }

  /** Told to whoever wants to know; nobody waits for an answer. */
  tell(from: Participant, to: Participant, text: string): void {
    this.#arrow(from, '-)', to, text);
  }

  fail(from: Participant, to: Participant, text: string): void {
    this.#arrow(from, '--x', to, text);
  }

  note(over: Participant, text: string): void {
    this.#seen.add(over);
    this.#lines.push(`Note over ${over}: ${text}`);
  }

  diagram(): string {
    const there = PARTICIPANTS.filter((one) => this.#seen.has(one)).map((one) => {
      if (one === 'client') return 'actor client';
      return one in OTHERS
        ? `participant ${one} as ${OTHERS[one as keyof typeof OTHERS]}`
        : `participant ${one}`;
    });
    return block('sequenceDiagram', [...there, ...this.#lines]);
  }

  #arrow(from: Participant, line: string, to: Participant, text: string): void {
    this.#seen.add(from).add(to);
    this.#lines.push(`${from}${line}${to}: ${text}`);
  }
}
