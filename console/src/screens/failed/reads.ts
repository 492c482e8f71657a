import {
  JangteoError,
  type DeadLetterGroup,
  type DeadLetterWithBody,
  type Id,
  type Jangteo,
  type ServiceName,
} from '@jangteo/client';
import { SERVICES } from './filters.js';

export interface Groups {
  readonly groups: readonly DeadLetterGroup[];
  /** Services that do not answer: what waits there is not known. */
  readonly away: readonly ServiceName[];
}

/** It is asked once for all first; who is away is asked again with the next look, and must not hold up the others. */
const ONCE = { tries: 1 } as const;

const isAway = (error: unknown): boolean =>
  error instanceof JangteoError && (error.status === 503 || error.status === 504);

/**
 * Groups of all services that answer, and who does not.
 * @param silent those that are known not to answer: they are not waited for
 */
export async function readGroups(
  { admin }: Jangteo,
  silent: readonly ServiceName[],
  signal: AbortSignal,
): Promise<Groups> {
  const options = { signal, retry: ONCE };
  try {
    if (silent.length === 0) return { groups: await admin.deadLetterGroups({}, options), away: [] };
  } catch (error) {
    if (!isAway(error)) throw error;
  }
  const asked = SERVICES.filter((service) => !silent.includes(service));
  const answers = await Promise.allSettled(
    asked.map((service) => admin.deadLetterGroups({ service }, options)),
  );
  const failed = answers.flatMap((one) => (one.status === 'rejected' ? [one.reason as Error] : []));
  const fault = failed.find((error) => !isAway(error) || failed.length === asked.length);
  if (fault !== undefined) throw fault;
  const groups = answers.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
  const isSilent = (service: ServiceName) => answers[asked.indexOf(service)]?.status !== 'fulfilled';
  return {
    groups: groups.toSorted((one, other) => ((one.last ?? '') < (other.last ?? '') ? 1 : -1)),
    away: SERVICES.filter(isSilent),
  };
}

/** The service that keeps a message of which only the id is known; undefined where none does. */
export async function serviceOfLetter(
  { admin }: Jangteo,
  deadLetterId: Id,
  signal: AbortSignal,
): Promise<ServiceName | undefined> {
  const found = await admin.find(deadLetterId, { signal });
  const letter = found.find(({ kind, id }) => kind === 'deadLetter' && id === deadLetterId);
  const [, service] = /^\/admin\/dead-letters\/([^/]+)\//.exec(letter?.href ?? '') ?? [];
  return SERVICES.find((one) => one === service);
}

/** More earlier tries of one message tell nothing new. */
const EARLIER_MAX = 20;

/** What a message was each time before it was sent again, the latest first. */
export async function readEarlier(
  { admin }: Jangteo,
  { service, earlierId }: Pick<DeadLetterWithBody, 'service' | 'earlierId'>,
  signal: AbortSignal,
): Promise<DeadLetterWithBody[]> {
  const earlier: DeadLetterWithBody[] = [];
  for (let id = earlierId; id !== undefined && earlier.length < EARLIER_MAX;) {
    const letter = await admin.deadLetter(service, id, { signal }).catch((error: unknown) => {
      // It was deleted, as those are that were settled long ago.
      if (error instanceof JangteoError && error.status === 404) return undefined;
      throw error;
    });
    if (letter === undefined) break;
    earlier.push(letter);
    id = letter.earlierId;
  }
  return earlier;
}
