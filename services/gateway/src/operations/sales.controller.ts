/*
 * GET /admin/sales   viewer   200
 */
import { Get, Query } from '@nestjs/common';
import { id, instant, readSales, SALES_PERIODS, SALES_ROWS_MAX, type SalesRow } from '@jangteo/contracts';
import { Documented } from '@jangteo/service';
import { z } from 'zod';
import { salesRange } from '../domain/sales.js';
import { Api } from '../http/access.guard.js';
import { valueOf } from '../http/refusal-error.js';
import { Call, FromCall } from '../http/request-context.js';
import { salesOfPeriod } from './responses.js';
import { Upstream } from '../http/upstream.js';

export const salesQuery = z.object({
  from: instant
    .optional()
    .describe('From the hour or day of this instant on; a day of hours or 30 days before `to` by default.'),
  to: instant.optional().describe('Before this instant; the present by default.'),
  by: z.enum(SALES_PERIODS).default('day').describe('Rows by the hour or by the day, of UTC.'),
  productId: id.optional().describe('Sales of this product alone.'),
});

@Api()
export class SalesController {
  constructor(private readonly upstream: Upstream) {}

  @Get('admin/sales')
  @Documented({
    id: 'readSales',
    summary: 'Reads what was sold, by the hour or day, oldest first',
    description:
      `At most ${SALES_ROWS_MAX.hour} hours or ${SALES_ROWS_MAX.day} days at a time. An order counts where it succeeded, ` +
      'and once it is cancelled nowhere. What is not kept any more has no row, nor what is to come; new sales show within ' +
      'a moment.',
    asks: [readSales],
    refuses: ['VALIDATION_FAILED'],
    answer: z.array(salesOfPeriod),
  })
  async read(
    @FromCall() call: Call,
    @Query({ schema: salesQuery }) { productId, ...wanted }: z.infer<typeof salesQuery>,
  ): Promise<SalesRow[]> {
    const range = valueOf(salesRange(wanted, Date.now()));
    const { sales } = await this.upstream.ask(readSales, { ...range, period: wanted.by, productId }, call);
    return sales;
  }
}
