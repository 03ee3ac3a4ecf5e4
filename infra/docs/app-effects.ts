/** What each choice of the app changes; a key that the app knows and this table does not is an error. */
export const APP_EFFECTS: Readonly<Record<string, string>> = {
  environment: 'Tags everything, and is named by every message.',
  deployment:
    'How a new revision comes into service. `code-deploy` shifts 10 % of the traffic a minute and goes ' +
    'back when an alarm rings; `rolling` is ECS with circuit breaker and rollback; `blue-green` is ' +
    "ECS's own.",
  egress:
    'How tasks without a public address reach ECR, S3, logs and secrets: a NAT gateway in each zone, ' +
    'or VPC endpoints and no way to the internet.',
  services:
    'The services behind the public load balancer, each with the path patterns that it gets.',
  secondTier: 'A catalog service behind an internal load balancer, which the others ask.',
  image:
    'What the services run: built from `workload/` when it is deployed, or an image in ECR that cannot ' +
    'change. Never `latest`.',
  catalogUrl: 'Whom the services ask instead of the catalog of this app.',
  certificateArn: 'The public load balancer speaks HTTPS, and redirects HTTP.',
  desiredCount: 'Tasks of each service, and the least for autoscaling; with 0 the services rest.',
  maxCount: 'The most for autoscaling.',
  cpuPercent: 'CPU use that autoscaling aims at.',
  requestsPerMinute: 'Requests a minute and task that autoscaling aims at.',
  startSeconds: 'From the start of a container to its first 200.',
  intervalSeconds: "Between two health checks of the load balancer's.",
  timeoutSeconds: 'After which a health check has failed.',
  graceSeconds: 'For so long after its start a task is not stopped for failed checks.',
  logRetentionDays: 'How long the logs of services and healer are kept.',
  slackSecret:
    "Secret with Slack's incoming webhook, or with the bot's token. Without it one is made, empty, and its " +
    'name is an output.',
  slackChannel: 'A bot tells there, one message for each incident, instead of a webhook.',
  slackMention: 'User group that the bot calls when a person must look.',
  slackUsers:
    'Whose clicks count, with commas between: messages get buttons, and their address is an output.',
  slackSigningSecret:
    'Secret with the signing secret of the Slack app. Without it one is made, empty, and its name is an ' +
    'output; only with `slackUsers`.',
  drills:
    '`wiring` drills the wiring of each service every three days, and runs drills that people ask for; ' +
    '`faults` also lets drills make a task of the service behind `/*` ill, through its fault switch.',
  productionDrills: 'Allows drills where the name of the environment looks like production.',
  pipeline:
    'A second stack with a pipeline that builds, tests and deploys; see [delivery](delivery.md).',
  githubRepository:
    'Role that the workflows of this GitHub repository deploy with, without keys; see ' +
    '[delivery](delivery.md).',
};
