/**
 * UpdateTimeToLive and DescribeTimeToLive: the setting is kept and checked; nothing expires in the
 * lab.
 */
import type { WireAnswer, WireRequest } from '../gateway/wire.ts';
import { type Backend, invalid, jsonAnswer, jsonOf } from './backend.ts';

export class TimeToLive {
  /** Attribute name by table; a table without one has it disabled. */
  readonly #attributes = new Map<string, string>();
  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  async update(request: WireRequest): Promise<WireAnswer> {
    const input = jsonOf(request);
    const table = String(input['TableName']);
    await this.#backend.keyNames(request, table);
    const { AttributeName: name, Enabled: enabled } = (input['TimeToLiveSpecification'] ??
      {}) as Record<string, unknown>;
    if (typeof name !== 'string' || typeof enabled !== 'boolean') {
      throw invalid('timeToLiveSpecification: want AttributeName (string) and Enabled (boolean)');
    }
    const current = this.#attributes.get(table);
    if (enabled && current !== undefined) throw invalid('TimeToLive is already enabled');
    if (!enabled && current === undefined) throw invalid('TimeToLive is already disabled');
    if (!enabled && current !== name) {
      throw invalid(
        `TimeToLive is active on a different AttributeName: got ${name}, want ${current}`,
      );
    }
    if (enabled) this.#attributes.set(table, name);
    else this.#attributes.delete(table);
    return jsonAnswer({ TimeToLiveSpecification: { AttributeName: name, Enabled: enabled } });
  }

  async describe(request: WireRequest): Promise<WireAnswer> {
    const table = String(jsonOf(request)['TableName']);
    await this.#backend.keyNames(request, table);
    const name = this.#attributes.get(table);
    const description =
      name === undefined
        ? { TimeToLiveStatus: 'DISABLED' }
        : { TimeToLiveStatus: 'ENABLED', AttributeName: name };
    return jsonAnswer({ TimeToLiveDescription: description });
  }

  forget(table: string): void {
    this.#attributes.delete(table);
  }
}
