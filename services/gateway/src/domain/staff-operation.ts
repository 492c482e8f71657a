import { SERVICES, type ServiceName } from '@jangteo/contracts';

/** Actions by which staff have messages sent again, by their names in the log. */
export const SENDING_ACTIONS = ['sendDeadLetters', 'sendDeadLetter', 'nudgeSagas', 'nudgeSaga'] as const;

export type SendingAction = (typeof SENDING_ACTIONS)[number];

/** What the log has of such an action: its target, and JSON of what was answered. */
export interface LoggedSending {
  readonly action: SendingAction;
  readonly target: string | null;
  readonly after: string | null;
}

function fieldsOf(after: string | null): Readonly<Record<string, unknown>> {
  return after === null ? {} : (JSON.parse(after) as Readonly<Record<string, unknown>>);
}

const numberIn = (value: unknown): number => (typeof value === 'number' ? value : 0);

/** The services that can tell what became of it: the one that did it, or all where the log does not say which. */
export function tellersOf({ action, target, after }: LoggedSending): readonly ServiceName[] {
  if (action === 'nudgeSaga' || action === 'nudgeSagas') return ['order'];
  const named = action === 'sendDeadLetters' ? target : fieldsOf(after)['service'];
  const service = SERVICES.find((one) => one === named);
  return service === undefined ? SERVICES : [service];
}

/** How many were meant; `undefined` where the answer does not say. */
export function askedFor({ action, after }: LoggedSending): number | undefined {
  if (after === null) return undefined;
  const fields = fieldsOf(after);
  if (action === 'nudgeSagas') return numberIn(fields['nudged']);
  if (action !== 'sendDeadLetters') return 1;
  return numberIn(fields['sent']) + numberIn(fields['left']) + numberIn(fields['unsendable']);
}
