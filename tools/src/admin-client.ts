import { readFile } from 'node:fs/promises';
import { Jangteo } from '@jangteo/client';
import { localDir } from './paths.js';
import { localSecretsPath, type LocalSecrets } from './secrets.js';
import { localUrl, readSettings } from './settings.js';

export interface AdminAccess {
  readonly url: string;
  readonly email: string;
  readonly password: string;
}

/** Lines on `--url` and the admin, for the help of each program that needs the shop. */
export const accessHelp = `  --url <address>   the gateway (SHOP_URL, or where npm start of this folder has it)

The admin is ADMIN_EMAIL with ADMIN_PASSWORD; where they are not set, the one that npm start made.`;

const CALL_DEADLINE_MS = 30_000;

/** The shop refused, or failed; the message is for people. */
export class ShopProblem extends Error {
  override readonly name = 'ShopProblem';

  constructor(
    readonly status: number,
    /** The refusal's code, where the answer was a problem of the shop's. */
    readonly code: string | undefined,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Finds the address of the shop and its admin: as given, else as `npm start` uses them.
 * @param url as the user gave it, if at all
 * @throws Error when no password is to be found, or a variable does not fit
 */
export async function adminAccess(
  url: string | undefined,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<AdminAccess> {
  const { host, port, adminEmail, adminPassword } = readSettings(environment);
  const address = url ?? (environment.SHOP_URL || localUrl(host, port));
  if (!URL.canParse(address)) throw new Error(`${address} is no address of a shop`);
  return {
    url: address.replace(/\/+$/, ''),
    email: adminEmail,
    password: adminPassword ?? (await madePassword()),
  };
}

async function madePassword(): Promise<string> {
  const text = await readFile(localSecretsPath, 'utf8').catch(() => undefined);
  const password = text && (JSON.parse(text) as Partial<LocalSecrets>).adminPassword;
  if (password) return password;
  throw new Error(`ADMIN_PASSWORD is not set, and npm start has made none in ${localDir}`);
}

interface Problem {
  readonly title?: string;
  readonly detail?: string;
  readonly code?: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
}

function problemOf(status: number, text: string): ShopProblem {
  let problem: Problem = {};
  try {
    problem = JSON.parse(text) as Problem;
  } catch {
    // Whatever stands between us and the shop answered in its own words.
  }
  const errors = (problem.errors ?? []).map(({ path, message }) => `${path} ${message}`);
  const said = [problem.title ?? text.slice(0, 200), problem.detail, ...errors].filter(Boolean);
  return new ShopProblem(status, problem.code, `${said.join(': ')} (${problem.code ?? status})`);
}

interface Granted {
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** Calls the gateway with the admin's token. */
export class AdminClient {
  #granted: Granted | undefined;

  private constructor(readonly url: string) {}

  /**
   * Whoever logs in logs out again: a session that nobody ends is kept for a month.
   * @throws ShopProblem when the login is refused; Error when nobody answers there
   */
  static async login({ url, email, password }: AdminAccess): Promise<AdminClient> {
    const client = new AdminClient(url);
    client.#granted = await client.post<Granted>('/auth/login', { email, password });
    return client;
  }

  /** Logs in for as long as the work takes, and out however it ends. */
  static async during<T>(access: AdminAccess, work: (client: AdminClient) => Promise<T>): Promise<T> {
    const client = await AdminClient.login(access);
    try {
      return await work(client);
    } finally {
      await client.logout();
    }
  }

  /** The same session, as programs outside have it, as long as its token lives. */
  get shop(): Jangteo {
    const { accessToken } = this.#granted ?? {};
    return new Jangteo({ url: this.url, ...(accessToken === undefined ? {} : { tokens: { accessToken } }) });
  }

  /** Goes on for longer than a token lives, in the same session. */
  async refresh(): Promise<void> {
    const refreshToken = this.#granted?.refreshToken;
    this.#granted = await this.post<Granted>('/auth/refresh', { refreshToken });
  }

  /** Never fails: the work is done by now, and a shop that cannot be told forgets the session by itself. */
  async logout(): Promise<void> {
    const refreshToken = this.#granted?.refreshToken;
    this.#granted = undefined;
    await this.post('/auth/logout', { refreshToken }).catch(() => undefined);
  }

  /** @throws ShopProblem, Error; see {@link AdminClient.send} */
  async get<B>(path: string, deadlineMs?: number): Promise<B> {
    return (await this.send<B>('GET', path, undefined, {}, deadlineMs)).body;
  }

  /** @throws ShopProblem, Error; see {@link AdminClient.send} */
  async post<B>(path: string, body: object, headers: Readonly<Record<string, string>> = {}): Promise<B> {
    return (await this.send<B>('POST', path, body, headers)).body;
  }

  /**
   * One call, and its answer: the body, and where the list that it is a page of goes on.
   * @param path with its query
   * @throws ShopProblem for every answer that is no success; Error when nobody answers there
   */
  async send<B>(
    method: string,
    path: string,
    body?: object,
    headers: Readonly<Record<string, string>> = {},
    deadlineMs = CALL_DEADLINE_MS,
  ): Promise<{ readonly body: B; readonly next: string | undefined }> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(this.#granted === undefined ? {} : { authorization: `Bearer ${this.#granted.accessToken}` }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(deadlineMs),
    }).catch((error: unknown) => {
      const { cause } = error as { cause?: unknown };
      throw new Error(`no shop answers at ${this.url}: ${String(cause ?? error)}`, { cause: error });
    });
    const text = await response.text();
    if (!response.ok) throw problemOf(response.status, text);
    const next = /<([^>]+)>;\s*rel="?next"?/.exec(response.headers.get('link') ?? '')?.[1];
    return { body: (text === '' ? undefined : JSON.parse(text)) as B, next };
  }
}
