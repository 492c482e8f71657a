import type { Language, Words } from '../words/index.js';

const LOCALES: Readonly<Record<Language, string>> = { ko: 'ko-KR', en: 'en-US' };

const compact = { notation: 'compact', minimumFractionDigits: 0, maximumFractionDigits: 1 } as const;

interface Currency {
  /** As ISO 4217 has it, in either case. */
  readonly code: string;
  /** Of its smallest unit, in which amounts are. */
  readonly digits: number;
}

/** ISO 4217 gives two to all others. Browsers have for some what is usual to show, which is less. */
const DIGITS: Readonly<Record<string, number>> = Object.fromEntries([
  ...'bif clp djf gnf isk jpy kmf krw pyg rwf ugx uyi vnd vuv xaf xof xpf'
    .split(' ')
    .map((code) => [code, 0]),
  ...'bhd iqd jod kwd lyd omr tnd'.split(' ').map((code) => [code, 3]),
  ...'clf uyw'.split(' ').map((code) => [code, 4]),
]);

export const currencyOf = (code: string): Currency => ({ code, digits: DIGITS[code.toLowerCase()] ?? 2 });

/** As the gateway says in the page; without a page, as a shop has it where nothing else is set. */
const ours = currencyOf(
  globalThis.document?.querySelector<HTMLMetaElement>('meta[name="currency"]')?.content ?? 'krw',
);

/** A whole amount as a plain number of the currency, without signs or groups: `129.00`. */
export function plainMoneyOf(amount: number | bigint | undefined, { digits } = ours): string {
  if (amount === undefined) return '';
  const text = String(amount)
    .replace('-', '')
    .padStart(digits + 1, '0');
  const whole = text.slice(0, text.length - digits);
  return `${amount < 0 ? '-' : ''}${digits === 0 ? whole : `${whole}.${text.slice(-digits)}`}`;
}

/** The head of plain numbers: `Total (USD)`. */
export const moneyHeadOf = (head: string, { code } = ours): string => `${head} (${code.toUpperCase()})`;

const amountIn = (
  { code, digits }: Currency,
  amount: number | bigint,
  language: Language,
  options?: Intl.NumberFormatOptions,
): string =>
  new Intl.NumberFormat(LOCALES[language], {
    style: 'currency',
    currency: code,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    ...options,
  }).format(
    // More than a number holds exactly is given as a text, which is formatted as exactly as it is.
    typeof amount === 'bigint'
      ? (plainMoneyOf(amount, { code, digits }) as Intl.StringNumericLiteral)
      : amount / 10 ** digits,
  );

export const moneyOf = (amount: number | bigint, language: Language, currency = ours): string =>
  amountIn(currency, amount, language);

/** Rounded, for where there is little room. */
export const shortMoneyOf = (amount: number, language: Language, currency = ours): string =>
  amountIn(currency, amount, language, compact);

/** The label of a field for money, with what one of it is where that is not one of the currency: `Price (× $0.01)`. */
export const moneyLabelOf = (label: string, language: Language, currency = ours): string =>
  currency.digits === 0 ? label : `${label} (× ${moneyOf(1, language, currency)})`;

export const shortCountOf = (count: number, language: Language): string =>
  new Intl.NumberFormat(LOCALES[language], compact).format(count);

export const countOf = (count: number, language: Language): string =>
  new Intl.NumberFormat(LOCALES[language]).format(count);

/** The shop counts messages that wait up to a number: from there on it says how many there are at least. */
const COUNTED_MAX = 10_000;

export const waitingOf = (count: number, language: Language): string =>
  `${countOf(count, language)}${count < COUNTED_MAX ? '' : '+'}`;

export interface Clock {
  readonly language: Language;
  readonly zone: 'local' | 'utc';
}

const pad = (value: number, length = 2): string => String(value).padStart(length, '0');

/** Hours, minutes and seconds, by 24 hours in both languages. */
export function clockOf(at: number, zone: Clock['zone']): string {
  const date = new Date(at);
  const [hours, minutes, seconds] =
    zone === 'utc'
      ? [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()]
      : [date.getHours(), date.getMinutes(), date.getSeconds()];
  return `${pad(hours)}:${pad(minutes)}:${pad(seconds)}`;
}

/** How far clocks of a zone are ahead of UTC at a moment: `UTC+9`, `UTC-3:30`. */
export function zoneOf(at: Date, zone: Clock['zone']): string {
  const minutes = zone === 'utc' ? 0 : -at.getTimezoneOffset();
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  if (minutes === 0) return 'UTC';
  return `UTC${minutes < 0 ? '-' : '+'}${hours}${rest === 0 ? '' : `:${pad(rest)}`}`;
}

const formatted = (at: number, { language, zone }: Clock, options: Intl.DateTimeFormatOptions): string =>
  new Intl.DateTimeFormat(LOCALES[language], {
    ...options,
    ...(zone === 'utc' ? { timeZone: 'UTC' } : {}),
  }).format(at);

export const dateOf = (at: number, clock: Clock): string =>
  formatted(at, clock, { year: 'numeric', month: 'short', day: 'numeric' });

/** A date of this year or the last, with what day of the week it is. */
export const weekdayOf = (at: number, clock: Clock): string =>
  formatted(at, clock, { month: 'short', day: 'numeric', weekday: 'short' });

/** As short as a date of this year or the last can be. */
export const dayOf = (at: number, clock: Clock): string =>
  formatted(at, clock, { month: 'numeric', day: 'numeric' });

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Relative up to an hour; then the clock, and what is older than a day with its date. */
export function timeOf(at: number, now: number, words: Words['time'], clock: Clock): string {
  const passed = now - at;
  const distance = Math.abs(passed);
  if (distance < 1_000) return words.now;
  if (distance < MINUTE_MS) {
    const seconds = Math.floor(distance / 1_000);
    return passed > 0 ? words.seconds(seconds) : words.inSeconds(seconds);
  }
  if (distance < HOUR_MS) {
    const minutes = Math.floor(distance / MINUTE_MS);
    return passed > 0 ? words.minutes(minutes) : words.inMinutes(minutes);
  }
  const time = clockOf(at, clock.zone);
  return distance < DAY_MS ? time : `${dateOf(at, clock)} ${time}`;
}

const UNITS: Readonly<Record<Language, { readonly s: string; readonly min: string }>> = {
  ko: { s: '초', min: '분' },
  en: { s: ' s', min: ' min' },
};

/** Up to a second in milliseconds, then in seconds with a digit, then in minutes. */
export function durationOf(ms: number, language: Language): string {
  const { s, min } = UNITS[language];
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < MINUTE_MS) return `${(ms / 1_000).toFixed(1)}${s}`;
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)}${min} ${seconds % 60}${s}`;
}

/** Shortened in the middle: ids of the same moment differ at their ends. */
export const shortOf = (id: string): string => (id.length > 14 ? `${id.slice(0, 8)}…${id.slice(-4)}` : id);
