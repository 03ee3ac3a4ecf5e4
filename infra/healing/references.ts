/** What a value that only CloudFormation will know refers to. */
import {
  CfnElement,
  DefaultTokenResolver,
  type IPostProcessor,
  type IResolvable,
  type IResolveContext,
  Reference,
  Stack,
  StringConcat,
  Token,
  Tokenization,
} from 'aws-cdk-lib';
import { CfnCluster } from 'aws-cdk-lib/aws-ecs';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct, IConstruct } from 'constructs';

/** Writes down each reference on the way. */
class ReferenceFinder extends DefaultTokenResolver {
  readonly targets = new Set<IConstruct>();

  constructor() {
    super(new StringConcat());
  }

  override resolveToken(
    token: IResolvable,
    context: IResolveContext,
    postProcessor: IPostProcessor,
  ): unknown {
    if (Reference.isReference(token)) this.targets.add(token.target);
    return super.resolveToken(token, context, postProcessor);
  }
}

/** Stacks whose resources the values refer to, as seen from a place in the app. */
export function stacksIn(scope: Construct, values: readonly string[]): ReadonlySet<Stack> {
  const resolver = new ReferenceFinder();
  const unknown = values.filter((value) => Token.isUnresolved(value));
  Tokenization.resolve(unknown, { scope, resolver, preparing: false });
  return new Set([...resolver.targets].map(deployedWith));
}

/** A nested stack is deployed by the one around it, and is no stack of its own to the others. */
export function deployedWith(scope: IConstruct): Stack {
  let stack = Stack.of(scope);
  while (stack.nestedStackParent !== undefined) stack = stack.nestedStackParent;
  return stack;
}

/**
 * The name that the app gives to a cluster or a log group, where CDK itself only refers to it.
 *
 * @returns nothing when CloudFormation makes the name up.
 */
export function knownName(value: string): string | undefined {
  if (!Token.isUnresolved(value)) return value;
  const target = referredTo(value);
  const name = target === undefined ? undefined : givenName(target);
  return name === undefined || Token.isUnresolved(name) ? undefined : name;
}

function givenName(target: CfnElement): string | undefined {
  if (target instanceof CfnCluster) return target.clusterName;
  return target instanceof CfnLogGroup ? target.logGroupName : undefined;
}

/**
 * A name such as CloudFormation makes it up: the stack, the resource, and characters at random.
 *
 * @returns nothing when not even the stack's name is known.
 */
export function madeUpName(value: string): string | undefined {
  const target = referredTo(value);
  if (target === undefined) return undefined;
  const { stack } = target;
  if (Token.isUnresolved(stack.stackName)) return undefined;
  return `${stack.stackName}-${stack.resolve(target.logicalId) as string}-AbCdEfGhIjKl`;
}

/** The resource that a value refers to, when it is nothing but that reference. */
export function referredTo(value: string): CfnElement | undefined {
  const token = Tokenization.reverseString(value);
  const [first] = token.tokens;
  if (token.length !== 1 || !Reference.isReference(first)) return undefined;
  return CfnElement.isCfnElement(first.target) ? first.target : undefined;
}
