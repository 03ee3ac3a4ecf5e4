/**
 * IAM in the lab: each call of a function is evaluated against the policies of its role, and one
 * that is not granted is denied in the words of AWS.
 */
import { type RunSimulationResults, runSimulation } from '@cloud-copilot/iam-simulate';
import type { Authorize, AuthorizedCall, Denial } from '../gateway/exchange.ts';
import { type PermissionCheck, permissionChecks } from './call-resources.ts';

/** A role as a template gives it to a function: intrinsics resolved, nothing left to look up. */
export interface RolePolicies {
  /** `arn:aws:iam::<account>:role/<name>`. */
  readonly roleArn: string;
  /** Policy documents: `{ Version, Statement: [...] }`. */
  readonly documents: readonly unknown[];
}

export interface AuthorizerOptions {
  /** By the access key id that signs the calls; who has no entry may do everything. */
  readonly policies: Readonly<Record<string, RolePolicies>>;
  readonly region: string;
  readonly account: string;
}

/** One action of one Allow statement of one caller's role. */
export interface Grant {
  /** Access key id. */
  readonly caller: string;
  /** Empty for a statement without a name. */
  readonly sid: string;
  /** As the statement writes it, such as `ecs:StopTask`. */
  readonly action: string;
  /** Patterns of ARNs, as the statement writes them. */
  readonly resources: readonly string[];
}

/** What a run needed of its permissions. */
export interface Usage {
  readonly used: readonly Grant[];
  readonly unused: readonly Grant[];
}

export interface Authorizer {
  /**
   * For the gateway's option of the same name.
   *
   * @throws Error when a policy is not valid, or a question is none that IAM knows.
   */
  readonly authorize: Authorize;
  /** What was used since the start. */
  usage(): Usage;
}

/** How a service says no; most do as the first. A status in the error's own shape wins. */
interface Refusal {
  readonly code: string;
  readonly status: number;
  /** How it writes the name of the action. */
  readonly spell?: (action: string) => string;
}

const JSON_REFUSAL: Refusal = { code: 'AccessDeniedException', status: 400 };
const QUERY_REFUSAL: Refusal = { code: 'AccessDenied', status: 403 };
const REFUSALS: Readonly<Record<string, Refusal>> = {
  elasticloadbalancing: QUERY_REFUSAL,
  monitoring: QUERY_REFUSAL,
  sqs: { ...QUERY_REFUSAL, spell: (action) => action.toLowerCase() },
  sns: {
    code: 'AuthorizationError',
    status: 403,
    spell: (action) => action.replace('sns:', 'SNS:'),
  },
};

/** Judges by the roles alone; policies of queues, topics and keys are not looked at. */
export function makeAuthorizer({ policies, region, account }: AuthorizerOptions): Authorizer {
  const roles = new Map(
    Object.entries(policies).map(([caller, role]) => [caller, new Role(caller, role, account)]),
  );
  const authorize: Authorize = async (call) => {
    const role = roles.get(call.caller);
    if (role === undefined) return undefined;
    const checks = permissionChecks(call, { region, account });
    if (checks === undefined) return unknownCall(call);
    for (const check of checks) {
      const { result } = await role.decide(check);
      if (result !== 'Allowed') return denial(call.service, role.session, check, result);
    }
    return undefined;
  };
  const usage = (): Usage => {
    const all = [...roles.values()];
    return {
      used: all.flatMap((role) => role.used()),
      unused: all.flatMap((role) => role.unused()),
    };
  };
  return { authorize, usage };
}

function unknownCall({ service, operation }: AuthorizedCall): Denial {
  const { code, status } = REFUSALS[service] ?? JSON_REFUSAL;
  const wanted = 'want it in test/lab/iam/call-resources.ts';
  const message = `${service}:${operation}: the lab does not know what it asks of IAM, ${wanted}`;
  return { code, message, status };
}

function denial(
  service: string,
  session: string,
  { action, resource }: PermissionCheck,
  result: Decision['result'],
): Denial {
  const { code, status, spell = (text: string) => text } = REFUSALS[service] ?? JSON_REFUSAL;
  const named = spell(action);
  const why =
    result === 'ExplicitlyDenied'
      ? 'with an explicit deny in an identity-based policy'
      : `because no identity-based policy allows the ${named} action`;
  const message = `User: ${session} is not authorized to perform: ${named} on resource: ${resource} ${why}`;
  return { code, message, status };
}

interface Decision {
  readonly result: 'Allowed' | 'ExplicitlyDenied' | 'ImplicitlyDenied';
  /** Places of the grants that allowed it. */
  readonly by: readonly string[];
}

/** One role: what it was asked before, and which of its grants were needed. */
class Role {
  /** Who calls, as AWS names the role's session. */
  readonly session: string;
  readonly #account: string;
  readonly #policies: readonly { readonly name: string; readonly policy: unknown }[];
  /** By place, in the order of the documents. */
  readonly #grants: ReadonlyMap<string, Grant>;
  readonly #used = new Set<string>();
  /** An evaluation takes one to some milliseconds, and a drill repeats its questions. */
  readonly #decisions = new Map<string, Promise<Decision>>();

  constructor(caller: string, { roleArn, documents }: RolePolicies, account: string) {
    const name = roleArn.split('/').at(-1) ?? '';
    this.session = `arn:aws:sts::${account}:assumed-role/${name}/${caller}`;
    this.#account = account;
    this.#policies = documents.map((policy, index) => ({ name: String(index), policy }));
    this.#grants = new Map(
      documents.flatMap((document, index) => grantsOf(caller, document, index)),
    );
  }

  used(): readonly Grant[] {
    return this.#pick((place) => this.#used.has(place));
  }

  unused(): readonly Grant[] {
    return this.#pick((place) => !this.#used.has(place));
  }

  async decide(check: PermissionCheck): Promise<Decision> {
    const question = JSON.stringify(check);
    const known = this.#decisions.get(question) ?? this.#evaluate(check);
    this.#decisions.set(question, known);
    const decision = await known;
    if (decision.result === 'Allowed') for (const place of decision.by) this.#used.add(place);
    return decision;
  }

  #pick(wanted: (place: string) => boolean): readonly Grant[] {
    return [...this.#grants].filter(([place]) => wanted(place)).map(([, grant]) => grant);
  }

  async #evaluate({ action, resource, context }: PermissionCheck): Promise<Decision> {
    const answer = await runSimulation(
      {
        request: {
          principal: this.session,
          action,
          // One account, also for the queues and topics, whose emulator has its own in their ARNs.
          resource: { resource, accountId: this.#account },
          contextVariables: { ...context },
        },
        identityPolicies: [...this.#policies],
        serviceControlPolicies: [],
        resourceControlPolicies: [],
      },
      {},
    );
    if (answer.resultType !== 'error') {
      return { result: answer.overallResult, by: placesOf(answer) };
    }
    throw new Error(`${this.session}: ${action} on ${resource}: ${JSON.stringify(answer.errors)}`);
  }
}

function placeOf(document: string | number, statement: number, action: string): string {
  return `${document}/${statement}/${action}`;
}

function placesOf(
  answer: Exclude<RunSimulationResults, { readonly resultType: 'error' }>,
): readonly string[] {
  const results = answer.resultType === 'single' ? [answer.result] : answer.results;
  return results
    .flatMap(({ analysis }) => analysis.identityAnalysis?.allowStatements ?? [])
    .flatMap(({ policyId, statement, explain }) =>
      [explain.actions ?? []]
        .flat()
        .filter(({ matches }) => matches)
        .map(({ action }) => placeOf(policyId, statement.index(), action)),
    );
}

interface Statement {
  readonly Effect: string;
  readonly Sid?: string;
  readonly Action?: string | readonly string[];
  readonly Resource?: string | readonly string[];
}

/** Pairs of place and grant. A statement that grants by exception (`NotAction`) is not among them. */
function grantsOf(
  caller: string,
  document: unknown,
  index: number,
): readonly (readonly [string, Grant])[] {
  const { Statement = [] } = document as { Statement?: Statement | readonly Statement[] };
  return [Statement].flat().flatMap((statement, number) => {
    const { Effect, Sid: sid = '', Action = [], Resource = [] } = statement;
    if (Effect !== 'Allow') return [];
    const resources = [Resource].flat();
    // Statements are counted from 1.
    const place = (action: string): string => placeOf(index, number + 1, action);
    return [Action]
      .flat()
      .map((action) => [place(action), { caller, sid, action, resources }] as const);
  });
}
