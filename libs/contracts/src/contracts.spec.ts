import { describe, expect, it } from '@jest/globals';
import {
  id,
  MESSAGES,
  placeOrder,
  queueOf,
  queuesOf,
  REFUSALS,
  SAGA_STEPS,
  SERVICES,
  SUBSCRIPTIONS,
  sumOfLines,
  MONEY_MAX,
} from './index.js';

const ANSWERED = MESSAGES.flatMap((message) =>
  message.kind === 'event' ? [] : [[message.type, message] as const],
);
const UNDONE = ANSWERED.flatMap(([, contract]) => {
  const undoes = contract.kind === 'command' ? contract.undoes : undefined;
  return undoes === undefined ? [] : [[undoes.type, undoes] as const];
});
const OF_LATER_RELEASE = { ok: false, refusal: { code: 'COURIER_ON_STRIKE', detail: 'until Monday' } };

describe('contracts', () => {
  it.each(MESSAGES.map((message) => [message.type, message] as const))(
    '%s has an example that its own schema accepts unchanged',
    (_type, message) => {
      expect(message.payload.parse(message.example.payload)).toEqual(message.example.payload);
      if (message.kind === 'event') return;
      const outcome = { ok: true, value: message.example.value };
      expect(message.outcome.parse(outcome)).toEqual(outcome);
      for (const code of message.refusals) {
        expect(message.outcome.safeParse({ ok: false, refusal: { code } }).success).toBe(true);
      }
      expect(message.outcome.safeParse({ ok: false, refusal: { code: 'INTERNAL' } }).success).toBe(false);
    },
  );

  it('pair each step of the saga with what undoes it, and undo nothing else', () => {
    expect(SAGA_STEPS.map(({ undo }) => undo.undoes)).toEqual(SAGA_STEPS.map(({ action }) => action));
    expect(SAGA_STEPS.filter(({ action }) => action.undoes !== undefined)).toEqual([]);
  });

  it.each(UNDONE)('%s can be refused once its undo has come', (_type, { refusals }) => {
    expect(refusals).toContain('ORDER_TIMED_OUT');
  });

  it('have a subscriber for every event: its sender goes on until a queue keeps it', () => {
    const heard = new Set(
      Object.values(SUBSCRIPTIONS)
        .flat()
        .map(({ type }) => type),
    );
    const events = MESSAGES.filter(({ kind }) => kind === 'event').map(({ type }) => type);
    expect(events.filter((type) => !heard.has(type))).toEqual([]);
  });

  it.each(ANSWERED.filter(([, { refusals }]) => refusals.length > 0))(
    '%s is read with a code of a later release as a refusal',
    (_type, { answer, outcome, refusals, example }) => {
      expect(outcome.safeParse(OF_LATER_RELEASE).success).toBe(false);
      expect(answer.parse({ ok: true, value: example.value })).toEqual({ ok: true, value: example.value });
      expect(answer.parse(OF_LATER_RELEASE)).toEqual({
        ok: false,
        refusal: {
          code: 'SERVICE_UNAVAILABLE',
          detail: 'COURIER_ON_STRIKE: until Monday',
          unknownCode: 'COURIER_ON_STRIKE',
        },
      });
      for (const code of refusals) {
        expect(answer.parse({ ok: false, refusal: { code } })).toEqual({ ok: false, refusal: { code } });
      }
      for (const code of ['INTERNAL', 'no code', '', 'A'.repeat(65), 7, null]) {
        expect(answer.safeParse({ ok: false, refusal: { code } }).success).toBe(false);
      }
    },
  );

  it.each(ANSWERED.filter(([, { refusals }]) => refusals.length === 0))(
    '%s, which is never refused, is not read as refused',
    (_type, { answer }) => {
      expect(answer.safeParse(OF_LATER_RELEASE).success).toBe(false);
    },
  );

  it('reads an order that failed for a reason of a later release', () => {
    const { value } = placeOrder.example;
    const failed = { ...value, orderStatus: 'FAILED', failureCode: 'COURIER_ON_STRIKE' };
    expect(placeOrder.value.parse(failed).failureCode).toBe('SERVICE_UNAVAILABLE');
    expect(placeOrder.value.parse(value)).not.toHaveProperty('failureCode');
  });

  const writes = MESSAGES.filter(({ example }) => 'operation' in (example.payload as object));

  // A cart is its user's, and nobody else reaches it.
  it.each(
    writes.filter(({ type }) => !type.startsWith('cart.')).map((message) => [message.type, message] as const),
  )(
    '%s says who has it done, unless it comes from a gateway of the release before',
    (_type, { payload, example }) => {
      const { actorId, ...before } = example.payload as Record<string, unknown>;
      expect(actorId).toBeDefined();
      expect(payload.safeParse(before).success).toBe(true);
      expect(payload.safeParse({ ...before, actorId: 'somebody' }).success).toBe(false);
    },
  );

  it('reads one id in either spelling as the same', () => {
    const spelt = '01920000-0000-7000-8000-0000000000E1';
    expect(id.parse(spelt)).toBe(id.parse(spelt.toLowerCase()));
  });

  it('names every message once', () => {
    const types = MESSAGES.map((message) => message.type);
    expect(new Set(types).size).toBe(types.length);
  });

  it('has a queue with a dead-letter queue for every request and command', () => {
    const queues = SERVICES.flatMap((service) => queuesOf('test', service));
    for (const message of MESSAGES) {
      if (message.kind === 'event') continue;
      const queue = queues.find(({ name }) => name === queueOf('test', message));
      expect(queue?.deadLetterQueue).toBe(`${queueOf('test', message)}.dead`);
    }
  });

  it('gives every refusal an HTTP status of the 4xx or 5xx range', () => {
    for (const { status } of Object.values(REFUSALS)) {
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(600);
    }
  });
});

describe('sumOfLines', () => {
  it.each([
    [[], 0],
    [[{ price: 12_000, quantity: 2 }], 24_000],
    [[{ price: MONEY_MAX, quantity: 1 }], MONEY_MAX],
    [[{ price: MONEY_MAX, quantity: 2 }], undefined],
    [
      [
        { price: MONEY_MAX, quantity: 1 },
        { price: 1, quantity: 1 },
      ],
      undefined,
    ],
  ])('sums %j to %s', (lines, expected) => {
    expect(sumOfLines(lines)).toBe(expected);
  });
});
