/** Puts generated observations before `decide`, and counts whom it would have stopped. */
import { emptyAccount } from '../../../functions/core/account.ts';
import { DEFAULT_ACCOUNT_LIMITS } from '../../../functions/core/account-limits.ts';
import { decide } from '../../../functions/core/decide.ts';
import { earlier, minutes } from '../../../functions/core/time.ts';
import { aLock, anAlarmDelivery, anIncident, aService, NOW } from '../../core/builders.ts';
import { CURABLE, GAPS, type GeneratedCase, generateCase, PATTERNS } from './observations.ts';

export interface Judged extends GeneratedCase {
  /** Stopped an ill task, stopped a healthy one, or stopped nobody for the reason given. */
  readonly result: 'hit' | 'miss' | 'abstained';
  readonly reason: string;
}

/** The alarm has rung for long enough: ECS had its time, and so had the evidence. */
const WAITED = earlier(NOW, minutes(10));
const LOCK = aLock({
  incident: anIncident({
    hold: { reason: 'replacing', since: WAITED },
    waitingSince: WAITED,
    openedAt: WAITED,
    alarmSince: WAITED,
  }),
});

export function judgeCase(seed: string): Judged {
  const generated = generateCase(seed);
  const { verdict } = decide({
    service: aService(),
    lock: LOCK,
    account: emptyAccount(),
    limits: DEFAULT_ACCOUNT_LIMITS,
    observation: generated.observation,
    delivery: anAlarmDelivery(),
    now: NOW,
  });
  if (verdict.kind !== 'act') {
    const reason = 'reason' in verdict ? verdict.reason : verdict.outcome;
    return { ...generated, result: 'abstained', reason };
  }
  const isIll = generated.ill.has(verdict.victim.taskId);
  return { ...generated, result: isIll ? 'hit' : 'miss', reason: 'act' };
}

export interface Share {
  readonly name: string;
  readonly cases: number;
  readonly stopped: number;
}

export interface Campaign {
  readonly cases: number;
  readonly hits: number;
  /** Healthy tasks that would have been stopped, by the seed that shows it. */
  readonly misses: readonly string[];
  /** With whole evidence, by who is ill. */
  readonly patterns: readonly Share[];
  /**
   * Stops of one of several tasks that one common cause makes ill: no healthy task goes, and it
   * does not help.
   */
  readonly useless: Share;
  /** Of the cases that a stop helps, with whole evidence: how many ended in the right stop. */
  readonly recall: readonly Share[];
  readonly recallByRequests: readonly Share[];
  readonly gaps: readonly Share[];
}

/** Too few requests to tell chance from illness, a few, and enough. */
const VOLUMES = [
  { name: 'under 20', most: 20 },
  { name: '20 to 99', most: 100 },
  { name: '100 to 999', most: 1_000 },
  { name: '1,000 and more', most: Number.POSITIVE_INFINITY },
];

export function runCampaign(
  count: number,
  seed: string,
  onProgress: (done: number) => void = () => {},
): Campaign {
  const judged = Array.from({ length: count }, (_, index) => {
    if (index % 1_000 === 0) onProgress(index);
    return { seed: `${seed}/${index}`, ...judgeCase(`${seed}/${index}`) };
  });
  const whole = judged.filter(({ gap }) => gap === 'nothing');
  const curable = whole.filter(({ pattern }) => CURABLE.includes(pattern));
  const volume = ({ requests }: Judged) => VOLUMES.find(({ most }) => requests < most)?.name ?? '';
  const strong = curable.filter(({ illRate }) => illRate >= 0.5);
  return {
    cases: count,
    hits: judged.filter(({ result }) => result === 'hit').length,
    misses: judged.filter(({ result }) => result === 'miss').map((missed) => missed.seed),
    patterns: inOrder(
      shares(whole, ({ pattern }) => pattern),
      PATTERNS.map((name) => ({ name })),
    ),
    useless: countUseless(judged),
    recall: shares(curable, ({ illRate }) => `${(illRate * 100).toFixed(0)} %`),
    recallByRequests: inOrder(shares(strong, volume), VOLUMES),
    gaps: inOrder(
      shares(
        judged.filter(({ pattern }) => CURABLE.includes(pattern)),
        ({ gap }) => gap,
      ),
      GAPS.map((name) => ({ name })),
    ),
  };
}

function countUseless(judged: readonly Judged[]): Share {
  const groups = judged.filter(({ pattern, ill }) => !CURABLE.includes(pattern) && ill.size > 1);
  const stopped = groups.filter(({ result }) => result === 'hit').length;
  return { name: 'one cause, several ill', cases: groups.length, stopped };
}

function shares(judged: readonly Judged[], nameOf: (one: Judged) => string): readonly Share[] {
  return [...Map.groupBy(judged, nameOf)]
    .map(([name, group]) => ({
      name,
      cases: group.length,
      stopped: group.filter(({ result }) => result !== 'abstained').length,
    }))
    .toSorted((a, b) => Number.parseFloat(a.name) - Number.parseFloat(b.name));
}

function inOrder(
  found: readonly Share[],
  order: readonly { readonly name: string }[],
): readonly Share[] {
  return order.flatMap(({ name }) => found.filter((share) => share.name === name));
}
