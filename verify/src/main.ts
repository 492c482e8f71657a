import { interruptible, runToEnd, UsageError } from '@jangteo/tools';
import { chaos } from './scenarios/chaos.js';
import { cluster } from './scenarios/cluster.js';
import { compose } from './scenarios/compose.js';
import { killMatrix } from './scenarios/kill-matrix.js';
import type { Scenario } from './scenarios/scenario.js';
import { statistics } from './scenarios/statistics.js';
import { upgrade } from './scenarios/upgrade.js';

/** By the names that npm knows them by. */
const SCENARIOS: Readonly<Record<string, Scenario>> = {
  chaos,
  'kill-matrix': killMatrix,
  'test:compose': compose,
  'test:cluster': cluster,
  'test:statistics': statistics,
  'test:upgrade': upgrade,
};

const [name = '', ...args] = process.argv.slice(2);
const interruption = interruptible();

await runToEnd(name, interruption, async () => {
  const scenario = SCENARIOS[name];
  if (scenario === undefined) throw new UsageError(`There is ${Object.keys(SCENARIOS).join(', ')}`);
  if (!args.includes('--help') && !args.includes('-h')) return await scenario.run(args, interruption);
  console.log(scenario.help);
  return true;
});
