/** Choices about Slack and drills. */
import { looksLikeProduction } from '../../functions/core/environment-drill.ts';
import { CHANNEL_ID, GROUP_ID } from '../../functions/core/environment-notify.ts';
import { USER_ID } from '../../functions/core/environment-respond.ts';
import type { Problems } from '../../functions/core/problems.ts';

export const DRILLS = ['off', 'wiring', 'faults'] as const;

export interface TellingSettings {
  /** With it a bot tells, and `slackSecret` holds its token. */
  readonly slackChannel: string | undefined;
  /** User group that the bot calls when a person must look. */
  readonly slackMention: string | undefined;
  /** People whose clicks on buttons count; without any there are no buttons. */
  readonly slackUsers: readonly string[] | undefined;
  /** Secrets Manager secret with the Slack app's signing secret; one is made without it. */
  readonly slackSigningSecret: string | undefined;
}

export interface DrillSettings {
  readonly drills: (typeof DRILLS)[number];
  /** Whether drills are allowed where the environment looks like production. */
  readonly productionDrills: boolean;
}

/** The ids as they come from the command line: one text with commas, or a list. */
export function readUsers(problems: Problems, value: unknown): readonly string[] | undefined {
  if (value === undefined) return undefined;
  const users = typeof value === 'string' ? value.split(',') : value;
  const isUser = (user: unknown) => typeof user === 'string' && USER_ID.test(user);
  if (Array.isArray(users) && users.length > 0 && users.every(isUser)) return users as string[];
  problems.add('slackUsers', value, 'ids of users such as U0123456789, with commas between');
  return undefined;
}

export const IDS = {
  slackChannel: { pattern: CHANNEL_ID, wanted: 'the id of a channel such as C0123456789' },
  slackMention: { pattern: GROUP_ID, wanted: 'the id of a user group such as S0123456789' },
} as const;

interface Together extends TellingSettings, DrillSettings {
  readonly environment: string;
  readonly certificateArn: string | undefined;
}

/** Rules between keys. */
export function checkTelling(settings: Together, problems: Problems): void {
  const { slackChannel, slackMention, slackUsers, slackSigningSecret } = settings;
  if (slackMention !== undefined && slackChannel === undefined) {
    problems.add('slackMention', slackMention, 'slackChannel too: only a bot calls anybody');
  }
  if (slackSigningSecret !== undefined && slackUsers === undefined) {
    problems.add('slackSigningSecret', slackSigningSecret, 'slackUsers too: somebody must click');
  }
  const { drills, productionDrills, environment, certificateArn } = settings;
  if (drills !== 'off' && !productionDrills && looksLikeProduction(environment)) {
    const wanted = `productionDrills=true, or an environment other than ${environment}`;
    problems.add('drills', drills, wanted);
  }
  if (drills === 'faults' && certificateArn !== undefined) {
    const wanted =
      "wiring: certificateArn is not for the load balancer's own name, by which drills ask";
    problems.add('drills', drills, wanted);
  }
}
