import { expect, test } from 'vitest';
import { DEPENDENCY_REASONS, dependenciesTable } from '../../infra/docs/dependencies-table.ts';

test('each production dependency has its reason', () => {
  expect(dependenciesTable().split('\n').length).toBeGreaterThan(15);
});

test('a dependency without a reason is refused, and a reason without a dependency', () => {
  const all = (file: string) => DEPENDENCY_REASONS[file] ?? {};
  const without = (file: string) => ({ dependencies: { ...all(file), leftpad: '1.0.0' } });

  expect(() => dependenciesTable(without)).toThrow('package.json: leftpad has no reason');
  expect(() => dependenciesTable(() => ({}))).toThrow('is no dependency any more');
});
