import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { listenProblem, projectRoot } from '@jangteo/infra';
import { demoLanguage } from './demo-goods.js';
import { MOCK_LOGINS } from './mock/seeds.js';
import { mockShop } from './mock/server.js';
import { argumentsOf, interruptible, numberOf, runToEnd, untilInterrupted } from './program.js';

const PORT = 4010;

const help = `Usage: npm run mock [-- --port <n>]

Serves the API of docs/openapi.json from memory, without database or broker, for pages of every origin: for a front
end that is built before the services run. Nothing is kept when it ends.

  --port <n>  where it listens, on 127.0.0.1 (${PORT})
  --help      shows this

Accounts, products, coupons, the cart, charges and orders are remembered as the shop would have them, and what is
changed of them. Everything else answers with the example of the document, a stream with one that stays open. Requests
that the shop would refuse are refused: 400, without a token 401, with the wrong role 403.

Any documented answer comes at a header, whatever is asked:
  Prefer: code=503
  Prefer: code=409, example=OUT_OF_STOCK
A charge with the paymentMethod tok_declined is declined, with tok_unknown pending until it is read. An order with
Prefer: respond-async is answered with 202.

Environment:
  DEMO_LANG   language of what is sold: ko or en (ko)
`;

const interruption = interruptible();

async function main(): Promise<boolean> {
  const { values } = argumentsOf({
    options: { port: { type: 'string' }, help: { type: 'boolean', short: 'h', default: false } },
  });
  if (values.help) {
    console.log(help);
    return true;
  }
  const port = numberOf('port', values.port ?? String(PORT), { least: 1, most: 65_535, isWhole: true });
  const language = demoLanguage();
  const document = JSON.parse(await readFile(join(projectRoot(), 'docs', 'openapi.json'), 'utf8')) as object;
  // `localhost` may mean either address.
  const problems = await Promise.all(['127.0.0.1', '::1'].map((address) => listenProblem(port, address)));
  if (problems.includes('EADDRINUSE')) {
    console.error(`Port ${port} is in use. Choose another one: npm run mock -- --port ${port + 1}`);
    return false;
  }
  const app = mockShop(document, language);
  await app.listen({ port, host: '127.0.0.1' });
  showTable(port);
  await untilInterrupted(interruption);
  await app.close();
  return true;
}

function showTable(port: number): void {
  const address = `http://localhost:${port}`;
  const logins = MOCK_LOGINS.map(({ role, email, password }) => [role, `${email.padEnd(22)}  ${password}`]);
  const rows = [['mock', address], ['document', `${address}/openapi.json`], ...logins, ['stop', 'Ctrl-C']];
  const table = rows.map(
    ([name, value]) => `  ${name![0]!.toUpperCase()}${name!.slice(1).padEnd(9)}${value}`,
  );
  console.log(`\n${table.join('\n')}\n\n  Nothing is kept: each start begins anew.\n`);
}

await runToEnd('mock', interruption, main);
