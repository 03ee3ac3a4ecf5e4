import { describe, expect, test } from 'vitest';
import { parseSettings } from '../../infra/stacks/settings.ts';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;
const REGISTRY = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';

describe('the settings of the app', () => {
  test('are complete without any context', () => {
    const settings = parseSettings({});

    expect(settings).toMatchObject({
      deployment: 'code-deploy',
      egress: 'nat',
      secondTier: false,
      image: { kind: 'asset' },
      desiredCount: 3,
      services: [{ name: 'checkout', paths: ['/*'], image: { kind: 'asset' } }],
      health: { startSeconds: 30, intervalSeconds: 10, timeoutSeconds: 5, graceSeconds: 50 },
    });
  });

  test('come from the command line as text', () => {
    const settings = parseSettings({
      desiredCount: '0',
      secondTier: 'true',
      services: '[{"name":"cart","paths":["/cart/*"]},{"name":"web","paths":["/*"]}]',
    });

    expect(settings.desiredCount).toBe(0);
    expect(settings.secondTier).toBe(true);
    expect(settings.services.map(({ name }) => name)).toEqual(['cart', 'web']);
  });

  test('take people from the command line, and drills outside of production', () => {
    const context = { slackUsers: 'U0123456789,U9876543210', drills: 'faults' };
    const settings = parseSettings({ ...context, environment: 'staging' });

    expect(settings.slackUsers).toEqual(['U0123456789', 'U9876543210']);
    expect(settings).toMatchObject({ drills: 'faults', productionDrills: false });
  });

  test("leave CDK's own keys alone", () => {
    const context = { '@aws-cdk/core:checkSecretUsage': true, 'aws:cdk:version': '2', 'a-b': 1 };

    expect(() => parseSettings(context)).not.toThrow();
  });

  test.each([
    [`${REGISTRY}/checkout@${DIGEST}`, DIGEST],
    [`${REGISTRY}/shop/checkout:0123abc`, '0123abc'],
    [`${REGISTRY}.cn/checkout:${'0123456789'.repeat(4)}`, '0123456789'.repeat(4)],
  ])('take the image %s', (image, version) => {
    expect(parseSettings({ image }).image).toMatchObject({ kind: 'ecr', version });
  });

  test.each([
    `${REGISTRY}/checkout:latest`,
    `${REGISTRY}/checkout`,
    `${REGISTRY}/checkout:v1.2.3`,
    `${REGISTRY}/checkout@sha256:0123`,
    'node:24',
    '',
    7,
  ])('fail with the image %s', (image) => {
    expect(() => parseSettings({ image })).toThrow(
      `image: got ${JSON.stringify(image)}, wanted "asset", or <account>.dkr.ecr`,
    );
  });

  test('fail with an image of one service that moves', () => {
    const services = [{ name: 'web', paths: ['/*'], image: `${REGISTRY}/web:latest` }];

    expect(() => parseSettings({ services })).toThrow('services[0].image: got');
  });

  test('say who delivers', () => {
    const connectionArn = 'arn:aws:codestar-connections:eu-west-1:123456789012:connection/0a1b-2c';
    const pipeline = JSON.stringify({ connectionArn, repository: 'octo/shop.io' });

    const { delivery } = parseSettings({ pipeline, githubRepository: 'octo/shop' });

    expect(delivery).toEqual({
      pipeline: { connectionArn, owner: 'octo', repository: 'shop.io', branch: 'main' },
      githubRepository: 'octo/shop',
    });
    expect(parseSettings({}).delivery).toEqual({});
  });

  test.each<[Record<string, unknown>, string]>([
    [{ deployement: 'rolling' }, 'deployement: got "deployement", wanted one of environment,'],
    [
      { deployment: 'canary' },
      'deployment: got "canary", wanted one of code-deploy, rolling, blue-green',
    ],
    [{ egress: 'internet' }, 'egress: got "internet", wanted one of nat, endpoints'],
    [{ environment: 'Prod!' }, 'environment: got "Prod!", wanted a name like'],
    [{ secondTier: 'yes' }, 'secondTier: got "yes", wanted true or false'],
    [{ desiredCount: '-1' }, 'desiredCount: got -1, wanted a number from 0 to 1000'],
    [{ desiredCount: '1.5' }, 'desiredCount: got 1.5, wanted a whole number from 0 to 1000'],
    [{ desiredCount: 'few' }, 'desiredCount: got "few", wanted a whole number from 0 to 1000'],
    [{ desiredCount: 5, maxCount: 4 }, 'maxCount: got 4, wanted at least desiredCount (5)'],
    [{ cpuPercent: 100 }, 'cpuPercent: got 100, wanted a number from 10 to 90'],
    [{ requestsPerMinute: 0 }, 'requestsPerMinute: got 0, wanted a number from 1'],
    [{ logRetentionDays: 2 }, 'logRetentionDays: got 2, wanted one of 1, 3, 5'],
    [{ intervalSeconds: 4 }, 'intervalSeconds: got 4, wanted a number from 5 to 300'],
    [{ timeoutSeconds: 10 }, 'timeoutSeconds: got 10, wanted less than intervalSeconds (10)'],
    [
      { startSeconds: 90, graceSeconds: 60 },
      'graceSeconds: got 60, wanted at least startSeconds + intervalSeconds (100)',
    ],
    [{ catalogUrl: 'catalog' }, 'catalogUrl: got "catalog", wanted an http or https URL'],
    [{ certificateArn: 'mine' }, 'certificateArn: got "mine", wanted the ARN of an ACM'],
    [{ slackSecret: 'https://hooks.example.com/x' }, 'slackSecret: got "https://hooks'],
    [{ slackSecret: 'xoxb-0' }, 'slackSecret: got "xoxb-0", wanted the name or the whole ARN'],
    [{ slackChannel: '#shop' }, 'slackChannel: got "#shop", wanted the id of a channel'],
    [{ slackMention: 'S0123456789' }, 'slackMention: got "S0123456789", wanted slackChannel too'],
    [{ slackUsers: 'ana' }, 'slackUsers: got "ana", wanted ids of users such as U0123456789'],
    [{ slackSigningSecret: 'shop/signing' }, 'wanted slackUsers too: somebody must click'],
    [{ drills: 'all' }, 'drills: got "all", wanted one of off, wiring, faults'],
    [{ drills: 'wiring' }, 'drills: got "wiring", wanted productionDrills=true, or an environment'],
    [{ egress: 'endpoints' }, 'catalogUrl: got nothing, wanted a URL that tasks can reach'],
    [
      { certificateArn: 'arn:aws:acm:eu-west-1:123456789012:certificate/a' },
      'catalogUrl: got nothing, wanted a URL that tasks can reach',
    ],
    [{ pipeline: 'yes' }, 'pipeline: got "yes", wanted JSON like {"connectionArn":'],
    [
      { pipeline: { repo: 'octo/shop' } },
      'pipeline.repo: got "repo", wanted one of connectionArn,',
    ],
    [
      { pipeline: { connectionArn: 'mine', repository: 'shop', branch: 'a b' } },
      'pipeline.connectionArn: got "mine", wanted the ARN of a connection of CodeConnections; ' +
        'pipeline.repository: got "shop", wanted owner/name; ' +
        'pipeline.branch: got "a b", wanted the name of a branch',
    ],
    [{ githubRepository: 'octo/*' }, 'githubRepository: got "octo/*", wanted owner/name'],
    [{ services: '[' }, 'services: got "[", wanted a JSON list of 1 to 10 services'],
    [{ services: [] }, 'services: got [], wanted a JSON list of 1 to 10 services'],
    [{ services: [{ name: 'Web', paths: ['/*'] }] }, 'services[0].name: got "Web", wanted like'],
    [{ services: [{ name: 'web', paths: ['web'] }] }, 'services[0].paths: got "web"'],
    [
      { services: [{ name: 'web', paths: ['/a', '/b', '/c', '/d', '/e', '/f'] }] },
      'services[0].paths: got ["/a","/b","/c","/d","/e","/f"], wanted at most 5',
    ],
    [{ services: [{ name: 'web', path: '/*' }] }, 'services[0].path: got "path", wanted one of'],
    [
      {
        services: [
          { name: 'web', paths: ['/*'] },
          { name: 'web', paths: ['/*'] },
        ],
      },
      'services: got "web", wanted names once each; services: got "/*", wanted each path',
    ],
    [
      { secondTier: true, services: [{ name: 'catalog', paths: ['/*'] }] },
      'services: got "catalog", wanted names once each, and not catalog',
    ],
  ])('fail with %j', (context, message) => {
    expect(() => parseSettings(context)).toThrow(message);
  });

  test('fail with every problem at once', () => {
    const parse = () => parseSettings({ egress: 'x', maxCount: 'y' });

    expect(parse).toThrow(/egress: got "x".*; maxCount: got "y"/);
  });
});
