/** The parameters that list the guarded services. */
import { Lazy, Stack, Tokenization } from 'aws-cdk-lib';
import { CfnParameter, ParameterTier, StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import type { ServiceEntry } from './service-entry.ts';
import { homeIn, Shared } from './sharing.ts';

/**
 * Characters of a parameter's value: of the free tier, and of the advanced one, which costs some
 * cents a month.
 */
const STANDARD_MAX = 4_096;
const ADVANCED_MAX = 8_192;
/** What an ARN or a name may be long that CloudFormation fills in. */
const TOKEN_LENGTH = 200;

interface List {
  readonly parameter: StringParameter;
  readonly entries: ServiceEntry[];
}

/**
 * Writes one parameter for each guard beside the healer, and shares them in other stacks: a cold
 * start reads ten with a call.
 */
export class ServiceParameters {
  readonly #healer: Construct;
  readonly #path: string;
  readonly #shared = new Shared<List>(ADVANCED_MAX);

  constructor(healer: Construct, path: string) {
    this.#healer = healer;
    this.#path = path;
  }

  /**
   * Lists the service, after those that it depends on: the list is read as a whole, and refused for
   * one unknown name. So what depends on others is in no list that they could wait for.
   */
  add(
    guard: Construct,
    servicePath: string,
    entry: ServiceEntry,
    after: readonly StringParameter[],
  ): StringParameter {
    const length = lengthOf([entry]);
    if (length > ADVANCED_MAX) {
      throw new Error(
        `${guard.node.path}: its configuration may need ${length} of ${ADVANCED_MAX} characters; ` +
          'put several alarms into a composite alarm',
      );
    }
    const stack = Stack.of(guard);
    const isShared = stack !== Stack.of(this.#healer) && after.length === 0;
    const home = isShared ? homeIn(stack, this.#healer, 'Services') : guard;
    const list = isShared
      ? this.#shared.find(home, servicePath, length, (id) => this.#make(home, id))
      : this.#make(home, 'Entry');
    list.entries.push(entry);
    if (lengthOf(list.entries) > STANDARD_MAX) makeLarge(list.parameter);
    if (after.length > 0) list.parameter.node.addDependency(...after);
    return list.parameter;
  }

  #make(scope: Construct, id: string): List {
    const entries: ServiceEntry[] = [];
    const name = id === 'Entry' ? scope.node.addr : `${scope.node.addr}-${id}`;
    const parameter = new StringParameter(scope, id, {
      parameterName: `${this.#path}/${name}`,
      description: 'Services that are guarded by self-healing',
      stringValue: Lazy.string({ produce: () => Stack.of(scope).toJsonString(entries) }),
      tier: ParameterTier.STANDARD,
    });
    return { parameter, entries };
  }
}

/** The estimate is careful: Parameter Store charges for the larger one only when it is needed. */
function makeLarge(parameter: StringParameter): void {
  const resource = parameter.node.defaultChild;
  if (resource instanceof CfnParameter) resource.tier = ParameterTier.INTELLIGENT_TIERING;
}

function lengthOf(entries: readonly ServiceEntry[]): number {
  const text = JSON.stringify(entries);
  const { tokens } = Tokenization.reverseString(text);
  const known = text.replaceAll(/\$\{Token\[[^\]]*\]\}/g, '').length;
  return known + tokens.length * TOKEN_LENGTH;
}
