/**
 * SSM parameters of the lab: every version of each, by name.
 */

export type ParameterType = 'String' | 'StringList' | 'SecureString';

export interface StoredParameter {
  readonly name: string;
  readonly value: string;
  readonly type: ParameterType;
  /** From 1, counted up by every change. */
  readonly version: number;
  readonly modifiedAt: Date;
}

export class ParameterStore {
  readonly #versions = new Map<string, StoredParameter[]>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Makes the parameter or its next version. */
  put(name: string, value: string, type: ParameterType = 'String'): StoredParameter {
    const versions = this.#versions.get(name) ?? [];
    const version = versions.length + 1;
    const parameter = { name, value, type, version, modifiedAt: new Date(this.#now()) };
    this.#versions.set(name, [...versions, parameter]);
    return parameter;
  }

  /** The version asked for, or the newest. */
  get(name: string, version?: number): StoredParameter | undefined {
    const versions = this.#versions.get(name);
    return version === undefined ? versions?.at(-1) : versions?.[version - 1];
  }

  /** The newest version of each, by name. */
  all(): readonly StoredParameter[] {
    const newest = [...this.#versions.values()].map((versions) => versions.at(-1));
    return newest
      .filter((parameter) => parameter !== undefined)
      .sort((left, right) => (left.name < right.name ? -1 : 1));
  }
}
