/** Which healer is meant, and where it is. */
import { Problems } from '../../core/problems.ts';
import type { Connection, Place, SlackPlace } from './healer.ts';
import type { Options } from './options.ts';
import type { Surroundings } from './surroundings.ts';

/** @throws {config.invalid} naming all that is missing. */
export function placeOf(
  options: Options,
  { env, user }: Pick<Surroundings, 'env' | 'user'>,
): Place {
  const problems = new Problems();
  const { inbox, deadLetters = [], endpoint } = options;
  checkEndpoint(problems, endpoint);
  const slack = slackOf(problems, options);
  const slackApiUrl = env['SLACK_API_URL'] ?? '';
  const place = {
    tableName: problems.string('--table', options.table, "the table's name, here or in TABLE_NAME"),
    servicesPath: problems.string(
      '--path',
      options.path,
      'the path of the parameters, here or in GUARDED_SERVICES_PATH',
    ),
    deadLetterUrls: deadLetters,
    ...(inbox === undefined ? {} : { inboxUrl: inbox }),
    functions: functionsOf(options),
    ...(slack === undefined ? {} : { slack }),
    ...(slackApiUrl === '' ? {} : { slackApiUrl }),
    tries: options.try === true,
    postTest: options.postTest === true,
    by: options.by ?? user,
  };
  problems.throwIfAny('command');
  return place;
}

function functionsOf(options: Options): Place['functions'] {
  const { function: remediate, notifyFunction, drillFunction } = options;
  return {
    ...(remediate === undefined ? {} : { remediate }),
    ...(notifyFunction === undefined ? {} : { notify: notifyFunction }),
    ...(drillFunction === undefined ? {} : { drill: drillFunction }),
  };
}

function slackOf(problems: Problems, options: Options): SlackPlace | undefined {
  const { slackSecret, slackParameter, slackTokenSecret, slackTokenParameter } = options;
  const channel = options.slackChannel === undefined ? {} : { channel: options.slackChannel };
  const bot = (holder: 'secret' | 'parameter', name: string): SlackPlace => ({
    kind: 'bot',
    token: { in: holder, name },
    ...channel,
  });
  const given: readonly (readonly [string, string | undefined, (name: string) => SlackPlace])[] = [
    ['--slack-secret', slackSecret, (name) => ({ kind: 'webhook', url: { in: 'secret', name } })],
    [
      '--slack-parameter',
      slackParameter,
      (name) => ({ kind: 'webhook', url: { in: 'parameter', name } }),
    ],
    ['--slack-token-secret', slackTokenSecret, (name) => bot('secret', name)],
    ['--slack-token-parameter', slackTokenParameter, (name) => bot('parameter', name)],
  ];
  const [first, ...others] = given.filter(([, name]) => name !== undefined);
  if (first === undefined) return undefined;
  for (const [option, name] of others) {
    problems.add(option, name, `nothing, because ${first[0]} is set`);
  }
  return first[2](first[1] ?? '');
}

/** @throws {config.invalid} when the endpoint is no URL. */
export function connectionOf({ region, profile, endpoint }: Options): Connection {
  const problems = new Problems();
  checkEndpoint(problems, endpoint);
  problems.throwIfAny('command');
  return {
    ...(region === undefined ? {} : { region }),
    ...(profile === undefined ? {} : { profile }),
    ...(endpoint === undefined ? {} : { endpoint }),
  };
}

function checkEndpoint(problems: Problems, endpoint: string | undefined): void {
  if (endpoint !== undefined && !URL.canParse(endpoint)) {
    problems.add('--endpoint', endpoint, 'a URL such as http://127.0.0.1:4566');
  }
}
