import { connect, createServer, type Server } from 'node:net';

const API_VERSIONS = 18;
const LENGTH_BYTES = 4;
/** Bytes of one entry in the answer: key, least and most version. */
const ENTRY_BYTES = 6;

function framed(body: Buffer): Buffer {
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeInt32BE(body.length);
  return Buffer.concat([length, body]);
}

/** Puts what arrives in pieces together into Kafka's messages, without their lengths. */
function messagesOf(onMessage: (body: Buffer) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= LENGTH_BYTES && rest.length >= LENGTH_BYTES + rest.readInt32BE(0)) {
      const end = LENGTH_BYTES + rest.readInt32BE(0);
      onMessage(rest.subarray(LENGTH_BYTES, end));
      rest = rest.subarray(end);
    }
  };
}

/** The same question in version 0: header with correlation id and no client id, no body. */
function asVersion0(correlationId: number): Buffer {
  const request = Buffer.alloc(10);
  request.writeInt16BE(API_VERSIONS, 0);
  request.writeInt16BE(0, 2);
  request.writeInt32BE(correlationId, 4);
  request.writeInt16BE(-1, 8);
  return request;
}

/** An answer of version 0 as one of version 3: a compact list with tags, and no throttling. */
function asVersion3(answer: Buffer): Buffer {
  const count = answer.readInt32BE(6);
  const noTags = Buffer.alloc(1);
  const entries = Array.from({ length: count }, (_, index) => {
    const start = 10 + index * ENTRY_BYTES;
    return Buffer.concat([answer.subarray(start, start + ENTRY_BYTES), noTags]);
  });
  return Buffer.concat([
    answer.subarray(0, 6),
    Buffer.from([count + 1]),
    ...entries,
    Buffer.alloc(4),
    noTags,
  ]);
}

/**
 * Serves the address at which a client first finds the cluster. The question which versions they speak is known to
 * librdkafka's mock brokers up to its version 2 only; ours asks in version 3, as every broker since Kafka 2.4
 * understands. This is translated, and all else is passed on as it is. What comes after goes to the brokers directly.
 */
export async function kafkaBootstrap(brokerPort: number, port: number): Promise<Server> {
  const server = createServer((client) => {
    const broker = connect(brokerPort, '127.0.0.1');
    const translated = new Set<number>();
    client.on(
      'data',
      messagesOf((request) => {
        const isVersion3 = request.readInt16BE(0) === API_VERSIONS && request.readInt16BE(2) === 3;
        const correlationId = request.readInt32BE(4);
        if (isVersion3) translated.add(correlationId);
        broker.write(framed(isVersion3 ? asVersion0(correlationId) : request));
      }),
    );
    broker.on(
      'data',
      messagesOf((answer) => {
        const isTranslated = translated.delete(answer.readInt32BE(0));
        client.write(framed(isTranslated ? asVersion3(answer) : answer));
      }),
    );
    for (const [one, other] of [
      [client, broker],
      [broker, client],
    ] as const) {
      one.on('error', () => undefined);
      one.on('close', () => other.destroy());
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return server;
}
