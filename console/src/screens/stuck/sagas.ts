import type { OperationOfStaff, ShopNow, StuckSaga } from '@jangteo/client';
import { serviceOfCommand } from '../../operations/commands.js';
import type { Address } from '../../ui/address.js';

/** Seconds without progress that can be asked for; what is not among them may stand in an address all the same. */
export const OLDER_THAN = [0, 10, 60, 300, 3_600] as const;

const USUAL_SECONDS = 60;

/** Seconds without progress that the address asks for; a minute where it says nothing, as the API does. */
export function olderThanOf({ olderThan = '' }: Address): number {
  return /^\d+$/.test(olderThan) ? Number(olderThan) : USUAL_SECONDS;
}

/** States in which no step is awaited any more: what is undone is undone, however long it takes. */
const NEVER_GIVEN_UP_IN: ReadonlySet<string> = new Set([
  'UNDOING',
  'CANCELLING',
  'SUCCESS',
  'FAILED',
  'CANCELLED',
]);

/** Its deadline; undefined of what is never given up. */
export const deadlineOf = ({
  state,
  deadlineAt,
}: Pick<StuckSaga, 'state' | 'deadlineAt'>): string | undefined =>
  NEVER_GIVEN_UP_IN.has(state) ? undefined : deadlineAt;

/** Whether a nudge gives it up: its deadline has passed. */
export function isGivenUp(saga: Pick<StuckSaga, 'state' | 'deadlineAt'>, now: number): boolean {
  const deadline = deadlineOf(saga);
  return deadline !== undefined && Date.parse(deadline) <= now;
}

/** `unknown` before the shop was heard of, or of a command of a later release. */
export type Readiness = 'ready' | 'silent' | 'unknown';

export interface Awaited {
  /** A command, or an event that the broker has not confirmed. */
  readonly name: string;
  /** Who has to answer; of an event, that is the broker. */
  readonly service: string | undefined;
  readonly readiness: Readiness;
}

/** What a saga waits for, and whether who has to answer does answer now. */
export function awaitedOf(
  { awaits, owedEvents }: Pick<StuckSaga, 'awaits' | 'owedEvents'>,
  services: ShopNow['services'] | undefined,
): Awaited[] {
  const commands = awaits.map((name): Awaited => {
    const service = serviceOfCommand(name);
    const told = services?.find((one) => one.service === service);
    return {
      name,
      service,
      readiness: told === undefined ? 'unknown' : told.isAnswering ? 'ready' : 'silent',
    };
  });
  const events = owedEvents.map((name): Awaited => ({ name, service: undefined, readiness: 'unknown' }));
  return [...commands, ...events];
}

/** What a nudge of several sagas does, in counts. */
export interface NudgeEffect {
  readonly kind: 'sent' | 'confirmed' | 'givenUp';
  readonly count: number;
  readonly name: string;
  readonly awaited?: Awaited;
}

/** What is sent again how often, to whom, and how many orders are given up instead. */
export function effectsOf(
  sagas: readonly StuckSaga[],
  services: ShopNow['services'] | undefined,
  now: number,
): NudgeEffect[] {
  const late = sagas.filter((saga) => isGivenUp(saga, now));
  const counts = new Map<string, NudgeEffect>();
  for (const saga of sagas.filter((one) => !late.includes(one))) {
    for (const awaited of awaitedOf(saga, services)) {
      const { name, service } = awaited;
      const count = (counts.get(name)?.count ?? 0) + 1;
      counts.set(name, { kind: service === undefined ? 'confirmed' : 'sent', count, name, awaited });
    }
  }
  return [
    ...counts.values(),
    ...(late.length === 0 ? [] : [{ kind: 'givenUp', count: late.length, name: 'givenUp' } as const]),
  ];
}

/** A saga in a list: one that was nudged may have gone on since. */
export interface ShownSaga extends StuckSaga {
  readonly hasGoneOn: boolean;
}

type Nudge = Pick<OperationOfStaff, 'actorId' | 'startedAt'>;

const wasNudgedBy = ({ nudgedBy, nudgedAt = '' }: StuckSaga, { actorId, startedAt }: Nudge): boolean =>
  nudgedBy === actorId && nudgedAt >= startedAt;

/**
 * Sagas that some calls have nudged: those that are known to wait still, and of a nudge that was made on this page also
 * those that have gone on.
 *
 * @param waiting all that wait now, as far as they were read
 * @param nudged as they were when they were nudged here; empty where that was elsewhere
 */
export function sagasOfNudges(
  calls: readonly Nudge[],
  waiting: readonly StuckSaga[],
  nudged: readonly StuckSaga[],
): ShownSaga[] {
  const ids = new Set(nudged.map(({ orderId }) => orderId));
  const still = waiting
    .filter((saga) => ids.has(saga.orderId) || calls.some((call) => wasNudgedBy(saga, call)))
    .map((saga) => ({ ...saga, hasGoneOn: calls.some(({ startedAt }) => saga.since >= startedAt) }));
  const there = new Set(still.map(({ orderId }) => orderId));
  const gone = nudged.filter(({ orderId }) => !there.has(orderId));
  return [...still, ...gone.map((saga) => ({ ...saga, hasGoneOn: true }))];
}

/** Calls that an address names: a nudge of many is made of several. */
export const callsIn = ({ operation = '' }: Address): string[] => operation.split(',').filter(Boolean);
