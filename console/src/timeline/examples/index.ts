import { readFileSync } from 'node:fs';
import type { OrderTimeline } from '@jangteo/client';

/** Timelines as a shop gave them to an operator, by what became of the order. `test/timeline.e2e.spec.ts` records them. */
export const EXAMPLES = ['success', 'refused', 'timed-out', 'cancelled', 'in-flight'] as const;

export type Example = (typeof EXAMPLES)[number];

export const exampleText = (name: Example): string =>
  readFileSync(new URL(`./${name}.json`, import.meta.url), 'utf8');

export const example = (name: Example): OrderTimeline => JSON.parse(exampleText(name)) as OrderTimeline;
