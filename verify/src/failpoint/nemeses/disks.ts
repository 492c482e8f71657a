import { services, smallDiskHindrance } from '@jangteo/tools';
import type { Arena } from '../../places/arena.js';
import { seconds } from '../../report/invariants.js';
import type { Nemesis } from '../nemesis.js';
import { asSuperuser } from './database.js';

export const DISK_FULL_TEST = 16;

const LOG_FILES_AHEAD = 10;
/**
 * Below what the broker wants to have free. Not nothing at all: a quorum queue of RabbitMQ 3.10 that cannot write
 * may leave a log that it cannot read again (docs/reliability.md), and its alarm is there to keep it from that.
 */
const ALARMING_MIB = [50, 100, 150];

/**
 * Makes PostgreSQL need a new file for its log soon: it makes some ahead, and writes what it acknowledges to those.
 * Without one it gives up.
 */
async function useUpLog(arena: Arena): Promise<void> {
  await asSuperuser(arena, 'order', async (client) => {
    for (let file = 0; file < LOG_FILES_AHEAD; file += 1) {
      await client.query(`SELECT pg_logical_emit_message(false, 'chaos', 'fills'), pg_switch_wal()`);
    }
  }).catch(() => arena.countHarm('failures of PostgreSQL to write its log'));
}

export const postgresDiskFull: Nemesis = {
  test: DISK_FULL_TEST,
  name: 'disk of PostgreSQL full',
  about: 'no room for a byte more on the disk of PostgreSQL; started again where it gave up',
  hindrance: smallDiskHindrance,
  plan(dice, lengthMsMax) {
    const leftMib = dice.pick([0, 1, 4]);
    const isLogFull = dice.chance(0.5);
    const ms = Math.min(lengthMsMax, dice.whole(3_000, 10_000));
    return {
      what: `${leftMib} MiB left on the disk of PostgreSQL${isLogFull ? ', its log full too,' : ''} for ${seconds(ms)}`,
      claims: ['postgres', ...services],
      async run(arena) {
        const disk = arena.diskOf('postgres');
        const { postgres } = arena.servers;
        try {
          await disk.fill(leftMib);
          if (isLogFull) await useUpLog(arena);
          await arena.last(ms);
        } finally {
          await disk.empty();
        }
        if (postgres.isRunning()) return;
        arena.countHarm('ends of PostgreSQL by a full disk');
        await postgres.restart();
      },
    };
  },
};

export const brokerDiskFull: Nemesis = {
  test: DISK_FULL_TEST,
  name: 'disk of the broker full',
  about: 'less room on the disk of RabbitMQ than it wants to have free',
  hindrance: smallDiskHindrance,
  plan(dice, lengthMsMax) {
    const leftMib = dice.pick(ALARMING_MIB);
    const ms = Math.min(lengthMsMax, dice.whole(8_000, 15_000));
    return {
      what: `${leftMib} MiB left on the disk of the broker for ${seconds(ms)}`,
      claims: ['broker'],
      async run(arena) {
        const disk = arena.diskOf('rabbitmq');
        try {
          await disk.fill(leftMib);
          await arena.last(ms);
        } finally {
          await disk.empty();
        }
      },
    };
  },
};
