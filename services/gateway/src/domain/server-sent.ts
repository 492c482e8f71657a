import { done, refuseField, type Outcome } from '@jangteo/contracts';

/** An event of a stream; JSON has no line ends of its own. */
export interface ServerSent {
  readonly event: string;
  readonly data: object;
  readonly id?: number;
}

/** What is sent where there is nothing to say: a comment, which nobody is told of. */
export const HEARTBEAT = ':\n\n';

/** How long a client waits before it connects again. */
export const OPENING = 'retry: 1000\n\n';

/** The text of an event (HTML, "Server-sent events"). */
export function textOf({ event, data, id }: ServerSent): string {
  const number = id === undefined ? '' : `id: ${id}\n`;
  return `${number}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

const LAST_EVENT_ID = /^\d{1,9}$/;

/** The number of the last event that a client has; 0 of one that has none. */
export function lastEventIdOf(header: string | undefined): Outcome<number, 'VALIDATION_FAILED'> {
  if (header === undefined || header === '') return done(0);
  if (LAST_EVENT_ID.test(header)) return done(Number(header));
  return refuseField('Last-Event-ID', 'must be the id of an event of this stream');
}
