import { MESSAGES, type ServiceName } from '@jangteo/contracts';

/**
 * Every answer that a service's contract promises, as `<message type> ok` or `<message type> <refusal code>`:
 * what its contract test has to have met, no more and no less.
 */
export function promisedAnswers(service: ServiceName): string[] {
  return MESSAGES.filter((message) => message.service === service)
    .filter((message) => message.kind !== 'event')
    .flatMap(({ type, refusals }) => ['ok', ...refusals].map((answer) => `${type} ${answer}`))
    .toSorted();
}
