/** What failed, what was left as it is, and what to do next. */
import { describe, type ErrorCode, isHealerError } from '../../core/errors.ts';
import { EXIT, type ExitCode } from './exit.ts';

const NEXT: Partial<Record<ErrorCode, string>> = {
  'config.invalid': 'npm run heal -- --help',
  'event.malformed': 'npm run heal -- --help',
  'event.not-guarded': 'npm run heal -- status',
  'dependency.refused': 'aws sts get-caller-identity, and the rights that docs/cli.md lists',
  'dependency.missing': 'npm run heal -- doctor',
  'dependency.outcome-unknown': 'npm run heal -- status',
  'store.malformed': 'npm run heal -- doctor',
};

/** The request itself was wrong, here or in the eyes of the function. */
const REFUSED: readonly ErrorCode[] = [
  'event.malformed',
  'event.unknown-kind',
  'event.not-guarded',
];

export function explain(error: unknown): string {
  const code = isHealerError(error) ? error.code : undefined;
  const next = code === undefined ? undefined : NEXT[code];
  return [
    `error: ${describe(error)}`,
    `unchanged: ${unchanged(error)}`,
    `next: ${next ?? 'check --region, --profile and --endpoint, and the credentials'}`,
    '',
  ].join('\n');
}

export function exitOf(error: unknown): ExitCode {
  if (!isHealerError(error)) return EXIT.toolFailed;
  const isInput =
    REFUSED.includes(error.code) || (error.code === 'config.invalid' && !isOfFunction(error));
  return isInput ? EXIT.badInput : EXIT.toolFailed;
}

function unchanged(error: unknown): string {
  if (!isHealerError(error)) return 'not known: this is a bug';
  if (error.code === 'dependency.outcome-unknown') return 'not known: it may have been done';
  if (!isOfFunction(error)) return 'everything; nothing was asked of the healer';
  if (REFUSED.includes(error.code)) return 'everything; the healer refused the request';
  return 'not known: it failed in the healer, on its way';
}

function isOfFunction(error: unknown): boolean {
  return isHealerError(error) && error.details['function'] !== undefined;
}
