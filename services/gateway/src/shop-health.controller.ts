/*
 * GET /health/shop   anyone   200
 */
import { Controller, Get, Header } from '@nestjs/common';
import { pings, SERVICES } from '@jangteo/contracts';
import { RequestClient } from '@jangteo/messaging';
import { Documented, Health, readiness, type HealthCheck, type HealthCheckResult } from '@jangteo/service';

const PING_DEADLINE_MS = 1_500;
/** A look asks every service: however many want to know, there is one a second. */
const KEPT_MS = 1_000;

/** A look at the shop, and until when its result is told to whoever asks. */
interface Look {
  readonly result: Promise<HealthCheckResult>;
  untilMs: number;
}

/** How the whole shop is, for people and dashboards. */
@Controller('health')
export class ShopHealthController {
  readonly #services: readonly HealthCheck[];
  #last: Look | undefined;

  constructor(
    private readonly health: Health,
    requests: RequestClient,
  ) {
    this.#services = SERVICES.map((service) => ({
      name: service,
      async check() {
        await requests.ask(pings[service], {}, { deadlineMs: PING_DEADLINE_MS });
      },
    }));
  }

  @Get('shop')
  @Header('Cache-Control', 'no-store')
  @Documented({
    id: 'readShopHealth',
    summary: 'Tells whether every part of the shop is there, or what is missing',
    description:
      'For people and dashboards, not for balancers: a gateway can take orders while a service is away. What is ' +
      'told may be a second old.',
    refuses: ['SERVICE_UNAVAILABLE'],
    answer: readiness,
  })
  async shop() {
    if (this.#last === undefined || performance.now() >= this.#last.untilMs) this.#last = this.#look();
    return await this.#last.result;
  }

  #look(): Look {
    const look: Look = { result: this.health.look(this.#services), untilMs: Infinity };
    const end = (): void => {
      look.untilMs = performance.now() + KEPT_MS;
    };
    look.result.then(end, end);
    return look;
  }
}
