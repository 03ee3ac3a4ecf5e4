/** `npm run lab`: keeps the lab running until Ctrl-C, for the AWS CLI, boto3 or any SDK. */
import { Command, CommanderError } from 'commander';
import { bundle } from '../../infra/bundle.ts';
import type { Healer } from './healer.ts';
import { type Lab, startLab } from './lab.ts';
import { ACCOUNT, CLUSTER, LOG_GROUP, REGION, SERVICE, TABLE } from './names.ts';
import { numberFrom } from './number-option.ts';

const DEFAULT_FACTOR = 15;

function describeLab({ gateway, site, healer }: Lab, factor: number): string {
  return `The lab is up; AWS's periods are divided by ${factor}. Ctrl-C ends it.

  export AWS_ENDPOINT_URL=${gateway.url} AWS_REGION=${REGION} AWS_ACCESS_KEY_ID=LABME AWS_SECRET_ACCESS_KEY=lab
${healer === undefined ? '' : describeHealer(healer)}
  aws ecs describe-services --cluster ${CLUSTER} --services ${SERVICE}
  aws cloudwatch describe-alarms
  aws logs filter-log-events --log-group-name ${LOG_GROUP} --limit 5
  aws dynamodb scan --table-name ${TABLE}

The guarded service ${CLUSTER}/${SERVICE} answers at ${site.loadBalancer.url}; account ${ACCOUNT}.
`;
}

/** What the command line needs to find the healer, and what to try first. */
function describeHealer({ deployment }: Healer): string {
  const variablesOf = (role: string) =>
    deployment.functions.find(({ name }) => name === role)?.environment ?? {};
  const names = ['TABLE_NAME', 'GUARDED_SERVICES_PATH', 'INBOX_URL'];
  const places = names.map((name) => `${name}=${variablesOf('remediate')[name]}`);
  const functions = deployment.functions
    .filter(({ name }) => name !== 'respond')
    .map(({ name }) => `${name.toUpperCase()}_FUNCTION=${name}`);
  return `  export ${places.join(' ')}
  export ${functions.join(' ')}

  npm run heal -- status
  npm run heal -- doctor
  npm run heal -- pause ${SERVICE} --for 10min --why "to see it"
`;
}

async function main(): Promise<number> {
  const command = new Command('lab')
    .description('AWS on loopback, with a guarded service and the healer beside it.')
    .option('--factor <n>', "divide AWS's periods by n", numberFrom(1, 60), DEFAULT_FACTOR)
    .option('--no-healer', 'leave the healer out')
    .allowExcessArguments(false)
    .exitOverride();
  try {
    command.parse();
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
  const { factor, healer } = command.opts<{ factor: number; healer: boolean }>();
  const ended = Promise.withResolvers<void>();
  process.once('SIGINT', () => ended.resolve());
  process.once('SIGTERM', () => ended.resolve());
  const lab = await startLab({
    timeFactor: factor,
    ...(healer ? { healer: { bundles: await bundle() } } : {}),
  });
  process.stdout.write(describeLab(lab, factor));
  await ended.promise;
  process.stdout.write('\nending\n');
  await lab.close();
  return 0;
}

process.exitCode = await main();
