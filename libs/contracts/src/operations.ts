import { z } from 'zod';
import { id } from './ids.js';
import { request } from './message.js';
import { SERVICES, type ServiceName } from './services.js';

/** Of what staff have sent again or nudged in one call: where what they did is found. */
export const operationId = id
  .optional()
  .describe('The call by which it was done. Gateways of the release before do not say it.');

const count = z.int().min(0);

/** What became of messages that one call has sent again, as rows tell; each is counted once. */
export const sentByOperation = z.object({
  sent: count.describe('How many were sent; of nudges, how many sagas were nudged.'),
  tookEffect: count.describe(
    'Commands that were carried out since, and sagas that went on since; events that are counted and replies that are no ' +
      'longer awaited, of which no row tells whether it was so before they were sent.',
  ),
  refused: count.describe('Commands that were refused since, as the rules have it.'),
  decidedBefore: count.describe(
    'Commands that had been decided before they were sent: they changed nothing.',
  ),
  cameBack: count.describe('Messages that could not be handled once more, whatever became of them later.'),
  open: count.describe('Those of which no row tells yet; sagas that wait as before.'),
});

export type SentByOperation = z.infer<typeof sentByOperation>;

function operationIn(service: ServiceName) {
  return request({
    type: `${service}.read-operation`,
    service,
    summary:
      'Says what became of what one call has sent again or nudged; nothing of a call that it never heard of.',
    payload: z.object({ operationId: id }),
    value: sentByOperation,
    refusals: [],
    example: {
      payload: { operationId: '01920000-0000-7000-8000-0000000000f1' },
      value: { sent: 12, tookEffect: 11, refused: 0, decidedBefore: 0, cameBack: 1, open: 0 },
    },
  });
}

export type ReadOperation = ReturnType<typeof operationIn>;

/** By service: each tells of its own. */
export const operationReads = Object.fromEntries(
  SERVICES.map((service) => [service, operationIn(service)]),
) as Record<ServiceName, ReadOperation>;
