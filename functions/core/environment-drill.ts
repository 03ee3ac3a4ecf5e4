/** The environment variables of drill, both ways. */

import {
  type Kept,
  keptVariables,
  powertools,
  readKept,
  readVariables,
  type Variables,
  writeVariables,
} from './environment-variables.ts';
import { Problems } from './problems.ts';

export interface DrillEnvironment {
  readonly tableName: string;
  /** Where the start and the end of a drill are told. */
  readonly topicArn: string;
  readonly servicesPath: string;
  /** The drill's own queue: its next looks at itself. */
  readonly queueUrl: string;
  /** Whether services whose environment is called production may be drilled at all. */
  readonly mayDrillProduction: boolean;
  /** Signs requests to fault switches; absent where only wiring is drilled. */
  readonly faultSecret?: Kept;
  /** Where the fault switch of a service is reached, by `<cluster>/<service>`. */
  readonly faultUrls: Readonly<Record<string, string>>;
}

interface Names {
  readonly tableName: string;
  readonly topicArn: string;
  readonly servicesPath: string;
  readonly queueUrl: string;
}

const NAMES: Readonly<Record<keyof Names, string>> = {
  tableName: 'TABLE_NAME',
  topicArn: 'TOPIC_ARN',
  servicesPath: 'GUARDED_SERVICES_PATH',
  queueUrl: 'DRILL_QUEUE_URL',
};

const SECRET = 'DRILL_FAULT';
const URLS = 'DRILL_FAULT_URLS';
const PRODUCTION = 'DRILL_PRODUCTION';

/** By the name of a service's environment: `prod`, `production-eu`, `prd1`, `live`. */
export function looksLikeProduction(environment: string): boolean {
  return /prod|prd|live/i.test(environment);
}

/** @throws {config.invalid} naming every variable that is missing or wrong. */
export function readDrillEnvironment(variables: Variables): DrillEnvironment {
  const problems = new Problems();
  const names = readVariables<Names>(problems, NAMES, variables);
  const faultSecret = readKept(problems, SECRET, variables);
  const faultUrls = readUrls(problems, variables[URLS] ?? '');
  problems.throwIfAny('environment');
  return {
    ...names,
    mayDrillProduction: variables[PRODUCTION] === 'allowed',
    faultUrls,
    ...(faultSecret === undefined ? {} : { faultSecret }),
  };
}

export function drillVariables(environment: DrillEnvironment): Record<string, string> {
  const { faultSecret, faultUrls, mayDrillProduction } = environment;
  return {
    ...writeVariables<Names>(NAMES, environment),
    ...keptVariables(SECRET, faultSecret),
    ...(Object.keys(faultUrls).length === 0 ? {} : { [URLS]: JSON.stringify(faultUrls) }),
    ...(mayDrillProduction ? { [PRODUCTION]: 'allowed' } : {}),
    ...powertools('drill'),
  };
}

function readUrls(problems: Problems, text: string): Readonly<Record<string, string>> {
  if (text === '') return {};
  try {
    const parsed: unknown = JSON.parse(text);
    const given = problems.object(URLS, parsed, Object.keys((parsed ?? {}) as object));
    const entries = Object.entries(given).map(([id, url]) => {
      if (typeof url === 'string' && /^https?:\/\//.test(url)) return [id, url] as const;
      problems.add(`${URLS}.${id}`, url, 'an http or https URL');
      return [id, ''] as const;
    });
    return Object.fromEntries(entries);
  } catch {
    problems.add(URLS, text, 'JSON');
    return {};
  }
}
