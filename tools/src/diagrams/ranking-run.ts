import { HOUR_MS, orderCompleted, readTopProducts } from '@jangteo/contracts';
import { nextStep, spareStep, unitsOf, type Step, type Tally } from '@jangteo/ranking/domain';
import { Sequence } from './sequence.js';

const { service: RANKING } = readTopProducts;
/** A window that the hour before does not tell of by itself. */
const DAYS = 7;

const tallyAt = (hours: number, baseHour: Date | null): Tally => {
  return { hour: new Date(hours * HOUR_MS), baseHour, isSummed: false, unplaced: [DAYS], isOver: false };
};

/** A refresh of the rankings, whose steps the service's own functions choose; every step is drawn. */
class RankingRun {
  readonly sequence = new Sequence();
  #tallies: Tally[] = [{ ...tallyAt(9, null), isSummed: true, unplaced: [] }];
  readonly #hour = new Date(10 * HOUR_MS);

  hear(): void {
    const { type, example } = orderCompleted;
    const events = [{ type, payload: example.payload }];
    const [units] = unitsOf(events, [{ orderId: example.payload.orderId, step: 'COMPLETED' }]);
    this.sequence.tell(orderCompleted.service, RANKING, type);
    this.sequence.call(
      RANKING,
      'database',
      `hourly sales of the product: ${units?.sold} more, and a note of it`,
    );
  }

  refresh(): void {
    this.sequence.note(RANKING, 'refresh at 10:00, under a lock');
    this.sequence.call(RANKING, 'database', 'add what was noted to all tallies');
    this.#take(nextStep);
    this.sequence.call(RANKING, 'database', 'show the rankings of 10:00');
    this.sequence.note(RANKING, 'ahead, for the next hour');
    this.#take(spareStep);
  }

  #take(choose: typeof nextStep): void {
    for (;;) {
      const step = choose({ hour: this.#hour, tallies: this.#tallies });
      if (step === undefined) return;
      this.#tallies = this.#after(step);
    }
  }

  #after(step: Step): Tally[] {
    const hourOf = (hour: Date): string => hour.toISOString().slice(11, 16);
    const changed = (more: Partial<Tally>, tally: Tally) =>
      this.#tallies.map((one) => (one === tally ? { ...one, ...more } : one));
    const draw = (text: string): void => this.sequence.call(RANKING, 'database', `${step.kind} ${text}`);
    switch (step.kind) {
      case 'BEGIN': {
        const base = step.baseHour === null ? 'from hourly sales' : `from that of ${hourOf(step.baseHour)}`;
        draw(`the tally of ${hourOf(step.hour)}, ${base}`);
        return [...this.#tallies, tallyAt(step.hour.getTime() / HOUR_MS, step.baseHour)];
      }
      case 'SUM':
        draw('a slice of products, until all are summed');
        return changed({ isSummed: true }, step.tally);
      case 'PLACE':
        draw(`the first places of ${step.days} days`);
        return changed({ unplaced: [] }, step.tally);
      case 'REMOVE':
        draw(`the tally of ${hourOf(step.tally.hour)}`);
        return this.#tallies.filter((one) => one !== step.tally);
    }
  }
}

/** A sale, and the next refresh. */
export function rankingDiagram(): string {
  const run = new RankingRun();
  run.hear();
  run.refresh();
  return run.sequence.diagram();
}
