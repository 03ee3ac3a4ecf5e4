import { describe, expect, it } from 'vitest';
import { judgeCase, runCampaign } from './attribution/campaign.ts';
import { attributionTables, precision } from './attribution-report.ts';

const CASES = 1_000;

describe('attribution', () => {
  const campaign = runCampaign(CASES, 'test');

  it('never stops a healthy task at the default policy', () => {
    expect(campaign.misses).toEqual([]);
    expect(precision(campaign)).toBe(1);
    expect(campaign.hits).toBeGreaterThan(CASES / 20);
  });

  it('stops nobody while a part of the evidence cannot be read', () => {
    const blind = campaign.gaps.filter(({ name }) => name.endsWith('unreadable'));

    expect(blind).toHaveLength(5);
    expect(blind.map(({ stopped }) => stopped)).toEqual([0, 0, 0, 0, 0]);
  });

  it('finds most tasks that fail half of their requests, once there are enough', () => {
    const busy = campaign.recallByRequests.at(-1);

    expect(busy?.name).toBe('1,000 and more');
    expect((busy?.stopped ?? 0) / (busy?.cases ?? 1)).toBeGreaterThan(0.85);
  });

  it('gives the same answer for the same seed', () => {
    const [one, again] = [judgeCase('same'), judgeCase('same')];

    expect(again).toEqual(one);
    expect(attributionTables(campaign)).toContain('Precision 1.0');
  });
});
