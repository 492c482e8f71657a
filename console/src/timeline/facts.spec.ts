import { describe, expect, it } from '@jest/globals';
import { example, type Example } from './examples/index.js';
import { factsOf, traceIdOf, type Fact } from './facts.js';
import { modelOf, type Mark } from './model.js';
import { telling } from './telling.fixture.js';

function factsIn(name: Example, isMark: (mark: Mark) => boolean): Map<string, Fact> {
  const model = modelOf(example(name));
  const groups = factsOf(model, model.marks.find(isMark)!, telling('en', { nameOf: () => 'cup' }));
  return new Map(
    groups.flatMap(({ title, facts }) => facts.map((fact) => [`${title}: ${fact.label}`, fact])),
  );
}

const isStep =
  (step: string) =>
  (mark: Mark): boolean =>
    mark.kind === 'step' && mark.step.step === step;

describe('what the inspector tells', () => {
  it('has each time by its clock', () => {
    const facts = factsIn('success', isStep('DebitWallet'));
    const { askedAt, decidedAt, answeredAt } = example('success').steps[2]!;
    expect(facts.get('Asked: Sent first')).toMatchObject({ iso: askedAt, clock: 'order service’s clock' });
    expect(facts.get('Answered: Decided')).toMatchObject({ iso: decidedAt, clock: 'wallet’s clock' });
    expect(facts.get('Answered: Answer took effect')).toMatchObject({
      iso: answeredAt,
      clock: 'order service’s clock',
    });
  });

  it('has the balance before and after, and the row of the ledger', () => {
    const facts = factsIn('success', isStep('DebitWallet'));
    expect(facts.get('Answered: Balance')!.value).toBe('10,000 → 8,300');
    expect(facts.get('Row written: Table')).toMatchObject({ value: 'wallet.ledger', isCode: true });
    expect(facts.get('Row written: Amount')!.value).toBe('-1,700');
    expect(facts.get('Answered: Outcome’s key')!.value).toBe(`${example('success').orderId}/debit`);
  });

  it('has of an undo the row that it wrote', () => {
    expect(factsIn('cancelled', isStep('RefundWallet')).get('Row written: Amount')!.value).toBe('1,700');
    const { undoneAt } = example('cancelled').rows!.find(({ table }) => table === 'reservations')!;
    expect(factsIn('cancelled', isStep('ReleaseStock')).get('Row written: Given back')!.iso).toBe(undoneAt);
  });

  it('says what no row holds', () => {
    const facts = factsIn('success', isStep('ReserveStock'));
    for (const name of ['Answered: Work began', 'Answered: Stock', 'Tries: Sent']) {
      expect(facts.get(name)).toMatchObject({ value: 'not recorded', isMissing: true });
    }
    expect(factsIn('success', ({ kind }) => kind === 'record').get('What happened: At')).toMatchObject({
      isMissing: true,
    });
  });

  it('has the tries of what is awaited', () => {
    const facts = factsIn('in-flight', isStep('UseCoupon'));
    expect(facts.get('Tries: Sent')!.value).toMatch(/^sent (once|\d+ times): /);
    expect(facts.get('Tries: Given up')!.iso).toBe(example('in-flight').steps[1]!.deadlineAt);
  });

  it('has the trace', () => {
    const { traceparent, requestId } = example('success');
    const facts = factsIn('success', ({ kind }) => kind === 'placed');
    expect(facts.get('Trace: Trace id')!.value).toBe(traceIdOf(traceparent));
    expect(facts.get('Trace: Request id')!.value).toBe(requestId);
    expect(traceIdOf(traceparent)).toMatch(/^[\da-f]{32}$/);
    expect([traceIdOf('x'), traceIdOf(undefined)]).toEqual([undefined, undefined]);
  });
});
