/** Whether what the services are guarded by exists: alarms, and the services themselves. */
import { describe, isHealerError } from '../../core/errors.ts';
import type { GuardedService } from '../../core/guarded-service.ts';
import type { AlarmSetting } from '../../ports/operator.ts';
import { count, explainFailure, finding, type Health } from './doctor-check.ts';
import type { CheckDone } from './events.ts';
import { readEach } from './services.ts';

export async function checkAlarms({
  healer,
  services,
  signal,
}: Health): Promise<readonly CheckDone[]> {
  const arns = [...new Set(services.flatMap(({ alarmArns }) => alarmArns))];
  if (arns.length === 0) return [];
  const settings = await healer.inspector.settings(arns, signal);
  const byArn = new Map(settings.map((setting) => [setting.arn, setting]));
  const bad = services.flatMap((service) =>
    service.alarmArns.flatMap((arn) => judgeAlarm(service, arn, byArn.get(arn)?.state)),
  );
  return bad.length > 0 ? bad : [finding('alarms', 'well', `${count(arns.length, 'alarm')} exist`)];
}

function judgeAlarm(
  { id }: GuardedService,
  arn: string,
  state: AlarmSetting['state'],
): readonly CheckDone[] {
  if (state === undefined) {
    const mend =
      `create it, or take it out of the entry of ${id}; ` +
      'while it is missing, nothing is decided for the service';
    return [finding('alarms', 'wrong', `${id}: no such alarm: ${arn}`, mend)];
  }
  if (state !== 'INSUFFICIENT_DATA') return [];
  const mend = 'right for a service without traffic; otherwise check its metric and dimensions';
  return [finding('alarms', 'note', `${id}: INSUFFICIENT_DATA: ${arn}`, mend)];
}

/** ECS and the load balancer must know what the parameters name. */
export async function checkTargets({
  healer: { observing },
  services,
  signal,
}: Health): Promise<readonly CheckDone[]> {
  if (services.length === 0) return [];
  const found = await readEach(services, async (service) => {
    try {
      const { status } = await observing.fleet.service(service, signal);
      if (status !== 'ACTIVE') return [notActive(service, status)];
      await observing.targets.targets(service.targetGroupArns, signal);
      return [];
    } catch (error) {
      return [explainTarget(service, error)];
    }
  });
  const bad = found.flat();
  const all = `${count(services.length, 'service')} and their target groups exist`;
  return bad.length > 0 ? bad : [finding('services', 'well', all)];
}

function notActive({ id }: GuardedService, status: string): CheckDone {
  const detail = `${id}: got status ${status}, wanted ACTIVE`;
  return finding('services', 'wrong', detail, `take its guard out, or create the service again`);
}

function explainTarget({ id }: GuardedService, error: unknown): CheckDone {
  const mend = `deploy the stack of ${id} again, or take its guard out`;
  const explained = explainFailure('services', error, mend);
  const named = isHealerError(error) && describe(error).includes(id);
  return named ? explained : { ...explained, detail: `${id}: ${explained.detail}` };
}
