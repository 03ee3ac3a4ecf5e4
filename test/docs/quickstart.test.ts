/** The commands of the quickstart find what they look for in what the app deploys. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { makeApp } from '../../infra/app.ts';
import { anApp, aTemplate } from '../infra/stacks-template.ts';

const README = readFileSync(path.resolve(import.meta.dirname, '../../README.md'), 'utf8');

let template: ReturnType<typeof aTemplate>;
let app: ReturnType<typeof makeApp>;

beforeAll(() => {
  app = anApp();
  template = aTemplate();
});

const looked = [...README.matchAll(/\$\(resource (AWS::[\w:]+) (\w+)\)/g)];

test('looks for a function, an alarm and a log group at least', () => {
  expect(looked.length).toBeGreaterThanOrEqual(3);
});

test.each(looked.map(([, type = '', part = '']) => [type, part] as const))(
  'finds one %s with %s in its logical id',
  (type, part) => {
    const ids = Object.keys(template.findResources(type)).filter((id) => id.includes(part));

    expect(ids).toHaveLength(1);
  },
);

test('names the stack and outputs that are there', () => {
  const outputs = [...README.matchAll(/\$\(output (\w+)\)/g)].map(([, name = '']) => name);

  expect(outputs.length).toBeGreaterThan(0);
  for (const name of outputs) expect(template.findOutputs(name)).toHaveProperty(name);
  const stacks = [...README.matchAll(/--stack-name (\w+)/g)].map(([, name]) => name);
  expect([...new Set(stacks)]).toEqual([app.stack.stackName]);
  expect(Object.keys(template.findOutputs('*')).join(' ')).toContain('SlackSecretName');
});

test('asks about the service by the name that the healer knows it by', () => {
  const id = /"serviceId": "'"\$\(output (\w+)\)\/\$\(output (\w+)\)"'"/.exec(README);
  const [cluster, service] = [id?.[1] ?? '', id?.[2] ?? ''].map(
    (name) => template.findOutputs(name)[name]?.['Value'] as unknown,
  );
  const [entry] = Object.values(template.findResources('AWS::SSM::Parameter'));
  const text = JSON.stringify(entry?.['Properties']);

  // The healer takes a cluster by its ARN, and its name is the last part of it.
  expect(text).toContain((cluster as { Ref: string }).Ref);
  expect(text).toContain(JSON.stringify(service));
});
