import { seconds } from '../../report/invariants.js';
import type { Nemesis } from '../nemesis.js';

/** As the private broker is started. */
const MEMORY_SHARE = '0.4';
const DISK_LIMIT = '200MB';

export const alarm: Nemesis = {
  test: 15,
  name: 'broker alarm',
  about: 'memory or disk alarm: the broker reads nothing from whoever publishes',
  plan(dice, lengthMsMax) {
    const isMemory = dice.chance(0.5);
    const ms = Math.min(lengthMsMax, dice.pick([2_000, 5_000, 15_000]));
    return {
      what: `${isMemory ? 'memory' : 'disk'} alarm of the broker for ${seconds(ms)}`,
      claims: ['broker'],
      async run(arena) {
        const { rabbit } = arena.servers;
        const set = async (memory: string, disk: string): Promise<void> => {
          if (isMemory) await rabbit.ctl(['set_vm_memory_high_watermark', memory]);
          else await rabbit.ctl(['set_disk_free_limit', disk]);
        };
        try {
          await set('0.00001', '1000000GB');
          await arena.last(ms);
        } finally {
          await set(MEMORY_SHARE, DISK_LIMIT);
        }
      },
    };
  },
};
