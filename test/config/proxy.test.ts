import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { ConfigError } from '../../src/model/errors.ts';
import { scrub } from '../../src/model/secrets.ts';

const PROXY = 'http://proxy.example.com:3128';

/** The proxy that Polar's API is reached through with these settings. */
const proxyOf = (settings: Record<string, string>) =>
  parseConfig({ POLAR_ACCESS_TOKEN: 'token', ...settings }).sources[0]?.proxy;

test.each([
  [{ HTTPS_PROXY: PROXY }, PROXY],
  [{ HTTPS_PROXY: 'proxy.example.com:3128' }, PROXY],
  [{ HTTP_PROXY: PROXY }, PROXY],
  [{ HTTP_PROXY: 'http://other:1', HTTPS_PROXY: PROXY }, PROXY],
  [{ HTTPS_PROXY: 'http://other:1', https_proxy: PROXY }, PROXY],
  [{ HTTPS_PROXY: PROXY, POLAR_API_URL: 'http://127.0.0.1:4010' }, undefined],
  [{ HTTP_PROXY: PROXY, POLAR_API_URL: 'http://127.0.0.1:4010' }, PROXY],
  [{ HTTPS_PROXY: '' }, undefined],
  [{}, undefined],
])('%o lead through %s', (settings, origin) => {
  expect(proxyOf(settings as Record<string, string>)?.origin).toBe(origin);
});

test.each([
  ['https://api.polar.sh', '*'],
  ['https://api.polar.sh', 'localhost, .polar.sh'],
  ['https://api.polar.sh', 'polar.sh other'],
  ['https://api.polar.sh', '*.polar.sh'],
  ['https://API.polar.sh.', 'api.polar.sh:443'],
  ['http://localhost:4010', 'localhost'],
  ['http://localhost:4010', 'localhost:4010'],
  ['http://127.0.0.1:4010', '127.0.0.0/8'],
  ['http://127.0.0.1:4010', '127.0.0.1'],
  ['http://[::1]:4010', '::1'],
  ['http://[::1]:4010', '[::1]:4010'],
])('%s is not asked for through a proxy with NO_PROXY=%s', (url, noProxy) => {
  for (const name of ['NO_PROXY', 'no_proxy'])
    expect(proxyOf({ POLAR_API_URL: url, HTTP_PROXY: PROXY, [name]: noProxy })).toBeUndefined();
});

test.each([
  ['https://api.polar.sh', 'notpolar.sh, olar.sh'],
  ['https://polar.sh', '*.polar.sh'],
  ['https://api.polar.sh', 'api.polar.sh:80'],
  ['http://127.0.0.1:4010', 'localhost'],
  ['http://127.0.0.1:4010', '10.0.0.0/8, fe80::/10, 127.0.0.0/99, 127.0.0.1/x'],
  ['https://api.polar.sh', ',, ,'],
])('%s is asked for through a proxy with NO_PROXY=%s', (url, noProxy) => {
  expect(proxyOf({ POLAR_API_URL: url, HTTP_PROXY: PROXY, NO_PROXY: noProxy })?.origin).toBe(PROXY);
});

test.each(['socks5://127.0.0.1:1080', 'http://', 'http://user:50%@proxy:1', 'http://proxy:99999', 'a proxy'])(
  'a proxy that is none (%s) is a wrong setting, named without its password',
  (value) => {
    for (const name of ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy']) {
      const wrong = () => parseConfig({ [name]: value });
      expect(wrong).toThrow(ConfigError);
      expect(wrong).toThrow(`${name} must be a URL such as http://user:password@proxy.example.com:3128`);
    }
  },
);

test("a proxy's password is a secret, as it stands and as it is sent", () => {
  const proxy = proxyOf({ HTTPS_PROXY: 'http://user:s3cret%20word@proxy.example.com:3128' });
  expect(proxy?.origin).toBe(PROXY);
  const sent = Buffer.from('user:s3cret word').toString('base64');
  expect(scrub(`${proxy?.url} s3cret word ${sent}`)).not.toMatch(/s3cret|dXNlcj/);
});

test.each(['http://api.polar.sh', 'http://10.0.0.1:80', 'http://localhost.evil.com', 'http://[::2]'])(
  'the credential is not sent in clear over a network (%s) unless that is allowed',
  (url) => {
    expect(() => parseConfig({ POLAR_API_URL: url })).toThrow(
      /^POLAR_API_URL must begin with https:.*ALLOW_INSECURE_HTTP=1/,
    );
    expect(() => parseConfig({ FYNN_API_KEY: 'key', FYNN_API_URL: url })).toThrow(
      /^FYNN_API_URL must begin with https:/,
    );
    expect(() => parseConfig({ POLAR_API_URL: url, ALLOW_INSECURE_HTTP: '0' })).toThrow(/must begin with https:/);
    expect(() => parseConfig({ POLAR_API_URL: url, ALLOW_INSECURE_HTTP: '1' })).not.toThrow();
  },
);

test.each(['localhost', 'LOCALHOST.', 'api.localhost', '127.0.0.1', '127.8.9.1', '[::1]'])(
  'this machine may be asked over http: %s',
  (host) => {
    expect(() => parseConfig({ POLAR_API_URL: `http://${host}:4010` })).not.toThrow();
  },
);

test('ALLOW_INSECURE_HTTP is 1 or nothing', () => {
  expect(() => parseConfig({ ALLOW_INSECURE_HTTP: 'yes' })).toThrow('ALLOW_INSECURE_HTTP must be 1');
});
