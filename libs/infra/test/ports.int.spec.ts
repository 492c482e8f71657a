import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { freePort, projectRoot } from '../src/index.js';

/** Asks another process for a free port of a range; returns the port, or the message of the error. */
async function elsewhere(first: number, last: number): Promise<string> {
  const script = `import { freePort } from '@jangteo/infra';
    console.log(await freePort({ first: ${first}, last: ${last} }).catch(({ message }) => message));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    cwd: projectRoot(),
  });
  return stdout.trim();
}

describe('A free port', () => {
  it('is given once, while nobody listens on it yet', async () => {
    const port = await freePort();
    await expect(freePort({ first: port, last: port })).rejects.toThrow(
      `no free port from ${port} to ${port}`,
    );
  });

  it('is given to no other process, while this one lives', async () => {
    const port = await freePort();
    expect(await elsewhere(port, port)).toBe(`There is no free port from ${port} to ${port}`);
  });

  it('is given again when the process that it was given to has ended', async () => {
    const given = Number(await elsewhere(20_000, 31_999));
    expect(await freePort({ first: given, last: given })).toBe(given);
  });

  it('is none that somebody listens on', async () => {
    const port = Number(await elsewhere(20_000, 31_999));
    const server = createServer().listen({ port, host: '127.0.0.1' });
    await once(server, 'listening');
    await expect(freePort({ first: port, last: port })).rejects.toThrow('no free port');
    server.close();
  });
});
