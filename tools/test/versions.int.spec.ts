import { describe, expect, it } from '@jest/globals';
import { testServers } from '@jangteo/testkit';
import { serverVersions, versionsLine } from '../src/versions.js';

describe('the versions that something was tried on', () => {
  it('are those that the servers tell, on one line', async () => {
    const versions = await serverVersions(testServers());
    expect(versionsLine(versions)).toMatch(/^Versions: RabbitMQ \d+\.\d+\.\d+\S*, PostgreSQL \d+\.\d+\S*$/);
  });
});
