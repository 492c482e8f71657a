import { Injectable } from '@nestjs/common';
import type { PayloadOf, RequestContract, ValueOf } from '@jangteo/contracts';
import { RequestClient, UpstreamTimeout, UpstreamUnavailable } from '@jangteo/messaging';
import type { Call } from './request-context.js';
import { Refused, valueOf } from './refusal-error.js';

/** The services behind the gateway. */
@Injectable()
export class Upstream {
  constructor(private readonly requests: RequestClient) {}

  /**
   * Asks a service on behalf of a call.
   *
   * @param deadlineMs how long to wait; REQUEST_DEADLINE_MS where left out
   * @throws Refused with what the service refused with; UpstreamTimeout, UpstreamUnavailable, UpstreamFailure
   */
  async ask<C extends RequestContract>(
    contract: C,
    payload: PayloadOf<C>,
    call: Call,
    deadlineMs?: number,
  ): Promise<ValueOf<C>> {
    const options = {
      trace: call.trace,
      onReplay: () => call.tellReplayed(),
      ...(deadlineMs === undefined ? {} : { deadlineMs }),
    };
    return valueOf(await this.requests.ask(contract, payload, options)) as ValueOf<C>;
  }

  /**
   * Asks one of several services: whoever looks for what is wrong is to be told which is away.
   *
   * @throws Refused with SERVICE_UNAVAILABLE and the name of the one that does not answer; else as {@link ask}
   */
  async askNaming<C extends RequestContract>(
    contract: C,
    payload: PayloadOf<C>,
    call: Call,
  ): Promise<ValueOf<C>> {
    try {
      return await this.ask(contract, payload, call);
    } catch (error) {
      const isAway = error instanceof UpstreamTimeout || error instanceof UpstreamUnavailable;
      if (!isAway) throw error;
      const detail = `${contract.service} does not answer`;
      throw new Refused({ code: 'SERVICE_UNAVAILABLE', detail }, undefined, { cause: error });
    }
  }
}
