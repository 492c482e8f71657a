import { readFile } from 'node:fs/promises';
import { loadChart, type LoadFigures } from './load/chart.js';

/** Draws the figures of a load test: `node tools/bootstrap.mjs load-chart docs/reports/load-test.json > chart.svg`. */
const [path = ''] = process.argv.slice(2);
process.stdout.write(`${loadChart(JSON.parse(await readFile(path, 'utf8')) as LoadFigures)}\n`);
