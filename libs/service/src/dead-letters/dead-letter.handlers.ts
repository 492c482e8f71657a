import { deadLetterRequests, type ServiceName } from '@jangteo/contracts';
import { answerEach, type Handler } from '@jangteo/messaging';
import { DeadLetterGroupsHandler } from './dead-letter-groups.handler.js';
import { DeadLetterHandler } from './dead-letter.handler.js';

/** A page of them may be 350 KB, and one 512 KiB: those of a batch are held at a time. */
const LARGE = { batchSizeMax: 10 };

/** Answers what is asked about a service's dead letters. */
export function deadLetterHandlers(service: ServiceName): Handler[] {
  const { list, read, groups, changeGroup, sendAgain, sendAllAgain, drop } = deadLetterRequests[service];
  return [
    answerEach(list, DeadLetterHandler, (letters, payload) => letters.list(payload), LARGE),
    answerEach(read, DeadLetterHandler, (letters, payload) => letters.read(payload), LARGE),
    answerEach(groups, DeadLetterGroupsHandler, (all) => all.list()),
    answerEach(changeGroup, DeadLetterGroupsHandler, (all, payload) => all.change(payload)),
    answerEach(sendAgain, DeadLetterHandler, (letters, payload) => letters.sendAgain(payload)),
    answerEach(sendAllAgain, DeadLetterHandler, (letters, payload) => letters.sendAllAgain(payload)),
    answerEach(drop, DeadLetterHandler, (letters, payload) => letters.drop(payload)),
  ];
}
