import { describe, expect, it } from '@jest/globals';
import { readConfig } from '@jangteo/service';
import { catalogEnv } from './catalog.config.js';
import { redisPlaceOf } from './redis-place.js';

const required = {
  DATABASE_URL: 'postgres://127.0.0.1/catalog',
  AMQP_URL: 'amqp://127.0.0.1',
  HTTP_PORT: '3001',
};

describe("the catalog's configuration", () => {
  it('needs no Redis', () => {
    const config = readConfig(catalogEnv, { ...required, REDIS_URL: '' });
    expect(config).toMatchObject({ CACHE_ENTRIES_MAX: 10_000, CACHE_TTL_SECONDS: 300 });
    expect(config.REDIS_URL).toBeUndefined();
  });

  it.each([
    ['CACHE_ENTRIES_MAX', '0'],
    ['CACHE_ENTRIES_MAX', '10000000'],
    ['CACHE_TTL_SECONDS', '0'],
    ['CACHE_TTL_SECONDS', '86401'],
    ['REDIS_DEADLINE_MS', '0'],
    ['REDIS_URL', 'http://127.0.0.1:6379'],
    ['REDIS_URL', '127.0.0.1:6379'],
  ])('refuses %s=%s by name', (name, value) => {
    expect(() => readConfig(catalogEnv, { ...required, [name]: value })).toThrow(name);
  });

  it.each([
    ['is for rediss://', 'redis://redis'],
    ['cannot be read', 'rediss://redis'],
  ])('refuses a file for TLS that %s by name: %s', (problem, REDIS_URL) => {
    const place = () =>
      redisPlaceOf(readConfig(catalogEnv, { ...required, REDIS_URL, REDIS_CA_FILE: '/nowhere/ca' }));
    expect(place).toThrow('REDIS_CA_FILE: ');
    expect(place).toThrow(problem);
  });
});
