import type { Socket } from 'node:net';
import pg from 'pg';
import utils from 'pg/lib/utils.js';
import { classified } from './failures.js';
import { valueTypes } from './values.js';

/** A statement whose rows nobody reads; its text is constant, values go in parameters. */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

export interface Answer<R> {
  /** As the server names what it has done: `SELECT 2`, `COMMIT`. */
  readonly command: string;
  readonly rows: R[];
}

interface Column {
  readonly name: string;
  readonly parse: (text: string) => unknown;
}

/** The columns of a statement's rows; none for a statement that returns no rows. */
type Shape = readonly Column[];

interface Member {
  readonly name: string;
  readonly text: string;
  readonly rows: object[];
  readonly answer: PromiseWithResolvers<Answer<object>>;
  values: (string | Buffer | null)[];
  shape: Shape | undefined;
  command: string;
}

/** By name, the statements that are prepared on a connection. */
const prepared = new WeakMap<pg.Connection, Map<string, Shape>>();
const names = new Map<string, string>();

/** A short name for a statement's text, the same on every connection. */
function nameOf(text: string): string {
  let name = names.get(text);
  if (name === undefined) {
    name = `s${names.size + 1}`;
    names.set(text, name);
  }
  return name;
}

function preparedOn(connection: pg.Connection): Map<string, Shape> {
  let shapes = prepared.get(connection);
  if (shapes === undefined) {
    shapes = new Map();
    prepared.set(connection, shapes);
  }
  return shapes;
}

function rowOf(shape: Shape, fields: readonly (string | null)[]): object {
  const row: Record<string, unknown> = {};
  shape.forEach(({ name, parse }, index) => {
    const text = fields[index] ?? null;
    row[name] = text === null ? null : parse(text);
  });
  return row;
}

/**
 * Statements that leave together and are answered together: one Sync at their end, where the driver would send one
 * after each, and the server an answer to each by itself ("Pipelining" in PostgreSQL's documentation of its protocol).
 * Each is prepared once a connection, and described once. A query of one's own, as the driver lets pg-cursor be one.
 *
 * When one fails, those after it are not run, and all fail with its error.
 */
export class StatementGroup implements pg.Submittable {
  readonly #members: Member[] = [];
  #answered = 0;
  #shapes = new Map<string, Shape>();
  /** The error because of which nothing of this may be sent. */
  #unsendable: { readonly error: unknown } | undefined;
  /** The error because of which a row could not be read. */
  #unreadable: { readonly error: unknown } | undefined;

  /**
   * Adds a statement to a group that was not submitted yet. One whose values cannot be sent keeps all others from
   * being sent too, COMMIT among them.
   *
   * @returns its answer, when all have theirs
   */
  add<R extends object>({ text, values }: Statement): Promise<Answer<R>> {
    const answer = Promise.withResolvers<Answer<object>>();
    const member: Member = {
      name: nameOf(text),
      text,
      values: [],
      rows: [],
      answer,
      shape: undefined,
      command: '',
    };
    this.#members.push(member);
    try {
      member.values = values.map((value) => utils.prepareValue(value));
    } catch (error) {
      this.#unsendable ??= { error };
    }
    return answer.promise as Promise<Answer<R>>;
  }

  /** Called by the driver when its turn has come. */
  submit(connection: pg.Connection): void {
    this.#shapes = preparedOn(connection);
    const socket = connection.stream as Socket;
    socket.cork();
    if (this.#unsendable === undefined) for (const member of this.#members) this.#send(connection, member);
    else this.#reject(this.#unsendable.error);
    connection.sync();
    socket.uncork();
  }

  handleRowDescription({ fields }: { fields: readonly pg.FieldDef[] }): void {
    const member = this.#current();
    member.shape = fields.map(({ name, dataTypeID }) => ({
      name,
      parse: valueTypes.getTypeParser(dataTypeID, 'text') as Column['parse'],
    }));
  }

  handleDataRow({ fields }: { fields: readonly (string | null)[] }): void {
    const { rows, shape = [] } = this.#current();
    try {
      rows.push(rowOf(shape, fields));
    } catch (error) {
      // The driver expects no throw: it would end the process.
      this.#unreadable ??= { error };
    }
  }

  handleCommandComplete({ text }: { text: string }): void {
    const member = this.#current();
    member.command = text;
    this.#shapes.set(member.name, member.shape ?? []);
    this.#answered += 1;
  }

  /** By the server, or since the connection was lost: the one place where a failure is known to be the driver's. */
  handleError(error: Error): void {
    const culprit = this.#members[this.#answered];
    // Whether it is prepared now cannot be told, nor whether its rows still are what they were.
    if (culprit !== undefined) this.#shapes.delete(culprit.name);
    this.#reject(classified(error));
  }

  handleReadyForQuery(): void {
    if (this.#unreadable !== undefined) this.#reject(this.#unreadable.error);
    for (const { answer, command, rows } of this.#members) answer.resolve({ command, rows });
  }

  #send(connection: pg.Connection, member: Member): void {
    const { name, text, values } = member;
    member.shape = this.#shapes.get(name);
    if (member.shape === undefined) {
      // It may be there, of a time when it failed; closing what is not there is no error.
      connection.close({ type: 'S', name }, true);
      connection.parse({ name, text, types: [] }, true);
    }
    connection.bind({ statement: name, values }, true);
    if (member.shape === undefined) connection.describe({ type: 'P' }, true);
    connection.execute({}, true);
  }

  #reject(error: unknown): void {
    for (const { answer } of this.#members) answer.reject(error);
  }

  #current(): Member {
    const member = this.#members[this.#answered];
    if (member === undefined) throw new Error('the server answers more than it was asked');
    return member;
  }
}
