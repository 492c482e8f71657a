import { LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TitleComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { BenchResult } from './bench-result.js';
import type { Measurement } from './measure.js';
import type { ScenarioName } from './scenario-names.js';
import { bestOf } from './targets.js';

use([LineChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);

const SIZE = { width: 960, height: 900 };
const ORDERS: readonly ScenarioName[] = ['orders', 'coupon', 'hot'];
const READS: readonly ScenarioName[] = ['products', 'product', 'top', 'balance', 'race'];

/** One picture below the other; from the top, in pixels. */
const PANELS = [
  { top: 90, names: ORDERS, figure: 'perSecond', title: 'Orders a second' },
  { top: 370, names: ORDERS, figure: 'p99', title: 'Orders, milliseconds that 99 of 100 take at most' },
  { top: 650, names: READS, figure: 'perSecond', title: 'Reads and coupons a second' },
] as const;
const PANEL_HEIGHT = 190;

type Panel = (typeof PANELS)[number];

/** Not those of a comparison with a peer, which tell by their detail whose they are. */
function byClients(measurements: readonly Measurement[]): Measurement[] {
  const known: readonly string[] = [...ORDERS, ...READS];
  return measurements.filter(
    ({ scenario, clients, detail }) => clients > 0 && detail === undefined && known.includes(scenario),
  );
}

function seriesOf(
  panel: Panel,
  index: number,
  measurements: readonly Measurement[],
  steps: readonly number[],
) {
  return panel.names
    .filter((name) => measurements.some(({ scenario }) => scenario === name))
    .map((name) => ({
      name,
      type: 'line' as const,
      xAxisIndex: index,
      yAxisIndex: index,
      animation: false,
      data: steps.map((clients) => {
        const row = measurements.find((one) => one.scenario === name && one.clients === clients);
        return row === undefined ? null : Number(row.load[panel.figure].toFixed(1));
      }),
    }));
}

/** Below the title: what it was measured on, and what the database alone can do. */
function subtitle({ machine, versions, commit, measurements, startedAt }: BenchResult): string {
  const limit = bestOf(measurements, 'limit');
  return [
    `${startedAt.slice(0, 10)}, commit ${commit.slice(0, 10)}, ${machine.cores} cores with everything on them`,
    `Node ${versions.node}, PostgreSQL ${versions.postgres}, RabbitMQ ${versions.rabbitmq}`,
    ...(limit === undefined
      ? []
      : [`the database alone: ${Math.round(limit).toLocaleString('en')} orders a second`]),
  ].join(' · ');
}

/** Draws speed and latency over the number of clients, as SVG; undefined where none of it was measured. */
export function chartOf(result: BenchResult): string | undefined {
  const measurements = byClients(result.measurements);
  if (measurements.length === 0) return undefined;
  const steps = [...new Set(measurements.map(({ clients }) => clients))].toSorted(
    (one, other) => one - other,
  );
  const chart = init(null, null, { renderer: 'svg', ssr: true, ...SIZE });
  chart.setOption({
    backgroundColor: '#ffffff',
    title: [
      { text: 'Jangteo', subtext: subtitle(result), left: 20, top: 8 },
      ...PANELS.map(({ top, title }) => ({
        text: title,
        left: 20,
        top: top - 28,
        textStyle: { fontSize: 13 },
      })),
    ],
    legend: { top: 8, right: 20 },
    grid: PANELS.map(({ top }) => ({ top, height: PANEL_HEIGHT, left: 70, right: 30 })),
    xAxis: PANELS.map((_, gridIndex) => ({
      type: 'category',
      gridIndex,
      data: steps.map((clients) => `${clients} ${clients === 1 ? 'client' : 'clients'}`),
    })),
    yAxis: PANELS.map((_, gridIndex) => ({ type: 'value', gridIndex })),
    series: PANELS.flatMap((panel, index) => seriesOf(panel, index, measurements, steps)),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}
