import { HttpStatus, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import {
  ClientsModule,
  RpcException,
  Transport,
  type ClientProxy,
  type MicroserviceOptions,
  type RmqContext,
} from '@nestjs/microservices';
import { finalize, firstValueFrom, timeout, type Observable } from 'rxjs';
import type { ServiceName, Settings } from './settings.js';

const ANSWER_DEADLINE_MS = 10_000;

/** Options that who serves a queue and who sends to it have in common: RabbitMQ refuses a queue declared in two ways. */
function queueOptions({ amqpUrl, queuePrefix }: Settings, service: ServiceName) {
  return {
    urls: [amqpUrl],
    queue: `${queuePrefix}.${service}`,
    queueOptions: { durable: true },
    // Else TCP holds each small message back until the one before it is acknowledged: some 40 ms a hop.
    socketOptions: { connectionOptions: { noDelay: true } },
  };
}

/** The transport of a service: a message counts as done when its handler says so. */
export function serverOptions(settings: Settings, service: ServiceName): MicroserviceOptions {
  return { transport: Transport.RMQ, options: { ...queueOptions(settings, service), noAck: false } };
}

/** Clients of other services, each injected by the name of its service. */
export function clientsOf(settings: Settings, services: readonly ServiceName[]) {
  return ClientsModule.register(
    services.map((name) => ({
      name,
      transport: Transport.RMQ as const,
      options: queueOptions(settings, name),
    })),
  );
}

/** Acknowledges each message once its handler has ended, well or not: nothing is tried again. */
export class AckInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const message = context.switchToRpc().getContext<RmqContext>();
    return next.handle().pipe(finalize(() => message.getChannelRef().ack(message.getMessage())));
  }
}

/** The reason why a service does not do what it was asked for, as it travels to the customer. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
}

export function refusal(code: string, status = HttpStatus.CONFLICT): RpcException {
  return new RpcException({ status, code } satisfies Refusal);
}

/** What another service answered instead of a result: its refusal, or `INTERNAL` where it failed or was silent. */
export function refusalIn(error: unknown): Refusal {
  const { status, code } = error as Partial<Refusal>;
  if (typeof status === 'number' && typeof code === 'string') return { status, code };
  return { status: HttpStatus.INTERNAL_SERVER_ERROR, code: 'INTERNAL' };
}

/**
 * Asks another service and waits for its answer.
 * @throws the refusal as a plain object, or an error where no answer came in time
 */
export async function ask<T>(client: ClientProxy, pattern: string, payload: object): Promise<T> {
  return await firstValueFrom(client.send<T>(pattern, payload).pipe(timeout(ANSWER_DEADLINE_MS)));
}
