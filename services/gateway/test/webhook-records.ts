import { expect } from '@jest/globals';
import { eventually, type ReceivedWebhook, type Shop } from '@jangteo/testkit';

/** The last number of a record, once all that has happened has one. */
export async function newestRecord(shop: Shop): Promise<number> {
  return await eventually(
    async () => {
      const [relay] = await shop.sql<{ seq: number; isOpen: boolean }>(
        'order',
        `SELECT numbered_seq AS seq, EXISTS (SELECT FROM platform_entries) AS "isOpen" FROM platform_relay`,
      );
      expect(relay?.isOpen).toBe(false);
      return relay!.seq;
    },
    { deadlineMs: 60_000, everyMs: 100 },
  );
}

export const numbersOf = (received: readonly ReceivedWebhook[]): number[] =>
  received.map(({ event }) => event.data.sequence);

export const rangeFrom = (first: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => first + index);

/** Nothing lost, nothing before its turn, and the same of a repeat as of the first. */
export function expectInOrder(received: readonly ReceivedWebhook[], first: number, count: number): void {
  const numbers = numbersOf(received);
  expect([...new Set(numbers)]).toEqual(rangeFrom(first, count));
  expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
  for (const same of Map.groupBy(received, ({ event }) => event.data.sequence).values()) {
    expect(new Set(same.map(({ body }) => body)).size).toBe(1);
    expect(new Set(same.map(({ messageId }) => messageId)).size).toBe(1);
  }
}
