import type { OrderTimeline } from '@jangteo/client';
import { markdownText } from '../ui/tables.js';
import type { Break } from './axis.js';
import { breaksIn } from './layout.js';
import { LANES, type Mark, type TimelineModel } from './model.js';
import { lengthOf, listOf, notesOf, type Telling, type ToldMark } from './tell.js';

/** The timeline as the API has it: its form is that of `docs/timeline.schema.json`. */
export const jsonOf = (timeline: OrderTimeline): string => `${JSON.stringify(timeline, null, 2)}\n`;

export const fileNameOf = ({ orderId }: OrderTimeline): string => `order-${orderId}.timeline.json`;

/** Text that Mermaid reads as text: these signs begin comments, entities and statements. */
const mermaidText = (text: string): string =>
  text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(
      /[#;<>%]/g,
      (sign) => ({ '#': '#35;', ';': '#59;', '<': '#lt;', '>': '#gt;', '%': '#37;' })[sign]!,
    );

/** The lines of a diagram for one mark: who sends what to whom. */
function arrowsOf({ mark, what, when }: ToldMark): string[] {
  const { lane } = mark;
  const text = mermaidText(`${what} (${when})`);
  const note = `Note over ${lane}: ${text}`;
  switch (mark.kind) {
    case 'placed':
    case 'cancelled':
      return [`client->>order: ${text}`];
    case 'ended':
      return mark.status === 'SUCCESS' ? [`order-->>client: ${text}`] : [note];
    case 'record':
      return [`order${mark.record.isSent ? '->>' : '-)'}platform: ${text}`];
    case 'step': {
      const { state } = mark.step;
      if (lane === 'order' || state === 'TO_COME') return [note];
      const ask = `order->>${lane}: ${mermaidText(mark.step.step)}`;
      if (state === 'AWAITED') return [`order-)${lane}: ${mermaidText(mark.step.step)}`, note];
      if (state === 'GIVEN_UP') return [`order-x${lane}: ${text}`];
      return [ask, `${lane}${state === 'REFUSED' ? '--x' : '-->>'}order: ${text}`];
    }
    case 'counted':
    case 'deadLetter':
    case 'nudge':
    case 'redrive':
      return [note];
  }
}

/** The pauses that the lanes leave out too, between two marks. */
function pausesBetween(breaks: readonly Break[], before: Mark | undefined, mark: Mark): readonly Break[] {
  if (mark.at === undefined || before?.at === undefined) return [];
  const [fromMs, toMs] = [before.at.ms, mark.at.ms];
  return breaks.filter((pause) => pause.toMs > fromMs && pause.toMs <= toMs);
}

/** A sequence diagram in the language of Mermaid. */
export function mermaidOf(model: TimelineModel, telling: Telling): string {
  const { words } = telling;
  const told = listOf(model, telling);
  const lanes = LANES.filter(
    (lane) => ['client', 'order'].includes(lane) || told.some(({ mark }) => mark.lane === lane),
  );
  const breaks = breaksIn(model);
  const lines = told.flatMap((each, index) => {
    const pauses = pausesBetween(breaks, told[index - 1]?.mark, each.mark);
    return [
      ...pauses.map(
        ({ lengthMs }) => `Note over ${lanes[0]},${lanes.at(-1)}: ${words.later(lengthOf(lengthMs, words))}`,
      ),
      ...arrowsOf(each),
    ];
  });
  return [
    'sequenceDiagram',
    ...lanes.map((lane) => `    participant ${lane} as ${words.lanes[lane]}`),
    ...lines.map((line) => `    ${line}`),
    '',
  ].join('\n');
}

/** A page that can be pasted into an issue: the sentence, the list, what limits it, and the diagram. */
export function markdownOf(model: TimelineModel, telling: Telling, language: 'en' | 'ko'): string {
  const { words } = telling;
  const { page } = words;
  const { orderId, orderStatus, why, placed, readAt } = model.timeline;
  return [
    `# ${page.order} ${orderId}: ${words.statuses[orderStatus]}`,
    '',
    markdownText(why[language]),
    '',
    `- ${page.placedAt}: ${placed.at}`,
    `- ${page.readAt}: ${readAt}`,
    '',
    ...listOf(model, telling).map(
      ({ number, when, who, what }) => `${number}. ${when} ${who}: ${markdownText(what)}`,
    ),
    '',
    `## ${page.honesty}`,
    '',
    ...notesOf(model, words).map((note) => `- ${markdownText(note)}`),
    '',
    '```mermaid',
    mermaidOf(model, telling).trimEnd(),
    '```',
    '',
  ].join('\n');
}
