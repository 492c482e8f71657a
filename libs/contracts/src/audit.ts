import { z } from 'zod';
import { id, instant } from './ids.js';
import { request, type RequestContract } from './message.js';
import { AUDITED, BOOKS, type AuditedService } from './promises.js';

/** Parts that a column is divided into, so that a difference is found without moving all of it. */
export const BOOK_PARTS = 4_096;

/** Parts that are looked into at a time. */
export const PARTS_ASKED_MAX = 16;

/** The most findings that are named as examples. */
export const EXAMPLES_MAX = 5;

const count = z.int().min(0);

/** A sum over a whole table may be more than a number holds exactly. */
const sum = z.string().regex(/^-?\d{1,40}$/);

const digest = z.string().max(100);

/** Why figures were not compared: whose they are does not answer, has not counted all of them yet, or is behind. */
export const NOT_COMPARED = ['AWAY', 'GAPS', 'BEHIND'] as const;

export const notCompared = z.object({
  reason: z.enum(NOT_COMPARED),
  from: instant.optional().describe('From when on; absent where nothing was compared.'),
});

export type NotCompared = z.infer<typeof notCompared>;

const ruleSeen = z.object({
  rows: count,
  figures: z.record(z.string(), sum),
  broken: count,
  examples: z.array(z.string().max(100)).max(EXAMPLES_MAX),
  /** Of what the rule is about, that which could not be looked at. */
  notCompared: notCompared.optional(),
});

const columnSeen = z.object({
  rows: z.int(),
  amount: sum,
  digests: z.record(z.string(), digest),
  /** Of orders with an id up to this one, kept sums were taken. */
  sealedTo: id.optional(),
});

/** One of a service's rules as the service sees it: sums, and the keys of some of those that break it. */
export type RuleSeen = z.infer<typeof ruleSeen>;

/** A column's number of rows, its total, and a digest a part, whatever the order of the rows. */
export type ColumnSeen = z.infer<typeof columnSeen>;

const asked = z.object({ before: instant });

const names = z.array(z.string().max(100)).max(20).readonly();

const auditAsked = asked.extend({ rules: names, columns: names });

const auditValue = z.object({
  rules: z.record(z.string(), ruleSeen),
  columns: z.record(z.string(), columnSeen),
});

const partsAsked = asked.extend({
  column: z.string(),
  parts: z
    .array(
      z
        .int()
        .min(0)
        .max(BOOK_PARTS - 1),
    )
    .min(1)
    .max(PARTS_ASKED_MAX),
  /** Only orders with an id above this one. */
  after: id.optional(),
});

const partsValue = z.object({
  entries: z.record(z.string(), digest),
  unsettled: z.array(id),
  /** Of orders with an id up to this one, entries may have been pruned. */
  prunedTo: id.optional(),
});

const proofPlace = z.object({ source: z.string().max(100), after: id });

const proofAsked = z.object({ place: proofPlace.optional() });

const proofValue = z.object({
  rows: count,
  differences: z
    .array(z.object({ source: z.string(), book: z.string(), after: id, upTo: id }))
    .max(100)
    .readonly(),
  next: proofPlace.optional(),
});

/** A step of counting again what sums are kept of: rows counted, where sums differ, and where it goes on. */
export type ProofSeen = z.infer<typeof proofValue>;

/** The rows of some parts of a column, as digests by key, and the orders among them that are on their way. */
export type PartsSeen = z.infer<typeof partsValue>;

type Audit = RequestContract<typeof auditAsked, typeof auditValue, never>;
type AuditParts = RequestContract<typeof partsAsked, typeof partsValue, never>;
type AuditProof = RequestContract<typeof proofAsked, typeof proofValue, never>;

const before = '2026-01-01T00:00:00.000Z';
const orderId = '01920000-0000-7000-8000-0000000000e1';

const ruleExample: RuleSeen = { rows: 1, figures: {}, broken: 1, examples: [orderId] };
const columnExample: ColumnSeen = { rows: 1, amount: '24000', digests: { 17: '1/42' } };

const ofEach = <V>(names: readonly string[], value: V): Record<string, V> =>
  Object.fromEntries(names.map((name) => [name, value]));

const byService = <C>(contractOf: (service: AuditedService) => C): Record<AuditedService, C> =>
  Object.fromEntries(AUDITED.map((service) => [service, contractOf(service)])) as Record<AuditedService, C>;

/** A service's answer for some of its own books, all as of one moment; what it does not know it leaves out. */
export const audits: Record<AuditedService, Audit> = byService((service) => {
  const rules = BOOKS[service].rules.slice(0, 1);
  const columns = BOOKS[service].columns.slice(0, 1);
  return request({
    type: `${service}.audit`,
    service,
    summary:
      `Checks the books of the ${service} service by the rules asked for, and adds up the columns asked for, ` +
      'as of one moment. Orders placed from `before` on are left out of the columns.',
    payload: auditAsked,
    value: auditValue,
    refusals: [],
    example: {
      payload: { before, rules, columns },
      value: { rules: ofEach(rules, ruleExample), columns: ofEach(columns, columnExample) },
    },
  });
});

/** A closer look at the parts of a column that differ from another service's. */
export const auditParts: Record<AuditedService, AuditParts> = byService((service) =>
  request({
    type: `${service}.audit-parts`,
    service,
    summary: `Says what is in some parts of a column of the ${service} service's books.`,
    payload: partsAsked,
    value: partsValue,
    refusals: [],
    example: {
      payload: { before, column: BOOKS[service].columns[0] ?? '', parts: [17] },
      value: { entries: { [orderId]: '1/42' }, unsettled: [] },
    },
  }),
);

/** Proves the sums that a service keeps of its books, some thousand rows at a time. */
export const auditProofs: Record<AuditedService, AuditProof> = byService((service) =>
  request({
    type: `${service}.audit-proof`,
    service,
    summary:
      `Counts again, from nothing, the next rows of the ${service} service of which it keeps sums, and says where ` +
      'these differ; from the first row on where no place is named.',
    payload: proofAsked,
    value: proofValue,
    refusals: [],
    example: { payload: {}, value: { rows: 0, differences: [] } },
  }),
);
