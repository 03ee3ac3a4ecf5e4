/** The optional dashboard: what it shows, and where it ends. */
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { beforeAll, describe, expect, test } from 'vitest';
import { bundle } from '../../infra/bundle.ts';
import { GuardedService } from '../../infra/guarded-service.ts';
import { HealingPermissions } from '../../infra/healing-permissions.ts';
import { aHealedSite, aSite, aWholeSite, type Site } from './a-healed-app.ts';

beforeAll(async () => {
  await bundle();
  // The first synth of a process loads and compiles most of CDK.
  aHealedSite();
});

interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly title?: string;
    readonly markdown?: string;
    readonly alarms?: readonly unknown[];
    readonly metrics?: readonly (readonly unknown[])[];
  };
}

/** Its widgets, with words in the place of what only CloudFormation will know. */
function widgetsOf(template: Template): readonly Widget[] {
  const [found] = Object.values(template.findResources('AWS::CloudWatch::Dashboard'));
  const body: unknown = found?.['Properties'].DashboardBody;
  const parts = typeof body === 'string' ? [body] : (body as Joined)['Fn::Join'][1];
  const text = parts.map((part) => (typeof part === 'string' ? part : 'known-later')).join('');
  return (JSON.parse(text) as { readonly widgets: readonly Widget[] }).widgets;
}

interface Joined {
  readonly 'Fn::Join': readonly [string, readonly unknown[]];
}

/** The names and dimensions of the metrics in the graph of this title. */
function shownIn(widgets: readonly Widget[], title: string): readonly string[] {
  const graph = widgets.find(({ properties }) => properties.title === title);
  return (graph?.properties.metrics ?? []).map((metric) =>
    metric
      .filter((part) => typeof part === 'string')
      .slice(1)
      .join(' '),
  );
}

function notesOf(widgets: readonly Widget[]): readonly (string | undefined)[] {
  return widgets.filter(({ type }) => type === 'text').map(({ properties }) => properties.markdown);
}

const permissions = HealingPermissions.clusters(['shop'], { logGroups: ['/ecs/*'] });

/** Imported services, each with one imported alarm of each kind. */
function guardMany(
  { healing }: Site,
  count: number,
  kinds: readonly string[],
  scope: Construct = healing,
): void {
  for (let n = 0; n < count; n += 1) {
    const serviceName = `service-${n}`;
    const service = GuardedService.fromAttributes(scope, serviceName, {
      clusterName: 'shop',
      serviceName,
    });
    const alarms = kinds.map((kind) =>
      Alarm.fromAlarmName(scope, `${serviceName}-${kind}`, `${serviceName}-${kind}`),
    );
    healing.guard(service, { alarms, scope });
  }
}

describe('the dashboard', () => {
  test('is made only when it is wanted', () => {
    const { site, template } = aHealedSite();

    template.resourceCountIs('AWS::CloudWatch::Dashboard', 0);
    expect(site.healing.dashboard).toBeUndefined();
    expect(aSite({ dashboard: true }).healing.dashboard).toBeDefined();
  });

  test('shows incidents, decisions, failures, messages and runs', () => {
    const widgets = widgetsOf(aHealedSite({ dashboard: true }).template);

    expect(shownIn(widgets, 'Incidents')).toEqual(
      ['Stopped', 'Healed', 'Recovered', 'Escalated', 'Held'].map(
        (name) => `${name} service remediate`,
      ),
    );
    expect(shownIn(widgets, 'Decisions')).toContain('Verdicts service remediate verdict escalate');
    expect(shownIn(widgets, 'Decision time (ms)')).toHaveLength(2);
    expect(shownIn(widgets, 'Failures of remediate')).toContain(
      'Failures code store.contended service remediate',
    );
    expect(shownIn(widgets, 'Failures of notify')).toContain(
      'Failures code chat.refused service notify',
    );
    expect(shownIn(widgets, 'Inbox').join()).toMatch(/NumberOfMessagesVisible.*AgeOfOldestMessage/);
    expect(shownIn(widgets, 'Dead letters')).toHaveLength(3);
    expect(shownIn(widgets, 'Errors and throttles')).toHaveLength(4);
    expect(shownIn(widgets, 'Duration of a run (ms)')).toHaveLength(4);
  });

  test('shows the functions and letters of buttons and drills where there are any', () => {
    const site = aWholeSite({ dashboard: true });
    site.healing.guard(site.service);
    const widgets = widgetsOf(Template.fromStack(site.stack));

    expect(shownIn(widgets, 'Dead letters')).toHaveLength(4);
    expect(shownIn(widgets, 'Errors and throttles')).toHaveLength(8);
  });

  test('shows the alarms of the healer, and of each service', () => {
    const { site, template } = aHealedSite({ dashboard: true });
    const [own, service] = widgetsOf(template).filter(({ type }) => type === 'alarm');

    expect(own?.properties.alarms).toHaveLength(site.healing.ownAlarms.length);
    expect(service?.properties.alarms).toHaveLength(2);
  });

  test('lays no widget over another', () => {
    const site = aSite({ dashboard: true });
    guardMany(site, 3, ['errors', 'hosts']);
    const cells = widgetsOf(Template.fromStack(site.stack)).flatMap(cellsOf);

    expect(new Set(cells).size).toBe(cells.length);
  });

  test('ends at the 500 metrics that CloudWatch takes, and says so once', () => {
    const site = aSite({ dashboard: true, permissions });
    guardMany(site, 120, ['errors', 'hosts', 'slow', 'memory']);
    const widgets = widgetsOf(Template.fromStack(site.stack));

    const counts = widgets.map(({ properties: { alarms = [], metrics = [] } }) =>
      Math.max(alarms.length, metrics.length),
    );
    const shown = counts.reduce((sum, count) => sum + count, 0);
    expect(shown).toBeGreaterThan(490);
    expect(shown).toBeLessThanOrEqual(500);
    expect(notesOf(widgets)).toEqual(['More services are guarded: a dashboard takes 500 metrics.']);
  });

  test('leaves out alarms of stacks that come after it', () => {
    const site = aSite({ dashboard: true, permissions });
    guardMany(site, 2, ['errors'], new Stack(site.app, 'Front'));
    const widgets = widgetsOf(Template.fromStack(site.stack));

    expect(widgets.filter(({ type }) => type === 'alarm')).toHaveLength(1);
    expect(notesOf(widgets)).toEqual([
      'Services that are guarded in other stacks show their alarms there.',
    ]);
  });
});

function cellsOf({ x, y, width, height }: Widget): readonly string[] {
  return Array.from(
    { length: width * height },
    (_, index) => `${x + (index % width)}/${y + Math.floor(index / width)}`,
  );
}
