/** The preview in a real browser, on a desktop and on a phone. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AXE, openChromium } from './browser/chromium.ts';
import { botIncident } from './slack-preview/bot-incident.ts';
import { previewPage } from './slack-preview/page.ts';
import { makePreview, type Preview } from './slack-preview/preview.ts';
import { recoveredIncident } from './slack-preview/samples.ts';
import { screenshot, screenshotPage } from './slack-preview/screenshot.ts';

let browser: Browser;
let preview: Preview;

beforeAll(async () => {
  [browser, preview] = await Promise.all([openChromium(), makePreview()]);
});
afterAll(() => browser.close());

test.each([1_100, 390])('shows every message at %i px, for everybody', async (width) => {
  const page = await browser.newPage({ viewport: { width, height: 800 } });
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.setContent(previewPage(preview));
  const shot = process.env['SCREENSHOTS'];
  if (shot !== undefined)
    await page.screenshot({ path: `${shot}/slack-${width}.png`, fullPage: true });

  const shown = [];
  for (const part of ['message', 'incident', 'notification']) {
    shown.push(await page.locator(`section[data-${part}]`).count());
  }
  const wide = await page.evaluate<number>('document.documentElement.scrollWidth');
  await page.evaluate(AXE);
  const findings = await page.evaluate<string[]>(
    `axe.run().then(({ violations }) => violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => id + ' ' + nodes[0].html))`,
  );

  expect(complaints).toEqual([]);
  const { samples, incidents, notifications } = preview;
  expect(shown).toEqual([samples.length, incidents.length, notifications.length]);
  expect(wide).toBeLessThanOrEqual(width);
  expect(findings).toEqual([]);
  await page.close();
});

test('the picture shows the recovered message and its thread, and is small', async () => {
  const incident = await botIncident(recoveredIncident());
  const page = await browser.newPage();
  await page.setContent(screenshotPage(incident));

  const [channel = '', thread = ''] = await page.locator('section').allInnerTexts();
  const picture = await screenshot(incident);

  expect(channel).toMatch(/RECOVERED.*checkout-api \(prod\) in 2 min 14 s.*2 replies/s);
  expect(thread).toMatch(/ACTING.*connection pool exhausted.*RECOVERED/s);
  expect(picture.subarray(1, 4).toString()).toBe('PNG');
  expect(picture.length).toBeLessThan(120_000);
  await page.close();
});
