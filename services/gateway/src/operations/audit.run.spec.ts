import { describe, expect, it } from '@jest/globals';
import {
  auditParts,
  audits,
  type ColumnSeen,
  type PartsSeen,
  type RequestContract,
  type ServiceName,
} from '@jangteo/contracts';
import { UpstreamTimeout } from '@jangteo/messaging';
import { AuditRun } from './audit.run.js';

const SETTINGS = { AUDIT_DEADLINE_MS: 60_000, AUDIT_GRACE_MS: 10_000, AUDIT_PAUSE_MS: 0 };
const LONG_AGO = '01920000-0000-7000-8000-000000000001';
const SUMMED = '01930000-0000-7000-8000-000000000001';

interface AskedParts {
  readonly column: string;
  readonly after?: string;
}

interface Behaviour {
  /** @param reading counted from 1 */
  readonly columnOf: (service: ServiceName, column: string, reading: number) => ColumnSeen | undefined;
  readonly partsOf: (service: ServiceName, asked: AskedParts) => PartsSeen;
}

/** A shop whose services answer as they are told to, and all that it was asked. */
function shopOf({ columnOf, partsOf }: Behaviour) {
  const readings = new Map<string, number>();
  const looks: string[] = [];
  const answerOf = ({ service, type }: RequestContract, payload: unknown): object => {
    if (type === audits[service as 'order']?.type) {
      const { rules, columns } = payload as { rules: string[]; columns: string[] };
      const said = columns.flatMap((name) => {
        const key = `${service} ${name}`;
        const reading = (readings.get(key) ?? 0) + 1;
        readings.set(key, reading);
        const column = columnOf(service, name, reading);
        return column === undefined ? [] : [[name, column] as const];
      });
      const sound = { rows: 1, figures: {}, broken: 0, examples: [] };
      return {
        rules: Object.fromEntries(rules.map((rule) => [rule, sound])),
        columns: Object.fromEntries(said),
      };
    }
    if (type !== auditParts[service as 'order']?.type) return {};
    looks.push(service);
    return partsOf(service, payload as AskedParts);
  };
  const ask = async (contract: RequestContract, payload: unknown) => ({
    ok: true as const,
    value: answerOf(contract, payload),
  });
  return { looks, report: () => new AuditRun({ ask } as never, SETTINGS).report() };
}

const seen = (digest: string): ColumnSeen => ({
  rows: 1,
  amount: '1',
  digests: { 17: digest },
  sealedTo: SUMMED,
});
const isOdd = (service: ServiceName, column: string): boolean =>
  service === 'wallet' && column === 'payments';

/** The wallet has other payments than the orders say, of old. */
const wrongOfOld = (partsOf: Behaviour['partsOf'], digestOf = (_reading: number) => '1/9') =>
  shopOf({
    columnOf: (service, column, reading) => seen(isOdd(service, column) ? digestOf(reading) : '1/1'),
    partsOf,
  });

const late = (): never => {
  throw new UpstreamTimeout('wallet did not answer in time');
};

/** Whole tables cannot be read in time, whoever is asked. */
const readsSome =
  (unsettled: readonly string[] = []) =>
  (_service: ServiceName, { after }: AskedParts): PartsSeen =>
    after === undefined ? late() : { entries: {}, unsettled: [...unsettled] };

describe('an audit', () => {
  it('finds sums that go on differing although rows cannot be read in time, and asks for those once', async () => {
    const { looks, report } = wrongOfOld(readsSome());
    const { isSound, checks, unanswered } = await report();
    expect(unanswered).toEqual([]);
    expect(isSound).toBe(false);
    expect(checks.filter(({ findings }) => findings > 0)).toMatchObject([
      {
        name: 'payments-of-orders',
        findings: 1,
        examples: [{ key: 'part 17', problem: 'differs in sums; its rows could not be read in time' }],
        unanswered: [],
      },
    ]);
    // What is recent, all of it, and who is on the way.
    expect(looks.filter((service) => service === 'wallet')).toHaveLength(3);
  });

  it('does not know where sums change meanwhile, or an order is on its way', async () => {
    const changing = wrongOfOld(readsSome(), (reading) => (reading < 3 ? '1/9' : '1/8'));
    for (const { report } of [changing, wrongOfOld(readsSome([LONG_AGO]))]) {
      const { checks, unanswered } = await report();
      expect(checks.filter(({ findings }) => findings > 0)).toEqual([]);
      const unknown = checks.filter((check) => check.unanswered.length > 0);
      expect(unknown.map(({ name }) => name)).toEqual(['payments-of-orders']);
      expect(unanswered).toContainEqual({ service: 'wallet', reason: 'did not answer in time' });
    }
  });

  describe('where services of the release before run too', () => {
    const named = async (columnOf: Behaviour['columnOf']) => {
      const { checks } = await shopOf({ columnOf, partsOf: readsSome() }).report();
      return checks.find(({ name }) => name === 'discounts-of-orders');
    };

    it.each(['order', 'coupon'])('leaves out what %s does not know yet', async (old) => {
      const ofBefore: Behaviour['columnOf'] = (service, column) =>
        service === old && column === 'discounts' ? undefined : seen('1/1');
      expect(await named(ofBefore)).toBe(undefined);
    });

    it('does not take a service for one of them that is away', async () => {
      const away: Behaviour['columnOf'] = (service) => (service === 'coupon' ? late() : seen('1/1'));
      expect(await named(away)).toMatchObject({ isSound: false, findings: 0, unanswered: ['coupon'] });
      expect(await named(() => seen('1/1'))).toMatchObject({ isSound: true });
    });
  });
});
