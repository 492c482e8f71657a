import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { unfit } from '@jangteo/contracts';
import type { FileSetting, TlsFiles } from './settings.js';

/** As Node.js takes them. */
export interface TlsOptions {
  readonly rejectUnauthorized: true;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** @throws ConfigurationError naming the setting */
export function readSetting({ setting, path }: FileSetting): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw unfit(setting, `the file cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

const CERTIFICATES = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** @returns the file, and the first of its certificates */
function certificatesIn(file: FileSetting): { text: string; first: X509Certificate } {
  const text = readSetting(file);
  try {
    const [first] = (text.match(CERTIFICATES) ?? []).map((one) => new X509Certificate(one));
    if (first !== undefined) return { text, first };
  } catch {
    // As if there were none: a client passes over it in silence.
  }
  throw unfit(file.setting, 'the file holds no certificate in PEM, or a broken one');
}

function ownIn({ certificate, key }: NonNullable<TlsFiles['own']>): { cert: string; key: string } {
  const { text: cert, first } = certificatesIn(certificate);
  const keyText = readSetting(key);
  let isItsKey: boolean;
  try {
    isItsKey = first.checkPrivateKey(createPrivateKey(keyText));
  } catch {
    throw unfit(key.setting, 'the file holds no private key in PEM that can be read without a passphrase');
  }
  if (!isItsKey) throw unfit(key.setting, `is not the key of ${certificate.setting}`);
  return { cert, key: keyText };
}

/**
 * Reads the files that are named, as they are now.
 * @throws ConfigurationError where one is missing, or holds something else
 */
export function readTls({ ca, own }: TlsFiles): TlsOptions {
  return {
    // Whatever NODE_TLS_REJECT_UNAUTHORIZED says.
    rejectUnauthorized: true,
    ...(ca && { ca: certificatesIn(ca).text }),
    ...(own && ownIn(own)),
  };
}
