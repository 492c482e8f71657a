import { nodesOf } from '@jangteo/contracts';

/** Passwords that everybody tries first; with whatever digits and signs around them. */
const KNOWN_WORDS = new Set(
  (
    'admin adminpassword administrator changeit changeme default demo dev example guest jangteo letmein pass ' +
    'passw password postgres postgresql qwerty rabbitmq replaceme root secret test todo user welcome'
  ).split(' '),
);

/** Below this, digits alone are counted through. */
const DIGITS_MIN = 16;

/** Variables whose URL is worth nothing without a user and a password. */
const URLS_WITH_LOGIN = ['DATABASE_URL', 'AMQP_URL', 'STATISTICS_DATABASE_URL'];

/** Variables whose URL may do without. */
const URLS = [...URLS_WITH_LOGIN, 'REDIS_URL'];

const SECRETS = ['ADMIN_PASSWORD', 'DATA_PLATFORM_SECRET', 'STRIPE_SECRET_KEY'];

/** Minimums that clients are promised: a key is good for a day. */
const LEAST: Readonly<Record<string, number>> = { OUTCOMES_KEYED_SECONDS: 86_400 };

/** Whether a secret is one that everybody tries first, the name of its user included. */
export function isKnownSecret(secret: string, user = ''): boolean {
  const letters = secret.toLowerCase().replaceAll(/[^a-z]/g, '');
  if (letters === '') return secret.length < DIGITS_MIN;
  return KNOWN_WORDS.has(letters) || secret === user;
}

function urlFault(variable: string, value: string): string | undefined {
  const { username, password } = new URL(value);
  if (URLS_WITH_LOGIN.includes(variable) && (username === '' || password === '')) {
    return `${variable}: needs a user and a password in production`;
  }
  const isDefault =
    password !== '' && isKnownSecret(decodeURIComponent(password), decodeURIComponent(username));
  return isDefault ? `${variable}: has a default password` : undefined;
}

/**
 * Finds what of a configuration is good enough for development only.
 *
 * @returns the variables by name, with what is wrong, never a value
 */
export function unfitForProduction(config: Readonly<Record<string, unknown>>): string[] {
  const given = Object.entries(config).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  const tooLittle = Object.entries(LEAST)
    .filter(([variable, least]) => Number(config[variable] ?? least) < least)
    .map(([variable, least]) => `${variable}: must be at least ${least} in production`);
  const unfit = given.flatMap(([variable, value]) => {
    if (URLS.includes(variable)) {
      const urls = variable === 'AMQP_URL' ? nodesOf(value) : [value];
      return urls.map((url) => urlFault(variable, url)).find((fault) => fault !== undefined) ?? [];
    }
    return SECRETS.includes(variable) && isKnownSecret(value) ? [`${variable}: is a default password`] : [];
  });
  return [...unfit, ...tooLittle];
}
