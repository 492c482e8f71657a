import { describe, expect, it } from '@jest/globals';
import type { ChannelModel } from 'amqplib';
import { ReconnectingConnection } from './reconnecting-connection.js';

describe('a temporary channel', () => {
  it.each([
    ['is closed', async () => undefined],
    ['may be closed by the broker before', async () => Promise.reject(new Error('closed already'))],
  ])('%s when the work on it fails, which is told', async (_what, close) => {
    let isClosed = false;
    const channel = {
      on: () => undefined,
      close: async () => {
        isClosed = true;
        await close();
      },
    };
    const connection = { createChannel: async () => channel } as unknown as ChannelModel;
    const link = new ReconnectingConnection('test', { url: 'amqp://broker', heartbeatSeconds: 5 });
    const work = link.onTemporaryChannel(() => Promise.reject(new Error('the work')), connection);
    await expect(work).rejects.toThrow('the work');
    expect(isClosed).toBe(true);
  });
});
