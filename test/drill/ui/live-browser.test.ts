/** The live page in a real browser, from the first frame to the report, fed with a recorded drill. */
import { mkdtempDisposableSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { openChromium, seriousFindings } from '../../browser/chromium.ts';
import { writeReport } from '../report/page.ts';
import { aJournalWithTasks, aRecordedProgress } from './a-recorded-progress.ts';
import { buildLivePage } from './live-page.ts';
import { type LiveUi, openLiveUi } from './open-live-ui.ts';

const BYTES_MAX = 1_000_000;
const JOURNAL = aJournalWithTasks();
const PROGRESS = aRecordedProgress(JOURNAL);

let browser: Browser;
let live: LiveUi;
const stop = vi.fn<() => void>();
const folder = mkdtempDisposableSync(path.join(tmpdir(), 'live-'));

beforeAll(async () => {
  browser = await openChromium();
});

afterAll(async () => {
  await browser.close();
  folder.remove();
});

beforeEach(async () => {
  stop.mockClear();
  live = await openLiveUi('grey-5xx', stop);
});

afterEach(() => live.close());

/** Everything that was told between two times, in seconds from the start of the drill. */
function tell(from: number, to: number): void {
  for (const progress of PROGRESS) {
    const seconds = progress.elapsedMs / 1_000;
    if (seconds >= from && seconds < to) live.show(progress);
  }
}

async function finish(): Promise<void> {
  const report = path.join(folder.path, 'report.html');
  await writeReport(report, JOURNAL, { runs: [] });
  live.show({
    kind: 'finished',
    elapsedMs: 20_000,
    journal: JOURNAL,
    file: 'journal.json',
    report,
  });
}

async function open(width = 1_280, colorScheme: 'light' | 'dark' = 'light') {
  const context = await browser.newContext({ viewport: { width, height: 844 }, colorScheme });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(live.url);
  await page.locator('h1').waitFor();
  return { page, complaints, [Symbol.asyncDispose]: () => context.close() };
}

const cards = (page: Page): Promise<readonly string[]> =>
  page.locator('.card').evaluateAll((all) => all.map((each) => each.textContent));

describe('the live page', () => {
  test('shows tasks, numbers, charts, timeline and messages as they come', async () => {
    tell(0, 9);
    await using opened = await open();
    const { page, complaints } = opened;

    expect(await page.locator('[role=status]').textContent()).toBe(
      'RUNNING: following the incident',
    );
    expect((await cards(page))[1]).toMatch(/ill\s*bbbbbbbb\s*checkout-api:1\s*eu-west-1b/);
    expect(await page.locator('.message').count()).toBe(0);

    tell(9, 14);
    await page.locator('.message', { hasText: 'ACTING checkout-api' }).waitFor();
    expect((await cards(page))[1]).toMatch(/stopped\s*bbbbbbbb[\s\S]*stopped by the healer/);
    expect((await cards(page))[4]).toMatch(/eeeeeeee[\s\S]*new, T\+7\.0 s/);
    expect(await page.locator('.told li').first().textContent()).toContain('is STOPPED');
    expect(await page.locator('canvas').count()).toBe(3);
    expect(await page.locator('.fact.bad').allInnerTexts()).toEqual([
      expect.stringContaining('checkout-api-5xx-rate'),
    ]);
    await page.locator('summary', { hasText: 'Requests per second' }).click();
    await page.locator('tr', { hasText: 'T+1.0 s' }).waitFor();
    expect(complaints).toEqual([]);
  });

  test('has drawn what failed', async () => {
    tell(0, 14);
    await using opened = await open();

    const inks = await opened.page
      .locator('canvas')
      .first()
      .evaluate((element) => {
        const canvas = element as HTMLCanvasElement;
        const { data } = canvas
          .getContext('2d')
          ?.getImageData(0, 0, canvas.width, canvas.height) ?? {
          data: [],
        };
        const points = Array.from({ length: data.length / 4 }, (_, index) => index * 4);
        const has = (isSo: (red: number, blue: number) => boolean): boolean =>
          points.some((at) => (data[at + 3] ?? 0) > 200 && isSo(data[at] ?? 0, data[at + 2] ?? 0));
        return [
          has((red, blue) => red > 150 && blue < 80),
          has((red, blue) => blue > 180 && red < 150),
        ];
      });
    expect(inks).toEqual([true, true]);
  });

  test.for([
    [1_280, 'dark'],
    [390, 'light'],
  ] as const)('is read by everybody at %d px, %s', async ([width, scheme]) => {
    tell(0, 14);
    await using opened = await open(width, scheme);
    const { page, complaints } = opened;

    expect(await seriousFindings(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
    expect(complaints).toEqual([]);
  });

  test('becomes the saved report when the drill is over', async () => {
    tell(0, 14);
    await using opened = await open();
    const { page, complaints } = opened;
    await finish();

    await live.close();

    await page.locator('.verdict-PASS').waitFor();
    expect(await page.locator('#scorecard').count()).toBe(1);
    expect(await page.locator('canvas').count()).toBe(0);
    expect(await page.title()).toContain('Drill grey-5xx');
    expect(complaints).toEqual([]);
  });

  test('gives a tab that comes late everything so far', async () => {
    tell(0, 19);
    await using opened = await open();

    expect(await opened.page.locator('.message').count()).toBe(2);
    expect(await opened.page.locator('.told li').count()).toBeGreaterThan(7);
  });

  test('stops the drill, once somebody has said so twice', async () => {
    tell(0, 9);
    await using opened = await open();
    const { page } = opened;
    await page.locator('button', { hasText: 'Stop …' }).click();
    expect(stop).not.toHaveBeenCalled();

    await page.locator('button', { hasText: 'Stop and roll back' }).click();
    await page.locator('[role=status]', { hasText: 'STOPPING' }).waitFor();

    expect(stop).toHaveBeenCalledOnce();
    await live.close();
    await page.locator('[role=status]', { hasText: 'STOPPED: it was cleaned up' }).waitFor();
  });

  test('loads nothing else, and is small', async () => {
    const { html } = await buildLivePage();

    expect(html.length).toBeLessThan(BYTES_MAX);
    expect(html).not.toMatch(/(?:src|href)="(?!data:)/);
  });
});
