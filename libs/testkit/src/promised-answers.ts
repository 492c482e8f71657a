import { DEAD_LETTER_MESSAGES, MESSAGES, type ServiceName } from '@jangteo/contracts';

/**
 * Every answer that a service's contract promises, as `<message type> ok` or `<message type> <refusal code>`:
 * what its contract test has to have met, no more and no less. What is asked about dead letters is answered by
 * one code in all of them, which has a test of its own.
 */
export function promisedAnswers(service: ServiceName): string[] {
  return MESSAGES.filter((message) => message.service === service)
    .filter((message) => !DEAD_LETTER_MESSAGES.includes(message))
    .filter((message) => message.kind !== 'event')
    .flatMap(({ type, refusals }) => ['ok', ...refusals].map((answer) => `${type} ${answer}`))
    .toSorted();
}
