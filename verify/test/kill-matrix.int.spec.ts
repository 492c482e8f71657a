import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MESSAGES, queueName, SUBSCRIPTIONS } from '@jangteo/contracts';
import { projectRoot } from '@jangteo/infra';
import {
  eventually,
  expected,
  FAILPOINTS,
  sampled,
  START_DEADLINE_MS,
  testRedisUrl,
  type FailpointName,
} from '@jangteo/testkit';
import { CELLS, nameOf, ROWS, writes } from '../src/scenarios/matrix/cells.js';
import { documentOf } from '../src/scenarios/matrix/document.js';
import { greenIn } from '../src/scenarios/matrix/document-reading.js';
import { MatrixShop } from '../src/places/matrix-shop.js';
import { readMatrixOptions, sampleOf } from '../src/scenarios/matrix/options.js';
import { runCell } from '../src/scenarios/matrix/run-cell.js';
import { story } from '../src/traffic/stories.js';

/** Another sample each time; a failure names it. */
const SEED = process.env.KILL_MATRIX_SEED ?? process.env.TEST_SEED ?? String(Date.now());
const SAMPLE = 10;
/** Of these, beside everything else. */
const SAMPLE_OF_A_SAMPLE = 4;
/** Most of it is for the start of a process. */
const CELL_DEADLINE_MS = 90_000;

describe('the kill matrix', () => {
  it('has each message that writes at each service that reads it, and at the one that asks or goes on', () => {
    const read = MESSAGES.flatMap((contract) => {
      const { kind, type, service } = contract;
      if (kind === 'request')
        return writes(contract) ? [`batch ${service} ${type}`, `request gateway ${type}`] : [];
      if (kind === 'command')
        return [`batch ${service} ${type}`, `batch order ${type}`, `sweep order ${type}`];
      return [];
    });
    const heard = Object.entries(SUBSCRIPTIONS).flatMap(([service, events]) =>
      events.map(({ type }) => `batch ${service} ${type}`),
    );
    const rows = new Set(ROWS.map(({ kind, service, type }) => `${kind} ${service} ${type}`));
    expect([...read, ...heard].filter((row) => !rows.has(row))).toEqual([]);
  });

  it('has each failpoint there is, and a story for each row', () => {
    const steps = Object.entries(FAILPOINTS).flatMap(([kind, names]) =>
      names.map((step) => `${kind}.${step}`),
    );
    const used = new Set(CELLS.map(({ kind, step }) => `${kind}.${step}`));
    expect(steps.filter((step) => !used.has(step))).toEqual([]);
    expect(() => ROWS.map((row) => story(row.story))).not.toThrow();
  });

  it('was run with all of its rows, and is green (npm run kill-matrix -- --missing)', async () => {
    const document = await readFile(join(projectRoot(), 'docs', 'kill-matrix.md'), 'utf8');
    const green = new Set(greenIn(document).map(({ cell }) => nameOf(cell)));
    expect(CELLS.map(nameOf).filter((name) => !green.has(name))).toEqual([]);
    expect(document.match(/^\| [a-z]+ \| `.*$/gm)?.length).toBe(ROWS.length);
  });

  it('runs what is missing in the document only, and keeps the rest', () => {
    const [red, ...others] = CELLS;
    const seen = [
      ...others.slice(1).map((cell, index) => ({ cell, recoveredMs: 100 * index })),
      { cell: red!, fault: 'lost' },
    ];
    const document = documentOf({ seen, count: 1, startedAt: '2026-01-01T00:00:00.000Z', minutes: 1 });
    const { cells, kept } = readMatrixOptions(['--missing'], document);
    expect(cells).toEqual([red, others[0]]);
    expect(kept).toEqual(seen.slice(0, -1));
  });

  it('gives the same sample for the same seed, of as many kinds of work as it can', () => {
    const sample = sampleOf(CELLS, SAMPLE, 'a');
    expect(sampleOf(CELLS, SAMPLE, 'a')).toEqual(sample);
    expect(sampleOf(CELLS, SAMPLE, 'b')).not.toEqual(sample);
    expect(new Set(sample.map(({ kind, service }) => `${kind} ${service}`)).size).toBe(SAMPLE);
    expect(new Set(sampleOf(CELLS, CELLS.length, 'a')).size).toBe(CELLS.length);
  });
});

describe('a shop in which processes die', () => {
  let folder: string;
  let matrix: MatrixShop;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kill-matrix-'));
    matrix = await MatrixShop.start(folder, testRedisUrl());
  }, START_DEADLINE_MS);

  afterAll(async () => {
    await matrix?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  describe('whose saga repeats nothing meanwhile', () => {
    const patient = { SAGA_RETRY_MS: '60000', SAGA_RETRY_MS_MAX: '60000' };
    beforeAll(async () => {
      await matrix.shop.terminate('order');
      await matrix.shop.start('order', patient);
    });
    afterAll(async () => {
      await matrix.shop.terminate('order');
      await matrix.restart('order');
    });

    interface Left {
      debited: boolean;
      answered: boolean;
      acked: boolean;
    }

    /** Waits long for what is to come, on a busy machine too; what is not to come is given a moment to. */
    const comes = (isToCome: boolean, condition: () => Promise<boolean>): Promise<boolean> =>
      eventually(condition, { deadlineMs: isToCome ? 20_000 : 2_000, everyMs: 50 }).then(
        () => true,
        () => false,
      );

    /** Lets the wallet die with the command of an order, and tells what it has left behind before it is back. */
    async function leftBy(name: FailpointName, asNamed: Left): Promise<Left> {
      const { shop, world } = matrix;
      const { productId } = await shop.client.createProduct({ price: 10 });
      const body = { items: [{ productId, quantity: 1 }] };
      // Whatever came back to the wallet after the death before is handled before this one.
      expected(201, await shop.client.order(world.customer, body, { prefer: 'wait=25' }));
      await shop.arm('wallet', { name, type: 'wallet.debit' });
      const answer = await shop.client.order(world.customer, body, { prefer: 'respond-async' });
      const { orderId } = expected(202, answer);
      await shop.untilHit('wallet');
      const queue = queueName(shop.namespace, 'wallet', 'commands');
      const ledger = await shop.sql('wallet', `SELECT 1 FROM ledger WHERE order_id = '${orderId}'`);
      const left = {
        debited: ledger.length === 1,
        answered: await comes(asNamed.answered, async () => {
          return (await shop.client.readOrder(world.customer, orderId)).orderStatus === 'SUCCESS';
        }),
        acked: !(await comes(!asNamed.acked, async () => ((await shop.queueCounts())[queue] ?? 0) > 0)),
      };
      await shop.start('wallet');
      expect((await shop.client.untilEnded(world.customer, orderId)).orderStatus).toBe('SUCCESS');
      return left;
    }

    it.each([
      ['batch.received', { debited: false, answered: false, acked: false }],
      ['batch.committed', { debited: true, answered: false, acked: false }],
      ['batch.published', { debited: true, answered: true, acked: false }],
      ['batch.confirmed', { debited: true, answered: true, acked: false }],
      ['batch.before-ack', { debited: true, answered: true, acked: false }],
      ['batch.acked', { debited: true, answered: true, acked: true }],
    ] as const)('has at %s what the name says', async (name, left) => {
      expect(await leftBy(name, left)).toEqual(left);
    });
  });

  it(
    `ends everything once and gives everybody one answer, in a sample of deaths (KILL_MATRIX_SEED=${SEED})`,
    async () => {
      for (const cell of sampled('deaths', sampleOf(CELLS, SAMPLE, SEED), SAMPLE_OF_A_SAMPLE)) {
        expect((await runCell(matrix, cell)).fault).toBeUndefined();
      }
      await expect(matrix.assertPlatform()).resolves.toBeUndefined();
    },
    SAMPLE * CELL_DEADLINE_MS,
  );
});
