/**
 * How a call travels: it leaves, has its effect, and its answer arrives, each at a time of its own; and what may go
 * wrong on the way.
 */
import { HealerError } from '../../functions/core/errors.ts';
import type { Random } from '../bench/world/random.ts';
import type { Agenda } from './agenda.ts';
import type { FaultKind, Faults } from './faults.ts';
import { aborted, type Process } from './process.ts';

/** Milliseconds on the way there or back. */
const USUAL_MS = { least: 2, most: 60 } as const;
/** An answer that takes longer than this three times is given up by the SDK. */
const GIVEN_UP_MS = 15_000;

export interface Call<T> {
  /** Such as `store.commit`. */
  readonly name: string;
  /** Named in the trace. */
  readonly about: string;
  readonly effect: () => T;
  /** What the caller makes of an error; it is thrown where nothing is said. */
  readonly onError?: (error: HealerError) => T;
  /** Down for a while, such as the table. */
  readonly down?: FaultKind | undefined;
}

export interface Lines {
  readonly agenda: Agenda;
  readonly faults: Faults;
  readonly latency: Random;
  readonly trace: (line: string) => void;
  /** Somebody's promise was settled, or somebody has called. */
  readonly stir: () => void;
  /** Whether what the fault names is down at the moment. */
  readonly isDown: (kind: FaultKind) => boolean;
}

export class Calls {
  readonly #lines: Lines;

  constructor(lines: Lines) {
    this.#lines = lines;
  }

  /** What is read is read as the call leaves; that its answer takes a while makes it old. */
  read<T>(process: Process, call: Call<T>): Promise<T> {
    return this.#travel(process, call, (arrive, fail) => {
      const fault = this.#refusal(call);
      if (fault !== undefined) fail(fault);
      else arrive(call.effect());
    });
  }

  /** What is written is written while the call is on its way, whatever becomes of its caller. */
  write<T>(process: Process, call: Call<T>): Promise<T> {
    return this.#travel(process, call, (arrive, fail, number) => {
      const fault = this.#refusal(call);
      if (fault !== undefined) {
        fail(fault);
        return;
      }
      this.#after(() => {
        this.#lines.trace(`${process.id} ${call.name} ${call.about}`);
        const first = call.effect();
        process.effect(number);
        this.#answerWrite(call, first, arrive, fail);
      });
    });
  }

  #answerWrite<T>(
    call: Call<T>,
    first: T,
    arrive: (value: T) => void,
    fail: (error: HealerError) => void,
  ): void {
    const { faults, trace } = this.#lines;
    if (faults.strikes('lost-answer')) {
      trace(`  the answer is lost`);
      fail(unavailable(`${call.name}: TimeoutError: no answer`));
      return;
    }
    if (!faults.strikes('repeated')) {
      arrive(first);
      return;
    }
    this.#after(() => {
      trace(`  repeated`);
      arrive(call.effect());
    });
  }

  #travel<T>(
    process: Process,
    call: Call<T>,
    go: (arrive: (value: T) => void, fail: (error: HealerError) => void, number: number) => void,
  ): Promise<T> {
    const { stir } = this.#lines;
    stir();
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    // The time is over: the SDK does not even send it.
    if (process.signal.aborted) {
      reject(aborted());
      return promise;
    }
    const number = process.leave();
    if (number === undefined) return promise;
    const { onError } = call;
    const refuse = (error: unknown): void => {
      stop();
      stir();
      if (onError !== undefined && error instanceof HealerError) resolve(onError(error));
      else reject(error);
    };
    const stop = process.wait({ reject: refuse });
    const settle = (work: () => void): void =>
      this.#after(() =>
        process.answer(number, () => {
          stop();
          stir();
          work();
        }),
      );
    go(
      (value) => settle(() => resolve(value)),
      (error) => settle(() => refuse(error)),
      number,
    );
    return promise;
  }

  #refusal({ name, down }: Call<unknown>): HealerError | undefined {
    const { faults, isDown } = this.#lines;
    if (down !== undefined && isDown(down)) {
      faults.note(down);
      return unavailable(`${name}: ServiceUnavailableException`);
    }
    if (faults.strikes('throttle')) return unavailable(`${name}: ThrottlingException`);
    if (faults.strikes('error')) return unavailable(`${name}: InternalServerError`);
    return undefined;
  }

  #after(work: () => void): void {
    const { agenda, faults, latency } = this.#lines;
    const slow = faults.strikes('slow') ? faults.draw('slow').between(500, GIVEN_UP_MS) : 0;
    agenda.after(latency.between(USUAL_MS.least, USUAL_MS.most) + slow, work);
  }
}

function unavailable(message: string): HealerError {
  return new HealerError('dependency.unavailable', message, { retryable: true });
}
