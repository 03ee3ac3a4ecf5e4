/**
 * Stryker's test runner for the core's tests: in one process, without Vitest around each mutant.
 *
 * The tests are loaded once and only those that reach a mutant run. A mutant of what runs while files load is
 * tried on files loaded anew. See docs/mutants.md for how it was held against Stryker's own runner.
 */
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { INSTRUMENTER_CONSTANTS, type MutantCoverage } from '@stryker-mutator/api/core';
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import {
  type DryRunResult,
  DryRunStatus,
  determineHitLimitReached,
  type MutantRunOptions,
  type MutantRunResult,
  type TestResult,
  type TestRunner,
  TestStatus,
  toMutantRunResult,
} from '@stryker-mutator/api/test-runner';
import { freshenModules, loadFresh } from './fresh-modules.ts';
import { Imports } from './imports.ts';
import { type DeclaredTest, declaredIn, runTest } from './suite.ts';

/** The core's own tests, and the quick ones of what it promises over several steps. */
const TESTS = [
  'test/core/**/*.test.ts',
  'test/app/{reopened,respond,shown,stop-one-more,too-old}.test.ts',
];
/** Test files that a mutant of what runs while files load is tried on: the nearest ones. */
const NEAREST = 10;

/** What instrumented code and its runner tell each other. */
interface Switchboard {
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  mutantCoverage?: MutantCoverage;
  hitCount?: number | undefined;
  hitLimit?: number | undefined;
}

const switchboard: Switchboard = {};
Object.assign(globalThis, { [INSTRUMENTER_CONSTANTS.NAMESPACE]: switchboard });

class CoreTestRunner implements TestRunner {
  static readonly inject = [] as const;
  readonly #folder = process.cwd();
  readonly #files = globSync(TESTS, { cwd: this.#folder }).sort();
  readonly #imports = new Imports();
  #tests: readonly DeclaredTest[] = [];
  #generation = 0;
  /** How each test went without a mutant. */
  readonly #first = new Map<string, TestResult>();
  readonly #reaching = new Map<string, readonly string[]>();

  capabilities(): { readonly reloadEnvironment: boolean } {
    return { reloadEnvironment: true };
  }

  async init(): Promise<void> {
    freshenModules(this.#folder);
    const tests: DeclaredTest[] = [];
    for (const file of this.#files) tests.push(...(await this.#load(file)));
    for (const test of tests) {
      switchboard.currentTestId = test.id;
      const result = await resultOf(test);
      switchboard.currentTestId = undefined;
      this.#first.set(test.id, result);
      const reached = switchboard.mutantCoverage?.perTest[test.id] ?? {};
      for (const mutant of Object.keys(reached)) {
        this.#reaching.set(mutant, [...(this.#reaching.get(mutant) ?? []), test.id]);
      }
    }
    this.#tests = this.#quickestFirst(tests);
  }

  /** Most mutants are killed by whatever test comes first, so let it be a quick one. */
  #quickestFirst(tests: readonly DeclaredTest[]): readonly DeclaredTest[] {
    return tests.toSorted((a, b) => this.#timeOf(a.id) - this.#timeOf(b.id));
  }

  #timeOf(id: string): number {
    return this.#first.get(id)?.timeSpentMs ?? 0;
  }

  async dryRun(): Promise<DryRunResult> {
    const tests = [...this.#first.values()];
    const mutantCoverage = switchboard.mutantCoverage ?? { static: {}, perTest: {} };
    return { status: DryRunStatus.Complete, tests, mutantCoverage };
  }

  async mutantRun(options: MutantRunOptions): Promise<MutantRunResult> {
    const { activeMutant, hitLimit, reloadEnvironment, sandboxFileName, testFilter } = options;
    Object.assign(switchboard, { activeMutant: activeMutant.id, hitCount: 0, hitLimit });
    try {
      const ids = testFilter ?? this.#reaching.get(activeMutant.id) ?? [];
      const tests = await untilFailure(this.#named(ids));
      if (reloadEnvironment && ids.length === 0)
        tests.push(...(await this.#runFresh(sandboxFileName)));
      const { hitCount } = switchboard;
      const ran = { status: DryRunStatus.Complete, tests } as const;
      return toMutantRunResult(determineHitLimitReached(hitCount, hitLimit) ?? ran);
    } catch (error) {
      const errorMessage = `does not load: ${String(error)}`;
      return toMutantRunResult({ status: DryRunStatus.Error, errorMessage });
    } finally {
      Object.assign(switchboard, { activeMutant: undefined, hitCount: undefined });
    }
  }

  #named(ids: readonly string[]): readonly DeclaredTest[] {
    const wanted = new Set(ids);
    return this.#tests.filter(({ id }) => wanted.has(id));
  }

  /** Of a mutant that no test runs: it runs while files load, so they are loaded anew. */
  async #runFresh(mutated: string): Promise<TestResult[]> {
    this.#generation += 1;
    const results: TestResult[] = [];
    for (const file of this.#nearest(mutated)) {
      results.push(...(await untilFailure(this.#quickestFirst(await this.#load(file)))));
      if (hasFailed(results)) break;
    }
    return results;
  }

  /** Tests that import the mutant's file, at best themselves. */
  #nearest(mutated: string): readonly string[] {
    const distances = new Map(
      this.#files.map((file) => [file, this.#imports.distance(join(this.#folder, file), mutated)]),
    );
    const of = (file: string) => distances.get(file) ?? Number.POSITIVE_INFINITY;
    const reached = this.#files.filter((file) => Number.isFinite(of(file)));
    return reached.toSorted((a, b) => of(a) - of(b)).slice(0, NEAREST);
  }

  #load(file: string): Promise<readonly DeclaredTest[]> {
    return declaredIn(file, () => loadFresh(join(this.#folder, file), this.#generation));
  }
}

async function resultOf(test: DeclaredTest): Promise<TestResult> {
  const start = performance.now();
  const failureMessage = await runTest(test);
  const timeSpentMs = performance.now() - start;
  const told = { id: test.id, name: test.id, fileName: test.file, timeSpentMs };
  return failureMessage === undefined
    ? { ...told, status: TestStatus.Success }
    : { ...told, status: TestStatus.Failed, failureMessage };
}

function hasFailed(results: readonly TestResult[]): boolean {
  return results.at(-1)?.status === TestStatus.Failed;
}

async function untilFailure(tests: readonly DeclaredTest[]): Promise<TestResult[]> {
  const results: TestResult[] = [];
  for (const test of tests) {
    const result = await resultOf(test);
    results.push(result);
    if (result.status === TestStatus.Failed) break;
  }
  return results;
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'core', CoreTestRunner)];
