/**
 * Why a role may do what it may: by the name of the statement without its number, or by the first
 * action of a statement that CDK itself adds without a name.
 */
export const IAM_REASONS: Readonly<Record<string, string>> = {
  WriteOwnLog: 'Its own log; the group is made beside it, so it need not create any.',
  'sqs:SendMessage': 'An asynchronous invocation that was given up is kept.',
  'xray:PutTraceSegments': 'Traces have no ARN.',
  'sqs:ReceiveMessage': 'Its messages come through a queue.',
  KeepLocksAndIncidents: 'One item is the lock of a service; incidents and timelines are the rest.',
  UseTableKey: 'DynamoDB uses a key of yours in the name of who calls it.',
  LookAgainLater: 'What is not over is looked at again.',
  ReadWeek: "The week's incidents and drills, for the digest.",
  ReadTimelines: 'Steps that were overtaken on their way are told from the timeline, in order.',
  GiveUpTelling: 'What can never be told is kept for a person to read.',
  KeepThreads:
    'Where the message of an incident is, and what it shows; beside its timeline, in no lock.',
  ReadBotToken: 'Token of the bot, and no other secret; its name ends in six characters.',
  OpenBotToken: 'The key of that secret.',
  TellChat: 'What Amazon Q Developer shows.',
  ReadSigningSecret: 'Whether a click is from Slack.',
  OpenSigningSecret: 'The key of that secret.',
  RecordClicks: 'Who clicked what, and when.',
  AskRemediate: 'A click becomes a request like any other.',
  KeepDrills: 'Drills, and the mark in the lock that one is on.',
  FollowIncidents: 'What becomes of the incident that a drill causes.',
  TellDrills: 'That a drill begins, and how it ended.',
  RingAlarms: 'A drill of the wiring sets a guarded alarm; CloudWatch sets it right again.',
  LookAtTasks: 'Whether the service is steady, and which task is made ill.',
  ReadFaultSecret: "Signs requests to a service's fault switch.",
  OpenFaultSecret: 'The key of that secret.',
  TellIncidents: 'What people are told; notify and your own systems subscribe to it.',
  UseTopicKey: 'Announcements are encrypted while SNS holds them.',
  ReadGuardedServices: 'Which services it guards, and within which limits.',
  ReadAlarms:
    'What an alarm is now, not what it was when it rang. Composite alarms are shown only to who may read all.',
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
