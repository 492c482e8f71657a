import { Logger } from '@nestjs/common';
import { LineBudget } from '@jangteo/messaging';
import { Counter } from 'prom-client';

/** Events by which operators learn who tries what, by their names in logs and metrics. */
export const SECURITY_EVENTS = [
  'login-failed',
  'login-locked',
  'refresh-token-reused',
  'forbidden',
  'registration-refused',
  'user-limited',
] as const;

export type SecurityEvent = (typeof SECURITY_EVENTS)[number];

/** Nothing that anybody could log in with; an e-mail is masked on its way. */
interface Facts {
  readonly address?: string;
  readonly email?: string;
  readonly userId?: string;
  readonly sessionId?: string;
  readonly requestId?: string;
  readonly route?: string;
  readonly flow?: string;
}

/** Lines of one kind that are written in a minute; whoever causes more fills no disk with them. */
const LINES_PER_MINUTE = 100;

const noted = new Counter({
  name: 'gateway_security_events_total',
  help: 'Logins that failed or were locked out, reused refresh tokens, refusals by role and by limits. To alert on',
  labelNames: ['event'] as const,
});
for (const event of SECURITY_EVENTS) noted.inc({ event }, 0);

/** `mina@example.com` as logs have it: enough to find a pattern, not to write to anybody. */
export function maskedEmail(email: string): string {
  const at = email.lastIndexOf('@');
  return `${email.slice(0, 1)}***${email.slice(at)}`;
}

/** Counts what happens, and writes a line for it while there are not too many. */
class SecurityLog {
  readonly #logger = new Logger('Security');
  readonly #lines = new LineBudget(LINES_PER_MINUTE);

  note(event: SecurityEvent, { email, ...facts }: Facts): void {
    noted.inc({ event });
    const leftOut = this.#lines.take(event, performance.now());
    if (leftOut === undefined) return;
    this.#logger.warn({
      event,
      ...facts,
      ...(email === undefined ? {} : { email: maskedEmail(email) }),
      ...(leftOut === 0 ? {} : { leftOut }),
    });
  }
}

/** One of the process, as its metrics are. */
export const security = new SecurityLog();
