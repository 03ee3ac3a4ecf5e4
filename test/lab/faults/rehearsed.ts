/** What the tests of troubles share: bundles in a folder of their own, and a lab that is opened once. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundle } from '../../../infra/bundle.ts';
import { Labs } from './labs.ts';
import { type Trial, tryOne } from './trial.ts';
import { nameOf, TROUBLES } from './trouble.ts';

/** Wall time of one trouble on a machine with other work. */
export const TROUBLE_MS_MAX = 240_000;

export class Rehearsed implements AsyncDisposable {
  readonly #folder: string;
  readonly #labs: Labs;

  private constructor(folder: string, labs: Labs) {
    this.#folder = folder;
    this.#labs = labs;
  }

  static async prepare(factor = 20): Promise<Rehearsed> {
    const folder = await mkdtemp(path.join(tmpdir(), 'ecs-self-healing-faults-'));
    return new Rehearsed(folder, new Labs({ bundles: await bundle(folder), factor }));
  }

  /** @throws Error for a name that is none. */
  async try(name: string): Promise<Trial> {
    const trouble = TROUBLES.find((each) => nameOf(each) === name);
    if (trouble === undefined) throw new Error(`trouble: got ${name}, want one of the list`);
    const trial = await tryOne(await this.#labs.get(), trouble);
    // What a broken one left behind must not be held against the next.
    if (trial.problems.length > 0) await this.#labs.close();
    return trial;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#labs.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
