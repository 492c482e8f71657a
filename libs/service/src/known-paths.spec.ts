import { beforeEach, describe, expect, it } from '@jest/globals';
import { KnownPaths } from './known-paths.js';

describe('KnownPaths', () => {
  let paths: KnownPaths;
  beforeEach(() => {
    paths = new KnownPaths();
    paths.add('GET', '/');
    paths.add('GET', '/products');
    paths.add('POST', '/products');
    paths.add('GET', '/products/top');
    paths.add('GET', '/products/:productId');
    paths.add('PATCH', '/products/:productId');
    paths.add('GET', '/letters/:service/:letterId');
    paths.add('POST', '/letters/:service/send');
    paths.add('POST', '/letters/:service/:letterId/send');
    paths.add('GET', '/pages');
    paths.add('GET', '/pages/*');
  });

  it('knows what can be asked of any path', () => {
    paths.addRoute({ method: ['GET', 'PUT'], url: '/cart' });
    expect(paths.methods.join(' ')).toBe('GET OPTIONS PATCH POST PUT');
    expect(paths.methodsOf('/cart').join(' ')).toBe('GET OPTIONS PUT');
  });

  it.each([
    ['/', 'GET OPTIONS'],
    ['/products', 'GET OPTIONS POST'],
    ['/products/', 'GET OPTIONS POST'],
    ['/pr%6fducts', 'GET OPTIONS POST'],
    ['/products/top', 'GET OPTIONS'],
    ['/products/7', 'GET OPTIONS PATCH'],
    ['/letters/wallet/send', 'OPTIONS POST'],
    ['/letters/wallet/7', 'GET OPTIONS'],
    ['/products/7/8', ''],
    ['/products//', ''],
    ['/products%2ftop', ''],
    ['//products', ''],
    ['/%zz', ''],
    ['/nothing', ''],
    ['/pages', 'GET OPTIONS'],
    ['/pages/', 'GET OPTIONS'],
    ['/pages/7', 'GET OPTIONS'],
    ['/pages/7/8.js', 'GET OPTIONS'],
    ['/pagesof/7', ''],
  ])('knows what can be asked of %s', (path, methods) => {
    expect(paths.methodsOf(path).join(' ')).toBe(methods);
  });

  it.each([
    ['GET', '/letters/:service/:letterId', '/letters/wallet/send', true],
    ['GET', '/letters/:service/:letterId', '/letters/wallet/s%65nd/', true],
    ['GET', '/letters/:service/:letterId', '/letters/wallet/7', false],
    ['GET', '/letters/:service/:letterId', '/letters/send/7', false],
    ['PATCH', '/products/:productId', '/products/top', true],
    ['GET', '/products/:productId', '/products/top', false],
    ['GET', '/products', '/products', false],
  ])('%s of %s: whether %s is another path: %s', (method, pattern, path, isOther) => {
    expect(paths.isOther(method, pattern, path)).toBe(isOther);
  });
});
