import { LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TitleComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

use([LineChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);

/** Steps of a load that was raised, by the name of what was loaded. */
export type LoadFigures = Readonly<
  Record<string, readonly { readonly rate: number; readonly p50: number; readonly p95: number }[]>
>;

const SIZE = { width: 760, height: 420 };

/** Draws, as SVG, how long an order takes (95 and 50 of a hundred, in milliseconds) over how many arrive in a second. */
export function loadChart(figures: LoadFigures): string {
  const rates = [
    ...new Set(Object.values(figures).flatMap((steps) => steps.map(({ rate }) => rate))),
  ].toSorted((one, other) => one - other);
  const series = Object.entries(figures).flatMap(([name, steps]) =>
    (['p95', 'p50'] as const).map((quantile) => ({
      name: `${name}, ${quantile}`,
      type: 'line' as const,
      animation: false,
      data: rates.map((rate) => steps.find((step) => step.rate === rate)?.[quantile] ?? null),
    })),
  );
  const chart = init(null, null, { renderer: 'svg', ssr: true, ...SIZE });
  chart.setOption({
    backgroundColor: '#ffffff',
    title: {
      text: 'Milliseconds of an order, over orders a second',
      left: 20,
      top: 8,
      textStyle: { fontSize: 14 },
    },
    legend: { top: 36, left: 20 },
    grid: { top: 80, left: 60, right: 30, bottom: 40 },
    xAxis: { type: 'category', data: rates.map((rate) => `${rate}/s`) },
    yAxis: { type: 'value' },
    series,
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}
