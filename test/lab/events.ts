/**
 * Everything that happens in the lab, as one stream: the drill renders it live and keeps it in its journal.
 * `at` is epoch milliseconds of the machine's clock; nothing here is compressed by the time factor.
 */
import { EventEmitter } from 'node:events';

/** One API call as the gateway saw it; the recording proves IAM policies and counts round trips. */
export interface RecordedCall {
  readonly kind: 'call';
  readonly at: number;
  /** Epoch milliseconds when the answer was sent. */
  readonly endedAt: number;
  /** Access key id that signed the call; the lab gives each function and tool its own. */
  readonly caller: string;
  /** SigV4 signing name, such as `ecs` or `elasticloadbalancing`. */
  readonly service: string;
  readonly operation: string;
  /** Trace id sent by the SDK inside a function (`X-Amzn-Trace-Id`): joins calls to an invocation. */
  readonly traceId?: string;
  readonly input: unknown;
  readonly status: number;
  /** AWS error code when the call failed. */
  readonly error?: string;
  /** Which injected fault shaped this answer, if one did. */
  readonly fault?: string;
}

export type LabEvent =
  | RecordedCall
  | {
      readonly kind: 'task-status';
      readonly at: number;
      readonly taskArn: string;
      readonly status: string;
      readonly reason?: string;
    }
  | {
      readonly kind: 'target-state';
      readonly at: number;
      readonly targetGroupArn: string;
      readonly target: string;
      readonly taskArn?: string;
      readonly state: string;
      readonly reason?: string;
    }
  | {
      readonly kind: 'service-event';
      readonly at: number;
      readonly service: string;
      readonly message: string;
    }
  | {
      readonly kind: 'alarm-state';
      readonly at: number;
      readonly alarmName: string;
      readonly alarmArn: string;
      readonly from: string;
      readonly to: string;
      readonly reason: string;
    }
  | {
      readonly kind: 'invocation';
      readonly at: number;
      readonly functionName: string;
      readonly requestId: string;
      readonly traceId: string;
      readonly outcome: 'started' | 'succeeded' | 'failed' | 'timed-out';
      readonly durationMs?: number;
      readonly event?: unknown;
      readonly result?: unknown;
    }
  | {
      readonly kind: 'function-log';
      readonly at: number;
      readonly functionName: string;
      readonly line: string;
    }
  | {
      readonly kind: 'slack';
      readonly at: number;
      /** HTTP status the receiver answered with. */
      readonly status: number;
      /** What it answered: `ok`, or Slack's plain-text error code. */
      readonly answer: string;
      readonly payload: unknown;
    };

/** The stream. Listeners are called synchronously, in order; a listener that throws is a bug of the listener. */
export class LabEvents {
  readonly #emitter = new EventEmitter();
  readonly #all: LabEvent[] = [];

  emit(event: LabEvent): void {
    this.#all.push(event);
    this.#emitter.emit('event', event);
  }

  /** @returns a function that ends the subscription. */
  subscribe(listener: (event: LabEvent) => void): () => void {
    this.#emitter.on('event', listener);
    return () => this.#emitter.off('event', listener);
  }

  /** Everything so far, oldest first. */
  all(): readonly LabEvent[] {
    return this.#all;
  }

  calls(): readonly RecordedCall[] {
    return this.#all.filter((event) => event.kind === 'call');
  }
}
