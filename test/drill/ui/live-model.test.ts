import { describe, expect, test } from 'vitest';
import { aRecordedProgress } from './a-recorded-progress.ts';
import { LiveModel } from './live-model.ts';
import type { View } from './view.ts';

/** @param seconds - since the start of the drill. */
function viewAt(seconds: number): View {
  const model = new LiveModel('grey-5xx');
  for (const progress of aRecordedProgress()) {
    if (progress.elapsedMs <= seconds * 1_000) model.show(progress);
  }
  return model.view();
}

const statesAt = (seconds: number): readonly string[] =>
  viewAt(seconds).tasks.map(({ id, state }) => `${id} ${state}`);

describe('the live view', () => {
  test('follows each task: ill, stopped by the healer, replaced', () => {
    expect(statesAt(4)).toEqual([
      'aaaaaaaa running',
      'bbbbbbbb running',
      'cccccccc running',
      'dddddddd running',
      'eeeeeeee starting',
    ]);
    expect(statesAt(9)[1]).toBe('bbbbbbbb ill');
    expect(statesAt(15)).toEqual([
      'aaaaaaaa running',
      'bbbbbbbb stopped',
      'cccccccc running',
      'dddddddd running',
      'eeeeeeee running',
    ]);
    const [, ill, , , replacement] = viewAt(15).tasks;
    expect(ill?.notes).toEqual(['made ill by the drill', 'stopped by the healer T+5.4 s']);
    expect(replacement?.notes).toEqual(['new, T+7.0 s']);
  });

  test('counts from the start until there is a fault, then from the fault', () => {
    expect(viewAt(4).axis).toEqual({ from: 0, to: 60 });
    expect(viewAt(4).bands).toEqual([]);
    expect(viewAt(9).axis).toEqual({ from: -5, to: 55 });
    expect(viewAt(9).bands.map(({ words }) => words)).toEqual(['fault: since T+0.0 s']);
    expect(viewAt(19).bands.map(({ words }) => words)).toEqual([
      'fault: T+0.0 s to T+5.4 s',
      'healing: T+5.4 s to T+13.0 s',
    ]);
  });

  test('has the numbers of the report', () => {
    const { charts, now } = viewAt(19);

    expect(charts.map(({ title }) => title)).toEqual([
      'Requests per second',
      'Time to an answer',
      'Tasks of checkout-api',
    ]);
    expect(charts[0]?.summary).toBe(
      'Some failed between T+0.0 s and T+6.0 s, at most 20 per second.',
    );
    expect(charts[0]?.series.map(({ values }) => values[6])).toEqual([20, 20]);
    expect(now).toMatchObject({ failed: 108, alarms: [] });
    expect(viewAt(12).now?.alarms).toEqual(['checkout-api-5xx-rate']);
  });

  test('tells what happened in order, and nothing of the healer before the fault', () => {
    const points = viewAt(19).points.map(({ since, what }) => `${since} ${what}`);

    expect(points.slice(0, 4)).toEqual([
      'T+0.0 s following the incident',
      'T+0.0 s first failed request: 500',
      'T+5.0 s alarm checkout-api-5xx-rate: OK → ALARM',
      'T+5.4 s StopTask bbbbbbbb accepted',
    ]);
    expect(viewAt(4).points).toEqual([]);
  });

  test('has the messages that Slack took, escaped', () => {
    const [message] = viewAt(12).messages;

    expect(message?.since).toBe('T+5.6 s');
    expect(message?.html).toContain('<b>ACTING checkout-api (prod)');
  });

  test('says that it is stopping, once somebody asked for it', () => {
    const model = new LiveModel('grey-5xx');
    model.stopping();

    expect(model.view()).toMatchObject({ state: 'stopping' });
  });
});
