import { describe, expect, it } from '@jest/globals';
import { ConfigurationError } from '@jangteo/contracts';
import { z } from 'zod';
import { readConfig } from './config.js';
import { outcomeEnv } from './retention.js';

const shape = { SECRET: z.string().min(8), SIZE: z.coerce.number().int().default(10) };

describe('readConfig', () => {
  it('reads what is set and fills in defaults', () => {
    expect(readConfig(shape, { SECRET: 'long enough' })).toEqual({ SECRET: 'long enough', SIZE: 10 });
  });

  it('takes a variable that is set to nothing for one that is not set', () => {
    expect(readConfig(shape, { SECRET: 'long enough', SIZE: '' }).SIZE).toBe(10);
    expect(() => readConfig(shape, { SECRET: '' })).toThrow('SECRET');
  });

  it('names every variable that does not fit, and shows no value', () => {
    const reading = (): unknown => readConfig(shape, { SECRET: 'short', SIZE: 'many' });
    expect(reading).toThrow(ConfigurationError);
    expect(reading).toThrow(/SECRET.*SIZE/);
    expect(reading).not.toThrow(/short|many/);
  });
});

describe('how long an outcome is kept under a key', () => {
  it('is less than the three days for which the gateway keeps what it showed', () => {
    const reading = (seconds: number): number =>
      readConfig(outcomeEnv, { OUTCOMES_KEYED_SECONDS: String(seconds) }).OUTCOMES_KEYED_SECONDS;
    expect(reading(216_000)).toBe(216_000);
    expect(() => reading(216_001)).toThrow('OUTCOMES_KEYED_SECONDS');
  });
});
