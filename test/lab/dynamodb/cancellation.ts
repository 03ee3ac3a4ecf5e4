/**
 * Why a transaction was cancelled, per action: what DynamoDB reports in `CancellationReasons`.
 */
import type { WireAnswer } from '../gateway/wire.ts';
import { type AttributeMap, type Json, jsonOf } from './backend.ts';

export interface CancellationReason {
  readonly Code: string;
  readonly Message?: string;
  readonly Item?: AttributeMap;
}

export const NONE: CancellationReason = { Code: 'None' };

/**
 * Failures that depend on the stored item, which DynamoDB reports as a reason; others refuse the
 * whole request.
 */
const ITEM_DEPENDENT = [
  /operand .* incorrect data type/i,
  /attribute that does not exist/i,
  /size/i,
];

/** The reason one action gives, or undefined when its answer refuses the whole request. */
export function reasonOf(
  answer: WireAnswer,
  input: Json,
  before: AttributeMap | undefined,
): CancellationReason | undefined {
  if (answer.status === 200) return NONE;
  const message = String(jsonOf(answer)['message'] ?? '');
  if (answer.error === 'ConditionalCheckFailedException') {
    const asked = input['ReturnValuesOnConditionCheckFailure'] === 'ALL_OLD' && before;
    return { Code: 'ConditionalCheckFailed', Message: message, ...(asked && { Item: before }) };
  }
  const dependsOnItem = ITEM_DEPENDENT.some((pattern) => pattern.test(message));
  if (answer.error !== 'ValidationException' || !dependsOnItem) return undefined;
  return { Code: 'ValidationError', Message: message };
}
