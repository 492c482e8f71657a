import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { accessHelp, adminAccess, asAdmin, URL_ABOUT } from './admin.js';
import { phasesOf, provideArtillery, runArtillery } from './load/artillery.js';
import { isLoopback, loadOptions, overridesOf, SCENARIOS, type LoadOptions } from './load/options.js';
import { makeLoadWorld, putAway, raceVerdict } from './load/world.js';
import { runAsAdmin } from './local-commands.js';
import { localDir } from './paths.js';
import { interruptible, report, runToEnd, UsageError } from './program.js';

const HELP = `Usage: npm run load -- <${SCENARIOS.join(' | ')}> [options]

Loads a running shop with a scenario of load/ by Artillery, which is fetched at the first use, and audits its books
afterwards. Makes customers, products and a coupon of its own, and takes them off sale when it is done.

  --url <address>   ${URL_ABOUT}
  --rate <number>   customers who arrive in a second; the phases of the scenario's file without it
  --seconds <number>  at most 600
  --users <number>  how many there are (50); of coupon, how many race (210)
  --output <file>   Artillery's report as JSON (.local/load/<scenario>.json)
  --yes-i-own-it    load a shop that is not on this machine

${accessHelp}
Ends with 0 where the thresholds hold and the books are sound, else with 1.
`;

const interruption = interruptible();

/** Another one's shop, or a shop that people are shopping in, is not loaded by mistake. */
function mustBeOwned(url: string, { isOwned }: LoadOptions): void {
  if (isOwned || isLoopback(url)) return;
  throw new UsageError(`${url} is not on this machine: --yes-i-own-it loads it all the same`);
}

async function main(): Promise<boolean> {
  const options = loadOptions(process.argv.slice(2));
  if (options === undefined) {
    process.stdout.write(HELP);
    return true;
  }
  const access = await adminAccess(options.url);
  const { url } = access;
  mustBeOwned(url, options);
  const { scenario, users } = options;
  const output = resolve(options.output ?? join(localDir, 'load', `${scenario}.json`));
  if (options.output === undefined) await mkdir(join(localDir, 'load'), { recursive: true });
  // Nothing is fetched for a shop that is not there, or lets nobody in.
  await asAdmin(access, () => Promise.resolve());
  await provideArtillery(interruption, report);
  const overrides = overridesOf(options);
  const phases = overrides?.config.phases ?? (await phasesOf(scenario));
  const seconds = phases.reduce((sum, { duration }) => sum + duration, 0);
  report(`Making ${users} customers at ${url}`);
  const world = await makeLoadWorld(access, { scenario, users, seconds, signal: interruption });
  report(`Loading it with load/${scenario}.yml`);
  const run = { scenario, url, output, overrides, signal: interruption };
  let isHeld = false;
  try {
    isHeld = await runArtillery(run);
  } finally {
    await putAway(access, world);
  }
  if (!isHeld) report('A threshold was broken, see above');
  const race = world.couponId === undefined ? undefined : await raceVerdict(url, world.couponId);
  if (race !== undefined) report(race.line);
  report('The books after it:');
  const isSound = (await runAsAdmin(['audit', '--url', url], { typed: 'npm run audit --' })) === 'fine';
  return isHeld && isSound && (race?.isFair ?? true);
}

await runToEnd('load', interruption, main);
