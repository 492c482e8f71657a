import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, freePort, projectRoot } from '@jangteo/infra';

const program = join(projectRoot(), 'tools', 'dist', 'src', 'mock.js');

class Command {
  output = '';
  readonly #child: ChildProcess;

  constructor(...args: readonly string[]) {
    const env = { ...process.env, DEMO_LANG: 'en' };
    this.#child = spawn(process.execPath, [program, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child.stdout?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    this.#child.stderr?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
  }

  async ready(): Promise<void> {
    await eventually(() => this.output.includes('Ctrl-C') || this.#child.exitCode !== null);
    if (this.#child.exitCode !== null) throw new Error(this.output);
  }

  stop(): void {
    this.#child.kill('SIGTERM');
  }

  async ended(): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit');
    return this.#child.exitCode;
  }
}

describe('npm run mock', () => {
  let port: number;
  let mock: Command;

  beforeAll(async () => {
    port = await freePort();
    mock = new Command('--port', String(port));
    await mock.ready();
  });

  afterAll(async () => {
    mock.stop();
    await mock.ended();
  });

  it('answers where it says, to a page of another origin that logs in as it says', async () => {
    const [url] = /http:\/\/localhost:\d+/.exec(mock.output) ?? [];
    const [, email, password] = /Customer +(\S+) +(.+)/.exec(mock.output) ?? [];
    const login = await fetch(`${url}/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: 'http://localhost:5173' },
      body: JSON.stringify({ email, password }),
    });
    expect([login.status, login.headers.get('access-control-allow-origin')]).toEqual([200, '*']);
    const products = (await (await fetch(`${url}/products`)).json()) as { name: string }[];
    expect(products[0]?.name).toBe('Celadon tea cup');
  });

  it('names the port that is in use', async () => {
    const second = new Command('--port', String(port));
    expect(await second.ended()).toBe(1);
    expect(second.output).toContain(`Port ${port} is in use`);
  });

  it('shows what there is to a wrong option', async () => {
    const wrong = new Command('--prot', '1');
    expect(await wrong.ended()).toBe(1);
    expect(wrong.output).toContain('npm run mock -- --help');
  });

  it('ends when it is told to', async () => {
    mock.stop();
    expect(await mock.ended()).toBe(0);
  });
});
