/** The preview in a real browser, on a desktop and on a phone. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AXE, openChromium } from './browser/chromium.ts';
import { previewPage } from './slack-preview/page.ts';
import { samples } from './slack-preview/samples.ts';

let browser: Browser;

beforeAll(async () => {
  browser = await openChromium();
});
afterAll(() => browser.close());

test.each([1_280, 390])('shows every message at %i px, for everybody', async (width) => {
  const page = await browser.newPage({ viewport: { width, height: 800 } });
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.setContent(previewPage(samples()));
  const shot = process.env['SCREENSHOTS'];
  if (shot !== undefined) await page.screenshot({ path: `${shot}/slack-${width}.png` });

  const shown = await page.locator('section[data-message]').count();
  const wide = await page.evaluate<number>('document.documentElement.scrollWidth');
  await page.evaluate(AXE);
  const findings = await page.evaluate<string[]>(
    `axe.run().then(({ violations }) => violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => id + ' ' + nodes[0].html))`,
  );

  expect(complaints).toEqual([]);
  expect(shown).toBe(samples().length);
  expect(wide).toBeLessThanOrEqual(width);
  expect(findings).toEqual([]);
  await page.close();
});
