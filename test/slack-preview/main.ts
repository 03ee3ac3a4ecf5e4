/** `npm run slack`: what people see in Slack, as a page or as a picture. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Command } from 'commander';
import { botIncident } from './bot-incident.ts';
import { previewPage } from './page.ts';
import { makePreview } from './preview.ts';
import { recoveredIncident } from './samples.ts';
import { screenshot } from './screenshot.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const PAGE = path.join(ROOT, '.drill/slack-preview.html');
const PICTURE = path.join(ROOT, 'docs/images/recovered.png');

interface Out {
  readonly out: string;
}

async function write(out: string, content: string | Buffer): Promise<void> {
  await mkdir(path.dirname(path.resolve(out)), { recursive: true });
  await writeFile(out, content);
  process.stdout.write(`${out}\n`);
}

const program = new Command('slack');
program
  .command('preview')
  .description('Writes one HTML page that shows every message as Slack shows it.')
  .option('--out <file>', 'where to write it', PAGE)
  .action(async ({ out }: Out) => write(out, previewPage(await makePreview())));
program
  .command('screenshot')
  .description('Writes a PNG of a recovered incident: its message and its thread.')
  .option('--out <file>', 'where to write it', PICTURE)
  .action(async ({ out }: Out) => {
    await write(out, await screenshot(await botIncident(recoveredIncident())));
  });
await program.parseAsync();
