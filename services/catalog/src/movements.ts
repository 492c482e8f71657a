import {
  done,
  refuseProduct,
  type listMovements,
  type OutcomeOf,
  type PayloadOf,
  type StockMovement,
} from '@jangteo/contracts';
import { columnsOf, cutPage, decodeCursor, refuseCursor, type Database } from '@jangteo/database';

/** A movement of stock: by an order, or otherwise. */
interface MovementRow {
  readonly page: number;
  readonly optionId: string;
  readonly at: Date;
  /** The same in microseconds, as whatever is behind it is found. */
  readonly exactAt: string;
  readonly quantity: number;
  readonly orderId: string | null;
  readonly releasedAt: Date | null;
  readonly actorId: string | null;
  readonly reason: string | null;
  /** Tells movements of one moment apart: the order, or the key under which it was asked for. */
  readonly id: string;
}

interface MovementPage {
  readonly productId: string;
  readonly at: string | null;
  readonly id: string | null;
  readonly rowsMax: number;
}

/** An operation's key may be long; this stands for it, here and in the index. */
const OPERATION = 'md5(operation_key)::uuid';

const behind = (at: string, id: string): string =>
  `(${at}, ${id}) < (coalesce(asked.at, 'infinity'), coalesce(asked.id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))`;

/** Of each option of a product as many as are on the page: all come from an index in their order. */
const MOVEMENTS = `
  SELECT (asked.number - 1)::int AS page, moved.*,
    to_char(moved.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS "exactAt"
  FROM unnest($1::uuid[], $2::timestamptz[], $3::uuid[], $4::int[])
    WITH ORDINALITY AS asked (product_id, at, id, rows_max, number)
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
    WHERE options.product_id = asked.product_id ORDER BY at DESC, id DESC LIMIT asked.rows_max
  ) AS moved
  ORDER BY asked.number, moved.at DESC, moved.id DESC`;

/** Pages of the movements of products, newest first. */
export async function movementsOf(
  payloads: readonly PayloadOf<typeof listMovements>[],
  database: Database,
): Promise<OutcomeOf<typeof listMovements>[]> {
  const pages = payloads.map(pageOf);
  const readable = pages.filter((page) => page !== undefined);
  const ids = payloads.map(({ productId }) => productId);
  const [rows, products] = await Promise.all([
    database.rows<MovementRow>(MOVEMENTS, columnsOf(readable, ['productId', 'at', 'id', 'rowsMax'])),
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
    const keyOf = ({ exactAt, id }: MovementRow) => [exactAt, id];
    const cut = cutPage(rowsOf.get(page) ?? [], page.rowsMax - 1, keyOf);
    return done({ movements: cut.rows.map(movementAnswer), next: cut.next });
  });
}

function pageOf({ productId, limit, cursor }: PayloadOf<typeof listMovements>): MovementPage | undefined {
  const rowsMax = limit + 1;
  if (cursor === undefined) return { productId, at: null, id: null, rowsMax };
  const [at, id] = decodeCursor(cursor, ['instant', 'id']) ?? [];
  return at === undefined ? undefined : { productId, at: String(at), id: String(id), rowsMax };
}

function movementAnswer(row: MovementRow): StockMovement {
  const { optionId, at, quantity, orderId, releasedAt, actorId, reason } = row;
  return {
    optionId,
    at: at.toISOString(),
    quantity,
    ...(orderId === null ? {} : { orderId }),
    ...(releasedAt === null ? {} : { releasedAt: releasedAt.toISOString() }),
    ...(actorId === null ? {} : { actorId }),
    ...(reason === null ? {} : { reason }),
  };
}
