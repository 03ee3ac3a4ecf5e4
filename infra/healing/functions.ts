/** A function of the healer, as `npm run bundle` built it. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { Duration, RemovalPolicy, Token, Validations } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Code,
  type FunctionOptions,
  Function as LambdaFunction,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { SelfHealingProps } from '../self-healing-props.ts';
import { explainWildcards } from './wildcards.ts';

/** Several reads of AWS, each with its retries, and the journal after them. */
export const FUNCTION_TIMEOUT = Duration.seconds(60);
/** Memory decides the CPU; with less a cold start takes longer than the decision. */
const MEMORY_MB = 512;
/** Below this the bundle itself hardly fits; above it Lambda has none. */
const MEMORY_BOUNDS = { min: 256, max: 10_240 };
/**
 * What could not be told after this long would only confuse; what healing needs is in the inbox.
 */
const EVENT_AGE_MAX = Duration.hours(1);

const DIST = path.resolve(import.meta.dirname, '..', '..', 'dist');

export interface HealerFunctionProps {
  readonly name: 'remediate' | 'notify' | 'respond' | 'drill';
  readonly description: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Takes what no attempt of an asynchronous invocation could handle. */
  readonly deadLetters: IQueue;
  readonly settings: FunctionSettings;
  /** Executions that are kept for it, and the most that it gets. */
  readonly concurrency?: number;
}

/** What an app may choose about all functions. */
type FunctionSettings = Pick<
  SelfHealingProps,
  'logRetention' | 'memorySize' | 'removalPolicy' | 'vpc' | 'vpcSubnets' | 'securityGroups'
>;

/** A function of a healer, its role without managed policies, and its log group. */
export class HealerFunction extends Construct {
  /**
   * For the healer; its props are no type of other languages.
   *
   * @internal
   */
  static _make(scope: Construct, id: string, props: HealerFunctionProps): HealerFunction {
    return new HealerFunction(scope, id, props);
  }

  readonly function: LambdaFunction;
  readonly role: Role;
  readonly logGroup: LogGroup;

  private constructor(scope: Construct, id: string, props: HealerFunctionProps) {
    super(scope, id);
    const { name, description, environment, deadLetters, settings, concurrency } = props;
    const { logRetention = RetentionDays.THREE_MONTHS, removalPolicy = RemovalPolicy.RETAIN } =
      settings;
    this.logGroup = new LogGroup(this, 'Logs', { retention: logRetention, removalPolicy });
    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    this.role.addToPolicy(
      new PolicyStatement({
        sid: 'WriteOwnLog',
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [this.logGroup.logGroupArn],
      }),
    );
    if (settings.vpc !== undefined) letJoinNetwork(this.role);
    this.function = new LambdaFunction(this, 'Function', {
      description,
      code: handlerCode(name),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      role: this.role,
      logGroup: this.logGroup,
      tracing: Tracing.ACTIVE,
      memorySize: memoryOf(settings),
      ...networkOf(settings),
      ...(concurrency === undefined ? {} : { reservedConcurrentExecutions: concurrency }),
      timeout: FUNCTION_TIMEOUT,
      environment: { ...environment },
      deadLetterQueue: deadLetters,
      maxEventAge: EVENT_AGE_MAX,
    });
    explainWildcards(this.role);
    Validations.of(this.function).acknowledge({
      id: 'Serverless::Serverless-LambdaAsyncFailureDestination',
      reason: 'Its dead-letter queue takes what fails, and an alarm tells of it.',
    });
  }
}

function memoryOf({ memorySize = MEMORY_MB }: FunctionSettings): number {
  const { min, max } = MEMORY_BOUNDS;
  if (Token.isUnresolved(memorySize) || (memorySize >= min && memorySize <= max)) return memorySize;
  throw new Error(`memorySize: got ${memorySize}, wanted ${min} to ${max} MB`);
}

function networkOf({
  vpc,
  vpcSubnets,
  securityGroups,
}: FunctionSettings): Pick<FunctionOptions, 'vpc' | 'vpcSubnets' | 'securityGroups'> {
  if (vpc === undefined) {
    const alone = vpcSubnets === undefined ? 'securityGroups' : 'vpcSubnets';
    if (vpcSubnets === undefined && securityGroups === undefined) return {};
    throw new Error(`${alone}: got some without vpc, wanted vpc too`);
  }
  return {
    vpc,
    ...(vpcSubnets === undefined ? {} : { vpcSubnets }),
    ...(securityGroups === undefined ? {} : { securityGroups }),
  };
}

/** What Lambda does in the name of the role before the function runs; CDK's way is a managed policy. */
function letJoinNetwork(role: Role): void {
  role.addToPolicy(
    new PolicyStatement({
      sid: 'JoinNetwork',
      actions: [
        'ec2:CreateNetworkInterface',
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeSubnets',
        'ec2:DeleteNetworkInterface',
        'ec2:AssignPrivateIpAddresses',
        'ec2:UnassignPrivateIpAddresses',
      ],
      // The interfaces are Lambda's to name, and those that describe know no resources.
      resources: ['*'],
      // Set for every call of the function's own code: the rights are Lambda's, not the code's.
      conditions: { Null: { 'lambda:SourceFunctionArn': 'true' } },
    }),
  );
}

/** @throws when the bundle was not built: the synth itself builds nothing. */
export function handlerCode(name: HealerFunctionProps['name'], folder = DIST): Code {
  const built = path.join(folder, name);
  if (!existsSync(path.join(built, 'index.mjs'))) {
    throw new Error(`the bundle of ${name} is missing (${name}/index.mjs): run "npm run bundle"`);
  }
  return Code.fromAsset(built);
}
