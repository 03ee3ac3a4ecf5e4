/** Addresses in the AWS console, built from the ARNs that an entry has; what is unknown has no address. */

/** Where a service lives. */
export interface Place {
  readonly partition: string;
  readonly region: string;
}

const CONSOLES: Readonly<Record<string, string>> = {
  aws: 'https://console.aws.amazon.com',
  'aws-us-gov': 'https://console.amazonaws-us-gov.com',
  'aws-cn': 'https://console.amazonaws.cn',
};

/** @returns the place that an ARN names, or undefined when it is none or its console is unknown. */
export function placeOf(arn: string): Place | undefined {
  const [prefix, partition = '', , region = ''] = arn.split(':');
  if (prefix !== 'arn' || CONSOLES[partition] === undefined) return undefined;
  return /^[a-z]{2}(?:-[a-z]+)+-\d$/.test(region) ? { partition, region } : undefined;
}

export function alarmUrl(place: Place, name: string): string {
  return `${cloudWatch(place)}#alarmsV2:alarm/${encode(name)}`;
}

/** @param serviceId - `cluster/service`. */
export function serviceUrl(place: Place, serviceId: string): string | undefined {
  const [cluster, service, ...rest] = serviceId.split('/');
  if (!cluster || !service || rest.length > 0) return undefined;
  return `${clusterUrl(place, cluster)}/services/${encode(service)}/health?region=${place.region}`;
}

/** @returns undefined for the short form of a task's ARN, which does not name the cluster. */
export function taskUrl(place: Place, taskArn: string): string | undefined {
  const [, cluster, id] = taskArn.split(':').slice(5).join(':').split('/');
  if (!cluster || !id) return undefined;
  return `${clusterUrl(place, cluster)}/tasks/${encode(id)}/configuration?region=${place.region}`;
}

export interface LogsWindow {
  readonly groups: readonly string[];
  /** Epoch milliseconds. */
  readonly from: number;
  readonly to: number;
}

/** A Logs Insights query for what was written in the window. */
export function logsUrl(place: Place, { groups, from, to }: LogsWindow): string | undefined {
  if (groups.length === 0) return undefined;
  const query = 'fields @timestamp, @logStream, @message\n| sort @timestamp desc\n| limit 200';
  const detail = [
    `end~${quote(new Date(to).toISOString())}`,
    `start~${quote(new Date(from).toISOString())}`,
    `timeType~${quote('ABSOLUTE')}~tz~${quote('UTC')}`,
    `editorString~${quote(query)}`,
    `source~(${groups.map((group) => `~${quote(group)}`).join('')})`,
  ].join('~');
  return `${cloudWatch(place)}#logsV2:logs-insights?queryDetail=~(${detail})`;
}

/** @returns undefined for an id that X-Ray cannot have; W3C's 32 digits are written in its own form. */
export function traceUrl(place: Place, traceId: string): string | undefined {
  const [, first, second] = /^(?:1-)?([0-9a-f]{8})-?([0-9a-f]{24})$/.exec(traceId) ?? [];
  if (first === undefined || second === undefined) return undefined;
  return `${cloudWatch(place)}#xray:traces/1-${first}-${second}`;
}

function cloudWatch(place: Place): string {
  return `${CONSOLES[place.partition]}/cloudwatch/home?region=${place.region}`;
}

function clusterUrl(place: Place, cluster: string): string {
  return `${CONSOLES[place.partition]}/ecs/v2/clusters/${encode(cluster)}`;
}

/** Also what a URL may have, but a link of Slack or the console's own notation may not. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(/[!'()*]/g, (char) => percent(char));
}

/** A string in the notation of Logs Insights: `'`, and `*xx` for each byte that is no word character. */
function quote(text: string): string {
  return `'${encode(text).replaceAll('%', '*')}`;
}

function percent(char: string): string {
  return `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`;
}
