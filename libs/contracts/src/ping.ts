import { z } from 'zod';
import { request, type RequestContract } from './message.js';
import { SERVICES, type ServiceName } from './services.js';

const value = z.object({ service: z.enum(SERVICES) });
const payload = z.object({});

type Ping = RequestContract<typeof payload, typeof value, never>;

/** One request a service that proves it consumes, reaches its database and answers; `/health/shop` and audits ask it. */
export const pings = Object.fromEntries(
  SERVICES.map((service) => [
    service,
    request({
      type: `${service}.ping`,
      service,
      summary: `Answers when the ${service} service takes requests and reaches its database.`,
      payload,
      value,
      refusals: [],
      example: { payload: {}, value: { service } },
    }),
  ]),
) as Record<ServiceName, Ping>;
