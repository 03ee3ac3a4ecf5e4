/** The functions of a template, with the code that CDK would upload, and what feeds them. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import type {
  FunctionSpec,
  MappingSpec,
  PermissionSpec,
  SubscriptionSpec,
  UrlSpec,
} from '../healer/deployment.ts';
import { compilePattern, type Pattern } from '../healer/event-pattern.ts';
import { FUNCTION_CALLER } from '../names.ts';
import { type Resolver, wrong } from './intrinsics.ts';
import { functionName } from './physical.ts';
import { readProperties } from './properties.ts';
import { readRole } from './roles.ts';
import { type Resource, resourcesOf, type Template } from './template.ts';

const maybe = v.exactOptional;
const seconds = v.pipe(v.number(), v.integer(), v.minValue(1));

const FUNCTION = {
  Code: v.strictObject({ S3Bucket: v.string(), S3Key: v.string() }),
  Handler: v.string(),
  // The lab runs its functions on this version.
  Runtime: v.literal('nodejs24.x'),
  // Lambda's own defaults.
  Timeout: maybe(v.pipe(seconds, v.maxValue(900)), 3),
  MemorySize: maybe(v.pipe(v.number(), v.minValue(128), v.maxValue(10_240)), 128),
  Environment: maybe(v.strictObject({ Variables: v.record(v.string(), v.string()) }), {
    Variables: {},
  }),
  DeadLetterConfig: maybe(v.strictObject({ TargetArn: v.string() })),
};
/**
 * The lab's architecture, network and concurrency are this machine's; the role is read for itself.
 */
const FUNCTION_IGNORED = [
  'Architectures',
  'LoggingConfig',
  'ReservedConcurrentExecutions',
  'Role',
  'TracingConfig',
  'VpcConfig',
];

const INVOKE_CONFIG = {
  FunctionName: v.string(),
  Qualifier: v.literal('$LATEST'),
  MaximumEventAgeInSeconds: maybe(v.pipe(v.number(), v.minValue(60), v.maxValue(21_600))),
  MaximumRetryAttempts: maybe(v.picklist([0, 1, 2])),
};

export function readFunctions(template: Template, resolver: Resolver): readonly FunctionSpec[] {
  const configs = resourcesOf(template, 'AWS::Lambda::EventInvokeConfig').map((each) =>
    readProperties(resolver, each, INVOKE_CONFIG),
  );
  return resourcesOf(template, 'AWS::Lambda::Function').map(([id, resource]) => {
    const own = readProperties(resolver, [id, resource], FUNCTION, FUNCTION_IGNORED);
    const name = functionName(id, resource);
    const config = configs.find((each) => nameOf(each.FunctionName) === name);
    const { MaximumEventAgeInSeconds: age, MaximumRetryAttempts: retries } = config ?? {};
    return {
      name,
      arn: resolver.attribute(id, 'Arn', id),
      ...codeOf(template, id, own.Code.S3Key, own.Handler),
      environment: own.Environment.Variables,
      timeoutSeconds: own.Timeout,
      memoryMb: own.MemorySize,
      accessKeyId: FUNCTION_CALLER[name],
      role: readRole(template, resolver, id, resource.Properties?.['Role']),
      ...(age !== undefined && { maxEventAgeSeconds: age }),
      ...(retries !== undefined && { retryAttempts: retries }),
      ...(own.DeadLetterConfig && { deadLetterArn: own.DeadLetterConfig.TargetArn }),
    };
  });
}

const EXTENSIONS = ['.mjs', '.js', '.cjs'];

/** The very file that would be uploaded. */
function codeOf(
  { assets, file }: Template,
  id: string,
  key: string,
  handler: string,
): Pick<FunctionSpec, 'handlerFile' | 'handlerExport'> {
  const folder = assets[key];
  if (folder === undefined) throw wrong(`${id}.Code.S3Key`, key, `an asset of ${file}`);
  const [module = '', handlerExport = ''] = handler.split('.');
  const found = EXTENSIONS.map((extension) => path.join(folder, module + extension)).find(
    existsSync,
  );
  if (found !== undefined) return { handlerFile: found, handlerExport };
  throw wrong(`${id}.Handler`, handler, `a module in ${folder}`);
}

const MAPPING = {
  FunctionName: v.string(),
  EventSourceArn: v.string(),
  // Lambda's own defaults.
  BatchSize: maybe(v.pipe(v.number(), v.minValue(1), v.maxValue(10)), 10),
  Enabled: maybe(v.boolean(), true),
  FunctionResponseTypes: maybe(v.array(v.literal('ReportBatchItemFailures')), []),
  ScalingConfig: maybe(
    v.strictObject({ MaximumConcurrency: v.pipe(v.number(), v.minValue(2), v.maxValue(1_000)) }),
  ),
  FilterCriteria: maybe(
    v.strictObject({ Filters: v.array(v.strictObject({ Pattern: v.string() })) }),
    { Filters: [] },
  ),
};
/** Where the mapping names no limit. */
const CONCURRENCY = 5;

export function readMappings(template: Template, resolver: Resolver): readonly MappingSpec[] {
  return resourcesOf(template, 'AWS::Lambda::EventSourceMapping').map((each) => {
    const own = readProperties(resolver, each, MAPPING);
    return {
      functionName: nameOf(own.FunctionName),
      queueArn: own.EventSourceArn,
      batchSize: own.BatchSize,
      reportBatchItemFailures: own.FunctionResponseTypes.length > 0,
      enabled: own.Enabled,
      concurrency: own.ScalingConfig?.MaximumConcurrency ?? CONCURRENCY,
      filters: own.FilterCriteria.Filters.map((filter) =>
        patternOf(`${each[0]}.FilterCriteria`, JSON.parse(filter.Pattern)),
      ),
    };
  });
}

/** @throws DeploymentError naming the place, for a pattern that the lab does not understand. */
export function patternOf(place: string, pattern: unknown): Pattern {
  try {
    return compilePattern(pattern, place);
  } catch (error) {
    throw wrong(place, pattern, `a pattern that the lab understands (${String(error)})`);
  }
}

const SUBSCRIPTION = {
  Protocol: v.literal('sqs'),
  Endpoint: v.string(),
  RawMessageDelivery: maybe(v.boolean(), false),
  TopicArn: v.string(),
  FilterPolicy: maybe(v.record(v.string(), v.unknown())),
  FilterPolicyScope: maybe(v.literal('MessageAttributes')),
  RedrivePolicy: maybe(v.strictObject({ deadLetterTargetArn: v.string() })),
};

export function readSubscriptions(
  template: Template,
  resolver: Resolver,
): readonly SubscriptionSpec[] {
  return resourcesOf(template, 'AWS::SNS::Subscription').map((each) => {
    const own = readProperties(resolver, each, SUBSCRIPTION);
    return {
      topicArn: own.TopicArn,
      queueArn: own.Endpoint,
      raw: own.RawMessageDelivery,
      ...(own.FilterPolicy && { filterPolicy: own.FilterPolicy }),
      ...(own.RedrivePolicy && { deadLetterArn: own.RedrivePolicy.deadLetterTargetArn }),
    };
  });
}

const PERMISSION = {
  Action: v.string(),
  FunctionName: v.string(),
  Principal: v.string(),
  SourceArn: maybe(v.string()),
  FunctionUrlAuthType: maybe(v.literal('NONE')),
  InvokedViaFunctionUrl: maybe(v.boolean(), false),
};

export function readPermissions(template: Template, resolver: Resolver): readonly PermissionSpec[] {
  return resourcesOf(template, 'AWS::Lambda::Permission').map(
    (each: readonly [string, Resource]) => {
      const own = readProperties(resolver, each, PERMISSION);
      return {
        functionName: nameOf(own.FunctionName),
        action: own.Action,
        principal: own.Principal,
        ...(own.SourceArn !== undefined && { sourceArn: own.SourceArn }),
        ...((own.FunctionUrlAuthType !== undefined || own.InvokedViaFunctionUrl) && {
          throughUrl: true,
        }),
      };
    },
  );
}

const URL_OF_FUNCTION = {
  TargetFunctionArn: v.string(),
  // Slack cannot sign for AWS.
  AuthType: v.literal('NONE'),
};

export function readUrls(template: Template, resolver: Resolver): readonly UrlSpec[] {
  return resourcesOf(template, 'AWS::Lambda::Url').map((each) => {
    const own = readProperties(resolver, each, URL_OF_FUNCTION);
    return { functionName: nameOf(own.TargetFunctionArn) };
  });
}

/** From a name or an ARN. */
export function nameOf(nameOrArn: string): string {
  return nameOrArn.replace(/^arn:[^:]*:lambda:[^:]*:[^:]*:function:/, '');
}
