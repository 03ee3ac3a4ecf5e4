/** The alarms on the healer itself: what a person reads when one rings. */
import { describe, expect, test } from 'vitest';
import { OWN_ALARMS, ownAlarmCode, ownAlarmDescription } from '../../functions/core/own-alarm.ts';

describe('an alarm on the healer', () => {
  test.each(Object.entries(OWN_ALARMS))(
    '%s says what fails, what becomes of healing, and what to do',
    (_code, alarm) => {
      expect(`I cannot ${alarm.cannot}`).toMatch(/^I cannot [a-z].{8,90}[^.]$/);
      expect(alarm.meanwhile).toMatch(/(heal|stop|done|it).*[^.]$/);
      expect(alarm.hint).toMatch(/^[A-Z].{20,120}\.$/);
    },
  );

  test('waits for the morning where services are healed and told of all the same', () => {
    const waiting = Object.entries(OWN_ALARMS).filter(
      ([, alarm]) => 'canWait' in alarm && alarm.canWait,
    );

    expect(waiting.map(([code]) => code)).toEqual([
      'half-blind',
      'respond-errors',
      'respond-throttles',
      'clicks-refused',
      'drill-errors',
      'drill-throttles',
      'drill-dead-letters',
      'no-drill-passed',
    ]);
  });

  test('is known by the end of its description, and by no other', () => {
    expect(ownAlarmDescription('not-told', 'it cannot reach Slack')).toBe(
      'Self-healing: it cannot reach Slack [not-told]',
    );
    expect(ownAlarmCode('Self-healing: two\nlines [not-told]')).toBe('not-told');
    for (const other of [
      'x Self-healing: it cannot [not-told]',
      'Self-healing: it cannot [not-told] x',
      'Self-healing: it cannot [toString]',
      'Self-healing: it cannot [never-heard]',
      'Self-healing: it cannot [constructor]',
      'Self-healing: [not-told]',
      '',
    ]) {
      expect(ownAlarmCode(other)).toBeUndefined();
    }
  });
});
