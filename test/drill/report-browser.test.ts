/** The report in a real browser, as people open it: from a file, wide or on a phone, light or dark. */
import { mkdtempDisposableSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openChromium, seriousFindings } from '../browser/chromium.ts';
import { aRecordedJournal } from './a-recorded-journal.ts';
import { writeReport } from './report/page.ts';

const BYTES_MAX = 1_000_000;
interface Look {
  readonly width: number;
  readonly scheme: 'light' | 'dark';
  readonly scripts?: boolean;
}

let browser: Browser;
const folder = mkdtempDisposableSync(path.join(tmpdir(), 'report-'));
const file = path.join(folder.path, 'report.html');

beforeAll(async () => {
  const control = { ...aRecordedJournal(), healer: false };
  await writeReport(file, aRecordedJournal(), { control });
  browser = await openChromium();
});

afterAll(async () => {
  await browser.close();
  folder.remove();
});

/** Opens the report; what the browser complains of is collected. */
async function open({ width, scheme, scripts = true }: Look) {
  const context = await browser.newContext({
    viewport: { width, height: 800 },
    colorScheme: scheme,
    javaScriptEnabled: scripts,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(pathToFileURL(file).href);
  return { page, complaints, requests, [Symbol.asyncDispose]: () => context.close() };
}

const overflow = (page: Page): Promise<number> =>
  page.evaluate('document.documentElement.scrollWidth - window.innerWidth');

describe('the report in a browser', () => {
  test.for<Look>([
    { width: 1200, scheme: 'light' },
    { width: 1200, scheme: 'dark' },
    { width: 390, scheme: 'light' },
    { width: 390, scheme: 'dark' },
  ])('is read by everybody at %o', async (look) => {
    await using opened = await open(look);
    const { page, complaints, requests } = opened;
    await page.evaluate(
      "for (const each of document.querySelectorAll('details')) each.open = true",
    );

    expect(await seriousFindings(page)).toEqual([]);
    expect(await overflow(page)).toBe(0);
    expect(complaints).toEqual([]);
    expect(requests).toEqual([pathToFileURL(file).href]);
  });

  test('needs no scripts, has a language, and is small', async () => {
    await using opened = await open({ width: 390, scheme: 'light', scripts: false });
    const { page } = opened;

    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    expect(await page.locator('.verdict').textContent()).toMatch(/PASS: every limit holds/);
    expect(await page.locator('figure').count()).toBe(5);
    expect(await page.locator('script').count()).toBe(0);
    const summary = page.locator('summary', { hasText: 'Numbers of: Requests per second' }).first();
    await summary.click();
    expect(await page.locator('details[open] tbody tr').count()).toBe(20);
    expect(statSync(file).size).toBeLessThan(BYTES_MAX);
  });

  test('has its charts on one time axis', async () => {
    await using opened = await open({ width: 390, scheme: 'light' });

    const edges = await opened.page
      .locator('.plot > svg')
      .evaluateAll((all) => all.map((each) => each.getBoundingClientRect().toJSON()));
    expect(new Set(edges.map(({ left, right }) => `${left} ${right}`)).size).toBe(1);
  });

  test('is white paper in print, without what cannot be opened there', async () => {
    await using opened = await open({ width: 800, scheme: 'dark' });
    const { page } = opened;
    await page.emulateMedia({ media: 'print' });

    const color = await page.evaluate('getComputedStyle(document.body).backgroundColor');
    expect(color).toBe('rgb(255, 255, 255)');
    expect(await page.locator('details').first().isVisible()).toBe(false);
  });
});
