/** One lab for as long as it is good; another one after that. */
import { FaultLab, type FaultLabOptions } from './fault-lab.ts';

export class Labs {
  readonly #options: FaultLabOptions;
  #lab: FaultLab | undefined;

  constructor(options: FaultLabOptions) {
    this.#options = options;
  }

  /** The lab that is open, or a new one. */
  async get(): Promise<FaultLab> {
    this.#lab ??= await FaultLab.open(this.#options);
    return this.#lab;
  }

  async close(): Promise<void> {
    const lab = this.#lab;
    this.#lab = undefined;
    await lab?.close();
  }
}
