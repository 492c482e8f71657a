/**
 * Every place in the code at which a process can be made to die: for each kind of work its steps, in their
 * order, named by what has just happened. The kill matrix (docs/kill-matrix.md) goes through all of them.
 */
export const FAILPOINTS = {
  /** A batch of messages from a queue. */
  batch: ['received', 'committed', 'published', 'confirmed', 'before-ack', 'acked'],
  /** A message that cannot be handled, on its way into the dead-letter queue. */
  parking: ['published', 'confirmed', 'acked'],
  /** A dead letter, on its way from there to where people find it. */
  keeping: ['received', 'committed', 'acked'],
  /** A request, at whoever asks. */
  request: ['asking', 'asked', 'answered'],
  /** Messages that sagas without progress are made to send again. */
  sweep: ['committed', 'published', 'confirmed'],
  /** The note that the broker has an event. */
  confirms: ['writing', 'written'],
  /** A charge's payment, behind the request that began it. */
  payment: ['begun', 'answered', 'settled', 'told', 'resumed'],
  /** Records on their way to the data platform. */
  relay: ['numbered', 'sent', 'marked'],
  /** The calculation of what sells. */
  ranking: ['calculated', 'committed'],
} as const;

export type FailpointKind = keyof typeof FAILPOINTS;

/** `batch.received` and so on. */
export type FailpointName = {
  readonly [K in FailpointKind]: `${K}.${(typeof FAILPOINTS)[K][number]}`;
}[FailpointKind];

/** Things that pass a failpoint: messages, contracts, or anything else that knows which message it is about. */
export type Passing = readonly { readonly type: string }[];
