import type { DeadLetter, DeadLetterGroup, Jangteo } from '@jangteo/client';
import { Undertakings } from '../../operations/undertakings.js';
import { groupKey, letterKey } from './filters.js';

/** Groups that were sent again since the page was opened. */
export const groupSendings = new Undertakings<DeadLetterGroup>();

/** Single messages that were sent again or dropped since then. */
export const letterSendings = new Undertakings<DeadLetter>();

/** Sends all that wait of a group, round by round, but for those that come back meanwhile. */
export async function sendGroup({ admin }: Jangteo, group: DeadLetterGroup): Promise<void> {
  const { service, type, reason, count } = group;
  await groupSendings.start(groupKey(group), group, count, async (parkedUntil, idempotencyKey) => {
    const choice = { type, reason, ...(parkedUntil === undefined ? {} : { parkedUntil }) };
    const done = await admin.sendDeadLetters(service, choice, { idempotencyKey });
    const { sent, left, unsendable, operationId, ...round } = done;
    return { sent, left, unsendable, operationId, next: left > 0 ? round.parkedUntil : undefined };
  });
}

export async function sendLetter({ admin }: Jangteo, letter: DeadLetter): Promise<void> {
  const key = letterKey(letter);
  await letterSendings.start(key, letter, 1, async (_, idempotencyKey) => {
    const { service, deadLetterId } = letter;
    const { operationId, ...thing } = await admin.sendDeadLetter(service, deadLetterId, { idempotencyKey });
    letterSendings.keep({ ...letterSendings.of(key), key, thing });
    return { sent: 1, operationId };
  });
}

/** @throws JangteoError */
export async function dropLetter({ admin }: Jangteo, letter: DeadLetter, reason: string): Promise<void> {
  const thing = await admin.dropDeadLetter(letter.service, letter.deadLetterId, reason);
  letterSendings.keep({ key: letterKey(letter), thing });
}
