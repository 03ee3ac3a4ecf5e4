/** Each form of a secret, whole: what goes, and what stays for the reader. */
import { describe, expect, test } from 'vitest';
import { redact, redactSecrets } from '../../functions/core/redact.ts';

/** Built from pieces, so that no scanner takes this file for a leak. */
const join = (...pieces: readonly string[]): string => pieces.join('');
const TEN = 'abcdefghij';
const key = (name: string) => join('-----BEGIN ', name, '-----');
const end = (name: string) => join('-----END ', name, '-----');

describe('a secret is dropped, and no more than it', () => {
  test.each([
    [`a ${key('RSA PRIVATE KEY')} MIIEv ${end('RSA PRIVATE KEY')} b`, 'a [redacted] b'],
    [`a ${key('PRIVATE KEY')} MIIEv and so on`, 'a [redacted]'],
    [join('use AK', 'IAIOSFODNN7EXAMP, please'), 'use [redacted], please'],
    [join('use AK', 'IAIOSFODNN7EX, please'), join('use AK', 'IAIOSFODNN7EX, please')],
    [join('xox', 'b-12 is short'), join('xox', 'b-12 is short')],
    [join('xa', 'pp-123456 b'), '[redacted] b'],
    [join('gh', `s_${TEN} b`), '[redacted] b'],
    [join('gh', 'x_abcdefghij b'), join('gh', 'x_abcdefghij b')],
    [join('gh', 's_abcdefghi b'), join('gh', 's_abcdefghi b')],
    [join('Xgh', `p_${TEN.repeat(3)} b`), 'X[redacted] b'],
    [join('Xgh', `p_${TEN.repeat(2)} b`), join('Xgh', `p_${TEN.repeat(2)} b`)],
    [join('hf', `_${TEN} b`), '[redacted] b'],
    [join('s', `k_live_${TEN} b`), '[redacted] b'],
    [join('p', 'k-test-abcdefghi b'), join('p', 'k-test-abcdefghi b')],
    [join('AI', `za${TEN.repeat(3)} b`), '[redacted] b'],
    [join('AI', `za${TEN.repeat(2)} b`), join('AI', `za${TEN.repeat(2)} b`)],
    [join('ya', `29.${TEN}-k b`), '[redacted] b'],
    [join('ya', '29.abcdefghi b'), join('ya', '29.abcdefghi b')],
    [join('S', `G.${TEN}.${TEN}-k b`), '[redacted] b'],
    [join('S', `G.${TEN}.abcdefghi b`), join('S', `G.${TEN}.abcdefghi b`)],
    [join('S', `G.abcdefghi.${TEN} b`), join('S', `G.abcdefghi.${TEN} b`)],
    [join('https://hooks.', 'slack.com/services/T0/B0/x b'), '[redacted] b'],
    ['totp=123456 b', 'totp=[redacted] b'],
    ['CannotPullContainerError: shop:7 b', 'CannotPullContainerError: shop:7 b'],
  ])('%s', (line, wanted) => {
    expect(redact(line)).toBe(wanted);
  });
});

describe('of a header the name stays, and all else goes', () => {
  test.each([
    ['Cookie: a=1; b=2', 'Cookie: [redacted]'],
    ['cookie  =   a=1', 'cookie  =   [redacted]'],
    ['"cookie":"a=1"', '"cookie":[redacted]'],
    ['\\"cookie\\": \\"a=1\\"', '\\"cookie\\": [redacted]'],
    ['{"set-cookie" : "a=1"}', '{"set-cookie" : [redacted]'],
    ['Set-Cookie:a=1', 'Set-Cookie:[redacted]'],
    ['Authorization: Digest username="ana", nonce="7"', 'Authorization: [redacted]'],
    ['"authorization"  :   "Digest username=7"', '"authorization"  :   [redacted]'],
    ['authorization=digest username=7', 'authorization=[redacted]'],
    ['\\"authorization\\":\\"digest x=7\\"', '\\"authorization\\":[redacted]'],
    ['Authorization: abcdef next', 'Authorization: [redacted]'],
    ['Authorization: abcdef, next', 'Authorization: [redacted], next'],
    ['Authorization:abcdef;x', 'Authorization:[redacted];x'],
    ['authorization  =  Key  abcdef, x', 'authorization  =  [redacted], x'],
    ['{"authorization":"Key abcdef","n":1}', '{"authorization":[redacted]","n":1}'],
    ["{'authorization': 'abcdef', n: 1}", "{'authorization': [redacted]', n: 1}"],
    ['{\\"authorization\\":\\"abcdef\\",x}', '{\\"authorization\\":[redacted]\\",x}'],
    ['{"authorization":abcdef}', '{"authorization":[redacted]}'],
    ['sent bearer   0a1b2c3d b', 'sent bearer [redacted] b'],
    ['sent Basic dXNlcjp= b', 'sent Basic [redacted] b'],
    ['sent bearer 0a1b2 b', 'sent bearer 0a1b2 b'],
    ['a bearer certificate is missing', 'a bearer certificate is missing'],
    ['a bearer  certificate 42', 'a bearer  certificate 42'],
  ])('%s', (line, wanted) => {
    expect(redact(line)).toBe(wanted);
  });
});

describe('of an address only its password goes', () => {
  test.each([
    ['postgres://app:5432x@db:5432/shop', 'postgres://app:[redacted]@db:5432/shop'],
    ['postgres://app:123456@db/shop', 'postgres://app:[redacted]@db/shop'],
    ['GET http://api:8080/@ana', 'GET http://api:8080/@ana'],
    ['GET http://api:8080?to=@ana', 'GET http://api:8080?to=@ana'],
    ['GET http://api:8080#@ana', 'GET http://api:8080#@ana'],
    ['GET http://api:80 for @ana', 'GET http://api:80 for @ana'],
    ['see http://api:8080', 'see http://api:8080'],
    ['redis://:hunter2@cache', 'redis://:[redacted]@cache'],
  ])('%s', (line, wanted) => {
    expect(redact(line)).toBe(wanted);
  });
});

describe('of a name and its value the name stays', () => {
  test.each([
    ['PassWord=hunter2 b', 'PassWord=[redacted] b'],
    ['PASS=hunter2 b', 'PASS=[redacted] b'],
    ['Pin=1234 b', 'Pin=[redacted] b'],
    [`KEY=${TEN.repeat(4)} b`, 'KEY=[redacted] b'],
    [`Dsn: ${TEN.repeat(4)} b`, 'Dsn: [redacted] b'],
    ['dsn: short', 'dsn: short'],
    ["secret='a b' c", 'secret=[redacted] c'],
    ['token => abc, d', 'token => [redacted], d'],
  ])('%s', (line, wanted) => {
    expect(redact(line)).toBe(wanted);
  });
});

describe('a number that identifies somebody', () => {
  test.each([
    ['ana@mail.shop.example.com b', '[e-mail] b'],
    ['ANA@EXAMPLE.COM b', '[e-mail] b'],
    ['card 4929 4212 3460 0821 b', 'card [number] b'],
    ['card 4929421234600821 b', 'card [number] b'],
    ['card 4929421234600822 b', 'card 4929421234600822 b'],
  ])('is dropped where it is one: %s', (line, wanted) => {
    expect(redact(line)).toBe(wanted);
  });

  test('stays in a name, and the secrets go', () => {
    expect(redactSecrets('ana@example.com 4111111111111111 password=x', 80)).toBe(
      'ana@example.com 4111111111111111 password=[redacted]',
    );
  });
});

test('what comes after two thousand characters is not looked at, and not shown', () => {
  const line = `${' '.repeat(1_999)}ab`;

  expect(redact(line, 3_000)).toBe(`${' '.repeat(1_999)}a`);
});

test('what is not seen goes, however many of them there are', () => {
  expect(redact('pass\u200b\u200b\u200bword=hunter2')).toBe('password=[redacted]');
});
