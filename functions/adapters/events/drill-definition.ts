/** The shape of a drill's definition: its fields, and no other. */
import * as v from 'valibot';
import type { Definition, Effect, SiteSettings } from '../../core/drill/definition.ts';
import { MEASURES, type MeasureName } from '../../core/drill/tolerance.ts';

const maybe = v.exactOptional;
const text = v.pipe(v.string(), v.nonEmpty('some text'));
/** Longer than any drill may take. */
const SECONDS_MAX = 7_200;
const TASKS_MAX = 20;
const amount = (unit: string, min: number, max: number) => {
  const wanted = `${unit} from ${min} to ${max}`;
  return v.pipe(v.number(wanted), v.minValue(min, wanted), v.maxValue(max, wanted));
};
const whole = (unit: string, min: number, max: number) => {
  const wanted = `a whole number of ${unit} from ${min} to ${max}`;
  return v.pipe(
    v.number(wanted),
    v.integer(wanted),
    v.minValue(min, wanted),
    v.maxValue(max, wanted),
  );
};
const seconds = amount('seconds', 1, SECONDS_MAX);
const milliseconds = amount('milliseconds', 1, 60_000);
const tier = v.picklist(['checkout-api', 'catalog-api']);

const taskFault = v.variant('kind', [
  v.strictObject({ kind: v.literal('grey'), errorShare: amount('a share', 0.01, 1) }),
  v.strictObject({ kind: v.literal('latency'), ms: milliseconds }),
  v.strictObject({ kind: v.literal('hang'), seconds }),
  v.strictObject({ kind: v.literal('exit'), code: whole('exit code', 0, 255) }),
  v.strictObject({ kind: v.literal('leak'), seconds }),
]);

const NO_SELECTOR = '{"tasks": […]}, {"zone": "a"} or {"all": true}';
const taskSelector = v.union(
  [
    v.strictObject({
      tasks: v.pipe(v.array(whole('tasks', 0, TASKS_MAX)), v.nonEmpty('a task')),
    }),
    v.strictObject({ zone: v.picklist(['a', 'b', 'c']) }),
    v.strictObject({ all: v.literal(true) }),
  ],
  NO_SELECTOR,
);

const revision = v.strictObject({
  fault: maybe(taskFault),
  host: maybe(text),
  port: maybe(whole('port', 1, 65_535)),
  startupSeconds: maybe(seconds),
  without: maybe(v.array(text)),
  startFailure: maybe(
    v.picklist(['image-missing', 'image-rate-limit', 'network', 'secret-forbidden']),
  ),
});

/** One for each `do`; a step nobody knows is refused with the whole list. */
const EFFECTS = {
  fault: v.strictObject({
    do: v.literal('fault'),
    name: text,
    of: maybe(tier),
    on: taskSelector,
    fault: taskFault,
  }),
  'clear-faults': v.strictObject({
    do: v.literal('clear-faults'),
    name: text,
    of: maybe(tier),
    on: taskSelector,
  }),
  'fault-new-tasks': v.strictObject({
    do: v.literal('fault-new-tasks'),
    name: text,
    fault: taskFault,
    count: whole('tasks', 1, TASKS_MAX),
  }),
  dependency: v.strictObject({
    do: v.literal('dependency'),
    name: text,
    is: v.picklist(['down', 'up', 'slow']),
    ms: maybe(milliseconds),
  }),
  deploy: v.strictObject({
    do: v.literal('deploy'),
    name: text,
    revision,
    shiftPercent: maybe(amount('percent', 1, 100)),
  }),
  scale: v.strictObject({
    do: v.literal('scale'),
    name: text,
    desired: whole('tasks', 0, TASKS_MAX),
  }),
  network: v.strictObject({
    do: v.literal('network'),
    name: text,
    is: v.picklist(['blocked', 'open']),
  }),
  targets: v.strictObject({
    do: v.literal('targets'),
    name: text,
    are: v.picklist(['detached', 'attached']),
  }),
  'health-path': v.strictObject({ do: v.literal('health-path'), name: text, path: text }),
  traffic: v.strictObject({
    do: v.literal('traffic'),
    name: text,
    perSecond: amount('requests per second', 1, 500),
  }),
  'deliver-copies': v.strictObject({
    do: v.literal('deliver-copies'),
    name: text,
    copies: whole('copies', 1, 10),
  }),
  wait: v.strictObject({ do: v.literal('wait'), name: text, seconds }),
  'wait-for-minute': v.strictObject({ do: v.literal('wait-for-minute'), name: text }),
  'wait-for-incident': v.strictObject({
    do: v.literal('wait-for-incident'),
    name: text,
    of: maybe(tier),
    is: v.picklist(['recovered', 'escalated', 'holding']),
    seconds,
  }),
  'wait-for-alarms': v.strictObject({
    do: v.literal('wait-for-alarms'),
    name: text,
    are: v.picklist(['OK', 'ALARM']),
    seconds,
  }),
  'set-alarm-state': v.strictObject({
    do: v.literal('set-alarm-state'),
    name: text,
    is: v.picklist(['ALARM', 'OK']),
  }),
} as const satisfies {
  readonly [D in Effect['do']]: v.GenericSchema & { entries: { do: unknown } };
};

const step = v.variant('do', Object.values(EFFECTS) as [(typeof EFFECTS)[keyof typeof EFFECTS]]);

const site = v.strictObject({
  tasks: maybe(whole('tasks', 1, TASKS_MAX)),
  controller: maybe(v.picklist(['ECS', 'CODE_DEPLOY'])),
  maximumPercent: maybe(whole('percent', 100, 400)),
  minimumHealthyPercent: maybe(whole('percent', 0, 100)),
  graceSeconds: maybe(amount('seconds', 0, SECONDS_MAX)),
  backend: maybe(v.strictObject({ tasks: whole('tasks', 1, TASKS_MAX) })),
  replacesUnhealthy: maybe(v.boolean()),
  scalesTo: maybe(whole('tasks', 1, TASKS_MAX)),
  // Its fields and the rules between them are the policy's own: `catalogue.ts` asks its parser.
  policy: maybe(v.custom<NonNullable<SiteSettings['policy']>>(isPlainObject, 'an object')),
});

const tolerance = v.strictObject({
  measure: v.picklist(Object.keys(MEASURES) as MeasureName[]),
  at: v.picklist(['most', 'least', 'exactly']),
  value: v.union([v.number(), text], 'a number or a text'),
});

const stopConditions = v.strictObject({
  alarms: maybe(v.array(text)),
  healthyBelow: maybe(whole('tasks', 0, 5_000)),
});

const window = v.strictObject({
  maxMinutes: maybe(whole('minutes', 1, 120)),
  hours: maybe(
    v.pipe(
      v.strictObject({ from: whole('hours', 0, 23), to: whole('hours', 1, 24) }),
      v.check(({ from, to }) => from !== to, 'an end that is not its beginning'),
    ),
  ),
  days: maybe(
    v.pipe(
      v.array(v.picklist(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'])),
      v.nonEmpty('a day'),
    ),
  ),
});

export const DEFINITION: v.GenericSchema<unknown, Definition> = v.strictObject({
  name: v.pipe(v.string(), v.regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'a name in kebab-case')),
  title: text,
  description: text,
  hypothesis: text,
  level: maybe(v.picklist(['wiring', 'fault'])),
  site: maybe(site),
  stopConditions: maybe(stopConditions),
  window: maybe(window),
  method: v.pipe(v.array(step), v.nonEmpty('one step or more')),
  until: v.picklist(['recovered', 'escalated', 'holding', 'quiet']),
  rollbacks: v.array(step),
  tolerances: v.pipe(v.array(tolerance), v.nonEmpty('one limit or more')),
  timeLimit: seconds,
});

function isPlainObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
