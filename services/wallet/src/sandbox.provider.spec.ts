import { describe, expect, it } from '@jest/globals';
import { SandboxProvider } from './sandbox.provider.js';

describe('the sandbox', () => {
  it.each([
    ['tok_ok', 1, 'paid'],
    ['tok_ok', 2, 'paid'],
    ['tok_declined', 1, 'declined'],
    ['tok_declined', 2, 'declined'],
    ['tok_unknown', 1, 'unknown'],
    ['tok_unknown', 2, 'paid'],
    ['tok_gold', 1, 'declined'],
  ])('calls %s, asked for the %d. time, %s', async (paymentMethod, attempt, kind) => {
    const payment = {
      chargeId: 'charge',
      userId: 'ann',
      amount: 1,
      currency: 'krw',
      paymentMethod,
      attempt,
      ageMs: 0,
    };
    expect(await new SandboxProvider().pay(payment)).toMatchObject({ kind });
  });
});
