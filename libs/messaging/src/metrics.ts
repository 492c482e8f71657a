import { Counter, Gauge, Histogram, register } from 'prom-client';

const byQueueAndType = ['queue', 'type'] as const;

/** The pipeline's metrics, in prom-client's default registry. */
export const metrics = {
  batchSize: new Histogram({
    name: 'messaging_batch_size',
    help: 'Messages that one handler call got',
    labelNames: byQueueAndType,
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000],
  }),
  batchSeconds: new Histogram({
    name: 'messaging_batch_seconds',
    help: 'From the call of a handler until its batch was acknowledged, or failed',
    labelNames: byQueueAndType,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  }),
  handled: new Counter({
    name: 'messaging_handled_total',
    help: 'Messages handled, their outcomes confirmed, and acknowledged',
    labelNames: byQueueAndType,
  }),
  retried: new Counter({
    name: 'messaging_retried_total',
    help: 'Messages whose handling failed and was begun again',
    labelNames: byQueueAndType,
  }),
  deadLettered: new Counter({
    name: 'messaging_dead_lettered_total',
    help: 'Messages parked for people in a dead-letter queue',
    labelNames: [...byQueueAndType, 'reason'] as const,
  }),
  wrongSender: new Counter({
    name: 'messaging_wrong_sender_total',
    help: 'Messages of somebody who may not send them, or of nobody knows whom, that were not taken; to alert on',
    labelNames: ['type', 'sender'] as const,
  }),
  unsigned: new Counter({
    name: 'messaging_unsigned_total',
    help: 'Messages taken although they do not say who sent them: see UNSIGNED_MESSAGES',
    labelNames: ['type'] as const,
  }),
  takesUnsigned: new Gauge({
    name: 'messaging_takes_unsigned',
    help: '1 while messages are taken that do not say who sent them; to alert on',
  }),
  busy: new Gauge({
    name: 'messaging_busy',
    help: 'Messages that wait aside since somebody else holds what they need; others go on meanwhile',
    labelNames: byQueueAndType,
  }),
  expired: new Counter({
    name: 'messaging_expired_total',
    help: 'Requests dropped because nobody waited for their answer any more',
    labelNames: byQueueAndType,
  }),
  answersDropped: new Counter({
    name: 'messaging_answers_dropped_total',
    help: 'Answers not sent because the broker took nothing; the asker asks again',
  }),
  confirmSeconds: new Histogram({
    name: 'messaging_publish_confirm_seconds',
    help: 'From a publish to the last of its confirms',
    buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  }),
  publishFailures: new Counter({
    name: 'messaging_publish_failures_total',
    help: 'Messages whose publish was not confirmed: their fate is unknown',
    labelNames: ['reason', 'to'] as const,
  }),
  pendingRequests: new Gauge({
    name: 'messaging_pending_requests',
    help: 'Requests that wait for their answer',
  }),
  connectionsLost: new Counter({
    name: 'messaging_connections_lost_total',
    help: 'Connections to the broker that ended without being asked to',
    labelNames: ['connection'] as const,
  }),
};

/** The visible state of a connection to the broker. */
interface Watched {
  /** False for one that this process does not need. */
  readonly isStarted: boolean;
  readonly isReady: boolean;
  readonly isBlocked: boolean;
}

/** Shows connections by name whenever metrics are read; those of an earlier call are forgotten. */
export function watchConnections(connections: Readonly<Record<string, Watched>>): void {
  const show = (name: string, help: string, isOn: (connection: Watched) => boolean): void => {
    register.removeSingleMetric(name);
    new Gauge({
      name,
      help,
      labelNames: ['connection'],
      collect() {
        for (const [connection, watched] of Object.entries(connections)) {
          if (watched.isStarted) this.set({ connection }, isOn(watched) ? 1 : 0);
        }
      },
    });
  };
  show('messaging_connection_ready', '1 while connected to the broker', ({ isReady }) => isReady);
  show('messaging_connection_blocked', '1 while the broker takes nothing here', ({ isBlocked }) => isBlocked);
}
