import { randomUUIDv7 } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { eventually, freePort, providePython } from '@jangteo/testkit';
import { HttpSink } from '../src/data-platform/http-sink.js';
import { sendAgainFrom } from '../src/data-platform/relay.queries.js';
import { Desk } from './desk.js';
import {
  ageFailure,
  cancelAll,
  emptyPlatform,
  forgetLeader,
  relayOf,
  relayRow,
  sell,
} from './platform-desk.js';
import { Receiver, unitsSold } from './receiver.js';

const SECRET = 'a secret of the shop';

const python = await providePython();
// npm test says NOT TESTED of it.
const describeInPython = 'problem' in python ? describe.skip : describe;

let desk: Desk;
let receiver: Receiver;
let port: number;
beforeAll(async () => {
  desk = await Desk.open();
  Logger.overrideLogger(false);
});
afterAll(() => desk.close());
beforeEach(async () => {
  await emptyPlatform(desk);
  receiver = await Receiver.of('receive_http.py', python);
  port = await freePort();
});
afterEach(() => receiver.dispose());

async function startReceiver(): Promise<void> {
  receiver.start(['--port', String(port)], { DATA_PLATFORM_SECRET: SECRET });
  await eventually(async () => (await fetch(`http://127.0.0.1:${port}/`)).status > 0, { everyMs: 50 });
}

/** Sends all that there is, at once. @returns why not */
async function send(secret = SECRET): Promise<string | null> {
  await ageFailure(desk, 3_600_000);
  await forgetLeader(desk);
  await relayOf(desk, new HttpSink(new URL(`http://127.0.0.1:${port}/`), secret)).relay();
  return (await relayRow(desk)).lastFailure;
}

describeInPython('the receiver over HTTP of the examples', () => {
  it('counts each record once, through repeats and its own sudden end', async () => {
    await startReceiver();
    const orderIds = await sell(desk, randomUUIDv7(), 5);
    await cancelAll(desk, orderIds.slice(0, 2));
    expect(await send()).toBeNull();
    await receiver.untilCounted(await unitsSold(desk));
    expect(Object.values(receiver.units()).filter((units) => units === 0)).toHaveLength(2);

    await sendAgainFrom(desk.database, 1);
    expect(await send()).toBeNull();
    await receiver.end('SIGKILL');
    await sell(desk, randomUUIDv7(), 3);
    expect(await send()).toContain('ECONNREFUSED');
    await startReceiver();
    await sendAgainFrom(desk.database, 4);
    expect(await send()).toBeNull();
    await receiver.untilCounted(await unitsSold(desk));
  });

  it('takes nothing that somebody else has signed, or nobody', async () => {
    await startReceiver();
    await sell(desk, randomUUIDv7(), 1);
    expect(await send('another secret of a shop')).toBe('HTTP 401');
    const unsigned = { method: 'POST', body: '[]' };
    expect((await fetch(`http://127.0.0.1:${port}/`, unsigned)).status).toBe(401);
    expect(receiver.units()).toEqual({});
    expect(await send()).toBeNull();
    await receiver.untilCounted(await unitsSold(desk));
  });

  it('takes nothing behind a record that is missing, until it comes', async () => {
    await startReceiver();
    await sell(desk, randomUUIDv7(), 2);
    expect(await send()).toBeNull();
    await sell(desk, randomUUIDv7(), 3);
    const counted = receiver.units();
    // As if another receiver had confirmed it.
    await forgetLeader(desk);
    await relayOf(desk).relay();
    await desk.database.rows('UPDATE platform_relay SET sent_seq = 3');
    expect(await send()).toBe('HTTP 409');
    expect(receiver.said).toContain('record 3 is missing');
    expect(receiver.units()).toEqual(counted);
    await sendAgainFrom(desk.database, 3);
    expect(await send()).toBeNull();
    await receiver.untilCounted(await unitsSold(desk));
  });
});
