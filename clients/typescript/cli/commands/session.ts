import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { hasOpened } from '../browser.js';
import { UsageError, type Command } from '../command.js';
import { doing, showing } from './kinds.js';

/** Reads one line of the standard input; at a terminal what is typed is not shown. */
async function readHidden(question: string): Promise<string> {
  const { stdin, stderr } = process;
  if (stdin.isTTY) stderr.write(question);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: stdin, output: nowhere, terminal: stdin.isTTY });
  try {
    const [line] = (await Promise.race([once(lines, 'line'), once(lines, 'close')])) as [string?];
    if (line === undefined) throw new UsageError('There is no password: give JANGTEO_PASSWORD, or a line');
    return line;
  } finally {
    lines.close();
    if (stdin.isTTY) stderr.write('\n');
  }
}

export const SESSION: readonly Command[] = [
  doing({
    name: 'login',
    about:
      'Begins a session, which is kept in a file for you alone. The password is JANGTEO_PASSWORD, or asked for.',
    options: { email: { value: '<e-mail>', about: 'who', isRequired: true } },
    isLogin: true,
    act: async (shop, { fields }) => {
      if (process.env.JANGTEO_API_KEY)
        throw new UsageError('JANGTEO_API_KEY is set: with it there is no session');
      const password = process.env.JANGTEO_PASSWORD || (await readHidden('Password: '));
      await shop.auth.login({ email: String(fields.email), password });
      const { name, role } = await shop.auth.me();
      return `Logged in as ${name}, ${role}`;
    },
  }),
  doing({
    name: 'logout',
    about: 'Ends the session.',
    act: async (shop) => {
      await shop.auth.logout();
      return 'Logged out';
    },
  }),
  {
    name: 'console',
    about: 'Makes a link that logs you in to the console in a browser, good once and for five minutes.',
    options: { open: { about: 'opens it too, in the browser of this machine' } },
    run: async (shop, { fields: { open } }) => {
      const { address, expiresAt } = await shop.auth.consoleLink();
      const isMissed = open === true && !(await hasOpened(address));
      const missed = isMissed ? ['No browser could be opened here: open it by hand.'] : [];
      const text = [address, `Good once, until ${expiresAt}`, ...missed].join('\n');
      return { json: { address, expiresAt }, text, ...(isMissed && { verdict: 'wrong' }) };
    },
  },
  showing({ name: 'whoami', about: 'Says who is logged in.', read: (shop) => shop.auth.me() }),
];
