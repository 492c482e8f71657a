import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const BUILT = join(import.meta.dirname, '..', 'dist', 'src');

/** Runs a program and tells its lines, whatever becomes of it. */
const page = (program: string): string => `<!doctype html>
<meta charset="utf-8">
<script type="importmap">{ "imports": { "@jangteo/client": "/client/index.js" } }</script>
<script>
  const lines = [];
  console.log = (...args) => lines.push(args.map((one) => typeof one === 'string' ? one : JSON.stringify(one)).join(' '));
  const tell = (error) => fetch('/lines', { method: 'POST', body: JSON.stringify({ lines, error }) });
  addEventListener('error', ({ message }) => tell(message));
  addEventListener('unhandledrejection', ({ reason }) => tell(String(reason)));
</script>
<script type="module">
${program}
tell();
</script>`;

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

/** A web server of an origin of its own, whose page runs a program with the built client. */
export class TourPage {
  readonly #server: Server;
  #program = '';
  #tell: (told: { lines: string[]; error?: string }) => void = () => undefined;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(): Promise<TourPage> {
    const server = createServer();
    const tour = new TourPage(server);
    server.on('request', (request, response) => void tour.#answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return tour;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /**
   * Lets a browser run a program.
   * @returns what it has printed
   * @throws Error when it fails
   */
  async run(browser: string, program: string): Promise<string[]> {
    this.#program = program;
    const told = new Promise<{ lines: string[]; error?: string }>((resolve) => (this.#tell = resolve));
    const profile = await mkdtemp(join(tmpdir(), 'browser-'));
    const flags = [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--no-first-run',
    ];
    const args = [...flags, `--user-data-dir=${profile}`, this.origin];
    // A group of its own, so that all of its processes end with it.
    const child = spawn(browser, args, { stdio: 'ignore', detached: true });
    const ended = new Promise<never>((_, reject) => {
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`the browser has ended with ${code}`)));
    });
    try {
      const { lines, error } = await Promise.race([told, ended]);
      if (error !== undefined) throw new Error(`${error}, after:\n${lines.join('\n')}`);
      return lines;
    } finally {
      if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      await ended.catch(() => undefined);
      await rm(profile, { recursive: true, force: true, maxRetries: 10 });
    }
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url: path = '/' } = request;
    if (path === '/lines') {
      this.#tell(JSON.parse(await textOf(request)) as { lines: string[] });
      response.writeHead(204).end();
    } else if (/^\/client\/[\w/-]+\.js$/.test(path)) {
      const code = await readFile(join(BUILT, path.slice('/client/'.length)));
      response.writeHead(200, { 'content-type': 'text/javascript' }).end(code);
    } else if (path === '/') {
      response.writeHead(200, { 'content-type': 'text/html' }).end(page(this.#program));
    } else {
      response.writeHead(404).end();
    }
  }
}
