import {
  DescribeTargetHealthCommand,
  type ElasticLoadBalancingV2Client,
  type TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { TargetReading } from '../../core/observation.ts';
import type { TargetReader } from '../../ports/readers.ts';
import { patiently, type Time } from './pace.ts';

/**
 * Reads the load balancer's view of every target; `Reason` and `Description` are absent for healthy
 * ones.
 */
export function elbTargets(client: ElasticLoadBalancingV2Client, time?: Time): TargetReader {
  return {
    async targets(arns, abortSignal) {
      const answers = await Promise.all(
        arns.map(async (TargetGroupArn) => {
          // Without being asked for, the comparison of the targets may not be answered.
          const command = new DescribeTargetHealthCommand({
            TargetGroupArn,
            Include: ['AnomalyDetection'],
          });
          const answer = await patiently(
            'elasticloadbalancing:DescribeTargetHealth',
            () => client.send(command, { abortSignal }),
            { signal: abortSignal, time },
          );
          return (answer.TargetHealthDescriptions ?? []).map((found) =>
            toTarget(TargetGroupArn, found),
          );
        }),
      );
      return answers.flat();
    },
  };
}

function toTarget(targetGroupArn: string, found: TargetHealthDescription): TargetReading {
  const { Reason, Description, State } = found.TargetHealth ?? {};
  return {
    targetGroupArn,
    ip: found.Target?.Id ?? 'unknown',
    port: found.Target?.Port ?? 0,
    state: State ?? 'unknown',
    ...(Reason === undefined ? {} : { reason: Reason }),
    ...(Description === undefined ? {} : { description: Description }),
    ...anomalyOf(found),
    ...(isShifted(found) ? { zonalShift: true } : {}),
  };
}

function anomalyOf({ AnomalyDetection }: TargetHealthDescription): Pick<TargetReading, 'anomaly'> {
  const { Result, MitigationInEffect } = AnomalyDetection ?? {};
  if (Result === undefined) return {};
  return {
    anomaly: { anomalous: Result === 'anomalous', mitigated: MitigationInEffect === 'yes' },
  };
}

/**
 * Both ways of shifting take traffic away; `no_override` and `unknown` are no reason to think so.
 */
const SHIFTED = ['zonal_shift_active', 'zonal_shift_delegated_to_dns'];

function isShifted({ AdministrativeOverride }: TargetHealthDescription): boolean {
  return SHIFTED.includes(AdministrativeOverride?.State ?? '');
}
