import type { Clock } from './format.js';

type Zone = Clock['zone'];

/** How far this machine's clock is behind UTC. */
const offsetMsOf = (at: Date): number => at.getTimezoneOffset() * 60_000;

const HAS_ZONE = /(Z|[+-]\d\d:?\d\d)$/i;

/** A time as somebody writes it, which counts in the zone of the console unless it has its own; undefined for no time. */
function momentOf(text: string, zone: Zone): Date | undefined {
  const whole = /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00` : text;
  const isUtc = zone === 'utc' || HAS_ZONE.test(whole);
  const written = new Date(HAS_ZONE.test(whole) ? whole : `${whole}Z`);
  const localOf = (near: Date) => new Date(written.getTime() + offsetMsOf(near));
  // By the offset of that moment itself: clocks may be changed in between.
  const moment = isUtc ? written : localOf(localOf(written));
  return Number.isNaN(moment.getTime()) ? undefined : moment;
}

/** A time as the address and the API have it: the same moment wherever the link is opened. */
export const instantOf = (text: string, zone: Zone): string => momentOf(text, zone)?.toISOString() ?? text;

/** A time as fields for it have it, in the zone of the console; empty for what is no time. */
export function writtenOf(text: string, zone: Zone): string {
  const moment = momentOf(text, zone);
  if (moment === undefined) return '';
  const offsetMs = zone === 'utc' ? 0 : offsetMsOf(moment);
  const written = new Date(moment.getTime() - offsetMs).toISOString().slice(0, -1);
  // As fields shorten it: what does not change is not told.
  return written.replace(/(:00)?\.000$/, '').replace(/(\.\d*?)0+$/, '$1');
}
