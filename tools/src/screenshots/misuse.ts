import { randomUUID } from 'node:crypto';
import type { Jangteo } from '@jangteo/client';
import { connectToBroker, eventually, honestSender } from '@jangteo/testkit';
import type { Stack } from '../stack/stack.js';

interface Message {
  readonly queue: string;
  readonly type: string;
  readonly body: string;
  /** The order that it says it is of. */
  readonly orderId: string;
}

/** Puts messages into queues that no service of the shop would send. */
async function publish(stack: Stack, messages: readonly Message[]): Promise<void> {
  const { amqpUrl, amqpUrls } = stack.infrastructure;
  const connection = await connectToBroker(amqpUrl);
  try {
    const channel = await connection.createConfirmChannel();
    for (const { queue, type, body, orderId } of messages) {
      const sender = honestSender(queue, type);
      channel.sendToQueue(queue, Buffer.from(body), {
        type,
        userId: new URL(amqpUrls[sender]).username,
        messageId: randomUUID(),
        correlationId: orderId,
        headers: { 'schema-version': 1, 'request-id': randomUUID() },
        persistent: true,
      });
    }
    await channel.waitForConfirms();
  } finally {
    await connection.close();
  }
}

/**
 * Leaves messages that services could not handle: a till of the shop's counter debits backwards what was brought back,
 * and something sends what nobody can read. Somebody has written down what they know of it.
 *
 * @param orders ids of orders with those of their customers, whom the messages are about
 * @returns the id of a message that the wallet could not handle
 */
export async function misuse(
  stack: Stack,
  admin: Jangteo,
  orders: readonly { readonly orderId: string; readonly userId: string }[],
): Promise<string> {
  const backwards = orders.map(({ orderId, userId }, index): Message => {
    const body = { orderId, userId, amount: -7_500 * (index + 1), token: 'pos-3:counter' };
    return { queue: 'jangteo.wallet.commands', type: 'wallet.debit', body: JSON.stringify(body), orderId };
  });
  const [first] = orders;
  const unreadable = [
    { queue: 'jangteo.catalog.commands', type: 'catalog.release-stock', body: 'RELEASE;12;방짜 유기 수저' },
    { queue: 'jangteo.coupon.commands', type: 'coupon.use', body: '{"orderId":' },
  ].map((message): Message => ({ ...message, orderId: first!.orderId }));
  await publish(stack, [...backwards, ...unreadable]);
  await eventually(async () => {
    const letters = await admin.admin.deadLetters({}).first(100);
    return letters.length >= backwards.length + unreadable.length;
  });
  const [group] = await admin.admin.deadLetterGroups({ service: 'wallet' });
  await admin.call('changeDeadLetterGroup', {
    path: { service: 'wallet' },
    body: {
      type: group!.type,
      reason: group!.reason,
      note: '매장 3번 계산대가 환불을 음수 결제로 보냅니다. 업체에 수정을 요청했습니다.',
    },
  });
  const [letter] = await admin.admin.deadLetters({ service: 'wallet' }).first(1);
  return letter!.deadLetterId;
}
