import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LookupAddress } from 'node:dns';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { addressIn, AddressRefused, guardedLookup, isPublicAddress } from './public-addresses.js';

describe('an address of the world', () => {
  it.each([
    '1.1.1.1',
    '8.8.8.8',
    '172.32.0.1',
    '100.128.0.1',
    '169.253.1.1',
    '168.63.129.17',
    '2606:4700::1111',
    '2a00::1',
  ])('%s is of the world', (address) => expect(isPublicAddress(address)).toBe(true));

  it.each(
    [
      ['127.0.0.1', '127.255.0.1', '0.0.0.0', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
      [
        '169.254.169.254',
        '100.64.0.1',
        '100.127.255.255',
        '224.0.0.1',
        '255.255.255.255',
        '198.18.0.1',
        '168.63.129.16',
      ],
      ['::', '::1', 'fe80::1', 'fe80::1%eth0', 'fc00::1', 'fd00:ec2::254', 'ff02::1', 'fec0::1'],
      ['::ffff:127.0.0.1', '::ffff:10.0.0.1', '::ffff:a9fe:a9fe', '::127.0.0.1', '64:ff9b::7f00:1'],
      ['2002:7f00:1::', '2001::1', '2001:db8::1', '3fff::1'],
      ['', 'localhost', '1.1.1'],
    ].flat(),
  )('%s is not of the world', (address) => expect(isPublicAddress(address)).toBe(false));
});

describe('the address in a URL', () => {
  it.each([
    ['http://127.0.0.1:80/x', '127.0.0.1'],
    ['http://[::1]/', '::1'],
    ['http://[::ffff:127.0.0.1]/', '::ffff:7f00:1'],
    ['http://2130706433/', '127.0.0.1'],
    ['http://0x7f.1/', '127.0.0.1'],
    ['http://0177.0.0.1/', '127.0.0.1'],
    ['http://localhost/', undefined],
    ['http://127.0.0.1.example.com/', undefined],
  ])('of %s is %s', (url, address) => expect(addressIn(new URL(url))).toBe(address));
});

describe('a connection to a name', () => {
  const PUBLIC: LookupAddress = { address: '198.51.101.7', family: 4 };
  const OURS: LookupAddress = { address: '127.0.0.1', family: 4 };

  const looked = (addresses: LookupAddress[], all: boolean) =>
    new Promise<unknown>((resolve) => {
      guardedLookup(isPublicAddress, (_name, _options, callback) => callback(null, addresses))(
        'a.name',
        { all },
        (error, found) => resolve(error ?? found),
      );
    });

  it('gets the addresses of the world that it stands for', async () => {
    expect(await looked([PUBLIC], true)).toEqual([PUBLIC]);
    expect(await looked([PUBLIC], false)).toBe(PUBLIC.address);
  });

  it('is refused where one of its addresses is ours', async () => {
    for (const addresses of [[OURS], [PUBLIC, OURS], [{ address: '::1', family: 6 }, PUBLIC], []]) {
      for (const all of [true, false]) expect(await looked(addresses, all)).toBeInstanceOf(AddressRefused);
    }
  });

  it('is refused also where the name stood for the world when it was looked at before', async () => {
    const server = createServer((_request, response) => response.end());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    let requests = 0;
    server.on('request', () => (requests += 1));
    const { port } = server.address() as AddressInfo;
    const answers = [[PUBLIC], [OURS]];
    const resolve: Parameters<typeof guardedLookup>[1] = (_name, _options, callback) =>
      callback(null, answers.shift()!);
    resolve('rebinding.example', { all: true }, (_error, first) => expect(first).toEqual([PUBLIC]));
    const sent = request({
      host: 'rebinding.example',
      port,
      lookup: guardedLookup(isPublicAddress, resolve),
    });
    sent.end();
    const [error] = (await once(sent, 'error')) as [Error];
    server.close();
    expect(error).toBeInstanceOf(AddressRefused);
    expect(requests).toBe(0);
  });
});
