/**
 * Automatic anomaly detection: which target of a group answers 5xx far more often than the others,
 * whatever its health checks say.
 */
import type { TimeFactor } from '../time-factor.ts';
import { type TargetAddress, type TargetGroup, targetKey } from './target-group.ts';

interface Answer {
  readonly atMs: number;
  readonly isError: boolean;
}

const WINDOW_SECONDS = 60;
const HEALTHY_MIN = 3;
/** Fewer answers than this say nothing. */
const ANSWERS_MIN = 5;
/** How far above the share of all others a target's 5xx share must be. */
const MARGIN = 0.2;
const TIMES = 3;

export class AnomalyDetection {
  readonly #windowMs: number;
  readonly #answers = new WeakMap<TargetGroup, Map<string, Answer[]>>();

  constructor(time: TimeFactor) {
    this.#windowMs = time.seconds(WINDOW_SECONDS);
  }

  count(group: TargetGroup, target: TargetAddress, status: number): void {
    const ofGroup = this.#answers.get(group) ?? new Map<string, Answer[]>();
    this.#answers.set(group, ofGroup);
    const answers = this.#recent(ofGroup.get(targetKey(target)));
    answers.push({ atMs: Date.now(), isError: status >= 500 });
    ofGroup.set(targetKey(target), answers);
  }

  isAnomalous(group: TargetGroup, target: TargetAddress): boolean {
    const healthy = group.targets().filter(({ health }) => health.state === 'healthy');
    if (healthy.length < HEALTHY_MIN) return false;
    const ofGroup = this.#answers.get(group);
    const key = targetKey(target);
    const own = this.#recent(ofGroup?.get(key));
    const others = [...(ofGroup ?? [])]
      .filter(([other]) => other !== key)
      .flatMap(([, answers]) => this.#recent(answers));
    if (own.length < ANSWERS_MIN || others.length < ANSWERS_MIN) return false;
    return shareOf(own) > Math.max(shareOf(others) + MARGIN, shareOf(others) * TIMES);
  }

  #recent(answers: readonly Answer[] = []): Answer[] {
    const fromMs = Date.now() - this.#windowMs;
    return answers.filter(({ atMs }) => atMs >= fromMs);
  }
}

function shareOf(answers: readonly Answer[]): number {
  return answers.filter(({ isError }) => isError).length / answers.length;
}
