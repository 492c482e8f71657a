import { setTimeout as pause } from 'node:timers/promises';
import type { redriveOrders, ValueOf } from '@jangteo/contracts';
import type { AdminClient } from '../admin-client.js';
import type { OpsOptions } from './options.js';
import type { Report } from './report.js';
import { refusalLine, tableOf } from './texts.js';

const ASK_AGAIN_MS = 200;
const TELL_EVERY_MS = 2_000;

type Page = ValueOf<typeof redriveOrders>;

const counted = (count: number): string => count.toLocaleString('en');

/** Says how far it is, now and then: on the side, so that the output is the result alone. */
function teller(): (text: string) => void {
  let lastMs = performance.now();
  return (text) => {
    if (performance.now() - lastMs < TELL_EVERY_MS) return;
    lastMs = performance.now();
    console.error(text);
  };
}

function textOf(redriven: number, { moving, refused, refusals }: Omit<Page, 'redriven' | 'next'>): string {
  const lines = [`redriven ${counted(redriven)} orders`];
  if (moving > 0) {
    lines.push(`${counted(moving)} had not ended when this began: run it again when they have`);
  }
  if (refused > 0) {
    const shown = refused > refusals.length ? `, ${refusals.length} of them` : '';
    lines.push(`${counted(refused)} commands were refused${shown}:`, tableOf(refusals.map(refusalLine)));
  }
  return lines.join('\n');
}

/** Page by page; where answers are waited for, as long as it takes. */
export async function redrive(client: AdminClient, { since, until }: OpsOptions): Promise<Report> {
  const window = { since, ...(until === undefined ? {} : { until }) };
  const tell = teller();
  let redriven = 0;
  let moving = 0;
  for (let cursor: string | undefined; ;) {
    const body = { ...window, ...(cursor === undefined ? {} : { cursor }) };
    const { next, ...page } = await client.post<Page>('/admin/orders/redrive', body);
    redriven += page.redriven;
    moving += page.moving;
    if (next === undefined) {
      const all = { ...page, redriven, moving };
      return { json: all, text: textOf(redriven, all) };
    }
    cursor = next;
    if (page.unanswered === 0) tell(`redriven ${counted(redriven)} orders`);
    else {
      tell(`redriven ${counted(redriven)} orders; ${counted(page.unanswered)} commands are not answered yet`);
      await pause(ASK_AGAIN_MS);
    }
  }
}
