import type { Forgetting } from '@jangteo/service';
import { OLD_ENTRIES } from './admin-log.queries.js';
import { ENDED_KEYS } from '../accounts/api-keys.queries.js';
import { ENDED_ATTEMPTS } from '../accounts/attempts.queries.js';
import { ENDED_LINKS } from '../accounts/console-links.queries.js';
import { ANSWERS_KEPT_SECONDS, OLD_ANSWERS } from '../http/first-answers.queries.js';
import { ENDED_FORMER_TOKENS } from '../accounts/former-tokens.queries.js';
import type { GatewayConfig } from '../gateway.config.js';
import { OLD_NETWORKS } from '../accounts/known-networks.queries.js';
import { ENDED_RESETS } from '../accounts/password-resets.queries.js';
import { ENDED_SESSIONS } from '../accounts/sessions.queries.js';
import { OLD_DELIVERIES } from '../webhooks/webhooks.queries.js';

const DAY_SECONDS = 86_400;

/** Whoever looks for a key that does not work any more finds it for a while. */
const ENDED_KEYS_KEPT_DAYS = 90;

const DELIVERIES_KEPT_DAYS = 30;

export function forgettingsOf(
  config: Pick<GatewayConfig, 'ADMIN_LOG_DAYS' | 'KNOWN_NETWORK_DAYS'>,
): Forgetting[] {
  return [
    // Before their sessions, which would take all that are left along in one step.
    { what: 'ended refresh tokens', keptSeconds: 0, statement: ENDED_FORMER_TOKENS },
    { what: 'ended sessions', keptSeconds: 0, statement: ENDED_SESSIONS },
    { what: 'answers to changes', keptSeconds: ANSWERS_KEPT_SECONDS, statement: OLD_ANSWERS },
    { what: 'ended password resets', keptSeconds: 0, statement: ENDED_RESETS },
    { what: 'ended links to the console', keptSeconds: 0, statement: ENDED_LINKS },
    { what: 'ended API keys', keptSeconds: ENDED_KEYS_KEPT_DAYS * DAY_SECONDS, statement: ENDED_KEYS },
    {
      what: 'deliveries to webhooks',
      keptSeconds: DELIVERIES_KEPT_DAYS * DAY_SECONDS,
      statement: OLD_DELIVERIES,
    },
    { what: 'ended attempts', keptSeconds: 0, statement: ENDED_ATTEMPTS },
    {
      what: 'known networks',
      keptSeconds: config.KNOWN_NETWORK_DAYS * DAY_SECONDS,
      statement: OLD_NETWORKS,
    },
    { what: 'the admin log', keptSeconds: config.ADMIN_LOG_DAYS * DAY_SECONDS, statement: OLD_ENTRIES },
  ];
}
