import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  chargeWallet,
  createCoupon,
  deadLetterRequests,
  debitWallet,
  issueCoupon,
  refundWallet,
  releaseCoupon,
  releaseStock,
  reserveStock,
  useCoupon,
  type CommandContract,
  type Outcome,
  type PayloadOf,
  type ServiceName,
} from '@jangteo/contracts';
import pg from 'pg';
import {
  contractClient,
  eventually,
  startService,
  type ContractClient,
  type RunningService,
} from '../src/index.js';

/** The time that a message that cannot be handled may take until people find it. */
const PARKED = { deadlineMs: 60_000 };
/** For an answer that never comes. */
const UNANSWERED_MS = 10_000;

interface Participant {
  readonly service: RunningService;
  readonly client: ContractClient;
  readonly database: pg.Pool;
  stop(): Promise<void>;
}

async function participant(name: ServiceName): Promise<Participant> {
  const service = await startService(name);
  const client = await contractClient(service.namespace);
  const database = new pg.Pool({ connectionString: service.databaseUrl, max: 2 });
  return {
    service,
    client,
    database,
    async stop() {
      await database.end();
      await service.stop();
      await client.close();
    },
  };
}

/** As a database that finds fault with what is written of one order: nothing of it can ever be saved. */
async function condemn({ database }: Participant, orderId: string): Promise<void> {
  await database.query(`
    CREATE OR REPLACE FUNCTION condemned() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION 'an impossible message'; END $$;
    DROP TRIGGER IF EXISTS condemned ON outcomes;
    CREATE TRIGGER condemned BEFORE INSERT ON outcomes FOR EACH ROW
      WHEN (NEW.key LIKE '${orderId}/%') EXECUTE FUNCTION condemned()`);
}

/** The example of a command, for an order and users of its own. */
function fresh<C extends CommandContract>({ example }: C): PayloadOf<C> & { orderId: string } {
  const payload = example.payload as PayloadOf<C> & object;
  const own = { orderId: randomUUIDv7(), ...('userId' in payload ? { userId: randomUUIDv7() } : {}) };
  return { ...payload, ...own };
}

async function sends<C extends CommandContract>(
  { client }: Participant,
  contract: C,
  payload: PayloadOf<C> & { orderId: string },
  deadlineMs?: number,
): Promise<Outcome> {
  return await client.send(contract, payload, payload.orderId, deadlineMs);
}

/** Sends what is to be answered never, and tells whether it was so far. */
function sendsInVain<C extends CommandContract>(
  one: Participant,
  contract: C,
  payload: PayloadOf<C> & { orderId: string },
): { isAnswered: boolean } {
  const its = { isAnswered: false };
  sends(one, contract, payload, UNANSWERED_MS).then(
    () => (its.isAnswered = true),
    () => undefined,
  );
  return its;
}

function valueOf<V>(outcome: Outcome<V>): V {
  if (outcome.ok) return outcome.value;
  throw new Error(outcome.refusal.code);
}

describe.each<[ServiceName, CommandContract[]]>([
  ['wallet', [debitWallet, refundWallet]],
  ['catalog', [reserveStock, releaseStock]],
  ['coupon', [useCoupon, releaseCoupon]],
])('an impossible message to %s', (name, contracts) => {
  let one: Participant;

  beforeAll(async () => {
    one = await participant(name);
  });
  afterAll(() => one?.stop());

  async function parkedOf(orderId: string, contract: CommandContract): Promise<string[]> {
    const letters = await one.client.deadLetters(one.client.commandQueue(contract));
    return letters.filter(({ correlationId }) => correlationId === orderId).map(({ detail }) => detail);
  }

  it.each(contracts.map((contract) => [contract.type, contract] as const))(
    'as a %s is parked, and all those that came with it are answered',
    async (_type, contract) => {
      const bad = fresh(contract);
      await condemn(one, bad.orderId);
      const sent = sendsInVain(one, contract, bad);
      const others = Array.from({ length: 20 }, () => sends(one, contract, fresh(contract)));
      await Promise.all(others);
      const [detail] = await eventually(async () => {
        const found = await parkedOf(bad.orderId, contract);
        return found.length > 0 && found;
      }, PARKED);
      expect(detail).toContain('an impossible message');
      // Answers come in their order: one to what was put aside would be here before this one.
      await sends(one, contract, fresh(contract));
      expect(sent.isAnswered).toBe(false);
    },
  );

  if (name !== 'coupon') return;

  it('since it makes our own rules throw is parked like any other', async () => {
    const userId = randomUUIDv7();
    const operation = () => ({ key: randomUUIDv7(), fingerprint: '' });
    const draft = { name: 'Tea', discountType: 'FIXED', discountValue: 500, totalQuantity: 5 } as const;
    const issued = async (): Promise<string> => {
      const { couponId } = valueOf(await one.client.ask(createCoupon, { operation: operation(), draft }));
      return valueOf(await one.client.ask(issueCoupon, { operation: operation(), couponId, userId }))
        .userCouponId;
    };
    const [used, another] = [await issued(), await issued()];
    const orderId = randomUUIDv7();
    const using = { orderId, userId, userCouponId: used, subtotal: 2_000 };
    expect((await sends(one, useCoupon, using)).ok).toBe(true);
    const releasing = { orderId, userId, userCouponId: another };
    const sent = sendsInVain(one, releaseCoupon, releasing);
    await Promise.all(Array.from({ length: 20 }, () => sends(one, releaseCoupon, fresh(releaseCoupon))));
    const [detail] = await eventually(async () => {
      const found = await parkedOf(orderId, releaseCoupon);
      return found.length > 0 && found;
    }, PARKED);
    expect(detail).toContain('its release names');
    await sends(one, releaseCoupon, fresh(releaseCoupon));
    expect(sent.isAnswered).toBe(false);
  });
});

describe('a wallet whose row somebody else holds', () => {
  let one: Participant;

  beforeAll(async () => {
    one = await participant('wallet');
  });
  afterAll(() => one?.stop());

  const charged = async (userId: string): Promise<void> => {
    const operation = { key: randomUUIDv7(), fingerprint: '' };
    const asked = { operation, chargeId: randomUUIDv7(), userId, amount: 100_000 };
    expect((await one.client.ask(chargeWallet, asked)).ok).toBe(true);
  };
  const debited = (userId: string) => sends(one, debitWallet, { orderId: randomUUIDv7(), userId, amount: 1 });
  const accepted = (outcomes: readonly Outcome[]): boolean[] => [...new Set(outcomes.map(({ ok }) => ok))];

  it('keeps nobody else waiting, whoever comes meanwhile, and is debited once it is free', async () => {
    const [held, ...others] = Array.from({ length: 11 }, () => randomUUIDv7()) as [string, ...string[]];
    for (const userId of [held, ...others]) await charged(userId);
    const holder = await one.database.connect();
    try {
      await holder.query('BEGIN');
      await holder.query('SELECT FROM wallets WHERE user_id = $1 FOR UPDATE', [held]);
      const waiting = { isAnswered: false };
      const debit = { orderId: randomUUIDv7(), userId: held, amount: 1 };
      const first = sends(one, debitWallet, debit, UNANSWERED_MS).then(
        () => (waiting.isAnswered = true),
        () => undefined,
      );
      // Each is answered while the lock is held.
      for (let round = 0; round < 5; round += 1) {
        const more = debited(held).catch(() => undefined);
        expect(accepted(await Promise.all(others.map(debited)))).toEqual([true]);
        expect(waiting.isAnswered).toBe(false);
        void more;
      }
      await first;
      expect(waiting.isAnswered).toBe(false);
      await holder.query('COMMIT');
      await eventually(async () => {
        const { rows } = await one.database.query('SELECT balance::int FROM wallets WHERE user_id = $1', [
          held,
        ]);
        return rows[0]?.balance === 100_000 - 6;
      });
      // Sent again while it waits it would be answered with the first.
      expect(await sends(one, debitWallet, debit)).toEqual({
        ok: true,
        value: { balanceAfter: expect.any(Number) },
      });
      expect(await one.client.deadLetters(one.client.commandQueue(debitWallet))).toEqual([]);
    } finally {
      holder.release(true);
    }
  });
});

describe('a dead letter that cannot be sent again', () => {
  let one: Participant;

  beforeAll(async () => {
    one = await participant('wallet');
  });
  afterAll(() => one?.stop());

  it.each([
    ['since its queue is not there', 'nowhere', '{"headers":{"schema-version":1}}'],
    ['since nobody can encode it', undefined, '{"headers":{"schema-version":1},"contentType":{}}'],
  ])('%s keeps waiting, and no other', async (_why, queue, properties) => {
    // From the first command on, somebody hears the replies.
    await sends(one, debitWallet, fresh(debitWallet));
    const adminId = randomUUIDv7();
    const commands = one.client.commandQueue(debitWallet);
    const messageId = randomUUIDv7();
    const bad = { queue: queue ?? commands, properties, messageId };
    const good = { queue: commands, properties: '{"headers":{"schema-version":1}}' };
    for (const letter of [
      bad,
      ...Array.from({ length: 3 }, () => ({ ...good, messageId: randomUUIDv7() })),
    ]) {
      await one.database.query(
        `INSERT INTO dead_letters (dead_letter_id, queue, type, message_id, correlation_id, body, properties,
           reason, detail, is_sendable)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'handler-failed', '', true)`,
        [
          randomUUIDv7(),
          letter.queue,
          debitWallet.type,
          letter.messageId,
          randomUUIDv7(),
          Buffer.from(JSON.stringify({ ...fresh(debitWallet) })),
          letter.properties,
        ],
      );
    }
    const { list, sendAllAgain, drop } = deadLetterRequests.wallet;
    const filter = { reason: 'handler-failed' };
    const answer = valueOf(await one.client.ask(sendAllAgain, { filter, by: adminId }));
    expect(answer).toMatchObject({ sent: 3, left: 1 });
    const { deadLetters } = valueOf(await one.client.ask(list, { filter, state: 'WAITING', limit: 10 }));
    expect(deadLetters.map((letter) => letter.messageId)).toEqual([messageId]);
    for (const { deadLetterId } of deadLetters) {
      valueOf(await one.client.ask(drop, { deadLetterId, by: adminId, reason: 'a test sent it' }));
    }
  });
});
