/** Whether the functions are there, run what was deployed, and are fed. */
import type { FunctionSetting } from '../../ports/operator.ts';
import { explainFailure, finding, type Health } from './doctor-check.ts';
import type { CheckDone } from './events.ts';
import type { Place } from './healer.ts';

const CHECK = 'functions';
const RUNTIME = 'nodejs24.x';
const AGAIN = 'deploy the construct again';
const NO_NAMES =
  'name them: --function, --notify-function, --drill-function, or REMEDIATE_FUNCTION and so on';

export type Role = keyof Place['functions'];

export async function checkFunctions(health: Health): Promise<readonly CheckDone[]> {
  const named = Object.entries(health.place.functions) as readonly [Role, string][];
  if (named.length === 0) return [finding(CHECK, 'note', 'not looked at: none named', NO_NAMES)];
  const found = await Promise.all(named.map(([role, name]) => checkOne(health, role, name)));
  return found.flat();
}

async function checkOne(health: Health, role: Role, name: string): Promise<readonly CheckDone[]> {
  const { healer, place, signal } = health;
  try {
    const setting = await healer.functions.setting(name, signal);
    const wrong = [
      ...judgeState(setting),
      ...judgeVariables(place, role, setting),
      ...(await judgeSources(health, role, name, setting)),
    ];
    if (wrong.length > 0) {
      return wrong.map(([detail, mend]) => finding(CHECK, 'wrong', `${role}: ${detail}`, mend));
    }
    const fed = role === 'notify' ? '' : ', and its queue feeds it';
    return [finding(CHECK, 'well', `${role} is active on ${RUNTIME}, as deployed${fed}`)];
  } catch (error) {
    return [explainFailure(CHECK, error, `${AGAIN}; correct the name of ${role}`)];
  }
}

/** What is wrong, and what mends it. */
type Fault = readonly [detail: string, mend: string];

function judgeState({ state, lastUpdate, runtime }: FunctionSetting): readonly Fault[] {
  return [
    ...differs('state', state, 'Active', 'see StateReason: aws lambda get-function-configuration'),
    ...differs('last update', lastUpdate, 'Successful', AGAIN),
    ...differs('runtime', runtime, RUNTIME, AGAIN),
  ];
}

/** Whoever looks at another table than the function sees another healer. */
function judgeVariables(
  { tableName, servicesPath, inboxUrl }: Place,
  role: Role,
  { variables }: FunctionSetting,
): readonly Fault[] {
  const mend = `look at the same healer: take the variables of ${role}`;
  const inbox = role === 'remediate' && inboxUrl !== undefined;
  return [
    ...differs('TABLE_NAME', variables['TABLE_NAME'], tableName, mend),
    ...differs('GUARDED_SERVICES_PATH', variables['GUARDED_SERVICES_PATH'], servicesPath, mend),
    ...(inbox ? differs('INBOX_URL', variables['INBOX_URL'], inboxUrl, mend) : []),
  ];
}

async function judgeSources(
  { healer, signal }: Health,
  role: Role,
  name: string,
  { variables }: FunctionSetting,
): Promise<readonly Fault[]> {
  // SNS invokes notify; nothing is polled for it.
  if (role === 'notify') return [];
  const url = variables[role === 'drill' ? 'DRILL_QUEUE_URL' : 'INBOX_URL'] ?? '';
  const queue = url.split('/').at(-1) ?? '';
  const sources = await healer.functions.sources(name, signal);
  const own = sources.find(({ arn }) => arn.split(':').at(-1) === queue);
  if (own?.isEnabled === true) return [];
  const got = own === undefined ? 'none' : 'one that is disabled';
  const detail = `event source mapping of ${queue}: got ${got}, wanted an enabled one`;
  return [[detail, 'enable it, or deploy the construct again; until then nothing is taken']];
}

function differs(what: string, got: string | undefined, wanted: string, mend: string) {
  if (got === wanted) return [];
  const shown = got === undefined || got === '' ? 'nothing' : got;
  return [[`${what}: got ${shown}, wanted ${wanted}`, mend] as const];
}
