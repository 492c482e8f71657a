import type { RuleSeen } from '@jangteo/contracts';
import type { OutsideRule, Statements } from '@jangteo/database';
import { compareHours, type Differences, type HourOfBoth } from './domain/statistics.js';
import { readOwnHours } from './sales.queries.js';
import type { Statistics } from './statistics.js';
import { readHoursOfStatistics, type HourRow } from './statistics.queries.js';

/** As far back as rankings go, and never to where hours are about to be deleted. */
const DAYS_COMPARED = 30;

const AWAY: RuleSeen = {
  rows: 0,
  figures: {},
  broken: 0,
  examples: [],
  notCompared: { reason: 'AWAY' },
};

const NOTHING = { units: 0, orders: 0 };

/** Of every hour that is over, the ranking and the statistics have the same. */
export class StatisticsRule implements OutsideRule {
  /** Of the look before; what another replica saw, that one will look at again. */
  #differences: Differences = new Map();

  constructor(private readonly statistics: Statistics) {}

  async read(tx: Statements): Promise<RuleSeen> {
    const { from, now, hours: own } = await readOwnHours(tx, DAYS_COMPARED);
    const told = await this.statistics.read('audit', (database) => readHoursOfStatistics(database, from));
    if (told === undefined) return AWAY;
    const { seen, differences } = compareHours(
      bothOf(own, told.rows),
      told.progress,
      this.#differences,
      now.getTime(),
    );
    this.#differences = differences;
    return seen;
  }
}

function bothOf(
  own: readonly { readonly hour: Date; readonly units: number; readonly orders: number | null }[],
  theirs: readonly HourRow[],
): HourOfBoth[] {
  const [mine, yours] = [
    new Map(own.map(({ hour, ...figures }) => [hour.getTime(), figures])),
    new Map(theirs.map(({ key, units, orders }) => [key.getTime(), { units, orders }])),
  ];
  return [...new Set([...mine.keys(), ...yours.keys()])]
    .toSorted((one, other) => one - other)
    .map((hour) => ({
      hour: new Date(hour),
      own: mine.get(hour) ?? NOTHING,
      theirs: yours.get(hour) ?? NOTHING,
    }));
}
