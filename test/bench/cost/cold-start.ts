/** Cold starts of each variant, one after the other in every round, so that all meet the same machine. */
import { spawnSync } from 'node:child_process';
import { anAlarm } from './an-alarm.ts';
import { CostAws } from './aws.ts';
import { median, verdictOf } from './decisions.ts';
import { MeasuredProcess } from './measured-process.ts';
import type { Variant } from './variants.ts';

export type Bare = 'bare';

/** Of one variant; medians of the rounds. */
export interface ColdStart {
  readonly variant: Variant | Bare;
  readonly ready: Cost;
  /** From the start of the process through its first decision; remediate only. */
  readonly decided?: Cost;
}

export interface Cost {
  readonly wallMs: number;
  readonly peakMb: number;
  /** By callgrind, once; absent where valgrind is not installed. */
  readonly instructions?: number;
}

type Say = (text: string) => void;

export async function measureColdStarts(
  variants: readonly Variant[],
  rounds: number,
  say: Say,
): Promise<readonly ColdStart[]> {
  const aws = await CostAws.open();
  try {
    const all = ['bare' as const, ...variants];
    const runs = all.map(() => [] as Run[]);
    for (let round = 0; round < rounds; round += 1) {
      for (const [index, variant] of all.entries())
        runs[index]?.push(await startOnce(aws, variant));
      say(`cold starts: round ${round + 1} of ${rounds}`);
    }
    const counted = hasValgrind() ? await countAll(aws, all, say) : all.map(() => ({}));
    return all.map((variant, index) => coldStart(variant, runs[index] ?? [], counted[index] ?? {}));
  } finally {
    await aws.close();
  }
}

interface Run {
  readonly ready: Cost;
  readonly decided?: Cost;
}

async function startOnce(aws: CostAws, variant: Variant | Bare): Promise<Run> {
  const process = await begin(aws, variant, false);
  const ready = costOf(process.ready);
  if (!decides(variant)) {
    await process.end();
    return { ready };
  }
  const usage = await process.invoke(anAlarm());
  verdictOf(usage.payload);
  await process.end();
  return { ready, decided: costOf(usage) };
}

const costOf = ({ wallMs, peakKb }: { wallMs: number; peakKb: number }): Cost => ({
  wallMs,
  peakMb: peakKb / 1_024,
});

interface Instructions {
  readonly ready?: number;
  readonly decided?: number;
}

async function countAll(
  aws: CostAws,
  all: readonly (Variant | Bare)[],
  say: Say,
): Promise<readonly Instructions[]> {
  const counted: Instructions[] = [];
  for (const variant of all) {
    const ready = await (await begin(aws, variant, true)).end();
    const decided = decides(variant) ? await countDecided(aws, variant) : undefined;
    say(
      `instructions of ${nameOf(variant)}: ${ready}${decided === undefined ? '' : `, ${decided}`}`,
    );
    counted.push({ ...(ready && { ready }), ...(decided && { decided }) });
  }
  return counted;
}

async function countDecided(aws: CostAws, variant: Variant | Bare): Promise<number | undefined> {
  const process = await begin(aws, variant, true);
  const { payload } = await process.invoke(anAlarm());
  verdictOf(payload);
  return process.end();
}

async function begin(aws: CostAws, variant: Variant | Bare, callgrind: boolean) {
  await aws.forget();
  const bare = variant === 'bare';
  const environment = aws.environmentOf(bare ? 'remediate' : variant.name);
  return MeasuredProcess.start({ environment, callgrind, ...(bare ? {} : { file: variant.file }) });
}

function decides(variant: Variant | Bare): boolean {
  return variant !== 'bare' && variant.name === 'remediate';
}

export function nameOf(variant: Variant | Bare): string {
  return variant === 'bare' ? 'a bare Node' : `${variant.name}, ${variant.kind}`;
}

export function hasValgrind(): boolean {
  return spawnSync('valgrind', ['--version']).status === 0;
}

function coldStart(
  variant: Variant | Bare,
  runs: readonly Run[],
  { ready, decided }: Instructions,
): ColdStart {
  const decisions = runs.flatMap((run) => (run.decided === undefined ? [] : [run.decided]));
  return {
    variant,
    ready: medianOf(
      runs.map((run) => run.ready),
      ready,
    ),
    ...(decisions.length > 0 && { decided: medianOf(decisions, decided) }),
  };
}

function medianOf(costs: readonly Cost[], instructions: number | undefined): Cost {
  return {
    wallMs: median(costs.map(({ wallMs }) => wallMs)),
    peakMb: median(costs.map(({ peakMb }) => peakMb)),
    ...(instructions !== undefined && { instructions }),
  };
}
