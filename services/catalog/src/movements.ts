import {
  done,
  present,
  refuseProduct,
  type listMovements,
  type OutcomeOf,
  type PayloadOf,
  type StockMovement,
} from '@jangteo/contracts';
import {
  columnsOf,
  cutPage,
  decodeCursor,
  refuseCursor,
  type Database,
  type Statements,
} from '@jangteo/database';
import { z } from 'zod';

/** A movement of stock: by an order, or otherwise. */
interface MovementRow {
  readonly page: number;
  readonly optionId: string;
  readonly at: Date;
  /** The same in microseconds since 1970, as whatever is behind it is found. */
  readonly atMicros: number;
  readonly quantity: number;
  readonly orderId: string | null;
  readonly releasedAt: Date | null;
  readonly actorId: string | null;
  readonly reason: string | null;
  /** Tells movements of one option and moment apart: the order, or the key under which it was asked for. */
  readonly id: string;
}

/** One product's page of movements, behind one of them. */
interface MovementPage {
  readonly productId: string;
  readonly atMicros: number | null;
  readonly id: string | null;
  readonly optionId: string | null;
  readonly rowsMax: number;
}

/** An operation's key may be long; this stands for it, here and in the index. */
const OPERATION = 'md5(operation_key)::uuid';

const LAST_ID = `'ffffffff-ffff-ffff-ffff-ffffffffffff'`;

/** An order moves several options of a product at one moment, and so does who makes it: the option tells those apart. */
const behind = (at: string, id: string): string => `
  (${at}, ${id}, option_id) < (
    coalesce('epoch'::timestamptz + asked.at_micros * interval '1 microsecond', 'infinity'),
    coalesce(asked.id, ${LAST_ID}), coalesce(asked.option_id, ${LAST_ID}))`;

/** Of each option of a product as many as are on the page: all come from an index in the order of their moments. */
const MOVEMENTS = `
  SELECT (asked.number - 1)::int AS page, moved.*,
    (extract(epoch FROM moved.at) * 1000000)::bigint AS "atMicros"
  FROM unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::uuid[], $5::int[])
    WITH ORDINALITY AS asked (product_id, at_micros, id, option_id, rows_max, number)
  CROSS JOIN LATERAL (
    SELECT moved.* FROM options CROSS JOIN LATERAL (
      (SELECT option_id AS "optionId", created_at AS at, quantity, NULL::uuid AS "orderId",
         NULL::timestamptz AS "releasedAt", actor_id AS "actorId", reason, ${OPERATION} AS id
       FROM stock_movements WHERE option_id = options.option_id AND ${behind('created_at', OPERATION)}
       ORDER BY created_at DESC, ${OPERATION} DESC LIMIT asked.rows_max)
      UNION ALL
      (SELECT option_id, reserved_at, -quantity, order_id, released_at, NULL, NULL, order_id
       FROM reservations WHERE option_id = options.option_id AND ${behind('reserved_at', 'order_id')}
       ORDER BY reserved_at DESC, order_id DESC LIMIT asked.rows_max)
    ) AS moved
    WHERE options.product_id = asked.product_id ORDER BY at DESC, id DESC, "optionId" DESC LIMIT asked.rows_max
  ) AS moved
  ORDER BY asked.number, moved.at DESC, moved.id DESC, moved."optionId" DESC`;

/** Reads pages of movements, newest first; `page` is the index of the page. */
export async function readMovementPages(
  database: Statements,
  pages: readonly MovementPage[],
): Promise<MovementRow[]> {
  const columns = columnsOf(pages, ['productId', 'atMicros', 'id', 'optionId', 'rowsMax']);
  return await database.rows<MovementRow>(MOVEMENTS, columns);
}

/** Pages of the movements of products, newest first. */
export async function movementsOf(
  payloads: readonly PayloadOf<typeof listMovements>[],
  database: Database,
): Promise<OutcomeOf<typeof listMovements>[]> {
  const pages = payloads.map(pageOf);
  const readable = pages.filter((page) => page !== undefined);
  const ids = payloads.map(({ productId }) => productId);
  const [rows, products] = await Promise.all([
    readMovementPages(database, readable),
    database.rows<{ productId: string }>(
      'SELECT product_id AS "productId" FROM products WHERE product_id = ANY($1::uuid[])',
      [ids],
    ),
  ]);
  const known = new Set(products.map(({ productId }) => productId));
  const rowsOf = Map.groupBy(rows, ({ page }) => readable[page]);
  return pages.map((page, index) => {
    const productId = ids[index] as string;
    if (page === undefined) return refuseCursor();
    if (!known.has(productId)) return refuseProduct('PRODUCT_NOT_FOUND', productId);
    const keyOf = ({ atMicros, id, optionId }: MovementRow) => [atMicros, id, optionId];
    const cut = cutPage(rowsOf.get(page) ?? [], page.rowsMax - 1, keyOf);
    return done({ movements: cut.rows.map(movementAnswer), next: cut.next });
  });
}

/** What a UUID looks like: that of an operation is of no version. */
const anyUuid = z.guid();

function pageOf({ productId, limit, cursor }: PayloadOf<typeof listMovements>): MovementPage | undefined {
  const page = { productId, rowsMax: limit + 1 };
  if (cursor === undefined) return { ...page, atMicros: null, id: null, optionId: null };
  const [atMicros, id, optionId] = decodeCursor(cursor, ['number', 'string', 'id']) ?? [];
  if (!Number.isSafeInteger(atMicros) || !anyUuid.safeParse(id).success) return undefined;
  return { ...page, atMicros: Number(atMicros), id: String(id), optionId: String(optionId) };
}

function movementAnswer(row: MovementRow): StockMovement {
  const { optionId, at, quantity, orderId, releasedAt, actorId, reason } = row;
  return {
    optionId,
    at: at.toISOString(),
    quantity,
    ...present({ orderId, releasedAt: releasedAt?.toISOString(), actorId, reason }),
  };
}
