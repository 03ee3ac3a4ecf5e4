/** What the healer decided, and the tasks that it might have stopped and did not. */
import * as v from 'valibot';
import type { Journal } from '../journal.ts';
import { Clock } from './clock.ts';
import { type Html, html, type Part, section, table } from './html.ts';
import { short } from './stops.ts';

/** More of them say nothing new. */
const WEIGHED_MAX = 6;

const count = v.optional(v.number(), 0);
const Weighed = v.object({
  message: v.literal('weighed'),
  verdict: v.string(),
  input: v.object({
    observation: v.object({
      tasks: v.object({
        kind: v.literal('read'),
        value: v.array(
          v.object({
            arn: v.string(),
            id: v.string(),
            zone: v.optional(v.string()),
            revision: v.string(),
            lastStatus: v.string(),
          }),
        ),
      }),
      traffic: v.object({
        kind: v.literal('read'),
        value: v.object({
          tasks: v.array(
            v.object({ taskId: v.string(), requests: count, errors: count, slow: count }),
          ),
        }),
      }),
    }),
    service: v.object({
      id: v.string(),
      policy: v.object({ minErrorShare: v.number(), minSlowShare: v.number() }),
    }),
  }),
});
type Weighed = v.InferOutput<typeof Weighed>;

interface Choice {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly weighed: Weighed;
}

const ELSEWHERE =
  'They are in the timeline; the tasks that were weighed are in the log of the function.';

export function deciding(journal: Journal): Html {
  const clock = new Clock(journal);
  if (journal.decisions.length === 0) {
    const why = journal.drill === undefined ? 'Nobody decided: no healer ran.' : ELSEWHERE;
    return section('Decisions', html`<p>${why}</p>`);
  }
  const groups = groupsOf(journal);
  const choices = choicesOf(journal);
  return section(
    'Decisions',
    table({
      caption: 'What the healer decided; decisions that came again in a row are counted',
      headings: ['time', 'decision', 'times', 'calls'],
      rows: groups.map(({ first, times, calls }) => [
        clock.cell(first.at),
        html`<strong>${first.verdict} ${first.reason}</strong> <small>${first.trigger}</small>`,
        times,
        calls,
      ]),
    }),
    choices.length === 0
      ? html`<p>No decision to stop or to call a human was recorded with its tasks.</p>`
      : choices.map((choice) => candidates(choice, journal, clock)),
  );
}

type Decision = Journal['decisions'][number];

interface Group {
  readonly first: Decision;
  readonly times: number;
  /** Most of one decision. */
  readonly calls: number;
}

function groupsOf({ decisions }: Journal): readonly Group[] {
  const groups: Group[] = [];
  for (const decision of decisions) {
    const last = groups.at(-1);
    const isSame =
      last?.first.verdict === decision.verdict && last.first.reason === decision.reason;
    if (last === undefined || !isSame) {
      groups.push({ first: decision, times: 1, calls: decision.calls });
    } else {
      const calls = Math.max(last.calls, decision.calls);
      groups[groups.length - 1] = { first: last.first, times: last.times + 1, calls };
    }
  }
  return groups;
}

/** Decisions to stop a task, and to call a human instead. */
function choicesOf({ events }: Journal): readonly Choice[] {
  const choices = events.flatMap((event): readonly Choice[] => {
    if (event.kind !== 'function-log' || !event.line.includes('"weighed"')) return [];
    const parsed = v.safeParse(Weighed, parseLine(event.line));
    if (!parsed.success || !/^(?:act|escalate)/.test(parsed.output.verdict)) return [];
    return [{ at: event.at, weighed: parsed.output }];
  });
  return choices.slice(0, WEIGHED_MAX);
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function candidates({ at, weighed }: Choice, journal: Journal, clock: Clock): Html {
  const { tasks, traffic } = weighed.input.observation;
  const { id, policy } = weighed.input.service;
  const chosen = weighed.verdict === 'act' ? chosenAt(journal, id, at) : undefined;
  const rows = tasks.value.map((task): readonly Part[] => {
    const own = traffic.value.tasks.find(({ taskId }) => taskId === task.id);
    const { requests = 0, errors = 0, slow = 0 } = own ?? {};
    const share = (part: number): number => (requests === 0 ? 0 : part / requests);
    const isIll = share(errors) >= policy.minErrorShare || share(slow) >= policy.minSlowShare;
    const counts = `${requests} requests: ${percent(share(errors))} failed, ${percent(share(slow))} slow`;
    const place = [task.zone, task.revision, task.lastStatus].filter(Boolean).join(', ');
    return [
      html`${short(task.arn)} <small>${place}</small>`,
      requests === 0 ? 'no requests seen' : counts,
      task.arn === chosen
        ? html`<strong>■ chosen</strong>`
        : `not chosen: ${whyNot(isIll, requests)}`,
    ];
  });
  const limits = `${percent(policy.minErrorShare)} failed or ${percent(policy.minSlowShare)} slow`;
  return html`<h3>${weighed.verdict}, ${clock.since(at)}</h3>
<p>${id}. A task is suspected from ${limits} on, and only apart from its peers.</p>
${table({ caption: `Tasks weighed at ${clock.since(at)}`, headings: ['task', 'its requests', 'choice'], rows })}`;
}

/** The claim that was written right after: it names the task. */
function chosenAt({ timeline }: Journal, serviceId: string, at: number): string | undefined {
  const claims = timeline.filter(
    (entry) => entry.kind === 'claimed' && entry.serviceId === serviceId,
  );
  const distance = (entry: { readonly at: number }): number => Math.abs(entry.at - at);
  return claims.toSorted((a, b) => distance(a) - distance(b))[0]?.victim?.taskArn;
}

function whyNot(isIll: boolean, requests: number): string {
  if (requests === 0) return 'nothing to judge it by';
  return isIll ? 'ill too, but no stop was decided for it' : 'below the limits';
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
