import { JangteoError, type JangteoErrorCode } from '@jangteo/client';
import { describe, expect, it } from '@jest/globals';
import { Intent } from './intent.js';

const error = (status: number, code: JangteoErrorCode) =>
  new JangteoError({ title: '', detail: '', status, code });

/** The keys under which these are asked for in turn; a try with an error fails by it. */
async function keysOf(...tries: readonly (readonly [what: string, error?: Error])[]): Promise<string[]> {
  const intent = new Intent();
  const keys: string[] = [];
  for (const [what, failure] of tries) {
    const tried = intent.do(what, async (key) => {
      keys.push(key);
      if (failure !== undefined) throw failure;
    });
    await expect(tried.catch((cause: unknown) => cause)).resolves.toBe(failure);
  }
  return keys;
}

describe('what somebody means to be done once', () => {
  it.each<[number, JangteoErrorCode]>([
    [0, 'NO_ANSWER'],
    [504, 'UPSTREAM_TIMEOUT'],
    [408, 'REQUEST_TIMEOUT'],
    [503, 'SERVICE_UNAVAILABLE'],
    [429, 'RATE_LIMITED'],
    [500, 'INTERNAL'],
    [409, 'IDEMPOTENCY_KEY_IN_USE'],
    [403, 'NO_PROBLEM'],
  ])('is asked for again under the same key after %i %s', async (status, code) => {
    const [first, second] = await keysOf(['+10000', error(status, code)], ['+10000']);
    expect(second).toBe(first);
  });

  it('is asked for again under the same key after an answer that was cut off', async () => {
    const [first, second] = await keysOf(['+10000', new SyntaxError('cut off')], ['+10000']);
    expect(second).toBe(first);
  });

  it('has another key once a refusal was decided: a repeat would get the same refusal', async () => {
    const [first, second] = await keysOf(['+1', error(422, 'VALIDATION_FAILED')], ['+1']);
    expect(second).not.toBe(first);
  });

  it('has another key once something else is meant, or the same thing once more', async () => {
    const keys = await keysOf(['+1', error(504, 'UPSTREAM_TIMEOUT')], ['+2'], ['+2']);
    expect(new Set(keys).size).toBe(3);
  });
});
