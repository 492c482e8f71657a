import { beforeAll, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { TransientFailure } from '@jangteo/contracts';
import { Startup } from './startup.js';

describe('Startup', () => {
  beforeAll(() => Logger.overrideLogger(false));

  it('takes a step again until what it needs is there, and is over after the last one', async () => {
    const startup = new Startup();
    const taken: string[] = [];
    let failures = 2;
    const database = async (): Promise<void> => {
      taken.push('database');
      if (failures-- > 0) throw new TransientFailure('away');
      expect(startup.isOver).toBe(false);
    };
    await startup.go([database, async () => taken.push('consumers')]);
    expect(taken).toEqual(['database', 'database', 'database', 'consumers']);
    expect(startup.isOver).toBe(true);
  });

  it('takes no further step once the service is told to stop, and lets the process end', async () => {
    const startup = new Startup();
    const next: string[] = [];
    let tries = 0;
    const database = async (): Promise<never> => {
      tries += 1;
      if (tries === 2) startup.beforeApplicationShutdown();
      if (tries > 2) throw new Error('it goes on');
      throw new TransientFailure('away');
    };
    await startup.go([database, async () => next.push('taken')]);
    expect(tries).toBe(2);
    expect(next).toEqual([]);
    expect(startup.isOver).toBe(false);
  });

  it('fails with what no waiting mends, and is never over then', async () => {
    const startup = new Startup();
    const unsafe = async (): Promise<never> => Promise.reject(new RangeError('fsync is off'));
    const next: string[] = [];
    await expect(startup.go([unsafe, async () => next.push('taken')])).rejects.toThrow('fsync is off');
    expect(next).toEqual([]);
    expect(startup.isOver).toBe(false);
  });
});
