import { describe, expect, it } from '@jest/globals';
import { done, TransientFailure } from '@jangteo/contracts';
import type { Injector } from '@jangteo/messaging';
import { pingHandler } from './ping.handler.js';

/** The handler in a process whose database answers like this. */
const pingedWhere = (look: () => Promise<void>) =>
  pingHandler('wallet').bind((() => ({ look })) as unknown as Injector);

describe('a ping', () => {
  it('is answered where the database answers', async () => {
    const answered = pingedWhere(async () => undefined)([{}, {}] as never);
    await expect(answered).resolves.toEqual([done({ service: 'wallet' }), done({ service: 'wallet' })]);
  });

  it('is not answered while the database is away', async () => {
    const answered = pingedWhere(async () => {
      throw new TransientFailure('database: away');
    })([{}] as never);
    await expect(answered).rejects.toThrow(TransientFailure);
  });
});
