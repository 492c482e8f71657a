import { describe, expect, it } from '@jest/globals';
import { anchorOf, anchorsOf, linksOf, titleOf, withLinks } from './markdown.js';

const DOCUMENT = `# One \`order\`, twice

See [the \`walk\`](walk.md#one), ![a picture](a.webp) and \`[no link](none.md)\`.

\`\`\`sh
# no heading
[none](none.md)
\`\`\`

- item
  \`\`\`json
  [none](none.md)
  \`\`\`

## 실행하기 (처음)
`;

describe('a document', () => {
  it('has links where it has no code', () => {
    expect(linksOf(DOCUMENT)).toEqual([
      { isPicture: false, text: 'the `walk`', target: 'walk.md#one' },
      { isPicture: true, text: 'a picture', target: 'a.webp' },
    ]);
  });

  it('keeps everything else when links are replaced', () => {
    const same = withLinks(
      DOCUMENT,
      ({ isPicture, text, target }) => `${isPicture ? '!' : ''}[${text}](${target})`,
    );
    expect(same).toBe(DOCUMENT);
    expect(withLinks(DOCUMENT, ({ text }) => text)).toBe(
      DOCUMENT.replace('[the `walk`](walk.md#one)', 'the `walk`').replace(
        '![a picture](a.webp)',
        'a picture',
      ),
    );
  });

  it('has a title and anchors, in Korean too', () => {
    expect(titleOf(DOCUMENT)).toBe('One `order`, twice');
    expect([...anchorsOf(DOCUMENT)]).toEqual(['one-order-twice', '실행하기-처음']);
    expect(anchorOf('TLS and login of Kafka')).toBe('tls-and-login-of-kafka');
  });
});
