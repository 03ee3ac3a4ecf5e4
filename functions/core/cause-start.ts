/** Causes that keep a task from starting at all: ECS says them in the stopped reason, or in the service's events. */
import type { Cause, CauseCode, CauseInput } from './cause.ts';
import { failedEnds, hasPassed, isShort, revisionsOf, windowStart } from './cause-ends.ts';
import { countOf, evidenceOf, listOf, quote } from './cause-words.ts';

/** The image is not where the task definition says: no such tag, or no such repository. */
export function imageMissing(input: CauseInput): Cause | undefined {
  return nameStart(input, {
    code: 'image-missing',
    matches: (text) => PULL.test(text) && MISSING.test(text) && !LIMITED.test(text),
    shows: MISSING,
    sentence: (text) => {
      const image = imageOf(text);
      if (/access denied/i.test(text)) return `${image} does not exist, or asks for a login`;
      return `${image} is not in its registry`;
    },
    fix: () => 'Push the image, or roll back to a revision whose image exists.',
  });
}

/** The registry counts the pulls, and these are too many. */
export function imageRateLimit(input: CauseInput): Cause | undefined {
  return nameStart(input, {
    code: 'image-rate-limit',
    matches: (text) => PULL.test(text) && LIMITED.test(text),
    shows: LIMITED,
    sentence: (text) => `the registry of ${imageOf(text)} refuses more pulls for now (429)`,
    fix: () => 'Pull the image through an ECR pull-through cache, or log in to the registry.',
  });
}

/** The registry or the store of the secrets cannot be reached from the task's network. */
export function network(input: CauseInput): Cause | undefined {
  return nameStart(input, {
    code: 'network',
    matches: (text) =>
      START.test(text) && UNREACHABLE.test(text) && !REFUSED.test(text) && !LIMITED.test(text),
    shows: UNREACHABLE,
    sentence: (text) => `${placeOf(text)} cannot be reached from the task's network`,
    fix: () =>
      'Check the route to it: NAT gateway or VPC endpoint (S3 too), public address, security group.',
  });
}

/** The execution role may not read what the task needs to start, or it does not exist. */
export function secretForbidden(input: CauseInput): Cause | undefined {
  return nameStart(input, {
    code: 'secret-forbidden',
    matches: (text) => START.test(text) && SECRET.test(text) && REFUSED_SECRET.test(text),
    shows: REFUSED_SECRET,
    sentence: (text) => {
      const secret = secretOf(text);
      if (NO_SECRET.test(text)) return `${secret} does not exist`;
      const action = /perform: ([\w-]+:\w+)/.exec(text)?.[1];
      return `the execution role may not read ${secret}${action === undefined ? '' : ` (${action})`}`;
    },
    fix: (text) =>
      NO_SECRET.test(text)
        ? 'Create it, or correct its ARN in the task definition.'
        : 'Allow it in the policy of the execution role, and its key (kms:Decrypt) if it has one.',
  });
}

const PULL = /CannotPullContainerError/i;
const START = /CannotPullContainerError|ResourceInitializationError/i;
const MISSING = /: not found\b|manifest unknown|name unknown|does not exist/i;
const LIMITED = /toomanyrequests|429 Too Many Requests|(?:status|code):? 429\b/i;
const UNREACHABLE =
  /i\/o timeout|context deadline exceeded|connection issue|httpReaderSeeker: failed open/i;
/** Somebody answered, so it was reached. */
const REFUSED = /AccessDenied|\b40[134] |forbidden|unauthorized|: not found\b/i;
const SECRET = /secret|\bssm\b|\basm\b|parameter|registry auth/i;
const NO_SECRET = /ResourceNotFoundException|ParameterNotFound|invalid ssm parameters/i;
const REFUSED_SECRET =
  /AccessDenied|ResourceNotFoundException|ParameterNotFound|invalid ssm param/i;

interface StartRule {
  readonly code: CauseCode;
  readonly matches: (text: string) => boolean;
  /** What must be seen in a quotation. */
  readonly shows: RegExp;
  /** What is wrong, to stand after "3 tasks could not start: ". */
  readonly sentence: (text: string) => string;
  readonly fix: (text: string) => string;
}

/** Certain when tasks are missing, nothing came up since, and at least half of the failed starts say so. */
function nameStart(input: CauseInput, rule: StartRule): Cause | undefined {
  if (!isShort(input)) return undefined;
  const ends = failedEnds(input).filter(
    (end) =>
      end.stopCode === 'TaskFailedToStart' &&
      !hasPassed(input, { at: end.stoppedAt, revision: end.revision }),
  );
  const textOf = (end: (typeof ends)[number]) =>
    `${end.stoppedReason} ${end.containerReason ?? ''}`;
  const found = ends.filter((end) => rule.matches(textOf(end)));
  const told = placementFailures(input).filter(rule.matches);
  if (found.length * 2 < ends.length) return undefined;
  const texts = (found.length > 0 ? found.map(textOf) : told).toSorted();
  const [text] = texts;
  if (text === undefined) return undefined;
  const who =
    found.length === 0
      ? 'Tasks'
      : `${countOf(found.length, 'task')} of ${listOf(revisionsOf(found))}`;
  return {
    code: rule.code,
    sentence: `${who} could not start: ${rule.sentence(text)}.`,
    evidence: evidenceOf(texts.map((one) => quote(one, rule.shows))),
    fix: rule.fix(text),
  };
}

/** What the scheduler says when it has no task to show for it, since the newest deployment began. */
function placementFailures(input: CauseInput): readonly string[] {
  const { deployments, events } = input.observation.service;
  const primary = deployments.find(({ status }) => status === 'PRIMARY');
  const start = Math.max(windowStart(input), primary?.createdAt ?? 0);
  return events
    .filter(({ at }) => at > start && !hasPassed(input, { at }))
    .flatMap(({ message }) => /unable to place a task\. Reason: (.+)/is.exec(message)?.[1] ?? []);
}

/** `repository:tag` without punctuation after it. */
const IMAGE =
  /(?:resolve (?:ref|reference)|access denied for|manifest for|image|ref)\s+"?((?:[\w-]+[.:/@])+[\w-]+)/i;

function imageOf(text: string): string {
  const image = IMAGE.exec(text)?.[1];
  return image === undefined ? 'the image' : `image ${image}`;
}

function placeOf(text: string): string {
  const named = /between the task and (?:the )?([A-Z][\w ]{2,40})/.exec(text)?.[1];
  const host = /https?:\/\/([\w.-]+)/.exec(text)?.[1] ?? /lookup ([\w.-]+)/.exec(text)?.[1];
  const what = text.replace(/unable to pull secrets or registry auth/i, '');
  const usual = /secret|\bssm\b|\basm\b/i.test(what) ? 'the store of the secret' : 'the registry';
  return (named ?? usual) + (host === undefined ? '' : ` (${host})`);
}

/** The name of a secret is none; its ARN has the account too, which nobody needs to read. */
function secretOf(text: string): string {
  const secret = /:secretsmanager:[\w-]*:\d*:secret:([\w/+=.@-]+)/.exec(text)?.[1];
  if (secret !== undefined) return `secret ${secret}`;
  const parameter = /:ssm:[\w-]*:\d*:parameter(\/[\w/.-]+)/.exec(text)?.[1];
  if (parameter !== undefined) return `parameter ${parameter}`;
  return /registry auth from|ecr registry auth|GetAuthorizationToken/i.test(text)
    ? "the registry's login"
    : 'a secret of the task';
}
