import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '@jangteo/infra';

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
const DAYS = 2;

/** A certificate and its key, as PEM files. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
  /** Both in one file, the key first. */
  readonly both: string;
}

/** An authority for a test, with its files in a folder; openssl makes them. */
export class Authority {
  private constructor(
    private readonly folder: string,
    private readonly name: string,
  ) {}

  static async make(folder: string, name: string): Promise<Authority> {
    const authority = new Authority(folder, name);
    const { certificate, key } = authority;
    const files = ['-keyout', key, '-out', certificate];
    await run('openssl', ['req', '-x509', ...KEY, '-days', String(DAYS), ...files, '-subj', `/CN=${name}`]);
    return authority;
  }

  get certificate(): string {
    return join(this.folder, `${this.name}.crt`);
  }

  /** Issues a certificate for a host, which is its subject too. @param days that it is good from now on */
  async issue(host: string, days = DAYS): Promise<Certificate> {
    const path = (ending: string): string => join(this.folder, `${host}-by-${this.name}-${days}.${ending}`);
    const [certificate, key, both, request, names] = [
      path('crt'),
      path('key'),
      path('pem'),
      path('csr'),
      path('names'),
    ];
    await writeFile(names, `subjectAltName=DNS:${host}\n`);
    await run('openssl', ['req', '-new', ...KEY, '-keyout', key, '-out', request, '-subj', `/CN=${host}`]);
    const issuer = ['-CA', this.certificate, '-CAkey', this.key, '-CAcreateserial', '-extfile', names];
    const its = ['-days', String(days), '-out', certificate];
    await run('openssl', ['x509', '-req', '-in', request, ...issuer, ...its]);
    await writeFile(both, (await readFile(key, 'utf8')) + (await readFile(certificate, 'utf8')));
    return { certificate, key, both };
  }

  private get key(): string {
    return join(this.folder, `${this.name}.key`);
  }
}
