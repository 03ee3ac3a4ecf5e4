/** What the documents promise about safety is what the code does. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { GUARDRAILS } from '../../functions/core/guardrails.ts';
import { OWN_ALARMS } from '../../functions/core/own-alarm.ts';
import { DEFAULT_POLICY } from '../../functions/core/policy.ts';
import { REASONS } from '../../functions/core/verdict.ts';
import { findStaleLimits, findUnlisted } from '../tidy/documents.ts';
import { readSource } from '../tidy/repository.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

describe('the safety model', () => {
  test('has a row for each reason code', () => {
    expect(findUnlisted(REASONS, readSource('docs/safety.md'))).toEqual([]);
    expect(GUARDRAILS.every(({ reason }) => REASONS.includes(reason))).toBe(true);
  });

  test.each(['docs/safety.md', 'docs/faq.md'])('%s states the defaults', (name) => {
    expect(findStaleLimits(DEFAULT_POLICY, readSource(name))).toEqual([]);
  });

  test('names every alarm on the healer by a code that the runbook has a section for', () => {
    const runbook = readSource('docs/runbook.md').text;
    const missing = Object.keys(OWN_ALARMS).filter(
      (code) => !runbook.includes(`\n### \`${code}\`\n`),
    );
    expect(missing).toEqual([]);
    const named = readSource('docs/safety.md').text.matchAll(
      /`((?:no|not|inbox|rule|invocation|remediate|notify)-[a-z-]+)`/g,
    );
    const codes = [...Object.keys(OWN_ALARMS), ...REASONS] as readonly string[];
    expect(
      [...named].map(([, code]) => code ?? '').filter((code) => !codes.includes(code)),
    ).toEqual([]);
  });
});

test('no function calls anything that changes ECS, but for the one stop', () => {
  const sources = readdirSync(path.join(ROOT, 'functions'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(path.join(ROOT, 'functions', name), 'utf8'));

  const imports = sources.flatMap((text) => [
    ...text.matchAll(/import \{([^}]*)\} from '@aws-sdk\/client-ecs'/g),
  ]);
  const commands = imports.flatMap(([, names = '']) => names.match(/\w+Command\b/g) ?? []);

  const changing = commands.filter((name) => !/^(?:Describe|List|Get)/.test(name));
  expect(commands).toContain('DescribeTasksCommand');
  expect(changing).toEqual(['StopTaskCommand']);
});
