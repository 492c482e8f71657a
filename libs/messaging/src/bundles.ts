import type { ConsumeMessage, Message, MessageProperties } from 'amqplib';
import { BUNDLE_TYPE } from '@jangteo/contracts';
import type { Arrival, Session } from './consumer-session.js';
import type { OutboundMessage } from './outbound-messages.js';
import { newId } from './ids.js';

/*
 * A bundle: all that one batch sends to one place, as one message, since most of a broker's work is done per message.
 * It begins with the length of its index in four bytes; the index is a JSON array with the properties and the length
 * of each part; then come the parts' bodies.
 */

/** With the consumer's prefetch it bounds what a process holds. */
const PARTS_MAX = 50;
/** Of whoever writes them: a body of 16 MiB could hold a million parts of nothing. */
const READ_PARTS_MAX = 1_000;
/** Bytes of a message beyond which a bundle gains nothing. */
const PART_BYTES_MAX = 16 * 1024;
const BUNDLE_BYTES_MAX = 128 * 1024;
const INDEX_AT = 4;

type PartProperties = Pick<
  MessageProperties,
  'type' | 'messageId' | 'correlationId' | 'replyTo' | 'timestamp' | 'appId' | 'contentType' | 'headers'
>;
type Entry = Partial<PartProperties> & { readonly bytes: number };

function entryOf({ body, options }: OutboundMessage): Entry {
  const { type, messageId, correlationId, replyTo, timestamp, appId, contentType, headers } = options;
  return {
    bytes: body.length,
    type,
    messageId,
    correlationId,
    replyTo,
    timestamp,
    appId,
    contentType,
    headers,
  };
}

function bundleOf(frames: readonly OutboundMessage[]): OutboundMessage[] {
  const [first] = frames;
  if (first === undefined || frames.length === 1) return [...frames];
  const index = Buffer.from(JSON.stringify(frames.map(entryOf)));
  const length = Buffer.alloc(INDEX_AT);
  length.writeUInt32BE(index.length);
  const { persistent, mandatory, timestamp, appId, userId } = first.options;
  return [
    {
      exchange: first.exchange,
      routingKey: first.routingKey,
      body: Buffer.concat([length, index, ...frames.map(({ body }) => body)]),
      options: { type: BUNDLE_TYPE, messageId: newId(), persistent, mandatory, timestamp, appId, userId },
      confirmed: first.confirmed,
      isOwed: first.isOwed === true,
    },
  ];
}

/** Cuts what goes to one place into groups that bundles hold. */
function groupsOf(frames: readonly OutboundMessage[]): OutboundMessage[][] {
  const groups: OutboundMessage[][] = [];
  let bytes = 0;
  for (const frame of frames) {
    const group = groups.at(-1);
    bytes += frame.body.length;
    if (group !== undefined && group.length < PARTS_MAX && bytes <= BUNDLE_BYTES_MAX) group.push(frame);
    else {
      groups.push([frame]);
      bytes = frame.body.length;
    }
  }
  return groups;
}

/** Bundles what a batch sends; large messages stay as they are. */
export function bundled(frames: readonly OutboundMessage[]): OutboundMessage[] {
  const fits = ({ body }: OutboundMessage): boolean => body.length <= PART_BYTES_MAX;
  const byPlace = Map.groupBy(frames.filter(fits), ({ exchange, routingKey }) => `${exchange}/${routingKey}`);
  const bundles = [...byPlace.values()].flatMap((together) => groupsOf(together).flatMap(bundleOf));
  return [...bundles, ...frames.filter((frame) => !fits(frame))];
}

function partsOf<M extends Message>(bundle: M): M[] {
  const { content, properties } = bundle;
  const indexEnd = INDEX_AT + content.readUInt32BE(0);
  const entries = JSON.parse(content.toString('utf8', INDEX_AT, indexEnd)) as readonly Entry[];
  // How often the broker has handed a part out is how often it has handed the bundle out.
  const count = properties.headers?.['x-delivery-count'];
  const counted = count === undefined ? {} : { 'x-delivery-count': count };
  if (entries.length === 0 || entries.length > READ_PARTS_MAX) throw new Error(`${entries.length} parts`);
  let at = indexEnd;
  const parts = entries.map(({ bytes, headers, ...own }) => {
    if (!Number.isSafeInteger(bytes) || bytes < 0) throw new Error(`a part of ${bytes} bytes`);
    const body = content.subarray(at, at + bytes);
    at += bytes;
    // Whatever the index says: the broker has looked at the bundle's alone.
    const { deliveryMode, userId } = properties;
    return {
      ...bundle,
      content: body,
      properties: { ...own, deliveryMode, userId, headers: { ...headers, ...counted } } as MessageProperties,
    };
  });
  if (at !== content.length) throw new Error(`${content.length} bytes, but ${at} in the index`);
  return parts;
}

/** The messages in a bundle. Any other message, and a bundle that cannot be read, is the one in itself. */
export function unbundled<M extends Message>(message: M): M[] {
  if (message.properties.type !== BUNDLE_TYPE) return [message];
  try {
    return partsOf(message);
  } catch {
    return [message];
  }
}

/** Acknowledges a bundle once each of its parts is; gives all of it back when any part was given back. */
class BundleSession implements Session {
  readonly #open: Set<ConsumeMessage>;
  #isGivenBack = false;

  constructor(
    private readonly bundle: Arrival,
    parts: readonly ConsumeMessage[],
  ) {
    this.#open = new Set(parts);
  }

  get isAlive(): boolean {
    return this.bundle.session.isAlive;
  }

  ack(parts: readonly ConsumeMessage[]): void {
    this.#settle(parts);
  }

  giveBack({ message }: Arrival): void {
    this.#isGivenBack = true;
    this.#settle([message]);
  }

  #settle(parts: readonly ConsumeMessage[]): void {
    const settled = parts.filter((part) => this.#open.delete(part));
    if (settled.length === 0 || this.#open.size > 0) return;
    const { session, message } = this.bundle;
    if (this.#isGivenBack) session.giveBack(this.bundle);
    else session.ack([message]);
  }
}

/** Takes an arrival apart into its messages, each acknowledged for itself. */
export function arrivalsOf(arrival: Arrival): Arrival[] {
  const parts = unbundled(arrival.message);
  if (parts.length === 1 && parts[0] === arrival.message) return [arrival];
  const session = new BundleSession(arrival, parts);
  return parts.map((message) => ({ message, session, arrivedAtMs: arrival.arrivedAtMs }));
}
