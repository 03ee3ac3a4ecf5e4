/** Follows a drill to its end, tells what changes, and asks it to stop when the person wants that. */
import type { DrillStatus } from '../../app/drill/drill.ts';
import { describe, isHealerError } from '../../core/errors.ts';
import { type Answer, about, askDrill, type DrillTask } from './drill-requests.ts';
import { EXIT, type ExitCode } from './exit.ts';

const LOOK_EVERY_MS = 5_000;
/** Looks in a row that may fail: the drill itself needs none of them. */
const BLIND_MAX = 6;

/** @returns the exit code that the verdict has. */
export async function followDrill(task: DrillTask, first: DrillStatus): Promise<ExitCode> {
  const presses = countPresses(task);
  try {
    return await watch(task, first, presses);
  } finally {
    presses.end();
  }
}

interface Presses {
  /** Of Ctrl-C. */
  readonly count: () => number;
  /** Ends a rest that is on. */
  readonly signal: () => AbortSignal;
  readonly end: () => void;
}

function countPresses({ around }: DrillTask): Presses {
  let count = 0;
  let waking = new AbortController();
  const end = around.onInterrupt(() => {
    count += 1;
    waking.abort();
    waking = new AbortController();
  });
  return { count: () => count, signal: () => waking.signal, end };
}

async function watch(task: DrillTask, first: DrillStatus, presses: Presses): Promise<ExitCode> {
  const { around } = task;
  const { drillId, service } = first;
  let told = tell(task, first, '');
  let isStopping = false;
  for (let blind = 0; ; ) {
    await around.rest(LOOK_EVERY_MS, presses.signal());
    if (presses.count() > 1) {
      around.narrate(`left alone: it ends by itself; heal drill stop ${service} ends it now\n`);
      return EXIT.interrupted;
    }
    try {
      if (presses.count() === 1 && !isStopping) {
        around.narrate('stopping it: what it did is undone; Ctrl-C again leaves it alone\n');
        await stop(task, service);
        isStopping = true;
      }
      const seen = await look(task, service, drillId);
      blind = 0;
      told = tell(task, seen.status, told);
      if (seen.status.phase === 'ended') return conclude(task, seen, isStopping);
    } catch (error) {
      blind += 1;
      if (blind >= BLIND_MAX || !isPassing(error)) throw error;
      around.narrate(`cannot see the drill now, it goes on: ${describe(error)}\n`);
    }
  }
}

/** Reasons of an end that no condition and no person asked for. */
const OF_THE_TOOL = ['not-told', 'mark-lost', 'unreadable', 'step-failed', 'fault-not-taken'];

interface Seen {
  readonly status: DrillStatus;
  readonly journal?: Answer<'status'>['journal'];
}

async function look(task: DrillTask, service: string, drillId: string): Promise<Seen> {
  const request = { kind: 'drill-status', ...about(service), drillId };
  const { drills, journal } = await askDrill(task, request, ['status']);
  const [status] = drills;
  if (status === undefined) throw new Error(`drill ${drillId} of ${service} is gone`);
  return { status, ...(journal === undefined ? {} : { journal }) };
}

async function stop({ options, around, ...task }: DrillTask, service: string): Promise<void> {
  const by = options.by ?? around.user;
  const request = { kind: 'drill-stop', ...about(service), by, why: 'Ctrl-C' };
  await askDrill({ ...task, options, around }, request, ['stopping', 'not-running']);
}

/** @returns what names the state that was told, so that it is told once. */
function tell({ show, around }: DrillTask, status: DrillStatus, before: string): string {
  const { phase, step = '', target = '', abort = '' } = status;
  const name = [phase, step, target, abort].join('|');
  if (name !== before) show({ kind: 'drill-status', at: around.clock.now(), status });
  return name;
}

function conclude({ around }: DrillTask, { status, journal }: Seen, isStopped: boolean): ExitCode {
  const { drillId, service, verdict, abort = '' } = status;
  around.narrate(`next: npm run heal -- drill report ${drillId} --service ${service}\n`);
  if (isStopped) return EXIT.interrupted;
  if (OF_THE_TOOL.some((code) => abort.startsWith(`${code}:`))) return EXIT.toolFailed;
  if (journal?.steady_states.before.status === 'failed') return EXIT.notSteady;
  if (verdict === 'aborted') return EXIT.aborted;
  return verdict === 'pass' ? EXIT.ok : EXIT.wrong;
}

/** To ask again is harmless here, also when nobody knows what became of the last time. */
function isPassing(error: unknown): boolean {
  return (
    isHealerError(error) &&
    ['dependency.unavailable', 'dependency.outcome-unknown', 'store.contended'].includes(error.code)
  );
}
