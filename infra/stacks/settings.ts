/** What can be chosen with CDK context (`-c key=value` or `cdk.json`), read and checked once. */
import { Problems } from '../../functions/core/problems.ts';
import { type DeliverySettings, readGithubRepository, readPipeline } from './delivery-settings.ts';
import { type ImageSettings, readImage } from './image.ts';
import {
  checkTelling,
  DRILLS,
  type DrillSettings,
  IDS,
  readUsers,
  type TellingSettings,
} from './telling-settings.ts';

const DEPLOYMENTS = ['code-deploy', 'rolling', 'blue-green'] as const;
const EGRESSES = ['nat', 'endpoints'] as const;
const RETENTION_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 180, 365] as const;

export interface ServiceSettings {
  readonly name: string;
  /** Path patterns of the load balancer; the service with `/*` gets what no other wants. */
  readonly paths: readonly string[];
  readonly image: ImageSettings;
}

export interface HealthSettings {
  /** From the start of a container to its first 200. */
  readonly startSeconds: number;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  /** For so long after its start the scheduler stops no task for failed checks. */
  readonly graceSeconds: number;
}

export interface Settings extends TellingSettings, DrillSettings {
  /** Tags everything, and the environment that messages name. */
  readonly environment: string;
  readonly deployment: (typeof DEPLOYMENTS)[number];
  /** How tasks without public address reach ECR, logs and secrets. */
  readonly egress: (typeof EGRESSES)[number];
  readonly services: readonly ServiceSettings[];
  /** A catalog service behind an internal load balancer, which the others ask. */
  readonly secondTier: boolean;
  readonly image: ImageSettings;
  /** Whom the services ask instead of the catalog of this app. */
  readonly catalogUrl: string | undefined;
  /** With it the public load balancer speaks HTTPS, and redirects HTTP. */
  readonly certificateArn: string | undefined;
  /** The least count for autoscaling too; 0 lets the services rest. */
  readonly desiredCount: number;
  readonly maxCount: number;
  readonly cpuPercent: number;
  readonly requestsPerMinute: number;
  readonly health: HealthSettings;
  readonly logRetentionDays: (typeof RETENTION_DAYS)[number];
  /** Secrets Manager secret with Slack's incoming webhook or the bot's token; one is made without. */
  readonly slackSecret: string | undefined;
  readonly delivery: DeliverySettings;
}

const KEYS = [
  'environment',
  'deployment',
  'egress',
  'services',
  'secondTier',
  'image',
  'catalogUrl',
  'certificateArn',
  'desiredCount',
  'maxCount',
  'cpuPercent',
  'requestsPerMinute',
  'startSeconds',
  'intervalSeconds',
  'timeoutSeconds',
  'graceSeconds',
  'logRetentionDays',
  'slackSecret',
  'slackChannel',
  'slackMention',
  'slackUsers',
  'slackSigningSecret',
  'drills',
  'productionDrills',
  'pipeline',
  'githubRepository',
] as const;
type Key = (typeof KEYS)[number];

/** What must be one of ours: CDK's keys and those of its plugins all have one of `@ : / -`. */
const PLAIN_KEY = /^[a-z]\w*$/i;
const NAME = /^[a-z][a-z0-9-]{0,19}$/;
const CERTIFICATE = /^arn:[\w-]+:acm:[\w-]+:\d{12}:certificate\/[\w-]+$/;
/** A URL or a token would stand in the template for everybody to read. */
const SECRET = /^(?:arn:[\w-]+:secretsmanager:\S+-\w{6}|(?!xox)[\w/+=.@-]+)$/;
const SECRET_WANTED = 'the name or the whole ARN of a secret';
/** Of the load balancer: five condition values for one rule. */
const PATHS_MAX = 5;
const SERVICES_MAX = 10;
export const CATALOG = 'catalog';

/** Reads one key after the other; what the command line gives is text and is decoded first. */
class ContextReader {
  readonly problems = new Problems();
  readonly #context: Readonly<Record<string, unknown>>;

  constructor(context: Readonly<Record<string, unknown>>) {
    this.#context = context;
    const unknown = Object.keys(context).filter(
      (key) => PLAIN_KEY.test(key) && !KEYS.some((known) => known === key),
    );
    for (const key of unknown) this.problems.add(key, key, `one of ${KEYS.join(', ')}`);
  }

  raw(key: Key): unknown {
    return this.#context[key];
  }

  decoded(key: Key): unknown {
    const value = this.#context[key];
    return typeof value === 'string' ? decode(value) : value;
  }

  integer(key: Key, fallback: number, min: number, max: number): number {
    const value = this.decoded(key) ?? fallback;
    if (Number.isInteger(value)) return this.problems.number(key, value, { min, max }, fallback);
    this.problems.add(key, value, `a whole number from ${min} to ${max}`);
    return fallback;
  }

  flag(key: Key): boolean {
    const value = this.decoded(key) ?? false;
    if (typeof value === 'boolean') return value;
    this.problems.add(key, value, 'true or false');
    return false;
  }

  oneOf<T extends string>(key: Key, wanted: readonly [T, ...T[]]): T {
    return this.problems.oneOf(key, this.raw(key) ?? wanted[0], wanted);
  }

  matching(key: Key, pattern: RegExp, wanted: string): string | undefined {
    const value = this.raw(key);
    if (value === undefined) return undefined;
    if (typeof value === 'string' && pattern.test(value)) return value;
    this.problems.add(key, value, wanted);
    return undefined;
  }
}

function decode(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/**
 * Turns CDK context into settings; keys that nobody knows are refused, for a misspelt one must not
 * be ignored.
 *
 * @throws {config.invalid} naming every key with what it got and what is wanted.
 */
export function parseSettings(context: Readonly<Record<string, unknown>>): Settings {
  const read = new ContextReader(context);
  const image = readImage(read.problems, 'image', read.raw('image'));
  const settings: Settings = {
    environment: read.matching('environment', NAME, `a name like ${NAME.source}`) ?? 'prod',
    deployment: read.oneOf('deployment', DEPLOYMENTS),
    egress: read.oneOf('egress', EGRESSES),
    services: readServices(read, image),
    secondTier: read.flag('secondTier'),
    image,
    catalogUrl: read.matching('catalogUrl', /^https?:\/\/[^\s/]+/, 'an http or https URL'),
    certificateArn: read.matching('certificateArn', CERTIFICATE, 'the ARN of an ACM certificate'),
    // Three: a task is judged against its peers, and one peer alone cannot say who of two is ill.
    desiredCount: read.integer('desiredCount', 3, 0, 1_000),
    maxCount: read.integer('maxCount', 12, 1, 1_000),
    cpuPercent: read.integer('cpuPercent', 60, 10, 90),
    requestsPerMinute: read.integer('requestsPerMinute', 1_000, 1, 1_000_000),
    health: readHealth(read),
    logRetentionDays: readRetention(read),
    slackSecret: read.matching('slackSecret', SECRET, SECRET_WANTED),
    slackChannel: read.matching('slackChannel', IDS.slackChannel.pattern, IDS.slackChannel.wanted),
    slackMention: read.matching('slackMention', IDS.slackMention.pattern, IDS.slackMention.wanted),
    slackUsers: readUsers(read.problems, read.decoded('slackUsers')),
    slackSigningSecret: read.matching('slackSigningSecret', SECRET, SECRET_WANTED),
    drills: read.oneOf('drills', DRILLS),
    productionDrills: read.flag('productionDrills'),
    delivery: {
      pipeline: readPipeline(read.problems, read.decoded('pipeline')),
      githubRepository: readGithubRepository(read.problems, read.raw('githubRepository')),
    },
  };
  checkTogether(settings, read.problems);
  checkTelling(settings, read.problems);
  read.problems.throwIfAny('context');
  return settings;
}

function readServices(read: ContextReader, image: ImageSettings): readonly ServiceSettings[] {
  const { problems } = read;
  const list = read.decoded('services') ?? [{ name: 'checkout', paths: ['/*'] }];
  if (!Array.isArray(list) || list.length === 0 || list.length > SERVICES_MAX) {
    problems.add('services', list, `a JSON list of 1 to ${SERVICES_MAX} services`);
    return [];
  }
  return list.map((value: unknown, index) => {
    const at = `services[${index}]`;
    const item = problems.object(at, value, ['name', 'paths', 'image']);
    const name = problems.string(`${at}.name`, item['name']);
    if (name !== '' && !NAME.test(name)) problems.add(`${at}.name`, name, `like ${NAME.source}`);
    const paths = problems.strings(`${at}.paths`, item['paths'], 'path patterns like /cart/*', 1);
    for (const path of paths.filter((candidate) => !/^\/[\w\-./*?]*$/.test(candidate))) {
      problems.add(`${at}.paths`, path, 'path patterns like /cart/*');
    }
    if (paths.length > PATHS_MAX) problems.add(`${at}.paths`, paths, `at most ${PATHS_MAX}`);
    const own = item['image'];
    return { name, paths, image: own ? readImage(problems, `${at}.image`, own) : image };
  });
}

function readHealth(read: ContextReader): HealthSettings {
  const startSeconds = read.integer('startSeconds', 30, 1, 3_600);
  // Bounds of the load balancer.
  const intervalSeconds = read.integer('intervalSeconds', 10, 5, 300);
  const timeoutSeconds = read.integer('timeoutSeconds', 5, 2, 120);
  // A new target is healthy with its first success, which comes up to one interval after it is
  // ready; the second interval is for a pull that is slow today.
  const grace = startSeconds + 2 * intervalSeconds;
  const graceSeconds = read.integer('graceSeconds', grace, 0, 7_200);
  if (timeoutSeconds >= intervalSeconds) {
    const wanted = `less than intervalSeconds (${intervalSeconds})`;
    read.problems.add('timeoutSeconds', timeoutSeconds, wanted);
  }
  const least = startSeconds + intervalSeconds;
  if (graceSeconds < least) {
    const wanted = `at least startSeconds + intervalSeconds (${least}), or no task ever gets ready`;
    read.problems.add('graceSeconds', graceSeconds, wanted);
  }
  return { startSeconds, intervalSeconds, timeoutSeconds, graceSeconds };
}

function readRetention(read: ContextReader): Settings['logRetentionDays'] {
  const value = read.decoded('logRetentionDays') ?? 30;
  const days = RETENTION_DAYS.find((candidate) => candidate === value);
  if (days === undefined) {
    read.problems.add('logRetentionDays', value, `one of ${RETENTION_DAYS.join(', ')}`);
  }
  return days ?? 30;
}

/** Rules between keys. */
function checkTogether(settings: Settings, problems: Problems): void {
  const { desiredCount, maxCount, services, secondTier } = settings;
  if (maxCount < desiredCount) {
    problems.add('maxCount', maxCount, `at least desiredCount (${desiredCount})`);
  }
  const names = services.map(({ name }) => name);
  for (const name of repeated(secondTier ? [...names, CATALOG] : names)) {
    const wanted = secondTier ? `names once each, and not ${CATALOG}` : 'names once each';
    problems.add('services', name, wanted);
  }
  for (const path of repeated(services.flatMap(({ paths }) => paths))) {
    problems.add('services', path, 'each path pattern in one service only');
  }
  checkCatalog(settings, problems);
}

/** Without a catalog of its own the app answers for one at the public load balancer, over HTTP. */
function checkCatalog(settings: Settings, problems: Problems): void {
  const { egress, certificateArn, secondTier, catalogUrl } = settings;
  if (secondTier || catalogUrl !== undefined) return;
  const wanted = (why: string) => `a URL that tasks can reach, or secondTier=true, because ${why}`;
  if (egress === 'endpoints') {
    const why = 'egress=endpoints leaves no way to the public load balancer';
    problems.add('catalogUrl', catalogUrl, wanted(why));
  } else if (certificateArn !== undefined) {
    const why = "certificateArn is not for the load balancer's own name";
    problems.add('catalogUrl', catalogUrl, wanted(why));
  }
}

function repeated(values: readonly string[]): readonly string[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}
