import { SpanKind, type SpanPlan } from '@jangteo/tracing';
import type pg from 'pg';

/* Names and attributes are those of OpenTelemetry's semantic conventions for PostgreSQL. */

/** Summarises a statement by its operation and table, without what comes after: `SELECT sagas`, `COMMIT`. */
function summaryOf(text: string): string {
  const [operation = ''] = /[A-Z]+/i.exec(text) ?? [];
  const [, verb, table] =
    /\b(?:(INSERT INTO|UPDATE|DELETE FROM|FROM)\s+(?:ONLY\s+)?)([a-z_]+)/.exec(text) ?? [];
  if (table === undefined) return operation.toUpperCase();
  const changes = verb === 'FROM' ? operation.toUpperCase() : String(verb).split(' ')[0];
  return `${changes} ${table}`;
}

const plans = new Map<string, SpanPlan>();

function plannedFor(text: string): SpanPlan {
  const summary = summaryOf(text);
  return {
    name: summary,
    kind: SpanKind.CLIENT,
    codeAttribute: 'db.response.status_code',
    attributes: {
      'db.system.name': 'postgresql',
      'db.query.summary': summary,
      // Values go in parameters: there is nobody's data in it.
      'db.query.text': text.replaceAll(/\s+/g, ' ').trim(),
    },
  };
}

/** A statement as its span tells of it; texts are constant, so each is looked at once. */
export function statementPlan(client: pg.ClientBase, text: string): SpanPlan {
  let plan = plans.get(text);
  if (plan === undefined) {
    plan = plannedFor(text);
    plans.set(text, plan);
  }
  const { database } = client as pg.Client;
  return { ...plan, attributes: { ...plan.attributes, 'db.namespace': database } };
}

/** A transaction, from asking for a connection to its end. */
export const TRANSACTION: SpanPlan = {
  name: 'transaction',
  kind: SpanKind.CLIENT,
  codeAttribute: 'db.response.status_code',
  attributes: { 'db.system.name': 'postgresql', 'db.operation.name': 'transaction' },
};
