import { createHmac } from 'node:crypto';

const PREFIX = 'whsec_';

/** A secret as receivers are given it. */
export function secretText(secret: Buffer): string {
  return PREFIX + secret.toString('base64');
}

/** Signs a message with each secret, as Standard Webhooks has it: `v1,…`, parted by spaces. */
export function signaturesOf(
  secrets: readonly Buffer[],
  {
    messageId,
    seconds,
    body,
  }: { readonly messageId: string; readonly seconds: number; readonly body: string },
): string {
  const signed = `${messageId}.${seconds}.${body}`;
  return secrets
    .map((secret) => `v1,${createHmac('sha256', secret).update(signed).digest('base64')}`)
    .join(' ');
}
