/** A real browser for pages that people look at, and what judges whether everybody can read them. */
import { existsSync } from 'node:fs';
import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';

const USUAL = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** What a browser asks others of its own accord. */
const QUIET = ['background-networking', 'component-update', 'sync'].map((it) => `--disable-${it}`);

/** Evaluated in a page, it gives the page `axe`. */
export const AXE: string = axe.source;

/** @throws when there is none, with the variable that names one. */
export async function openChromium(): Promise<Browser> {
  const named = process.env['CHROMIUM_PATH'];
  const executablePath = [...(named === undefined ? [] : [named]), ...USUAL].find(existsSync);
  if (executablePath === undefined) {
    const got = named ?? 'nothing';
    throw new Error(
      `CHROMIUM_PATH: got ${got}, wanted Chromium's path, or one at ${USUAL.join(', ')}`,
    );
  }
  return chromium.launch({ executablePath, args: ['--no-sandbox', ...QUIET] });
}

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** What would keep somebody from reading the page, with the first place of each. */
export async function seriousFindings(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE);
  const violations = await page.evaluate<readonly Violation[]>(
    'axe.run().then(({ violations }) => violations)',
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}
