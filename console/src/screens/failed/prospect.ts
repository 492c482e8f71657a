import type { DeadLetter, OrderTimeline, TimelineStep } from '@jangteo/client';
import { commandOfType } from '../../operations/commands.js';

/**
 * What happens to a message if it is sent again:
 * - `sentAgain`, `dropped`: nothing, it waits no more;
 * - `nobodyWaits`: it is the request of a client, which is never sent again;
 * - `comesBack`: it breaks the same rule again;
 * - `vouched`: whoever sends it answers for it, since nothing tells who had sent it;
 * - `answered`: its receiver has decided it, and answers from what it has stored;
 * - `barred`: what it would do was taken back before it came, so it is refused;
 * - `decides`: its receiver has not decided it, and does now;
 * - `unknown`: its receiver does not say now whether it has;
 * - `heard`, `unheard`: it is a reply, which its order waits for, or no more;
 * - `once`: it is an event, which is counted once;
 * - `mended`: it takes effect if what failed on it is mended;
 * - `alone`: it is tried alone, as it may be what others failed with.
 */
export type ProspectKind =
  | 'sentAgain'
  | 'dropped'
  | 'nobodyWaits'
  | 'comesBack'
  | 'vouched'
  | 'answered'
  | 'barred'
  | 'decides'
  | 'unknown'
  | 'heard'
  | 'unheard'
  | 'once'
  | 'mended'
  | 'alone';

export interface Prospect {
  readonly kind: ProspectKind;
  /** When its receiver decided it. */
  readonly at?: string;
}

type Letter = Pick<DeadLetter, 'state' | 'sendable' | 'reason' | 'type' | 'queue'>;

/** What its receiver reads before it looks whether it has decided it: that does not change by itself. */
const OF_THE_MESSAGE: ReadonlySet<string> = new Set([
  'malformed',
  'unknown-type',
  'unknown-version',
  'invalid-payload',
  'wrong-sender',
]);

const REPLY = '.reply';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The order that a message is about, if its type is one of an order's commands or their replies. */
export function orderOf({
  type,
  correlationId = '',
}: Pick<DeadLetter, 'type' | 'correlationId'>): string | undefined {
  return commandOf(type) !== undefined && UUID.test(correlationId) ? correlationId : undefined;
}

const commandOf = (type: string) => commandOfType(type.endsWith(REPLY) ? type.slice(0, -REPLY.length) : type);

function ofCommand({ decision, decidedAt }: TimelineStep): Prospect {
  if (decision === 'NONE') return { kind: 'decides' };
  if (decision === 'UNKNOWN') return { kind: 'unknown' };
  if (decision === 'BARRED') return { kind: 'barred' };
  return { kind: 'answered', ...(decidedAt === undefined ? {} : { at: decidedAt }) };
}

/** What its receiver's rows say of it. */
function byRows({ type, queue }: Letter, timeline: Pick<OrderTimeline, 'steps'> | undefined): Prospect[] {
  if (queue.endsWith('.events')) return [{ kind: 'once' }];
  const command = commandOf(type);
  if (command === undefined || timeline === undefined) return [];
  const step = timeline.steps.find((one) => one.step === command);
  if (type.endsWith(REPLY)) return [{ kind: step?.state === 'AWAITED' ? 'heard' : 'unheard' }];
  return [step === undefined ? { kind: 'decides' } : ofCommand(step)];
}

function byReason(reason: string): Prospect[] {
  if (reason === 'handler-failed') return [{ kind: 'mended' }];
  return ['delivery-limit', 'given-up-together'].includes(reason) ? [{ kind: 'alone' }] : [];
}

/**
 * What happens if it is sent again, in the order in which it happens.
 * @param timeline of the order that it is about; undefined where it is about none, or that is not known
 */
export function prospectsOf(letter: Letter, timeline?: Pick<OrderTimeline, 'steps'>): Prospect[] {
  const { state, sendable, reason } = letter;
  if (state !== 'WAITING') return [{ kind: state === 'DROPPED' ? 'dropped' : 'sentAgain' }];
  if (!sendable) return [{ kind: 'nobodyWaits' }];
  if (OF_THE_MESSAGE.has(reason)) return [{ kind: 'comesBack' }];
  const found = byRows(letter, timeline);
  const isSettled = found.some(({ kind }) => kind === 'answered' || kind === 'barred' || kind === 'unheard');
  return [
    ...(reason === 'no-sender' ? [{ kind: 'vouched' } as const] : []),
    ...found,
    ...(isSettled ? [] : byReason(reason)),
  ];
}
