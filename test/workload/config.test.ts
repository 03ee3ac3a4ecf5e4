import { describe, expect, it } from 'vitest';
import { ConfigError, loadConfig } from '../../workload/src/config.ts';

const VALID = { CATALOG_URL: 'http://catalog.internal' };

describe('loadConfig', () => {
  it('fills every default but the catalog', () => {
    const config = loadConfig({ ...VALID, TASK_ID: 't1' });

    expect(config).toMatchObject({
      port: 8080,
      host: '0.0.0.0',
      startupMs: 0,
      drainMs: 5000,
      serviceName: 'checkout',
      logLevel: 'info',
      fallbackTaskId: 't1',
    });
    expect(config.drillToken).toBeUndefined();
  });

  it('ignores a drill token while drills are disabled', () => {
    expect(loadConfig({ ...VALID, DRILL_TOKEN: 'secret' }).drillToken).toBeUndefined();
  });

  it('lists every problem with variable, value got and value wanted', () => {
    const load = (): unknown =>
      loadConfig({
        PORT: '80x',
        DRAIN_MS: '-1',
        CATALOG_URL: 'catalog',
        DRILLS_ENABLED: 'yes',
        LOG_LEVEL: 'loud',
      });

    expect(load).toThrow(ConfigError);
    expect(load).toThrow(
      expect.objectContaining({
        problems: [
          'DRILLS_ENABLED: got "yes", wanted true or false',
          'CATALOG_URL: got "catalog", wanted an http or https URL',
          'PORT: got "80x", wanted a whole number from 0 to 65535',
          'DRAIN_MS: got "-1", wanted a whole number from 0 to 600000',
          'LOG_LEVEL: got "loud", wanted one of trace, debug, info, warn, error, fatal, silent',
        ],
      }),
    );
  });

  it('fails when drills are enabled without a token', () => {
    expect(() => loadConfig({ ...VALID, DRILLS_ENABLED: 'true', DRILL_TOKEN: '' })).toThrow(
      'DRILL_TOKEN: got nothing, wanted a secret',
    );
  });

  it('takes a fault from the start, where drills are enabled', () => {
    const drills = { ...VALID, DRILLS_ENABLED: 'true', DRILL_TOKEN: 'secret' };
    const load = (DRILL_FAULT: string, env = drills): unknown =>
      loadConfig({ ...env, DRILL_FAULT }).fault;

    expect(load('{"kind":"latency","ms":700}')).toEqual({ kind: 'latency', ms: 700 });
    expect(() => load('{"kind":"latency","ms":-1}')).toThrow(
      'wanted a fault as JSON (ms: got -1, wanted a number from 0 to 60000)',
    );
    expect(() => load('grey')).toThrow('wanted a fault as JSON (body: wanted an object');
    expect(() => load('{"kind":"exit","code":1}', { ...drills, DRILLS_ENABLED: 'false' })).toThrow(
      'DRILL_FAULT: got "{\\"kind\\":\\"exit\\",\\"code\\":1}", wanted nothing, ' +
        'because DRILLS_ENABLED is not true',
    );
  });
});
