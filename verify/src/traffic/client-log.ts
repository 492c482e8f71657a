import { createWriteStream, type WriteStream } from 'node:fs';
import { once } from 'node:events';
import type { Attempt } from './caller.js';
import { ANSWERS, nameOf, type Operation, type Told } from './operation.js';

/** The name of its file. */
export const CLIENT_LOG = 'clients.log';

const VIOLATIONS_MAX = 200;

/** Fields that must be the same in every answer under one key. */
const SAME: readonly (keyof Told)[] = [
  'status',
  'code',
  'orderId',
  'totalPrice',
  'chargeId',
  'userCouponId',
  'sequence',
];

/** Everything that clients asked and were told, in memory and as lines in a file. */
export class ClientLog {
  readonly operations: Operation[] = [];
  /** Calls by what was known after them. */
  readonly calls = { ok: 0, fail: 0, unknown: 0 };
  /** Answers by name, counted once an operation. */
  readonly outcomes = new Map<string, number>();
  /** Operations that were unknown at least once and are known now. */
  resolved = 0;
  reads = 0;
  readonly violations: string[] = [];
  readonly #file: WriteStream;
  #listeners: (() => void)[] = [];
  /** Times of orders that were answered with success, as of `performance.now()`. */
  readonly #successes: number[] = [];

  constructor(path: string) {
    this.#file = createWriteStream(path);
  }

  begin(operation: Operation): void {
    this.operations.push(operation);
  }

  /** The number of orders that have been answered. */
  get knownOrders(): number {
    return this.operations.filter(({ kind, told }) => kind === 'order' && told !== undefined).length;
  }

  violate(what: string): void {
    if (this.violations.length < VIOLATIONS_MAX) this.violations.push(`${new Date().toISOString()} ${what}`);
  }

  /** Takes note of one call; what it tells must agree with what was told before. */
  note(operation: Operation, attempt: Attempt): void {
    const { knowledge, told } = attempt;
    this.#write(`${operation.kind} ${operation.key}`, attempt);
    this.#look(`${operation.kind} under ${operation.key}`, attempt);
    if (knowledge === 'unknown') operation.unknowns += 1;
    if (told?.orderId !== undefined && operation.kind === 'order') this.#noteOrder(operation, told.orderId);
    if (knowledge !== 'ok' || told === undefined) return;
    if (operation.told !== undefined) this.#compare(operation, operation.told, told);
    else this.#end(operation, told);
  }

  noteRead(path: string, attempt: Attempt): void {
    this.reads += 1;
    this.#write(path, attempt);
    this.#look(`GET ${path}`, attempt);
  }

  /** Resolves at the next order that is answered with its success. */
  async nextSuccess(): Promise<void> {
    await new Promise<void>((resolve) => this.#listeners.push(resolve));
  }

  /** The longest time without an order that was answered with success, in milliseconds, from then until now. */
  longestPauseSince(beganMs: number): number {
    const moments = [beganMs, ...this.#successes.filter((at) => at > beganMs), performance.now()];
    return Math.max(...moments.slice(1).map((at, index) => at - (moments[index] ?? at)));
  }

  async close(): Promise<void> {
    this.#file.end();
    await once(this.#file, 'close');
  }

  #end(operation: Operation, told: Told): void {
    operation.told = told;
    const name = nameOf(told);
    if (!ANSWERS[operation.kind].includes(name)) {
      this.violate(`${operation.kind} under ${operation.key} was answered ${told.status} ${name}`);
    }
    const counted = `${operation.kind} ${name}`;
    this.outcomes.set(counted, (this.outcomes.get(counted) ?? 0) + 1);
    if (operation.unknowns > 0) this.resolved += 1;
    if (operation.kind === 'order' && told.status === 201) {
      this.#successes.push(performance.now());
      for (const listener of this.#listeners.splice(0)) listener();
    }
  }

  #noteOrder(operation: Operation, orderId: string): void {
    operation.orderId ??= orderId;
    if (operation.orderId === orderId) return;
    this.violate(`the key ${operation.key} led to two orders: ${operation.orderId} and ${orderId}`);
  }

  #compare(operation: Operation, first: Told, again: Told): void {
    const different = SAME.filter((field) => first[field] !== again[field]);
    if (different.length === 0) return;
    const change = `${JSON.stringify(first)}, then ${JSON.stringify(again)}`;
    this.violate(`${operation.kind} under ${operation.key} was answered ${change}`);
  }

  #look(what: string, { knowledge, told, hung, ms }: Attempt): void {
    this.calls[knowledge] += 1;
    if (told !== undefined && told.status >= 500 && told.status !== 503 && told.status !== 504) {
      this.violate(`${what} was answered ${told.status} ${told.code ?? ''}`);
    }
    if (hung) this.violate(`${what} was not answered within ${Math.round(ms)} ms`);
  }

  #write(what: string, { knowledge, told, error, ms }: Attempt): void {
    const answer = told === undefined ? error : JSON.stringify(told);
    this.#file.write(`${new Date().toISOString()} ${what} ${knowledge} ${Math.round(ms)} ms ${answer}\n`);
  }
}
