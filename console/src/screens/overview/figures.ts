import type { ShopNow } from '@jangteo/client';

export type ServiceNow = ShopNow['services'][number];
export type ServiceName = ServiceNow['service'];
export type Outcome = NonNullable<ShopNow['orders']>['outcomes'][number];

/** Orders of the last minute by what became of them, as people ask for it. */
export interface Outcomes {
  /** Those that were cancelled later too: they had succeeded. */
  readonly success: number;
  /** By a rule of the shop: it did right. */
  readonly refused: number;
  readonly timedOut: number;
  readonly inFlight: number;
}

const kindOf = ({ orderStatus, failureCode }: Outcome): keyof Outcomes => {
  if (orderStatus === 'PENDING') return 'inFlight';
  if (orderStatus !== 'FAILED') return 'success';
  return failureCode === 'ORDER_TIMED_OUT' ? 'timedOut' : 'refused';
};

export function outcomesOf(outcomes: readonly Outcome[]): Outcomes {
  const counts = { success: 0, refused: 0, timedOut: 0, inFlight: 0 };
  for (const outcome of outcomes) counts[kindOf(outcome)] += outcome.orders;
  return counts;
}

/** How many of some orders there are a second. Undefined while the order service does not answer. */
export function rateOf(
  { at, orders }: Pick<ShopNow, 'at' | 'orders'>,
  isMeant: (outcome: Outcome) => boolean = () => true,
): number | undefined {
  if (orders === undefined) return undefined;
  const count = orders.outcomes.filter(isMeant).reduce((sum, { orders: its }) => sum + its, 0);
  return count / Math.max(1, (Date.parse(at) - Date.parse(orders.since)) / 1_000);
}

export interface Figures {
  readonly perSecond: number | undefined;
  /** Of a hundred orders that have ended, how many succeeded; undefined where none has ended. */
  readonly successPercent: number | undefined;
  readonly outcomes: Outcomes | undefined;
  readonly p95Ms: number | undefined;
  readonly stuck: number | undefined;
  readonly inFlight: number | undefined;
  /** Both of them are of the oldest orders alone. */
  readonly mayBeMore: boolean;
  readonly deadLetters: number;
  /** Services whose failed messages are not among them. */
  readonly uncounted: readonly ServiceName[];
}

export function figuresOf(shop: ShopNow): Figures {
  const { orders, sagas, deadLetters, services } = shop;
  const outcomes = orders && outcomesOf(orders.outcomes);
  const ended = outcomes === undefined ? 0 : outcomes.success + outcomes.refused + outcomes.timedOut;
  return {
    perSecond: rateOf(shop),
    successPercent: outcomes === undefined || ended === 0 ? undefined : (100 * outcomes.success) / ended,
    outcomes,
    p95Ms: orders?.p95Ms,
    stuck: sagas?.stuck,
    inFlight: sagas?.inFlight,
    mayBeMore: sagas?.mayBeMore === true,
    deadLetters,
    uncounted: services.filter(({ isAnswering }) => !isAnswering).map(({ service }) => service),
  };
}

/** The tone of the books by the last audit, which says nothing of them as they are where audits have stopped since. */
export const booksOf = ({
  findings,
  isSound,
  isOutdated,
}: NonNullable<ShopNow['books']>): 'act' | 'done' | 'undone' =>
  findings > 0 ? 'act' : isSound && isOutdated !== true ? 'done' : 'undone';

/** A service without an answer. */
export interface Silence {
  readonly service: ServiceName;
  readonly reason: string | undefined;
  /** When it was first seen not to answer, in milliseconds. */
  readonly sinceMs: number;
  /** It may have been silent before: it has not answered as long as it was looked at. */
  readonly isLonger: boolean;
}

const answersAt = ({ services }: ShopNow, name: ServiceName): ServiceNow | undefined =>
  services.find(({ service }) => service === name);

/** @param heard the shop as it was, the latest last */
export function silencesOf(heard: readonly ShopNow[]): Silence[] {
  const silent = heard.at(-1)?.services.filter(({ isAnswering }) => !isAnswering) ?? [];
  return silent.map(({ service, reason }) => {
    const last = heard.findLastIndex((shop) => answersAt(shop, service)?.isAnswering === true);
    return { service, reason, sinceMs: Date.parse(heard[last + 1]!.at), isLonger: last < 0 };
  });
}

/** The last time that a service was silent and then answered again; undefined where that was not seen. */
export function lastSilenceOf(
  heard: readonly ShopNow[],
  service: ServiceName,
): { readonly fromMs: number; readonly toMs: number } | undefined {
  const isAnswering = heard.map((shop) => answersAt(shop, service)?.isAnswering === true);
  const end = isAnswering.findLastIndex((answers, index) => answers && isAnswering[index - 1] === false);
  if (end < 0) return undefined;
  const begin = isAnswering.slice(0, end).lastIndexOf(true) + 1;
  return { fromMs: Date.parse(heard[begin]!.at), toMs: Date.parse(heard[end]!.at) };
}
