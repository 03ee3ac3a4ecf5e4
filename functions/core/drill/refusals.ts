/** Everything that forbids a drill before anything has happened. Pure: `plan` and `run` ask the same. */
import { stormAt } from '../account.ts';
import { looksLikeProduction } from '../environment-drill.ts';
import { runningDeployment } from '../guardrail.ts';
import { isOpen } from '../incident.ts';
import { activeDrill, activePause } from '../lock.ts';
import { durationMillis, type EpochMillis, earlier, iso, later, minutes } from '../time.ts';
import type { Day, Definition, DrillLevel, Effect, Step } from './definition.ts';
import type { Refusal, RefusalCode } from './refusal.ts';
import { type DrillSight, known, leastHealthy, othersIll, unreadable, wellTasks } from './sight.ts';

export interface DrillRequest {
  readonly definition: Definition;
  readonly allowProduction: boolean;
  readonly scheduled: boolean;
}

/** What the function that runs drills was set up with. */
export interface DrillSetting {
  readonly mayDrillProduction: boolean;
  /** By service id. */
  readonly faultUrls: Readonly<Record<string, string>>;
  readonly hasFaultSecret: boolean;
}

/** A drill of another service that opened no longer ago is waited for: openings add up to a storm. */
const QUIET = minutes(10);
/** Openings of other services that a rehearsal without harm may meet. */
const OTHERS_MAX = 2;

type Check = (
  sight: DrillSight,
  request: DrillRequest,
  setting: DrillSetting,
) => readonly Refusal[];

/** @param self - the drill that asks: its own marks do not refuse it. */
export function refusalsOf(
  sight: DrillSight,
  request: DrillRequest,
  setting: DrillSetting,
  self?: string,
): readonly Refusal[] {
  const checks: readonly Check[] = [
    (_sight, { definition }) => refuseDefinition(definition),
    refusePlace,
    refuseWindow,
    (seen) => refuseTaken(seen, self),
    refuseUnsteady,
    refuseFleet,
    refuseOthers,
  ];
  return checks.flatMap((check) => check(sight, request, setting));
}

export function levelOf({ level, method }: Definition): DrillLevel {
  return level ?? (method.some(({ do: what }) => what === 'fault') ? 'fault' : 'wiring');
}

/** What to use where only the lab can do a step. */
const IN_LAB_ONLY: Readonly<Partial<Record<Effect['do'], string>>> = {
  'fault-new-tasks': 'a fault of one running task',
  dependency: "AWS FIS, or the dependency's own switch",
  deploy: 'your pipeline',
  scale: 'ecs:UpdateService by hand',
  network: 'AWS FIS: aws:network:disrupt-connectivity',
  targets: 'elasticloadbalancing:DeregisterTargets by hand',
  'health-path': 'elasticloadbalancing:ModifyTargetGroup by hand',
  traffic: 'a load test of your own',
  'deliver-copies': 'the lab: npm run drill',
};

function refuseDefinition(definition: Definition): readonly Refusal[] {
  const { method, rollbacks } = definition;
  const steps = [...method, ...rollbacks];
  const foreign = steps.flatMap((step) => {
    const instead = IN_LAB_ONLY[step.do];
    if (instead !== undefined) return [refusal('lab-only', step.do, instead)];
    const tier = 'of' in step && step.of === 'catalog-api';
    return tier ? [refusal('lab-only', `${step.do} of ${step.of}`, 'a drill of that service')] : [];
  });
  const faults = method.filter((step) => step.do === 'fault');
  const wide = faults.filter(({ on }) => !('tasks' in on) || on.tasks.length !== 1);
  const got =
    faults.length === 1
      ? '1 fault, not of one task'
      : `${faults.length} faults${wide.length > 0 ? ', not of one task each' : ''}`;
  const tooWide = faults.length > 1 || wide.length > 0;
  const harms = definition.level === 'wiring' && faults.length > 0;
  return [
    ...foreign,
    ...(tooWide ? [refusal('too-wide', got, 'one fault of one task')] : []),
    ...(harms ? [refusal('too-wide', 'a fault at level wiring', 'level fault')] : []),
    ...(rings(method) || faults.length > 0
      ? []
      : [refusal('lab-only', 'no step that AWS can do', 'set-alarm-state or fault')]),
  ];
}

function rings(steps: readonly Step[]): boolean {
  return steps.some((step) => step.do === 'set-alarm-state');
}

const refusePlace: Check = ({ service }, { definition, allowProduction }, setting) => {
  const refusals: Refusal[] = [];
  if (looksLikeProduction(service.environment)) {
    if (!setting.mayDrillProduction) {
      const wanted = 'a function that may drill production (DRILL_PRODUCTION=allowed)';
      refusals.push(refusal('production', service.environment, wanted));
    } else if (!allowProduction) {
      refusals.push(refusal('production', service.environment, 'allowProduction: true'));
    }
  }
  if (levelOf(definition) !== 'fault') return refusals;
  if (service.policy.mode === 'observe') {
    refusals.push(refusal('observe-only', 'policy.mode observe', 'heal: nothing would mend it'));
  }
  if (setting.faultUrls[service.id] === undefined || !setting.hasFaultSecret) {
    const got = setting.hasFaultSecret ? 'no URL of the service' : 'no secret';
    refusals.push(refusal('no-fault-switch', got, 'the URL and the secret of its fault switch'));
  }
  return refusals;
};

const DAYS: readonly Day[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const refuseWindow: Check = ({ at }, { definition: { window = {} } }) => {
  const date = new Date(at);
  const day = DAYS[date.getUTCDay()] ?? 'sun';
  const hour = date.getUTCHours();
  const { hours, days } = window;
  const refusals: Refusal[] = [];
  if (days !== undefined && !days.includes(day)) {
    refusals.push(refusal('outside-window', day, days.join(', ')));
  }
  if (hours !== undefined && !isWithin(hours, hour)) {
    const wanted = `hours ${hours.from} to ${hours.to} UTC`;
    refusals.push(refusal('outside-window', `${iso(at).slice(11, 16)} UTC`, wanted));
  }
  return refusals;
};

/** Hours may go over midnight. */
function isWithin({ from, to }: { readonly from: number; readonly to: number }, hour: number) {
  return from < to ? from <= hour && hour < to : hour >= from || hour < to;
}

function refuseTaken({ lock, shared, at }: DrillSight, self?: string): readonly Refusal[] {
  const marks = [lock.drill, shared.drill].map((mark) => activeDrill(mark, at));
  const other = marks.find((mark) => mark !== undefined && mark.id !== self);
  if (other === undefined) return [];
  const got = `${other.id} by ${other.by} until ${iso(other.until)}`;
  return [refusal('another-drill', got, 'no other drill of this account')];
}

const refuseUnsteady: Check = (sight) => {
  const { lock, account, alarms, watched, at } = sight;
  const blind = unreadable(sight);
  const paused = activePause(lock.pause, at) ?? activePause(account.pause, at);
  const storm = stormAt(account, at);
  const { incident } = lock;
  return [
    ...(blind === undefined ? [] : [refusal('unreadable', blind, 'every source to be read')]),
    ...(isOpen(incident)
      ? [refusal('incident-open', `${incident.id} ${incident.state}`, 'no open incident')]
      : []),
    ...(known(alarms) ?? [])
      .filter(({ state }) => state !== 'OK')
      .map(({ name, state }) => refusal('alarm-not-ok', `${name} ${state}`, 'OK')),
    ...(known(watched) ?? [])
      .filter(({ state }) => state === 'ALARM')
      .map(({ name, state }) => refusal('stop-condition', `${name} ${state}`, 'OK')),
    ...(paused === undefined
      ? []
      : [refusal('paused', `by ${paused.by} until ${iso(paused.until)}`, 'no pause')]),
    ...(storm === undefined ? [] : [refusal('storm', `until ${iso(storm.until)}`, 'no storm')]),
  ];
};

const refuseFleet: Check = (sight, { definition }) => {
  const fleet = known(sight.fleet);
  const well = wellTasks(sight)?.length;
  if (fleet === undefined || well === undefined) return [];
  const { desired } = fleet;
  const least = Math.max(desired, leastHealthy(sight, definition.stopConditions));
  const deployment = runningDeployment(fleet);
  const spare = levelOf(definition) === 'fault' && well < 2;
  return [
    ...(desired === 0 ? [refusal('scaled-to-zero', '0 desired tasks', 'one or more')] : []),
    ...(well < least
      ? [refusal('too-few-healthy', `${well} healthy`, `${least} (${desired} desired)`)]
      : []),
    ...(deployment === undefined ? [] : [refusal('deployment', deployment, 'no deployment')]),
    ...(spare ? [refusal('too-few-tasks', `${well} healthy`, '2 or more for a fault')] : []),
  ];
};

const refuseOthers: Check = (sight, { definition }) => {
  const others = othersIll(sight, earlier(sight.at, QUIET));
  const most = levelOf(definition) === 'fault' ? 0 : OTHERS_MAX;
  if (others.length <= most) return [];
  const wanted = `${most === 0 ? 'none' : `${most} or fewer`} in ${QUIET / 60_000} minutes`;
  return [refusal('others-ill', `incidents of ${others.join(', ')}`, wanted)];
};

function refusal(code: RefusalCode, got: string, wanted: string): Refusal {
  return { code, got, wanted };
}

/** Time that the service is given to be over with the drill's incident, and the rollbacks to be confirmed. */
const AFTER = minutes(15);
const MINUTES_MAX = 60;

/** When a drill that starts now ends whatever it does. */
export function endOf({ window, timeLimit, method }: Definition, now: EpochMillis): EpochMillis {
  const waits = method.reduce((sum, step) => sum + ('seconds' in step ? step.seconds : 0), 0);
  const needed = (timeLimit + waits + 60) * 1_000 + AFTER;
  const most = minutes(window?.maxMinutes ?? MINUTES_MAX);
  return later(now, durationMillis(Math.min(needed, most)));
}
