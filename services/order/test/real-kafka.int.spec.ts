import { randomUUIDv7 } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { eventually, providePython, uniqueName } from '@jangteo/testkit';
import { sinkOf } from '../src/data-platform/data-platform.module.js';
import { sendAgainFrom } from '../src/data-platform/relay.queries.js';
import type { PlatformSink } from '../src/data-platform/sink.js';
import type { PlatformRecord } from '../src/domain/data-platform.js';
import { Desk } from './desk.js';
import {
  ageFailure,
  cancelAll,
  emptyPlatform,
  oneTo,
  platformConfig,
  relayOf,
  relayRow,
  sell,
} from './platform-desk.js';
import { Receiver, unitsSold } from './receiver.js';
import { PASSWORD, PLAIN_ONLY_USER, SecureKafka, SESSION_MS, USER } from './secure-kafka.js';

/** Longer than a broker ever takes here. */
const LIMIT_MS = 60_000;
const WRONG = 'wrong-of-the-shop';
const python = await providePython('confluent-kafka==2.16.1');
// npm test says NOT TESTED of it.
const describeInPython = 'problem' in python ? describe.skip : describe;
/** A multiple of what is sold at once; more of them to measure with, by the time that the test takes. */
const PILED_UP = Number(process.env.RELAY_RECORDS ?? 2_000);
const SOLD_AT_ONCE = 500;
const MECHANISMS = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'];

let kafka: SecureKafka;
let folder: string;
beforeAll(async () => {
  kafka = await SecureKafka.start();
  folder = await mkdtemp(join(tmpdir(), 'settings-'));
});
afterAll(async () => {
  await kafka.stop();
  await rm(folder, { recursive: true });
});

const sinks: PlatformSink[] = [];
afterEach(async () => {
  await Promise.all(sinks.splice(0).map((sink) => sink.close()));
});

type Settings = Readonly<Record<string, string>>;

function sinkWith(settings: Settings): PlatformSink {
  const sink = sinkOf(platformConfig({ NODE_ENV: 'production', ...settings }))!;
  sinks.push(sink);
  return sink;
}

const records = (count = 1, name = 'Tea cup'): PlatformRecord[] =>
  oneTo(count).map((sequence) => ({ sequence, orderId: `o${sequence}`, name }) as unknown as PlatformRecord);

const send = (sink: PlatformSink, sent = records()): Promise<void> =>
  sink.send(sent, AbortSignal.timeout(LIMIT_MS), new Date());

/** Why a batch was not taken. */
async function refusal(settings: Settings, sent = records()): Promise<string> {
  return await send(sinkWith(settings), sent).then(
    () => 'it was taken',
    (error: unknown) => (error as Error).message,
  );
}

const encrypted = (topic: string, at = kafka.at('TLS')): Settings => ({
  DATA_PLATFORM_URL: `kafka+ssl://${at}/${topic}`,
  DATA_PLATFORM_KAFKA_CA_FILE: kafka.authority.certificate,
});

const loggedIn = (topic: string, more: Settings = {}): Settings => ({
  ...encrypted(topic, kafka.at('LOGIN')),
  DATA_PLATFORM_KAFKA_MECHANISM: 'SCRAM-SHA-512',
  DATA_PLATFORM_KAFKA_USER: USER,
  DATA_PLATFORM_KAFKA_PASSWORD: PASSWORD,
  ...more,
});

describe('R39: TLS to Kafka', () => {
  it('is trusted with the right authority, and records arrive', async () => {
    const topic = await kafka.topic();
    await send(sinkWith(encrypted(topic)), records(3));
    const arrived = await kafka.records(topic, 3);
    expect(arrived).toEqual(records(3).map((its) => ({ key: its.orderId, value: JSON.stringify(its) })));
  });

  it('is not trusted with another authority or with those that Node.js brings', async () => {
    const topic = await kafka.topic();
    const { DATA_PLATFORM_KAFKA_CA_FILE: _, ...withoutAuthority } = encrypted(topic);
    const stranger = { DATA_PLATFORM_KAFKA_CA_FILE: kafka.stranger.certificate };
    for (const settings of [withoutAuthority, { ...withoutAuthority, ...stranger }]) {
      expect(await refusal(settings)).toMatch(/^the broker's certificate is not trusted: .*_CA_FILE/);
    }
  });

  it('checks the name that the certificate is for', async () => {
    const topic = await kafka.topic();
    const said = await refusal(encrypted(topic, kafka.at('TLS', '127.0.0.1')));
    expect(said).toMatch(/^the broker's certificate is for another name: .*127\.0\.0\.1/);
  });

  it('shows the client’s certificate, whose subject may write', async () => {
    const topic = await kafka.topic({ writer: `User:CN=${USER}` });
    const { certificate, key } = kafka.client;
    const own = { DATA_PLATFORM_KAFKA_CERTIFICATE_FILE: certificate, DATA_PLATFORM_KAFKA_KEY_FILE: key };
    const settings = { ...encrypted(topic, kafka.at('MUTUAL')), ...own };
    await send(sinkWith(settings));
    expect(await kafka.records(topic, 1)).toHaveLength(1);
    const shut = await kafka.topic({ writer: null });
    expect(await refusal({ ...settings, ...encrypted(shut, kafka.at('MUTUAL')) })).toMatch(
      /^the certificate's subject may not write to topic/,
    );
  });

  it('says that a client’s certificate is missing, or is a stranger’s', async () => {
    const topic = await kafka.topic({ writer: `User:CN=${USER}` });
    const settings = encrypted(topic, kafka.at('MUTUAL'));
    expect(await refusal(settings)).toMatch(/^the broker asks for a certificate: /);
    const { certificate, key } = await kafka.stranger.issue(USER);
    const own = { DATA_PLATFORM_KAFKA_CERTIFICATE_FILE: certificate, DATA_PLATFORM_KAFKA_KEY_FILE: key };
    expect(await refusal({ ...settings, ...own })).toMatch(/^the broker does not trust the certificate of /);
  });

  it('is told from plain connections, on either side', async () => {
    const topic = await kafka.topic();
    const plain = { DATA_PLATFORM_ALLOW_PLAINTEXT: 'true' };
    for (const listener of ['TLS', 'LOGIN'] as const) {
      const DATA_PLATFORM_URL = `kafka://${kafka.at(listener)}/${topic}`;
      expect(await refusal({ ...plain, DATA_PLATFORM_URL })).toMatch(/^the broker speaks TLS on this port/);
    }
    expect(await refusal(encrypted(topic, kafka.at('PLAIN')))).toMatch(/^the broker does not speak TLS/);
    await send(sinkWith({ ...plain, DATA_PLATFORM_URL: `kafka://${kafka.at('PLAIN')}/${topic}` }));
    expect(await kafka.records(topic, 1)).toHaveLength(1);
  });
});

describe('R39: logins at Kafka', () => {
  it.each(MECHANISMS)(
    'are taken by %s with the right password, and refused with a wrong one',
    async (mechanism) => {
      const topic = await kafka.topic();
      const settings = loggedIn(topic, { DATA_PLATFORM_KAFKA_MECHANISM: mechanism });
      await send(sinkWith(settings), records(2));
      expect(await kafka.records(topic, 2)).toHaveLength(2);
      const wrongs: Settings[] = [
        { DATA_PLATFORM_KAFKA_PASSWORD: WRONG },
        { DATA_PLATFORM_KAFKA_USER: 'somebody' },
      ];
      const reasons = await Promise.all(wrongs.map((wrong) => refusal({ ...settings, ...wrong })));
      for (const said of reasons) {
        expect(said).toMatch(new RegExp(`^the broker refuses the login by ${mechanism}: `));
        for (const secret of [WRONG, PASSWORD]) expect(said).not.toContain(secret);
      }
    },
  );

  it('are refused by a mechanism for which the user has no password', async () => {
    const topic = await kafka.topic({ writer: `User:${PLAIN_ONLY_USER}` });
    const settings = loggedIn(topic, { DATA_PLATFORM_KAFKA_USER: PLAIN_ONLY_USER });
    expect(await refusal(settings)).toMatch(/^the broker refuses the login by SCRAM-SHA-512: /);
    await send(sinkWith({ ...settings, DATA_PLATFORM_KAFKA_MECHANISM: 'PLAIN' }));
  });

  it('take a password that changes in its file without a restart', async () => {
    const topic = await kafka.topic();
    const { DATA_PLATFORM_KAFKA_PASSWORD: _, ...settings } = loggedIn(topic);
    const file = join(folder, 'password');
    await writeFile(file, `${WRONG}\n`);
    const sink = sinkWith({ ...settings, DATA_PLATFORM_KAFKA_PASSWORD_FILE: file });
    await expect(send(sink)).rejects.toThrow('the broker refuses the login');
    await rm(file);
    await expect(send(sink)).rejects.toThrow('DATA_PLATFORM_KAFKA_PASSWORD_FILE: the file cannot be read');
    await writeFile(file, `${PASSWORD}\n`);
    await send(sink);
    expect(await kafka.records(topic, 1)).toHaveLength(1);
  });

  it('are wanted where there is none, and there is none where they are not wanted', async () => {
    const topic = await kafka.topic();
    expect(await refusal(encrypted(topic, kafka.at('LOGIN')))).toMatch(
      /^the broker has closed the connection: .*DATA_PLATFORM_KAFKA_MECHANISM/,
    );
    expect(await refusal(loggedIn(topic, encrypted(topic, kafka.at('TLS'))))).toMatch(
      /^the broker takes no login on this port: /,
    );
  });

  it('are renewed before a broker ends them, whatever the mechanism', async () => {
    const end = performance.now() + 2.5 * SESSION_MS;
    const sending = async (mechanism: string): Promise<void> => {
      const topic = await kafka.topic();
      const more = { ...encrypted(topic, kafka.at('SESSIONS')), DATA_PLATFORM_KAFKA_MECHANISM: mechanism };
      const sink = sinkWith(loggedIn(topic, more));
      let sent = 0;
      for (; performance.now() < end; sent += 1) {
        await send(sink);
        await sleep(100);
      }
      expect(await kafka.records(topic, sent)).toHaveLength(sent);
    };
    await Promise.all(MECHANISMS.map(sending));
  });
});

describe('R39: what Kafka refuses', () => {
  it('is said of a topic that is not there, and taken once it is', async () => {
    const topic = uniqueName('orders');
    await kafka.permit(`User:${USER}`, topic);
    const sink = sinkWith(loggedIn(topic));
    await expect(send(sink)).rejects.toThrow(`there is no topic ${topic}, and the brokers do not make it`);
    await kafka.topic({ topic, writer: null });
    await eventually(() => send(sink), { everyMs: 100 });
    expect(await kafka.records(topic, 1)).toHaveLength(1);
  });

  it('is said of a topic that the user may not write to, and taken once that is permitted', async () => {
    const topic = await kafka.topic({ writer: null });
    const sink = sinkWith(loggedIn(topic));
    await expect(send(sink)).rejects.toThrow(
      `the user of DATA_PLATFORM_KAFKA_USER may not write to topic ${topic}`,
    );
    await kafka.permit(`User:${USER}`, topic);
    await eventually(() => send(sink), { everyMs: 100 });
    expect(await kafka.records(topic, 1)).toHaveLength(1);
  });

  it('is said of a record that is too large', async () => {
    const topic = await kafka.topic({ configs: { 'max.message.bytes': '1000' } });
    const said = await refusal(loggedIn(topic), records(1, 'x'.repeat(2_000)));
    expect(said).toMatch(new RegExp(`^more than topic ${topic} takes at a time: .*max\\.message\\.bytes`));
  });

  it('is said of fewer replicas in sync than asked for, and taken once they are back', async () => {
    await kafka.startSecond();
    const configs = { 'min.insync.replicas': '2' };
    const topic = await eventually(() => kafka.topic({ configs, brokers: [1, 2] }), { everyMs: 100 });
    const sink = sinkWith(loggedIn(topic));
    await eventually(() => send(sink), { everyMs: 100 });
    await kafka.stopSecond();
    await expect(send(sink)).rejects.toThrow(`fewer replicas of topic ${topic} are in sync than its`);
    await kafka.startSecond();
    await eventually(() => send(sink), { everyMs: 100 });
  });
});

describe('R39: a relay to Kafka', () => {
  let desk: Desk;
  let lines: string[];
  beforeAll(async () => {
    desk = await Desk.open();
    const note = (line: unknown): number => lines.push(String(line));
    Logger.overrideLogger({ log: note, warn: note, error: note });
  });
  afterAll(async () => {
    Logger.overrideLogger(false);
    await desk.close();
  });
  beforeEach(async () => {
    await emptyPlatform(desk);
    lines = [];
  });

  it('says in its log and its row why it was refused, and no secret; and goes on once it is not', async () => {
    const topic = await kafka.topic();
    await sell(desk, randomUUIDv7(), 3);
    const wrong = relayOf(desk, sinkWith(loggedIn(topic, { DATA_PLATFORM_KAFKA_PASSWORD: WRONG })));
    wrong.onApplicationBootstrap();
    await eventually(async () => expect(await relayRow(desk)).toMatchObject({ sent: 0, failures: 1 }));
    await wrong.beforeApplicationShutdown();
    const { lastFailure } = await relayRow(desk);
    expect(lastFailure).toMatch(/^the broker refuses the login by SCRAM-SHA-512: /);
    expect(lines).toContainEqual(expect.stringContaining('the broker refuses the login by SCRAM-SHA-512: '));
    expect([...lines, lastFailure].join('\n')).not.toContain(WRONG);
    await ageFailure(desk, LIMIT_MS);
    const right = relayOf(desk, sinkWith(loggedIn(topic)));
    await right.relay();
    expect(await relayRow(desk)).toMatchObject({ sent: 3, failures: 0, lastFailure: null });
    const arrived = (await kafka.records(topic, 3)).map(({ value }) => JSON.parse(value) as PlatformRecord);
    expect(arrived.map(({ sequence }) => sequence)).toEqual(oneTo(3));
    await right.beforeApplicationShutdown();
  });

  it('gets a batch through that is too large as a whole', async () => {
    // A record takes some 700 bytes.
    const topic = await kafka.topic({ configs: { 'max.message.bytes': '1800' } });
    const relay = relayOf(desk, sinkWith(loggedIn(topic)));
    await sell(desk, randomUUIDv7(), 8);
    await relay.relay();
    expect((await relayRow(desk)).lastFailure).toMatch(/^more than topic /);
    await eventually(async () => {
      await ageFailure(desk, LIMIT_MS);
      await relay.relay();
      expect(await relayRow(desk)).toMatchObject({ sent: 8, failures: 0 });
    });
    expect(await kafka.records(topic, 8)).toHaveLength(8);
    await relay.beforeApplicationShutdown();
  });

  it('sends all that has piled up, batch after batch', async () => {
    const topic = await kafka.topic();
    const userId = randomUUIDv7();
    for (let sold = 0; sold < PILED_UP; sold += SOLD_AT_ONCE) await sell(desk, userId, SOLD_AT_ONCE);
    const relay = relayOf(desk, sinkWith(loggedIn(topic)));
    await relay.relay();
    expect(await relayRow(desk)).toMatchObject({ sent: PILED_UP, failures: 0 });
    await relay.beforeApplicationShutdown();
  });

  describeInPython('read by the consumer of the examples', () => {
    it('counts each record once, through repeats and its own sudden end', async () => {
      const topic = await kafka.topic();
      const relay = relayOf(desk, sinkWith(loggedIn(topic)));
      const receiver = await Receiver.of('consume_kafka.py', python);
      const start = (): void =>
        receiver.start([
          '--brokers',
          kafka.at('TLS'),
          '--topic',
          topic,
          '--set',
          'security.protocol=SSL',
          '--set',
          `ssl.ca.location=${kafka.authority.certificate}`,
          // After its sudden end the next one is given its partition that much later.
          '--set',
          'session.timeout.ms=6000',
        ]);
      try {
        const orderIds = await sell(desk, randomUUIDv7(), 6);
        await cancelAll(desk, orderIds.slice(0, 2));
        await relay.relay();
        start();
        await receiver.untilCounted(await unitsSold(desk));
        await receiver.end('SIGKILL');
        await sendAgainFrom(desk.database, 1);
        await sell(desk, randomUUIDv7(), 1);
        await relay.relay();
        start();
        // What came last is counted after all repeats: the topic has one partition.
        await receiver.untilCounted(await unitsSold(desk));
        await receiver.end('SIGTERM');
        expect(receiver.said).toBe('');
      } finally {
        await receiver.dispose();
        await relay.beforeApplicationShutdown();
      }
    });
  });
});
