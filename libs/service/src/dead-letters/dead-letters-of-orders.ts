import { TOLD_MAX, type DeadLetterOfOrder, type DeadLetterState } from '@jangteo/contracts';
import {
  buildLiveIndex,
  dropLiveIndex,
  type MigrationInterface,
  type QueryRunner,
  type Statements,
} from '@jangteo/database';

/** The correlation id of a command or its reply is the order's id; what is longer than any id is in no index. */
const IS_ID = 'length(correlation_id) = 36';

/** To find the dead letters of an order. There are few, so that it costs little. */
export class DeadLettersOfOrders1769299200000 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await buildLiveIndex(runner, 'dead_letters_of_order', `dead_letters (correlation_id) WHERE ${IS_ID}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropLiveIndex(runner, 'dead_letters_of_order');
  }
}

interface Row {
  readonly orderId: string;
  readonly deadLetterId: string;
  readonly type: string;
  readonly messageId: string | null;
  readonly reason: string;
  readonly parkedAt: Date;
  readonly state: DeadLetterState;
  readonly settledAt: Date | null;
}

function shown({ orderId: _, messageId, parkedAt, settledAt, ...row }: Row): DeadLetterOfOrder {
  return {
    ...row,
    ...(messageId === null ? {} : { messageId }),
    parkedAt: parkedAt.toISOString(),
    ...(settledAt === null ? {} : { settledAt: settledAt.toISOString() }),
  };
}

/**
 * Finds the latest dead letters of each of these orders, oldest first. Messages are others' words: they are cut. By
 * OFFSET 0 those of the order are found before they are sorted, never all that there are by their time.
 */
export async function deadLettersOf(
  database: Statements,
  orderIds: readonly string[],
): Promise<Map<string, DeadLetterOfOrder[]>> {
  const rows = await database.rows<Row>(
    `SELECT asked.order_id AS "orderId", d.dead_letter_id AS "deadLetterId", d.type, d.message_id AS "messageId",
       d.reason, d.parked_at AS "parkedAt", d.state, d.settled_at AS "settledAt"
     FROM unnest($1::text[]) AS asked (order_id) CROSS JOIN LATERAL (
       SELECT * FROM (
         SELECT dead_letter_id, left(type, 200) AS type, left(message_id, 200) AS message_id,
           left(reason, 200) AS reason, parked_at, state, settled_at
         FROM dead_letters WHERE ${IS_ID} AND correlation_id = asked.order_id OFFSET 0
       ) AS its
       ORDER BY parked_at DESC, dead_letter_id DESC LIMIT ${TOLD_MAX}) AS d
     ORDER BY asked.order_id, d.parked_at, d.dead_letter_id`,
    [orderIds],
  );
  const found = new Map<string, DeadLetterOfOrder[]>();
  for (const row of rows) found.set(row.orderId, [...(found.get(row.orderId) ?? []), shown(row)]);
  return found;
}
