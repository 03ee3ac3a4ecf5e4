/**
 * TransactWriteItems and TransactGetItems over single-item calls; the caller keeps everyone else
 * out meanwhile.
 */
import type { WireAnswer, WireRequest } from '../gateway/wire.ts';
import {
  type AttributeMap,
  type Backend,
  failure,
  invalid,
  itemName,
  type Json,
  jsonAnswer,
  jsonOf,
  keyOf,
  WireFailure,
} from './backend.ts';
import { type CancellationReason, NONE, reasonOf } from './cancellation.ts';

const MOST_ACTIONS = 100;
const TOKEN_LIFE_MS = 10 * 60 * 1000;
const OPERATION_OF = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  // Without an update expression, an update only checks; what it creates where no item was is
  // removed again.
  ConditionCheck: 'UpdateItem',
} as const;

interface Action {
  readonly kind: keyof typeof OPERATION_OF;
  readonly table: string;
  readonly key: AttributeMap;
  readonly input: Json;
  readonly before: AttributeMap | undefined;
}

/** Transactions already done, by their token, for ten minutes. */
export class TransactionTokens {
  readonly #done = new Map<string, { readonly items: string; readonly at: number }>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * Whether this very transaction was done. @throws WireFailure when the token was used for
   * another one.
   */
  isDone(token: unknown, items: string): boolean {
    if (typeof token !== 'string') return false;
    const done = this.#done.get(token);
    if (!done || this.#now() - done.at >= TOKEN_LIFE_MS) return false;
    if (done.items === items) return true;
    const message =
      'Request parameters do not match those of the first request with this ClientRequestToken';
    throw new WireFailure(failure('IdempotentParameterMismatchException', message));
  }

  remember(token: unknown, items: string): void {
    if (typeof token !== 'string') return;
    const at = this.#now();
    for (const [old, done] of this.#done) if (at - done.at >= TOKEN_LIFE_MS) this.#done.delete(old);
    this.#done.set(token, { items, at });
  }
}

/** All actions or none; the answer is the wire's, also for a cancelled transaction. */
export async function transactWrite(
  backend: Backend,
  tokens: TransactionTokens,
  request: WireRequest,
): Promise<WireAnswer> {
  const input = jsonOf(request);
  const entries = entriesOf(input);
  const fingerprint = JSON.stringify(entries);
  if (tokens.isDone(input['ClientRequestToken'], fingerprint)) return jsonAnswer({});
  const actions = await readActions(backend, request, entries);
  const reasons: CancellationReason[] = [];
  const applied: Action[] = [];
  let refused: WireAnswer | undefined;
  for (const action of actions) {
    const answer = await backend.call(request, OPERATION_OF[action.kind], action.input);
    if (answer.status === 200) applied.push(action);
    const reason = reasonOf(answer, action.input, action.before);
    if (!reason) refused = answer;
    if (refused) break;
    reasons.push(reason ?? NONE);
  }
  const cancelled = refused !== undefined || reasons.some((reason) => reason.Code !== NONE.Code);
  const undone = cancelled ? applied : applied.filter(({ kind }) => kind === 'ConditionCheck');
  for (const action of undone.reverse()) await undo(backend, request, action);
  if (refused) return refused;
  if (cancelled) return cancellation(reasons);
  tokens.remember(input['ClientRequestToken'], fingerprint);
  return jsonAnswer({});
}

/** A snapshot of up to 100 items. */
export async function transactGet(backend: Backend, request: WireRequest): Promise<WireAnswer> {
  const answers: WireAnswer[] = [];
  for (const entry of entriesOf(jsonOf(request))) {
    const get = entry['Get'] as Json | undefined;
    if (!get) throw invalid('TransactItems can only contain Get');
    const answer = await backend.call(request, 'GetItem', { ...get, ConsistentRead: true });
    if (answer.status !== 200) return answer;
    answers.push(answer);
  }
  const responses = answers.map((answer) => {
    const item = jsonOf(answer)['Item'];
    return item === undefined ? {} : { Item: item };
  });
  return jsonAnswer({ Responses: responses });
}

function entriesOf(input: Json): readonly Json[] {
  const entries = input['TransactItems'];
  const count = Array.isArray(entries) ? entries.length : 0;
  if (count >= 1 && count <= MOST_ACTIONS) return entries as readonly Json[];
  throw invalid(`transactItems: got ${count} members, want 1 to ${MOST_ACTIONS}`);
}

async function readActions(
  backend: Backend,
  request: WireRequest,
  entries: readonly Json[],
): Promise<readonly Action[]> {
  const actions: Action[] = [];
  const seen = new Set<string>();
  for (const entry of entries) {
    const [kind, input] = actionOf(entry);
    const table = String(input['TableName']);
    const names = await backend.keyNames(request, table);
    const key = keyOf((input[kind === 'Put' ? 'Item' : 'Key'] ?? {}) as AttributeMap, names);
    const name = itemName(table, key);
    if (seen.has(name)) {
      throw invalid('Transaction request cannot include multiple operations on one item');
    }
    seen.add(name);
    const before = await backend.getItem(request, table, key);
    actions.push({ kind, table, key, input, before });
  }
  return actions;
}

function actionOf(entry: Json): readonly [Action['kind'], Json] {
  const present = Object.entries(entry).filter(([, action]) => action !== undefined);
  const [kind, input] = present[0] ?? [];
  if (present.length !== 1 || kind === undefined || !(kind in OPERATION_OF)) {
    throw invalid('TransactItems can only contain one of Check, Put, Update or Delete');
  }
  const action = input as Json;
  if (kind === 'ConditionCheck' && action['ConditionExpression'] === undefined) {
    throw invalid('ConditionExpression: got nothing, want a value (required in ConditionCheck)');
  }
  return [kind as Action['kind'], action];
}

async function undo(backend: Backend, request: WireRequest, action: Action): Promise<void> {
  const { table, key, before } = action;
  const answer = before
    ? await backend.call(request, 'PutItem', { TableName: table, Item: before })
    : await backend.call(request, 'DeleteItem', { TableName: table, Key: key });
  if (answer.status !== 200)
    throw new Error(`undo of a transaction: got ${answer.error}, want 200`);
}

function cancellation(reasons: readonly CancellationReason[]): WireAnswer {
  const codes = reasons.map((reason) => reason.Code).join(', ');
  const advice = 'please refer cancellation reasons for specific reasons';
  const message = `Transaction cancelled, ${advice} [${codes}]`;
  // This one error spells its message with a capital.
  return failure('TransactionCanceledException', message, {
    Message: message,
    CancellationReasons: reasons,
  });
}
