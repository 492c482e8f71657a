import { declarationOf, SHOP } from '@jangteo/contracts';
import { amqpVariable, freePort, listenProblem, readAmqpUrls, type AmqpUrls } from '@jangteo/infra';
import { localDir } from './paths.js';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { LocalSecrets } from './secrets.js';
import { services, type Service } from './services.js';

/** Choices of the user for `npm start`, read from the environment once. */
export interface Settings extends AmqpUrls {
  readonly port: number;
  readonly host: string;
  /** Of the gateway, for operators; the port is undefined where any will do. */
  readonly opsHost: string;
  readonly opsPort: number | undefined;
  readonly adminEmail: string;
  /** Undefined where a generated one is used. */
  readonly adminPassword: string | undefined;
  readonly postgresUrl: string | undefined;
}

/** @throws with the name of a variable that does not fit */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const given = (name: string) => environment[name] || undefined;
  const portOf = (name: string): number | undefined => {
    const port = Number(given(name));
    if (given(name) === undefined) return undefined;
    if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
    throw new Error(`${name} must be a number from 1 to 65535, not "${environment[name]}"`);
  };
  return {
    port: portOf('PORT') ?? 3000,
    opsHost: given('OPS_HOST') ?? '127.0.0.1',
    opsPort: portOf('OPS_PORT'),
    host: given('HTTP_HOST') ?? '127.0.0.1',
    adminEmail: given('ADMIN_EMAIL') ?? 'admin@jangteo.local',
    adminPassword: given('ADMIN_PASSWORD'),
    postgresUrl: given('POSTGRES_URL'),
    ...readAmqpUrls(environment),
  };
}

export interface ServiceSetting {
  readonly service: Service;
  readonly host: string;
  readonly port: number;
  /** For operators, where that is another one. */
  readonly opsPort: number | undefined;
  readonly logPath: string;
  readonly database: {
    readonly name: string;
    readonly user: string;
    readonly password: string;
    readonly runtimePassword: string;
  };
}

const USUAL_OPS_PORT = SHOP.gateway.opsPort;

/** The usual port for operators, or another one where somebody has that. */
async function usualOpsPort({ port, opsHost }: Settings): Promise<number> {
  const isFree = port !== USUAL_OPS_PORT && (await listenProblem(USUAL_OPS_PORT, opsHost)) === undefined;
  return isFree ? USUAL_OPS_PORT : await freePort();
}

/** Gives each service its address, log and database. Only the gateway can be reached from outside. */
export async function placeServices(settings: Settings, secrets: LocalSecrets): Promise<ServiceSetting[]> {
  const place = async (service: Service): Promise<ServiceSetting> => ({
    service,
    host: service === 'gateway' ? settings.host : '127.0.0.1',
    port: service === 'gateway' ? settings.port : await freePort(),
    opsPort:
      declarationOf(service).opsPort === undefined
        ? undefined
        : (settings.opsPort ?? (await usualOpsPort(settings))),
    logPath: join(localDir, 'logs', `${service}.log`),
    database: {
      name: `jangteo_${service}`,
      user: `jangteo_${service}`,
      password: secrets.databasePasswords[service],
      runtimePassword: secrets.runtimeDatabasePasswords[service],
    },
  });
  return Promise.all(services.map(place));
}

/** Known to the starter alone; whatever it has to say of them it says in words that services know. */
const startersVariables = [
  'POSTGRES_URL',
  'PORT',
  'OPS_HOST',
  'OPS_PORT',
  'HTTP_HOST',
  'DEMO_LANG',
  // Each service is given its own as AMQP_URL.
  ...services.map(amqpVariable),
];

/** By variable that is of one service alone, that service: no other is given it. */
const ownerOf = new Map(
  services.flatMap((service) =>
    (declarationOf(service).own ?? []).map((variable) => [variable, service] as const),
  ),
);

/** The file for successes and cancellations unless the user names another. */
function dataPlatformFile(): URL {
  return pathToFileURL(join(localDir, 'data-platform.ndjson'));
}

/** Sources of a service's environment. */
export interface Sources {
  readonly environment: NodeJS.ProcessEnv;
  readonly settings: Settings;
  readonly secrets: LocalSecrets;
}

/** The environment of a service: what the user set, and what the starter knows better. */
export function environmentOf(
  { service, host, port, opsPort }: ServiceSetting,
  urls: { readonly databaseUrl: string; readonly amqpUrl: string; readonly amqpUsers?: string },
  { environment, settings, secrets }: Sources,
): NodeJS.ProcessEnv {
  const inherited = Object.entries(environment).filter(
    ([name]) => !startersVariables.includes(name) && (ownerOf.get(name) ?? service) === service,
  );
  const gatewayOnly = {
    ADMIN_EMAIL: settings.adminEmail,
    ADMIN_PASSWORD: settings.adminPassword ?? secrets.adminPassword,
    TOKEN_PRIVATE_KEY: environment.TOKEN_PRIVATE_KEY || secrets.tokenPrivateKey,
  };
  const orderOnly = {
    DATA_PLATFORM_URL: environment.DATA_PLATFORM_URL || dataPlatformFile().href,
  };
  return {
    NODE_ENV: 'development',
    LOG_LEVEL: 'info',
    ...(urls.amqpUsers === undefined ? {} : { AMQP_USERS: urls.amqpUsers }),
    ...Object.fromEntries(inherited),
    HTTP_HOST: host,
    HTTP_PORT: String(port),
    ...(opsPort === undefined ? {} : { OPS_HOST: settings.opsHost, OPS_PORT: String(opsPort) }),
    DATABASE_URL: urls.databaseUrl,
    AMQP_URL: urls.amqpUrl,
    ...(service === 'gateway' ? gatewayOnly : {}),
    ...(service === 'order' ? orderOnly : {}),
  };
}

/** The address under which this machine reaches what listens on a host that may mean "everywhere". */
export function localUrl(host: string, port: number, path = ''): string {
  const everywhere = host === '0.0.0.0' || host === '::';
  return `http://${everywhere ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host}:${port}${path}`;
}

/** The same, as people are told it: short where it can be. */
export function shownUrl(host: string, port: number): string {
  const url = localUrl(host, port);
  return url === localUrl('127.0.0.1', port) ? localUrl('localhost', port) : url;
}
