import { catalogEnv } from '@jangteo/catalog/configuration';
import { couponEnv } from '@jangteo/coupon/configuration';
import { gatewayEnv } from '@jangteo/gateway/configuration';
import { orderEnv } from '@jangteo/order/configuration';
import { rankingEnv } from '@jangteo/ranking/configuration';
import { walletEnv } from '@jangteo/wallet/configuration';
import { z } from 'zod';
import type { PrintedPage } from './printed-page.js';
import type { Service } from './services.js';

/** In the order of the page. */
const SHAPES: Readonly<Record<Service, z.ZodRawShape>> = {
  gateway: gatewayEnv,
  wallet: walletEnv,
  catalog: catalogEnv,
  coupon: couponEnv,
  order: orderEnv,
  ranking: rankingEnv,
};
const ALL = Object.keys(SHAPES) as Service[];

const INTRODUCTION = `# Configuration

Written by \`npm run docs\` from the schemas that the services check their environment against; \`npm test\` fails when
it differs from them. Every service reads its environment once, and does not start where a variable is missing or out
of bounds: it says which, by name. A variable that is set to nothing counts as not set. One whose default is – has to
be set.

Where variables are set:

- \`npm start\` sets what has no default and passes on the rest of its environment. \`PORT\` (3000) and \`HTTP_HOST\` are
  the gateway's, \`OPS_PORT\` is for operators; every other port is chosen free. \`POSTGRES_URL\` (a user that may create
  databases) and \`AMQP_URL\`, or \`WALLET_AMQP_URL\`, \`CATALOG_AMQP_URL\` and so on for all six, name servers of yours.
- Compose passes on what \`.env\` or the shell sets, except what docker-compose.yml sets itself:
  [all that it reads](../.env.example), [and how](operations.md#docker-compose).
- On Kubernetes they are in ConfigMaps and Secrets: [deploy/kubernetes](../deploy/kubernetes/README.md).
- \`npm test\` reads \`POSTGRES_URL\`, \`AMQP_URL\` and \`REDIS_URL\` where they are set, and starts servers of its own
  where they are not.`;

/** The JSON Schema of a variable, as far as the page shows it. */
interface VariableSchema {
  readonly default?: unknown;
  readonly description?: string;
  /** Those of the services that read it for which it counts; all of them where it is left out. */
  readonly services?: readonly Service[];
  readonly enum?: readonly string[];
  readonly type?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
}

/** A variable as it is for some services. */
export interface Setting {
  readonly name: string;
  readonly services: readonly Service[];
  /** The value in each service where it is not set; `undefined` where it has to be set. */
  readonly defaults: ReadonlyMap<Service, string | undefined>;
  /** The default of the first of them, as it stands in a file of variables; empty where there is none. */
  readonly preset: string;
  readonly bounds: string;
  readonly description: string;
}

const number = (value: number): string => value.toLocaleString('en');

function shownDefault(value: unknown): string {
  if (typeof value === 'number') return number(value);
  if (value === undefined || value === '') return 'none';
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

function presetOf(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function shownBounds(schema: VariableSchema): string {
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${value}\``).join(', ');
  if (schema.type === 'integer' || schema.type === 'number') {
    return `${number(schema.minimum ?? 0)} to ${number(schema.maximum ?? Number.MAX_SAFE_INTEGER)}`;
  }
  if (schema.format === 'uri') return 'a URL';
  return (schema.minLength ?? 0) > 1 ? `text of ${schema.minLength} characters or more` : 'text';
}

/** The variables of one service, in the order of its schema. */
function settingsOf(service: Service): Setting[] {
  const { properties = {}, required = [] } = z.toJSONSchema(z.object(SHAPES[service]), {
    io: 'input',
    unrepresentable: 'any',
  });
  return Object.entries(properties as Record<string, VariableSchema>)
    .filter(([, { services: counts }]) => counts?.includes(service) ?? true)
    .map(([name, schema]) => ({
      name,
      services: [service],
      defaults: new Map([[service, required.includes(name) ? undefined : shownDefault(schema.default)]]),
      preset: presetOf(schema.default),
      bounds: shownBounds(schema),
      description: schema.description ?? '',
    }));
}

/** All variables. One that means the same to several services is one; where a service says nothing, it is the same. */
export function settings(): Setting[] {
  const byName = Map.groupBy(ALL.flatMap(settingsOf), ({ name }) => name);
  return [...byName.values()].flatMap((ofName) => {
    const said = ofName.find(({ description }) => description !== '')?.description ?? '';
    const meanings = Map.groupBy(ofName, ({ description }) => description || said);
    return [...meanings].map(([description, same]) => ({
      ...same[0]!,
      description,
      services: same.flatMap(({ services }) => services),
      defaults: new Map(same.flatMap(({ defaults }) => [...defaults])),
    }));
  });
}

/** The default of most services, then those of the others. */
export function defaultCell({ defaults }: Setting): string {
  const byDefault = Map.groupBy(defaults, ([, value]) => value ?? '–');
  const [usual, ...others] = [...byDefault].toSorted(([, one], [, other]) => other.length - one.length);
  const elsewhere = others.map(([value, of]) => `; ${of.map(([service]) => service).join(', ')} ${value}`);
  return `${usual?.[0]}${elsewhere.join('')}`;
}

function table(head: string, of: readonly Setting[], isShared: boolean): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const columns = ['variable', ...(isShared ? ['of'] : []), 'default', 'may be', 'what it is'];
  const rows = of.map((setting) =>
    line([
      `\`${setting.name}\``,
      ...(isShared ? [setting.services.join(', ')] : []),
      defaultCell(setting),
      setting.bounds,
      setting.description,
    ]),
  );
  return [`## ${head}\n`, line(columns), `|${'---|'.repeat(columns.length)}`, ...rows].join('\n');
}

/** The page about all variables of the environment. */
export function configurationPage(): string {
  const all = settings();
  const common = all.filter(({ services }) => services.length === ALL.length);
  const shared = all.filter(({ services }) => services.length > 1 && services.length < ALL.length);
  const isTraces = ({ name }: Setting): boolean => name.startsWith('OTEL_');
  const tables = [
    table(
      'Every service',
      common.filter((one) => !isTraces(one)),
      false,
    ),
    table('Several services', shared, true),
    ...ALL.map((service) => {
      const own = all.filter(({ services }) => services.length === 1 && services[0] === service);
      return own.length === 0
        ? ''
        : table(`The ${service}${service === 'order' ? ' service' : ''}`, own, false);
    }),
    table('Traces, in every service', common.filter(isTraces), false),
  ];
  return `${[INTRODUCTION, ...tables.filter((text) => text !== '')].join('\n\n')}\n`;
}

export const CONFIGURATION_PAGE: PrintedPage = { path: 'docs/configuration.md', fresh: configurationPage };
