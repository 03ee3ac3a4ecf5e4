/** Policy documents as the lab needs them of services: who may send, invoke, assume. */
import { DeploymentError } from './deployment-error.ts';

export interface PolicyDocument {
  readonly Version?: string;
  readonly Statement: readonly Statement[];
}

interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: unknown;
  readonly Action: string | readonly string[];
  /** Absent in a trust policy, which is about its own role. */
  readonly Resource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface Ask {
  /** Such as `events.amazonaws.com`; absent where the document belongs to who asks. */
  readonly service?: string;
  readonly action: string;
  readonly resource?: string;
  /** Values of condition keys, such as `aws:SourceArn`. */
  readonly context?: Readonly<Record<string, string>>;
}

/**
 * Whether the documents allow it, and none denies it.
 *
 * @throws DeploymentError for an element or a condition that it does not know, never taking it for fulfilled.
 */
export function isAllowed(documents: readonly PolicyDocument[], ask: Ask): boolean {
  const matching = documents
    .flatMap(({ Statement: statements }) => statements)
    .filter((statement) => applies(statement, ask));
  if (matching.some(({ Effect }) => Effect === 'Deny')) return false;
  return matching.some(({ Effect }) => Effect === 'Allow');
}

const ELEMENTS = ['Sid', 'Effect', 'Principal', 'Action', 'Resource', 'Condition'];

function applies(statement: Statement, ask: Ask): boolean {
  const unknown = Object.keys(statement).find((key) => !ELEMENTS.includes(key));
  if (unknown !== undefined) {
    throw new DeploymentError(`policy statement: got ${unknown}, want ${ELEMENTS.join(', ')} only`);
  }
  const { Action: actions, Resource: resources = [], Condition: conditions = {} } = statement;
  const { resource } = ask;
  return (
    [actions].flat().some((action) => isLike(ask.action.toLowerCase(), action.toLowerCase())) &&
    (resource === undefined || [resources].flat().some((wanted) => isLike(resource, wanted))) &&
    names(statement.Principal, ask.service) &&
    Object.entries(conditions).every(([operator, keys]) =>
      Object.entries(keys).every(([key, wanted]) => holds(operator, key, wanted, ask)),
    )
  );
}

function names(principal: unknown, service: string | undefined): boolean {
  if (service === undefined) return true;
  if (principal === '*') return true;
  const { AWS: accounts, Service: services } = (principal ?? {}) as Record<string, unknown>;
  return [accounts].flat().includes('*') || [services].flat().includes(service);
}

function holds(operator: string, key: string, wanted: unknown, { context = {} }: Ask): boolean {
  const value = context[key];
  const values = [wanted].flat().map(String);
  switch (operator) {
    case 'ArnLike':
    case 'ArnEquals':
    case 'StringLike':
      return value !== undefined && values.some((each) => isLike(value, each));
    case 'StringEquals':
      return value !== undefined && values.includes(value);
    case 'Bool':
      return value !== undefined && values.includes(value);
    default:
      throw new DeploymentError(`policy condition: got ${operator}, want one that the lab knows`);
  }
}

/** IAM's wildcards. */
export function isLike(value: string, pattern: string): boolean {
  const source = pattern
    .replaceAll(/[\\^$.+()[\]{}|]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(value);
}
