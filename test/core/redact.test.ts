import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { redact } from '../../functions/core/redact.ts';

/** Built from pieces, so that no scanner takes this file for a leak. */
const join = (...pieces: readonly string[]): string => pieces.join('');
const JWT = join(
  'eyJhbGciOiJIUzI1NiJ9',
  '.eyJzdWIiOiIxMjM0NTY3ODkwIn0',
  '.dozjgNryP4J3jVmNHl0w5N_X',
);
const KEY_ID = join('AKIA', 'IOSFODNN7EXAMPLE');
const SLACK_TOKEN = join('xox', 'b-1234567890-abcdefGHIJKL');
const SLACK_HOOK = join('https://hooks.', 'slack.com/services/T00000000/B00000000/XXXXXXXXXXXX');
const GIT_TOKEN = join('gh', 'p_abcdefghijklmnopqrstuvwxyz0123456789');

describe('a secret in a log line', () => {
  test.each([
    ['a JWT', `token check failed for ${JWT}`, JWT],
    ['a JWT in a header', `Authorization: Bearer ${JWT}`, JWT],
    ['an access key id', `using ${KEY_ID} in eu-west-1`, KEY_ID],
    ['a temporary access key id', join('ASIA', 'IOSFODNN7EXAMPLE is expired'), 'IOSFODNN7'],
    ['a secret access key', 'aws_secret_access_key=wJalrXUtnFEMI/K7MDENG', 'wJalrXUtnFEMI'],
    ['a session token in a URL', '/o?X-Amz-Security-Token=IQoJb3JpZ2lu&x=1', 'IQoJb3JpZ2lu'],
    ['a Slack token', `posting with ${SLACK_TOKEN}`, SLACK_TOKEN],
    ['a Slack webhook', `POST ${SLACK_HOOK} failed`, 'XXXXXXXXXXXX'],
    ['a GitHub token', `clone with ${GIT_TOKEN}`, GIT_TOKEN],
    ['a bearer token', 'sent bearer 0a1b2c3d4e5f', '0a1b2c3d4e5f'],
    ['a basic credential', 'Authorization: Basic dXNlcjpwYXNzd29yZA==', 'dXNlcjpwYXNzd29yZA'],
    ['a password', 'login failed password=hunter2 user=ana', 'hunter2'],
    ['a password after a colon', 'passwd: hunter2', 'hunter2'],
    ['a password in an environment', 'PGPASSWORD=hunter2 psql', 'hunter2'],
    ['a quoted password with blanks', 'pwd="correct horse battery"', 'horse'],
    ['a JSON password', '{"user":"ana","password":"hunter2","n":1}', 'hunter2'],
    ['a JSON API key', '{"apiKey":"k-12345","n":1}', 'k-12345'],
    ['a JSON API key after a blank', '{"api_key": "k-12345"}', 'k-12345'],
    ['an API key header', 'x-api-key: k-12345', 'k-12345'],
    ['a client secret', 'client_secret=abcdef&grant_type=x', 'abcdef'],
    ['an access token in a URL', 'GET /cb?access_token=abcdef&state=1', 'abcdef'],
    ['a cookie', 'Cookie: sid=abcdef; theme=dark', 'abcdef'],
    ['a password in a URL', 'connect postgres://app:hunter2@db:5432/shop', 'hunter2'],
    ['a password without a user', 'connect redis://:hunter2@cache:6379', 'hunter2'],
    ['an e-mail address', 'no such user ana.b+shop@mail.example.com', 'ana.b'],
    ['a card number', 'charge of 4111111111111111 declined', '4111111111111111'],
    ['a card number in groups', 'card 4111 1111 1111 1111, declined', '1111'],
    ['a card number with dashes', 'card 4111-1111-1111-1111: declined', '1111'],
    ['a card number of 15 digits', 'card 3782 822463 10005.', '822463'],
    ['a JSON password with an escaped quote', '{"password":"ab\\"cdefgh"}', 'cdefgh'],
    ['a password in escaped JSON', 'body {\\"password\\":\\"hunter2\\"}', 'hunter2'],
    ['a Slack webhook without a scheme', SLACK_HOOK.slice('https://'.length), 'XXXXXXXXXXXX'],
    ['a fine-grained GitHub token', join('github', '_pat_11ABCDEFG0123456789'), '11ABCDEFG'],
    ['a live payment key', join('sk', '_live_51H8abcdefghij'), '51H8abcdefghij'],
    ['a private key', `${join('-----BEGIN ', 'PRIVATE KEY-----')} MIIEvQIBADANBg`, 'MIIEvQ'],
    ['a private key by name', 'private_key=MIIEvQIBADANBg', 'MIIEvQ'],
    ['a passphrase', 'passphrase: correcthorse', 'correcthorse'],
    ['a password after an arrow', 'password => "abcdef"', 'abcdef'],
    ['a signature in a URL', '/o?X-Amz-Signature=0a1b2c3d&x=1', '0a1b2c3d'],
    ['the second value of a cookie', 'cookie: theme=dark; sid=abcdef', 'abcdef'],
    ['a Slack app token', join('xa', 'pp-1-A0123-456-abcdef'), '456-abcdef'],
    ['a GitLab token', join('gl', 'pat-abcdefghij0123456789'), 'abcdefghij'],
    ['a registry token', join('np', 'm_abcdefghij0123456789'), 'abcdefghij'],
    ['a test payment key', join('sk', '_test_51H8abcdefghij'), '51H8abcdefghij'],
    ['a key of a model', join('sk', '-proj-abcdefghij0123'), 'abcdefghij'],
    ['a key of a map', join('AI', 'zaSyA-abcdefghijklmnopqrstuvwxyz0123'), 'abcdefghij'],
    ['a key of a mailer', join('S', 'G.abcdefghij.klmnopqrstuvw'), 'klmnopqrst'],
    ['an encrypted JWT', `${JWT}.5eym8TW_c8SuK0lt.XFBoMYUZodetZdvT`, 'XFBoMYUZ'],
    [
      'an answer to a challenge',
      'Authorization: Digest username="ana", response="6629fa"',
      '6629fa',
    ],
    [
      'a signed request',
      'Authorization: AWS4-HMAC-SHA256 Credential=x/20261120, Signature=fe5f80f77d5fa3',
      'fe5f80f77d5fa3',
    ],
    ['a password in a URL with an @', 'amqp://app:hun@ter2@mq:5672/x', 'ter2'],
    ['a password in a URL with a slash', 'connect postgres://app:hun/ter2@db:5432/shop', 'ter2'],
    ['a key of forty letters', `key=${'0a1b2c3d4e'.repeat(4)}`, '0a1b2c3d4e'],
    ['a short name', 'curl -d pass=hunter2', 'hunter2'],
    ['a one-time code', '{"otp":"123456"}', '123456'],
    ['a card check', 'cvv: 123', '123'],
    ['a connection string', 'ConnectionString="Host=db;Pwd=hunter2"', 'hunter2'],
    ['an access key', 'access_key: abcdef0123', 'abcdef0123'],
    ['a password in colours', '\u001b[31mpassword\u001b[0m=\u001b[1mhunter2\u001b[0m', 'hunter2'],
    ['a name with a soft hyphen', 'pass\u00adword=hunter2', 'hunter2'],
  ])('is dropped: %s', (_name, line, secret) => {
    expect(line).toContain(secret);

    expect(redact(line)).not.toContain(secret);
    expect(redact(line)).toMatch(/\[(?:redacted|e-mail|number)\]/);
  });

  test('leaves a word that says which one it was', () => {
    expect(redact('login failed password=hunter2 user=ana')).toBe(
      'login failed password=[redacted] user=ana',
    );
    expect(redact('postgres://app:hunter2@db:5432/shop')).toBe(
      'postgres://app:[redacted]@db:5432/shop',
    );
    expect(redact('{"apiKey":"k-12345","n":1}')).toBe('{"apiKey":[redacted],"n":1}');
  });

  test('is dropped each time it occurs', () => {
    expect(redact('password=a1 then password=b2')).toBe(
      'password=[redacted] then password=[redacted]',
    );
  });

  test('is dropped when it stands at the cut', () => {
    const line = `${'x'.repeat(280)} password=hunter2hunter2hunter2`;

    expect(redact(line)).not.toContain('hunter2');
  });
});

describe('what helps to find the cause survives', () => {
  test.each([
    '500 connection pool exhausted after 30000 ms',
    '503 upstream connect error or disconnect/reset before headers',
    '502 ECONNREFUSED 10.0.3.17:5432',
    'GET /api/orders/42?page=2 500 in 1034 ms',
    'order 550e8400-e29b-41d4-a716-446655440000 failed',
    'trace 1-67891233-abcdef012345678912345678',
    'Root=1-67891233-abcdef012345678912345678;Parent=53995c3f42cd8ad8;Sampled=1',
    '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    'task 0f3c7a5d1b9e4c2f8a6d7e5b4c3f2a10 in eu-west-1a',
    'arn:aws:ecs:eu-west-1:123456789012:task/shop-prod/0f3c7a5d1b9e4c2f8a6d7e5b4c3f2a10',
    'heap 512.4 MB of 1024 MB, p99 2 min 14 s, uptime 1 h 5 min',
    '2026-11-20T10:03:41.516Z ERROR pool exhausted',
    'TypeError: cannot read properties of undefined (reading "id") at /app/src/order.js:12:7',
    'session expired, please sign in again',
    'checkout-api:42 is unhealthy (Target.Timeout: Request timed out)',
    'https://api.example.com/v1/orders?state=open',
    '500 2026-11-20 10:03:41 ERROR pool exhausted',
    '504 10000 2026-11-20 upstream',
    'epoch 1795169021516 is in the window',
    'fastify@5.12.8 failed to parse the body',
    'basic health checks pass',
    'order 20261120100341 is late',
    'connect redis://cache:6379 timed out',
    'GET http://10.0.0.1:8080/a/b?x=1 502',
    'image sha256:2f66438e209d4c2e638a26409ad1e5214eb2ee438dd4592820466fe7f4ecb820',
    'cache key=orders/42 is gone',
    'checks pass: 12, fail: 3',
    'request id 4f0c3a6e-7d2b-91c4-0e5a-8b6f1d2c3e47',
    'key=4f0c3a6e-7d2b-91c4-0e5a-8b6f1d2c3e47 was evicted',
    'X-Amzn-Trace-Id: Root=1-67891233-abcdef012345678912345678',
    'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:checkout-api-5xx-rate',
    'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/checkout/6d0ecf831eec9f09',
    'eni-09a9a44a344ae7c9a of subnet-00aad8cc4d100aa7d in vpc-0a1b2c3d4e5f60718',
    'the access key is due for rotation',
    'commit 2d2ad5b0c8a9f1e3d4b5c6a7980123456789abcd is deployed',
    '',
  ])('%s', (line) => {
    expect(redact(line)).toBe(line);
  });
});

describe('a line of any length', () => {
  test('costs no more than its beginning', () => {
    for (const unit of ['QUJD', 'a', 'a=', '"', 'x@', '1-', 'a-token', '-----BEGIN A-----']) {
      // Before the cut came first, one such line kept the pattern engine busy for over half a minute.
      expect(redact(unit.repeat(1_000_000)).length).toBeLessThanOrEqual(300);
    }
  });
});

describe('the text that comes out', () => {
  test('is one line without control characters', () => {
    expect(redact('a\r\n\tb\u0000c\u0085d')).toBe('a b c d');
    expect(redact('a\u001b[1;31mb\u001b[0mc \u001b]d')).toBe('abc  ]d');
  });

  test('has nothing that is not seen, and no half of a character', () => {
    expect(redact('a\u202eb\u2066c\u200bd\u2060e\ufefff\u00adg\u2028h\u{e0041}i')).toBe(
      'abcdefghi',
    );
    expect(redact('a\ud800b')).toBe('a\ufffdb');
    expect(redact('😀'.repeat(200)).isWellFormed()).toBe(true);
    expect(redact('x😀y', 3)).toBe('x…');
  });

  test('is 300 characters at most, and says when it was cut', () => {
    expect(redact('x '.repeat(150))).toHaveLength(300);
    expect(redact('x '.repeat(151))).toHaveLength(300);
    expect(redact('x '.repeat(151)).endsWith('…')).toBe(true);
  });

  test('is as long as the caller wants at most', () => {
    expect(redact('abcdef', 4)).toBe('abc…');
    expect(redact('abcd', 4)).toBe('abcd');
  });

  test('for every text is short and in one line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const line = redact(text, 120);

        expect(line.length).toBeLessThanOrEqual(120);
        expect(line).not.toMatch(/\p{Cc}/u);
      }),
    );
  });

  test('for every password and key never holds the value', () => {
    const aKey = fc.constantFrom('password=', 'apiKey: ', '"token":', 'x-api-key:', 'SECRET = ');
    const aValue = fc.stringMatching(/^[A-Za-z0-9+/_.-]{8,40}$/);

    fc.assert(
      fc.property(aKey, aValue, fc.lorem(), (key, value, words) => {
        expect(redact(`${words} ${key}${value}`, 1_000)).not.toContain(value);
      }),
    );
  });
});
