import { describe, expect, it } from '@jest/globals';
import { MESSAGES } from '@jangteo/contracts';
import { POISONS } from './queues.js';

describe('a poison', () => {
  it('is a message of no type, also where a request asks for nothing in particular', () => {
    const taken = POISONS.flatMap((poison, index) =>
      MESSAGES.filter(({ type, version, payload }) => {
        const { type: told, version: toldVersion, body } = poison(type);
        if (told !== type || toldVersion !== version || body.length > 256 * 1024) return false;
        try {
          return payload.safeParse(JSON.parse(body.toString())).success;
        } catch {
          return false;
        }
      }).map(({ type }) => `${index} as ${type}`),
    );
    expect(taken).toEqual([]);
  });
});
