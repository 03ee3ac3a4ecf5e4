/**
 * Why a role may do what it may: by the name of the statement without its number, or by the first
 * action of a statement that CDK itself adds without a name.
 */
export const IAM_REASONS: Readonly<Record<string, string>> = {
  WriteOwnLog: 'Its own log; the group is made beside it, so it need not create any.',
  'sqs:SendMessage': 'An asynchronous invocation that was given up is kept.',
  'xray:PutTraceSegments': 'Traces have no ARN.',
  'sqs:ReceiveMessage': 'Alarms, re-checks and requests come through the inbox.',
  KeepLocksAndIncidents: 'One item is the lock of a service; incidents and timelines are the rest.',
  UseTableKey: 'DynamoDB uses a key of yours in the name of who calls it.',
  LookAgainLater: 'An open incident is looked at again.',
  TellIncidents: 'What people are told; notify and your own systems subscribe to it.',
  UseTopicKey: 'Announcements are encrypted while SNS holds them.',
  ReadGuardedServices: 'Which services it guards, and within which limits.',
  ReadAlarms: 'What an alarm is now, not what it was when it rang; AWS knows no resource for it.',
  ReadTargetHealth: 'What the load balancer says of each task; AWS knows no resource for it.',
  ReadQueryResults: 'Results are named by their query, which only granted log groups can start.',
  LookAtTasksAndStopOne:
    'Looks at tasks and stops the ill one. A task names its cluster, not its service, in its ARN.',
  FindTasks: 'The resource would be a container instance, which Fargate has none of.',
  LookAtServices: 'Desired count, deployments and events of the guarded services.',
  ReadServiceLogs: "Each task's share of failed and slow requests.",
  ReadWebhook: "Slack's incoming webhook, and no other secret; its name ends in six characters.",
  OpenWebhook: 'The key of that secret.',
  UseNetwork: 'Network interfaces of functions that run in a VPC.',
};
