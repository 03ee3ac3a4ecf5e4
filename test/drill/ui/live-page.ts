/** The live page as one HTML: its script and styles inline, so that it loads nothing else. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { Html, html } from '../report/html.ts';
import { PATTERNS } from '../report/page.ts';
import { STYLE } from '../report/style.ts';
import { LIVE_STYLE } from './live-style.ts';

export interface LivePage {
  readonly html: string;
  /** As a content security policy names the one script that may run. */
  readonly scriptHash: string;
}

export async function buildLivePage(): Promise<LivePage> {
  const [script, chartStyle] = await Promise.all([
    bundlePage(),
    readFile(fileURLToPath(import.meta.resolve('uplot/dist/uPlot.min.css')), 'utf8'),
  ]);
  const digest = createHash('sha256').update(script).digest('base64');
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Drill, live</title>
<link rel="icon" href="data:,">
<style>${new Html(`${STYLE}${chartStyle}${LIVE_STYLE}`)}</style>
</head>
<body class="live">
${PATTERNS}
<main id="live"><noscript>The live page needs scripts; the report at the end does not.</noscript></main>
<script type="module">${new Html(script)}</script>
</body>
</html>
`;
  return { html: page.text, scriptHash: `sha256-${digest}` };
}

async function bundlePage(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [path.join(import.meta.dirname, 'page', 'main.ts')],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    legalComments: 'none',
    write: false,
  });
  const [output] = outputFiles;
  if (output === undefined) throw new Error('esbuild wrote nothing for the live page');
  return output.text;
}
