import { SAGA_SERVICE, SERVICES } from '@jangteo/contracts';
import { eventually } from '@jangteo/infra';
import { containersOf } from '@jangteo/testkit';
import { report, type Service } from '@jangteo/tools';
import type { ComposeProject } from '../places/compose-project.js';
import type { Harm } from '../report/harms.js';
import { seconds } from '../report/invariants.js';
import type { Load } from '../traffic/load.js';

/** On a machine that has much else to do: only what hangs is given up. */
const GOES_ON = { deadlineMs: 300_000, everyMs: 20 };

/** The services behind the gateway: whoever calls the shop has nothing to do with them. */
export const BEHIND: readonly Service[] = [SAGA_SERVICE, ...SERVICES.filter((one) => one !== SAGA_SERVICE)];

/** A shop in containers, those who shop there, and what harm did to them. */
export class Trial {
  readonly harms: Harm[] = [];

  constructor(
    readonly project: ComposeProject,
    readonly load: Load,
  ) {}

  /** Notes what something that is done to the shop does to its customers. */
  async during(what: string, work: () => Promise<unknown>): Promise<Harm> {
    const { log } = this.load;
    const { calls } = log;
    const before = { ...calls };
    const began = performance.now();
    await work();
    const pauseMs = log.longestPauseSince(began);
    const [failed, unknown] = [calls.fail - before.fail, calls.unknown - before.unknown];
    const harm = { what, pauseMs, failed, unknown };
    this.harms.push(harm);
    report(`${what}: ${seconds(pauseMs)} without an order; ${failed} calls failed, ${unknown} unknown`);
    return harm;
  }

  /** Waits until so many orders are known. */
  async untilOrders(count: number): Promise<void> {
    await eventually(() => this.load.log.knownOrders >= count, GOES_ON);
  }

  async untilMoreOrders(count: number): Promise<void> {
    await this.untilOrders(this.load.log.knownOrders + count);
  }

  /** Waits until an order is answered with success. */
  async untilSuccess(): Promise<void> {
    let goesOn = false;
    void this.load.log.nextSuccess().then(() => (goesOn = true));
    await eventually(() => goesOn, GOES_ON);
  }

  /** Containers of a service that run. */
  async running(service: string): Promise<string[]> {
    return await containersOf(this.project.name, service, false);
  }
}
