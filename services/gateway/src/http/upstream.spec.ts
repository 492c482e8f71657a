import { describe, expect, it } from '@jest/globals';
import { pings } from '@jangteo/contracts';
import { UpstreamTimeout, UpstreamUnavailable, type RequestClient } from '@jangteo/messaging';
import type { Call } from './request-context.js';
import { Upstream } from './upstream.js';

describe('one of several services that is asked', () => {
  it.each([new UpstreamTimeout('late'), new UpstreamUnavailable('away')])(
    'is named where it does not answer, and why is not forgotten: %p',
    async (cause) => {
      const requests = { ask: () => Promise.reject(cause) } as unknown as RequestClient;
      const asked = new Upstream(requests).askNaming(pings.wallet, {}, { trace: {} } as Call);
      await expect(asked).rejects.toMatchObject({
        refusal: { code: 'SERVICE_UNAVAILABLE', detail: 'wallet does not answer' },
        cause,
      });
    },
  );
});
