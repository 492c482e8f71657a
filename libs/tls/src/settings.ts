import { unfit } from '@jangteo/contracts';
import { z } from 'zod';

/** The settings that name the files of a connection with TLS. */
export interface TlsNames {
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

/** A server, in the words of its settings and of what is said of it. */
export interface Server extends TlsNames {
  /** In a sentence: `the broker`. */
  readonly name: string;
  /** The setting that says where it is. */
  readonly url: string;
  /** The part of that which asks for TLS, and what stands there without: `amqps://`, `amqp://`. */
  readonly encrypted: string;
  readonly plain: string;
}

/** A file, and the setting that names it. */
export interface FileSetting {
  readonly setting: string;
  readonly path: string;
}

/** What a connection with TLS is made of; read anew for each one. */
export interface TlsFiles {
  /** The authorities that the server's certificate may come from; without it those that Node.js brings. */
  readonly ca?: FileSetting;
  /** What is shown of ourselves. */
  readonly own?: { readonly certificate: FileSetting; readonly key: FileSetting };
}

type Variable<P extends string> = `${P}_${'CA' | 'CERTIFICATE' | 'KEY'}_FILE`;

/** How the variables of a server are called that begin with this. */
export const tlsNames = <P extends string>(prefix: P) =>
  ({
    ca: `${prefix}_CA_FILE`,
    certificate: `${prefix}_CERTIFICATE_FILE`,
    key: `${prefix}_KEY_FILE`,
  }) as const;

/**
 * A server whose URL says by its scheme whether TLS is asked for.
 * @param prefix that its variables begin with
 */
export const serverBySchemes = <P extends string>(name: string, scheme: string, prefix: P) => ({
  name,
  url: `${prefix}_URL`,
  encrypted: `${scheme}s://`,
  plain: `${scheme}://`,
  ...tlsNames(prefix),
});

/**
 * These variables, for the schema of an environment.
 * @param read when the files are read
 */
export function tlsEnv<P extends string>(
  prefix: P,
  { name, encrypted }: Pick<Server, 'name' | 'encrypted'>,
  read = 'again for each new connection',
): Record<Variable<P>, z.ZodOptional<z.ZodString>> {
  const file = z.string().min(1).optional();
  const names = tlsNames(prefix);
  return {
    [names.ca]: file.describe(
      `PEM file with the certificates of the authorities that ${name}'s may come from, for \`${encrypted}\`; ` +
        `those that Node.js brings where it is not set. Read ${read}, as the next two are`,
    ),
    [names.certificate]: file.describe(
      `PEM file with the certificate that the service shows to ${name}, and those that link it to its authority`,
    ),
    [names.key]: file.describe('PEM file with the private key of that certificate, without a passphrase'),
  } as Record<Variable<P>, z.ZodOptional<z.ZodString>>;
}

/**
 * The files that are set for a server, by the names of its settings.
 * @throws ConfigurationError where one is missing beside another, or there is one and no TLS
 */
export function tlsFiles(
  { ca, certificate, key, url, encrypted, plain }: Server,
  settings: Readonly<Record<string, unknown>>,
  isEncrypted: boolean,
): TlsFiles {
  const [caFile, certificateFile, keyFile] = [ca, certificate, key].map((setting) => {
    const path = settings[setting];
    return typeof path === 'string' ? { setting, path } : undefined;
  });
  if (certificateFile !== undefined && keyFile === undefined)
    throw unfit(key, `is needed with ${certificate}`);
  if (certificateFile === undefined && keyFile !== undefined)
    throw unfit(certificate, `is needed with ${key}`);
  const unused = caFile ?? certificateFile;
  // Whoever sets it takes the connection for an encrypted one.
  if (!isEncrypted && unused !== undefined) {
    throw unfit(unused.setting, `is for ${encrypted}, and ${url} has ${plain}, without TLS`);
  }
  const own = certificateFile && keyFile && { certificate: certificateFile, key: keyFile };
  return { ...(caFile && { ca: caFile }), ...(own && { own }) };
}
