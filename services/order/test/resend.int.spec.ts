import { execFile } from 'node:child_process';
import { randomUUIDv7 } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { eventually, numbersMoved, withClient } from '@jangteo/testkit';
import { Desk } from './desk.js';
import { emptyPlatform, forgetLeader, MemorySink, oneTo, relayOf, relayRow, sell } from './platform-desk.js';

const PROGRAM = join(import.meta.dirname, '..', 'dist', 'src', 'saga', 'resend.js');

let desk: Desk;
let sink: MemorySink;
beforeAll(async () => {
  desk = await Desk.open();
  Logger.overrideLogger(false);
});
afterAll(() => desk.close());

beforeEach(async () => {
  await emptyPlatform(desk);
  sink = new MemorySink();
  await sell(desk, randomUUIDv7(), 10);
});

interface End {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

function resend(...args: string[]): Promise<End> {
  const env = { PATH: process.env.PATH, DATABASE_URL: desk.databaseUrl };
  return new Promise((resolve) => {
    execFile(process.execPath, [PROGRAM, ...args], { env }, (error, output, errors) => {
      resolve({ code: error === null ? 0 : Number(error.code), output, errors });
    });
  });
}

describe('numbers that are moved as after a restore', () => {
  it.each([
    ['has all', 10],
    ['had come further than the restored numbers', 13],
    ['lacks some', 7],
  ])(
    'go on behind those that were given, and nothing is lost to a receiver that %s',
    async (_case, received) => {
      await relayOf(desk, sink).relay();
      const first = [...sink.received];
      sink = new MemorySink();
      await forgetLeader(desk);
      const moved = await numbersMoved(15, received);
      await withClient(desk.databaseUrl, (database) => database.query(moved));
      await sell(desk, randomUUIDv7(), 1);
      await relayOf(desk, sink).relay();
      const lacking = first.slice(received).map(({ orderId }) => orderId);
      expect(sink.received.map(({ orderId }) => orderId)).toEqual([...lacking, expect.any(String)]);
      expect(sink.sequences).toEqual(oneTo(lacking.length + 1).map((number) => 15 + number));
      expect(await relayRow(desk)).toMatchObject({ numbered: 16 + lacking.length, failures: 0 });
    },
  );
});

describe('the command that sends again', () => {
  it('has everything from a number on sent again, under the same numbers, while the relay runs', async () => {
    const relay = relayOf(desk, sink);
    relay.onApplicationBootstrap();
    await eventually(() => sink.received.length === 10);
    const first = [...sink.received];
    const end = await resend('--from', '7');
    expect(end).toMatchObject({ code: 0, output: 'records 7 to 10 are sent to the data platform again\n' });
    await eventually(() => sink.received.length === 14);
    expect(sink.received.slice(10)).toEqual(first.slice(6));
    await sell(desk, randomUUIDv7(), 1);
    await eventually(() => sink.sequences.at(-1) === 11);
    await relay.beforeApplicationShutdown();
    expect(sink.received).toHaveLength(15);
  });

  it('is not undone by a batch that was on its way meanwhile', async () => {
    sink.afterReceipt = async () => {
      if (sink.batches.length === 2) await resend('--from', '2');
    };
    await relayOf(desk, sink, { DATA_PLATFORM_BATCH_MAX: '4' }).relay();
    expect(sink.sequences).toEqual([1, 2, 3, 4, 5, 6, 7, 8, ...oneTo(10).slice(1)]);
    expect(await relayRow(desk)).toMatchObject({ sent: 10 });
  });

  it('ends a pause after failures', async () => {
    const relay = relayOf(desk, sink, { DATA_PLATFORM_BATCH_MAX: '5', DATA_PLATFORM_RETRY_MS: '3600000' });
    sink.afterReceipt = async () => {
      sink.failure = new Error('HTTP 503');
    };
    await relay.relay();
    sink.failure = undefined;
    sink.afterReceipt = async () => {};
    await relay.relay();
    expect(sink.sequences).toEqual(oneTo(5));
    await resend('--from', '1');
    await relay.relay();
    expect(sink.sequences).toEqual([...oneTo(5), ...oneTo(10)]);
  });

  it('refuses a number that was not sent yet, and changes nothing', async () => {
    expect(await resend('--from', '1')).toMatchObject({
      code: 1,
      errors: 'record 1 cannot be sent again: nothing was sent yet\n',
    });
    await relayOf(desk, sink).relay();
    expect(await resend('--from', '11')).toMatchObject({
      code: 1,
      errors: 'record 11 cannot be sent again: 10 is the last one that was sent\n',
    });
    expect(await relayRow(desk)).toMatchObject({ sent: 10, numbered: 10 });
  });

  it.each([
    [[]],
    [['--from']],
    [['--from', '0']],
    [['--from=-1']],
    [['--from', '1.5']],
    [['--from', 'x']],
    [['1']],
  ])('says how it is used when it is called with %j', async (args) => {
    const { code, errors } = await resend(...args);
    expect(code).toBe(2);
    expect(errors).toContain(
      'Usage: node_modules/.bin/node services/order/dist/src/saga/resend.js --from <sequence>',
    );
  });

  it('shows its help, and names the variable that it lacks', async () => {
    expect(await resend('--help')).toMatchObject({ code: 0, output: expect.stringContaining('Usage:') });
    const without = await new Promise<string>((resolve) => {
      execFile(process.execPath, [PROGRAM, '--from', '1'], { env: {} }, (_error, _output, errors) =>
        resolve(errors),
      );
    });
    expect(without).toMatch(/^the environment does not fit: DATABASE_URL.*\n$/);
  });
});
