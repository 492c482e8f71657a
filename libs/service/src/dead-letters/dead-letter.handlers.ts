import { deadLetterRequests, type ServiceName } from '@jangteo/contracts';
import { answerEach, type Handler } from '@jangteo/messaging';
import { DeadLetterGroupsHandler } from './dead-letter-groups.handler.js';
import { DeadLetterHandler } from './dead-letter.handler.js';

/** A body may be 512 KiB as it is shown: those of a batch are held at a time, until they are sent. */
const LARGE = { batchSizeMax: 10 };

/** Answers what is asked about a service's dead letters. */
export function deadLetterHandlers(service: ServiceName): Handler[] {
  const { list, read, groups, changeGroup, sendAgain, sendAllAgain, drop } = deadLetterRequests[service];
  return [
    answerEach(list, DeadLetterHandler, (letters, payload) => letters.list(payload)),
    answerEach(read, DeadLetterHandler, (letters, payload) => letters.read(payload), LARGE),
    answerEach(groups, DeadLetterGroupsHandler, (all) => all.list()),
    answerEach(changeGroup, DeadLetterGroupsHandler, (all, payload) => all.change(payload)),
    answerEach(sendAgain, DeadLetterHandler, (letters, payload) => letters.sendAgain(payload)),
    answerEach(sendAllAgain, DeadLetterHandler, (letters, payload) => letters.sendAllAgain(payload)),
    answerEach(drop, DeadLetterHandler, (letters, payload) => letters.drop(payload)),
  ];
}
