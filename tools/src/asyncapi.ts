import {
  answererOf,
  ANSWER_TYPE,
  DIRECT_REPLY_TO,
  DocumentSchemas,
  ENVELOPES,
  eventExchange,
  MESSAGES,
  queueName,
  queueOf,
  queuesOf,
  replyType,
  SAGA_SERVICE,
  senderOf,
  SERVICES,
  SUBSCRIPTIONS,
  VERSION,
  type AnsweredContract,
  type CommandContract,
  type EventContract,
  type MessageContract,
  type Queue,
  type RequestContract,
} from '@jangteo/contracts';
import { SCHEMA_VERSION } from './message-changes.js';
import { NamedSchemas, typeName } from './named-schemas.js';

/** The namespace of a shop that sets none. */
const NAMESPACE = 'jangteo';
const EXCHANGE = eventExchange(NAMESPACE);
const REPLIES = queueName(NAMESPACE, SAGA_SERVICE, 'replies');
const BINDING_VERSION = '0.3.0';

/** Names the only service that may send a message. */
const SENDER = 'x-sender';

const DESCRIPTION = `\
What the services of the shop tell each other over RabbitMQ. The prefix \`${NAMESPACE}\` of queues and exchange is
the default of \`MESSAGING_NAMESPACE\`.

- A **request** goes from the gateway to a service and is answered on the gateway's direct reply-to. It expires
  with its asker's patience; lost means that the client asks again.
- A **command** goes from the saga in the ${SAGA_SERVICE} service to a participant and is answered on \`${REPLIES}\`.
  Persistent, confirmed, acknowledged last: never lost, and answered from the stored outcome when it is repeated.
- An **event** goes to the topic exchange \`${EXCHANGE}\` under its type. Each subscriber has a durable queue.

What one batch sends to one place travels as one message of type \`bundle\`: the length of an index in four bytes
(big-endian), the index (a JSON array with the properties and the number of \`bytes\` of each message), then the
messages' bodies. Any queue may hand out bundles.

Every message has the AMQP property \`user-id\`, the broker's user of its sender, for which RabbitMQ vouches. Who that may be
is said of each message as \`x-sender\`; from anybody else it is parked and never handled.

The body of a message is the payload alone. Type, message id, correlation id, reply-to, timestamp, app id and expiration are
AMQP properties. What cannot be handled is put aside in \`<queue>.dead\` with the reason in its headers;
its service takes it from there into its database, where it waits for people.`;

const ref = (...names: readonly string[]) => ({ $ref: `#/${names.join('/')}` });
const isEvent = (contract: MessageContract): contract is EventContract => contract.kind === 'event';
const isCommand = (contract: MessageContract): contract is CommandContract => contract.kind === 'command';
const isRequest = (contract: MessageContract): contract is RequestContract => contract.kind === 'request';

/** Under which name an answer stands in the document. On the wire all answers to requests have one type. */
function answerName(contract: AnsweredContract): string {
  return isCommand(contract) ? replyType(contract) : `${contract.type}.${ANSWER_TYPE}`;
}

function messagesOf(schemas: DocumentSchemas): Record<string, object> {
  const headers = {
    request: schemas.of(ENVELOPES.request, 'input'),
    answer: schemas.of(ENVELOPES.answer, 'input'),
    lasting: schemas.of(ENVELOPES.lasting, 'input'),
  };
  const correlationId = { location: '$message.header#/correlationId' };
  const written = MESSAGES.flatMap((contract): [string, object][] => {
    const { type, summary, version, payload, example } = contract;
    const message = {
      name: type,
      summary,
      contentType: 'application/json',
      [SCHEMA_VERSION]: version,
      [SENDER]: senderOf(contract),
      headers: headers[contract.kind === 'request' ? 'request' : 'lasting'],
      payload: schemas.of(payload, 'input'),
      examples: [{ payload: example.payload }],
      bindings: { amqp: { messageType: type, bindingVersion: BINDING_VERSION } },
    };
    if (isEvent(contract)) return [[type, message]];
    const name = isCommand(contract) ? replyType(contract) : ANSWER_TYPE;
    const answer = {
      name,
      summary: `What became of ${type}.`,
      contentType: 'application/json',
      [SCHEMA_VERSION]: version,
      [SENDER]: answererOf(contract),
      correlationId,
      headers: headers[isCommand(contract) ? 'lasting' : 'answer'],
      payload: schemas.of(contract.outcome, 'input'),
      examples: [{ payload: { ok: true, value: contract.example.value } }],
      bindings: { amqp: { messageType: name, bindingVersion: BINDING_VERSION } },
    };
    return [
      [type, { ...message, correlationId }],
      [answerName(contract), answer],
    ];
  });
  return Object.fromEntries(written);
}

function messageRefs(names: readonly string[]): object {
  return Object.fromEntries(names.map((name) => [name, ref('components', 'messages', name)]));
}

function queueChannel(address: string, summary: string, messages: readonly string[]): object {
  const queue = { name: address, durable: true, exclusive: false, autoDelete: false };
  return {
    address,
    title: address,
    summary,
    messages: messageRefs(messages),
    bindings: { amqp: { is: 'queue', queue, bindingVersion: BINDING_VERSION } },
  };
}

/** AsyncAPI has the JSON Schema of draft 7, where nothing beside a reference counts. */
function asDraft7(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asDraft7);
  if (typeof value !== 'object' || value === null) return value;
  const { $ref, ...beside } = Object.fromEntries(
    Object.entries(value).map(([name, field]) => [name, asDraft7(field)]),
  );
  if ($ref === undefined) return beside;
  return Object.keys(beside).length === 0 ? { $ref } : { allOf: [{ $ref }, beside] };
}

/** Types of the messages in a queue. */
function carriedBy(queue: Queue): string[] {
  const inQueue = (contract: MessageContract) => queueOf(NAMESPACE, contract) === queue.name;
  switch (queue.role) {
    case 'requests':
      return MESSAGES.filter((contract) => isRequest(contract) && inQueue(contract)).map(({ type }) => type);
    case 'commands':
      return MESSAGES.filter((contract) => isCommand(contract) && inQueue(contract)).map(({ type }) => type);
    case 'replies':
      return MESSAGES.filter(isCommand).map(replyType);
    case 'events':
      return [...queue.bindings];
  }
}

function channels(): Record<string, object> {
  const queues = SERVICES.flatMap((service) =>
    queuesOf(NAMESPACE, service).flatMap((queue): [string, object][] => {
      const carried = carriedBy(queue);
      const reads = `Read by every replica of the ${service} service, each message by one of them.`;
      const dead = `What the ${service} service could not handle, with the reason in the headers parked-…`;
      return [
        [queue.name, queueChannel(queue.name, reads, carried)],
        [queue.deadLetterQueue, queueChannel(queue.deadLetterQueue, dead, ['parked', ...carried])],
      ];
    }),
  );
  const events = MESSAGES.filter(isEvent).map(({ type }): [string, object] => {
    const exchange = { name: EXCHANGE, type: 'topic', durable: true, autoDelete: false };
    const bindings = { amqp: { is: 'routingKey', exchange, bindingVersion: BINDING_VERSION } };
    return [
      type,
      {
        address: type,
        title: type,
        summary: `Under this key at ${EXCHANGE}.`,
        messages: messageRefs([type]),
        bindings,
      },
    ];
  });
  const answers = {
    title: 'Answers to requests',
    summary: `RabbitMQ's direct reply-to (${DIRECT_REPLY_TO}) of the channel that asked.`,
    messages: messageRefs(MESSAGES.filter(isRequest).map(answerName)),
  };
  return { ...Object.fromEntries([...queues, ...events]), answers };
}

function operation(
  action: 'send' | 'receive',
  channel: string,
  contract: MessageContract,
  more: object = {},
): object {
  const { type, summary } = contract;
  return {
    action,
    channel: ref('channels', channel),
    summary,
    security: [ref('components', 'securitySchemes', 'user')],
    messages: [ref('channels', channel, 'messages', type)],
    ...more,
  };
}

function askedOperations(contract: AnsweredContract): [string, object][] {
  const queue = queueOf(NAMESPACE, contract);
  const answers = isCommand(contract) ? REPLIES : 'answers';
  const reply = {
    ...(isCommand(contract) ? {} : { address: { location: '$message.header#/replyTo' } }),
    channel: ref('channels', answers),
    messages: [ref('channels', answers, 'messages', answerName(contract))],
  };
  const asker = isCommand(contract) ? SAGA_SERVICE : 'gateway';
  return [
    [`${asker}.sends.${contract.type}`, operation('send', queue, contract, { reply })],
    [`${contract.service}.receives.${contract.type}`, operation('receive', queue, contract, { reply })],
  ];
}

function eventOperations(contract: EventContract): [string, object][] {
  const subscribers = SERVICES.filter((service) =>
    SUBSCRIPTIONS[service]?.some(({ type }) => type === contract.type),
  );
  const sends = operation('send', contract.type, contract);
  const receipts = subscribers.map((service): [string, object] => {
    const queue = queueName(NAMESPACE, service, 'events');
    return [`${service}.receives.${contract.type}`, operation('receive', queue, contract)];
  });
  return [[`${contract.service}.sends.${contract.type}`, sends], ...receipts];
}

/** The AsyncAPI 3 document of all messages that services exchange. */
export function asyncApi(): object {
  const schemas = new DocumentSchemas();
  const parked = {
    name: 'parked',
    summary: 'A message that could not be handled, as it was, with the reason in its headers.',
    headers: schemas.of(ENVELOPES.parked, 'input'),
    payload: {},
  };
  const messages = { ...messagesOf(schemas), parked };
  const operations = MESSAGES.flatMap((contract) =>
    isEvent(contract) ? eventOperations(contract) : askedOperations(contract),
  );
  const named = new NamedSchemas(asDraft7(schemas.components) as Record<string, unknown>);
  const components = {
    messages: Object.fromEntries(
      Object.entries(asDraft7(messages) as Record<string, { payload: unknown }>).map(([name, message]) => [
        name,
        name === parked.name
          ? message
          : { ...message, payload: named.reference(message.payload, typeName(name)) },
      ]),
    ),
    schemas: named.all,
  };
  return {
    asyncapi: '3.1.0',
    info: {
      title: 'Jangteo messages',
      version: VERSION,
      description: DESCRIPTION,
      license: { name: 'MIT', url: 'https://spdx.org/licenses/MIT.html' },
    },
    defaultContentType: 'application/json',
    servers: {
      broker: { host: 'localhost:5672', protocol: 'amqp', protocolVersion: '0.9.1', description: 'AMQP_URL' },
    },
    channels: channels(),
    operations: Object.fromEntries(operations),
    components: {
      securitySchemes: { user: { type: 'userPassword', description: 'As AMQP_URL has them.' } },
      ...components,
    },
  };
}
