/** One trouble, from a steady service to the last word about it. */
import { isOpen } from '../../../functions/core/incident.ts';
import { type FaultLab, NotInTime } from './fault-lab.ts';
import { type Facts, judge, stoppedTasks, untold } from './judge.ts';
import {
  armKill,
  begin,
  type HourTrouble,
  type KillTrouble,
  nameOf,
  type ServiceTrouble,
  type Trouble,
} from './trouble.ts';

export interface Trial {
  readonly name: string;
  /** How the incident ended: of itself or by a stop, or with a person, and why. */
  readonly outcome: string;
  /** Calls, or posts, that the trouble hit. */
  readonly hits: number;
  readonly stopsRight: number;
  readonly stopsWrong: number;
  /** Entries that on-call was to hear of. */
  readonly announced: number;
  readonly told: number;
  /** Wall time. */
  readonly seconds: number;
  /** Broken promises; none when all is well. */
  readonly problems: readonly string[];
}

/** AWS seconds. */
const ALARM_LIMIT = 900;
const OUTAGE = 300;
const HOUR = 3_600;
const SETTLE_LIMIT = 2_400;
const TELL_LIMIT = 900;
const FUNCTIONS = ['remediate', 'notify'];

/** @throws what the tool itself did wrong; a broken promise is a result. */
export async function tryOne(faults: FaultLab, trouble: Trouble): Promise<Trial> {
  const startedAt = Date.now();
  const { lab } = faults;
  await faults.steady();
  await faults.forget();
  // Incidents are rare, so functions are cold when one begins.
  for (const name of FUNCTIONS) await lab.healer?.cool(name);
  const from = markOf(faults);
  const problems: string[] = [];
  const ill: string[] = [];
  try {
    await pass(faults, trouble, ill);
  } catch (error) {
    if (!(error instanceof NotInTime)) throw error;
    problems.push(error.message);
  } finally {
    lab.gateway.faults.clear();
    lab.slack.faults.clear();
  }
  const outcome = await outcomeOf(faults);
  const stillIll = outcome === 'recovered' ? ill.filter((arn) => faults.isWanted(arn)) : [];
  problems.push(...(await mend(faults)));
  const facts = await factsOf(faults, from, { ill, stillIll });
  const hits = hitsOf(faults, from);
  if (hits === 0) problems.push('the trouble hit nothing');
  else if (trouble.kind === 'kill' && !hasKilled(faults, from)) problems.push('nobody was killed');
  const stopped = stoppedTasks(facts.calls);
  const right = stopped.filter((task) => ill.includes(task)).length;
  const announced = facts.timeline.filter(({ announce }) => announce).length;
  return {
    name: nameOf(trouble),
    outcome,
    hits,
    stopsRight: right,
    stopsWrong: stopped.length - right,
    announced,
    told: announced - untold(facts).length,
    seconds: (Date.now() - startedAt) / 1_000,
    problems: [...problems, ...judge(facts)],
  };
}

interface Mark {
  readonly at: number;
  readonly events: number;
  readonly posted: number;
  readonly texts: number;
  readonly slackHits: number;
}

function markOf({ lab }: FaultLab): Mark {
  return {
    at: Date.now(),
    events: lab.events.all().length,
    posted: lab.slack.bot.messages().length,
    texts: lab.slack.messages().length,
    slackHits: lab.slack.faults.hits,
  };
}

/** @param ill - takes the ARNs of the tasks that are made ill. */
async function pass(faults: FaultLab, trouble: Trouble, ill: string[]): Promise<void> {
  switch (trouble.kind) {
    case 'kill':
      return passKill(faults, trouble, ill);
    case 'service':
      return passOutage(faults, trouble, ill);
    case 'hour':
      return passHour(faults, trouble, ill);
  }
}

/** It waits for its call. */
async function passKill(faults: FaultLab, trouble: KillTrouble, ill: string[]): Promise<void> {
  const kill = armKill(trouble, faults.lab);
  ill.push((await faults.makeOneIll()).arn);
  await faults.until('an end, or a person', () => faults.isSettled(), SETTLE_LIMIT);
  // The end is written before it is told.
  await faults.until('the call to be killed at', () => kill.remaining() === 0, TELL_LIMIT);
}

/** The service breaks with the alarm, and works again after a while. */
async function passOutage(faults: FaultLab, trouble: ServiceTrouble, ill: string[]): Promise<void> {
  const { lab } = faults;
  let end: (() => void) | undefined;
  const unsubscribe = lab.events.subscribe((event) => {
    // In the same turn: the healer is not called yet.
    if (event.kind === 'alarm-state' && event.to === 'ALARM') end ??= begin(trouble, lab);
  });
  try {
    ill.push((await faults.makeOneIll()).arn);
    await faults.until('an alarm', () => end !== undefined, ALARM_LIMIT);
    await faults.wait(OUTAGE);
    end?.();
    await faults.until('an end, or a person', () => faults.isSettled(), SETTLE_LIMIT);
  } finally {
    unsubscribe();
  }
}

/** One task after the other is ill, and nobody can be told. */
async function passHour(faults: FaultLab, trouble: HourTrouble, ill: string[]): Promise<void> {
  const { lab } = faults;
  const end = begin(trouble, lab);
  const startedAt = Date.now();
  const endAt = startedAt + lab.time.seconds(HOUR);
  while (Date.now() < endAt) {
    ill.push((await faults.makeOneIll()).arn);
    const isOver = async () => Date.now() > endAt || (await faults.isOver(ill.length, startedAt));
    await faults.until('an end, or a person', isOver, SETTLE_LIMIT);
    await faults.mend();
    // While a person has it, what is ill next would be the same incident.
    const isWell = async () => Date.now() > endAt || (lab.site.isUp() && (await faults.isClosed()));
    await faults.until('a replacement, and an end', isWell, SETTLE_LIMIT);
  }
  end();
}

async function outcomeOf(faults: FaultLab): Promise<string> {
  const { incident } = await faults.lock();
  if (incident === undefined) return 'no incident';
  if (incident.escalated === undefined) return incident.state;
  return `${incident.state}: ${incident.escalated.reason}`;
}

/** Makes everything well, and waits until all is over and told. */
async function mend(faults: FaultLab): Promise<readonly string[]> {
  const problems: string[] = [];
  const attempt = async (work: Promise<void>): Promise<void> => {
    await work.catch((error: unknown) => {
      if (!(error instanceof NotInTime)) throw error;
      problems.push(error.message);
    });
  };
  await faults.mend();
  const isOver = async () => !isOpen((await faults.lock()).incident);
  await attempt(faults.until('the end of the incident', isOver, SETTLE_LIMIT));
  const isTold = async () => (await faults.isQuiet()) && (await faults.lock()).outbox.length === 0;
  await attempt(faults.until('everything told, and nothing on its way', isTold, TELL_LIMIT));
  return problems;
}

async function factsOf(
  faults: FaultLab,
  from: Mark,
  { ill, stillIll }: Pick<Facts, 'ill' | 'stillIll'>,
): Promise<Facts> {
  const { lab } = faults;
  const { outbox } = await faults.lock();
  const posted = lab.slack.bot.messages().slice(from.posted);
  const since = lab.events.all().slice(from.events);
  return {
    ill,
    calls: since.filter((event) => event.kind === 'call'),
    stillIll,
    timeline: await faults.timelineSince(from.at),
    outbox: outbox.map(({ id }) => id),
    ...(faults.chat === 'bot' && { posted }),
    texts: lab.slack
      .messages()
      .slice(from.texts)
      .map(({ payload }) => payload.text ?? ''),
    dead: (await faults.lettersLeft()).dead,
  };
}

function hitsOf({ lab }: FaultLab, from: Mark): number {
  const since = lab.events.all().slice(from.events);
  const calls = since.filter((event) => event.kind === 'call' && event.fault !== undefined).length;
  return calls + lab.slack.faults.hits - from.slackHits;
}

function hasKilled({ lab }: FaultLab, from: Mark): boolean {
  const since = lab.events.all().slice(from.events);
  return since.some((event) => {
    if (event.kind !== 'invocation' || event.functionName !== 'remediate') return false;
    return JSON.stringify(event.result ?? '').includes('signal: killed');
  });
}
