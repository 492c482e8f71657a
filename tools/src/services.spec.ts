import { globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import {
  accountOf,
  ALL_SERVICES,
  declarationOf,
  MESSAGES,
  PARTICIPANTS,
  SAGA_SERVICE,
  SERVICES,
  SUBSCRIPTIONS,
} from '@jangteo/contracts';
import { projectRoot } from '@jangteo/infra';
import { parse } from 'yaml';
import { LISTS } from './manifests/lists.js';
import { SIMULATED } from './simulation/world.js';

const read = (path: string): string => readFileSync(join(projectRoot(), path), 'utf8');

interface Container {
  readonly image?: string;
  readonly build?: { readonly args: { readonly SERVICE: string } };
  readonly environment?: Readonly<Record<string, string | null>>;
  readonly depends_on?: Readonly<Record<string, object>>;
}

const { services: containers } = parse(read('docker-compose.yml'), { merge: true }) as {
  services: Readonly<Record<string, Container>>;
};

/** The services in whose name a container's variables begin: WALLET_DATABASE_PASSWORD and so on. */
const namesBefore = (suffix: string, { environment = {} }: Container = {}): string[] =>
  Object.keys(environment)
    .flatMap((name) => new RegExp(`^([A-Z]+)${suffix}$`).exec(name)?.[1]?.toLowerCase() ?? [])
    .toSorted();

const sorted = ALL_SERVICES.toSorted();

/** A line of code or configuration that names so many services is a list of them. */
const NAMES_IN_LIST = 4;

/** Files that name as many because orders go through them or something is done to them: a new one may be missing. */
const OTHER_LISTS = [
  'libs/contracts/src/messages.ts',
  'libs/contracts/src/timeline.ts',
  'libs/service/src/books.keeper.ts',
  'services/gateway/test/trace.e2e.spec.ts',
  'services/gateway/test/traces.e2e.spec.ts',
  'tools/src/bench/limit.ts',
  'tools/src/order-picture.ts',
  'tools/src/simulation/invariants.ts',
  'tools/src/simulation/steps.ts',
  'tools/src/simulation/world.ts',
  'verify/src/places/matrix-shop.ts',
];

describe('the list of services', () => {
  it('is that of the folders, each with its package', () => {
    expect(readdirSync(join(projectRoot(), 'services')).toSorted()).toEqual(sorted);
    for (const service of sorted) {
      expect(JSON.parse(read(`services/${service}/package.json`))).toMatchObject({
        name: `@jangteo/${service}`,
      });
    }
  });

  it.each(LISTS)('is what $file has, as npm run manifests writes it', ({ file, find, text }) => {
    expect(read(file).match(new RegExp(find, `${find.flags}g`))).toEqual([text]);
  });

  it('is that of docker-compose.yml: containers, migrations, databases, and users of the broker', () => {
    const ours = Object.entries(containers).filter(([, { image = '' }]) => image.startsWith('jangteo/'));
    const expected = [...sorted, ...sorted.map((service) => `${service}-migrate`), 'rabbitmq-users'];
    expect(ours.map(([name]) => name).toSorted()).toEqual(expected.toSorted());
    expect(namesBefore('_DATABASE_PASSWORD', containers['postgres-users'])).toEqual(sorted);
    expect(namesBefore('_RUNTIME_DATABASE_PASSWORD', containers['postgres-users'])).toEqual(sorted);
    expect(namesBefore('_AMQP_URL', containers['rabbitmq-users'])).toEqual(sorted);
    const waitsFor = Object.keys(containers.gateway?.depends_on ?? {});
    expect(waitsFor).toEqual(expect.arrayContaining([...SERVICES]));
  });

  it.each(ALL_SERVICES)('has %s run its own image on its own database, as its own user', (service) => {
    const [itself, migration] = [containers[service], containers[`${service}-migrate`]];
    for (const container of [itself, migration]) {
      expect(container?.image).toMatch(new RegExp(`^jangteo/${service}:`));
      expect(container?.build?.args.SERVICE).toBe(service);
      expect(container?.environment?.DATABASE_URL).toContain(`://${accountOf(service)}`);
      expect(container?.environment?.DATABASE_URL).toContain(`/${accountOf(service)}`);
    }
    expect(itself?.environment?.AMQP_URL).toContain(`://${accountOf(service)}:`);
    expect(Object.keys(itself?.depends_on ?? {})).toEqual(
      expect.arrayContaining([`${service}-migrate`, 'rabbitmq-users']),
    );
  });

  it.each(ALL_SERVICES)('has only %s given the variables that are its own', (service) => {
    for (const variable of declarationOf(service).own ?? []) {
      const given = Object.entries(containers).filter(([, { environment = {} }]) => variable in environment);
      expect(given.map(([name]) => name)).toEqual([service]);
    }
  });

  it('is simulated, and asked for the timeline of an order, as far as orders go through them', () => {
    const commanded = MESSAGES.flatMap((one) => (one.kind === 'command' ? one.service : []));
    const concerned = [...new Set([SAGA_SERVICE, ...commanded, ...Object.keys(SUBSCRIPTIONS)])].toSorted();
    expect(SIMULATED.toSorted()).toEqual(concerned);
    expect([SAGA_SERVICE, ...PARTICIPANTS].toSorted()).toEqual(concerned);
  });

  it('is that of the map in ARCHITECTURE.md', () => {
    const map = read('ARCHITECTURE.md');
    expect(/gateway -- requests --> (.*)/.exec(map)?.[1]?.split(' & ')).toEqual([...SERVICES]);
    const [, table = ''] = /\| service \| owns.*\n\|[-|]*\n((?:\|.*\n)+)/.exec(map) ?? [];
    const owners = [...table.matchAll(/^\| (\w+) \|/gm)].map(([, name = '']) => name);
    expect(owners.toSorted()).toEqual(sorted);
  });

  it('stands in no other place', () => {
    const files = globSync('{libs,services,tools,verify,deploy}/**/*.{ts,mjs,sh,yml,yaml}', {
      cwd: projectRoot(),
      // Other shops have services of their own, by the same names.
      exclude: (name) => ['node_modules', 'dist', 'peers', 'peer-shop.ts'].includes(String(name)),
    });
    expect(files.length).toBeGreaterThan(500);
    const known = new Set([...OTHER_LISTS, ...LISTS.map(({ file }) => file)]);
    const isList = (line: string): boolean =>
      !/^\s*(\/\/|\/?\*|#)/.test(line) &&
      SERVICES.filter((service) => new RegExp(String.raw`\b${service}\b`).test(line)).length >= NAMES_IN_LIST;
    const found = files.filter((file) => !known.has(file) && read(file).split('\n').some(isList));
    expect(found).toEqual([]);
  });
});
