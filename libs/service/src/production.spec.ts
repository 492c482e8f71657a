import { describe, expect, it } from '@jest/globals';
import { readConfig } from './config.js';
import { unfitForProduction } from './production.js';
import { commonEnv } from './service.module.js';

const GOOD = {
  NODE_ENV: 'production',
  HTTP_PORT: '3000',
  DATABASE_URL: 'postgres://wallet:vK3n0Qz7@db/wallet',
  AMQP_URL: 'amqp://wallet:Yx81hhPq@broker',
};

describe('a configuration in production', () => {
  it('is taken with secrets of its own', () => {
    expect(readConfig(commonEnv, GOOD)).toMatchObject({ NODE_ENV: 'production' });
  });

  it.each([
    ['DATABASE_URL', 'postgres://db/wallet'],
    ['DATABASE_URL', 'postgres://wallet@db/wallet'],
    ['DATABASE_URL', 'postgres://postgres:postgres@db/wallet'],
    ['DATABASE_URL', 'postgres://wallet:wallet@db/wallet'],
    ['DATABASE_URL', 'postgres://wallet:Password123%21@db/wallet'],
    ['DATABASE_URL', 'postgres://wallet:12345678@db/wallet'],
    ['AMQP_URL', 'amqp://broker'],
    ['AMQP_URL', 'amqp://guest:guest@broker'],
    ['AMQP_URL', 'amqp://wallet:change-me@broker'],
    ['AMQP_URL', 'amqp://wallet:Yx81hhPq@broker,amqp://wallet:change-me@other'],
  ])('is refused by the name of %s when that is %s, which development takes', (name, value) => {
    const reading = (NODE_ENV: string) => () => readConfig(commonEnv, { ...GOOD, NODE_ENV, [name]: value });
    expect(reading('production')).toThrow(name);
    expect(reading('production')).not.toThrow(/postgres:|guest|change-me|12345678|Password/);
    expect(reading('development')).not.toThrow();
  });

  it('is refused by the names of all that is wrong', () => {
    const wrong = { ...GOOD, DATABASE_URL: 'postgres://db/wallet', AMQP_URL: 'amqp://guest:guest@broker' };
    expect(() => readConfig(commonEnv, wrong)).toThrow(/DATABASE_URL.*AMQP_URL/);
  });

  it.each([
    ['ADMIN_PASSWORD', 'admin password 1'],
    ['ADMIN_PASSWORD', 'changeme!'],
    ['DATA_PLATFORM_SECRET', 'secret-1'],
    ['STRIPE_SECRET_KEY', 'test'],
    ['REDIS_URL', 'redis://:password@cache'],
    ['STATISTICS_DATABASE_URL', 'postgres://statistics:statistics@db/statistics'],
  ])('has no default for %s', (name, value) => {
    expect(unfitForProduction({ [name]: value })).toEqual([expect.stringContaining(name)]);
  });

  it('keeps what clients were promised: a key is good for a day', () => {
    const shorter = unfitForProduction({ OUTCOMES_KEYED_SECONDS: 86_399 });
    expect(shorter).toEqual(['OUTCOMES_KEYED_SECONDS: must be at least 86400 in production']);
    expect(unfitForProduction({ OUTCOMES_KEYED_SECONDS: 86_400 })).toEqual([]);
  });

  it('may do without what is optional', () => {
    const fine = {
      REDIS_URL: 'redis://cache',
      ADMIN_PASSWORD: 'correct horse',
      STRIPE_SECRET_KEY: 'sk_live_4eC39',
    };
    expect(unfitForProduction(fine)).toEqual([]);
  });
});
