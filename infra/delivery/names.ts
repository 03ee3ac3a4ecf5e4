/** What the app, its pipeline, the workflows and the release script must call by one name. */

export const APP_STACK = 'EcsSelfHealing';
export const DELIVERY_STACK = 'EcsSelfHealingDelivery';

/** Output of the delivery stack. */
export const REPOSITORY_OUTPUT = 'RepositoryUri';
/** Outputs of the app, each after the name of the service. */
export const SERVICE_OUTPUTS = {
  taskDefinition: 'TaskDefinition',
  application: 'DeploymentApplication',
  group: 'DeploymentGroup',
} as const;

/** The environment of the workflow that deploys; the role for GitHub trusts no other. */
export const GITHUB_ENVIRONMENT = 'production';

/** So long the workflow may keep that role: a deployment takes a quarter of an hour for each tier. */
export const GITHUB_SESSION_SECONDS = 7_200;

export const OUTPUTS_FILE = 'cdk-outputs.json';
export const RELEASE_FOLDER = 'release';
export const TASK_DEFINITION_FILE = 'taskdef.json';
export const APP_SPEC_FILE = 'appspec.yaml';
/** CodePipeline puts the revision that it registers in its place. */
export const TASK_DEFINITION_PLACEHOLDER = '<TASK_DEFINITION>';

/** The service's name as it stands in outputs: CloudFormation takes letters and digits only. */
export function outputName(service: string): string {
  return service.replaceAll(/[^A-Za-z0-9]/g, '');
}
