/** `npm run slack -- preview`: every message of the set on one page. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Command } from 'commander';
import { previewPage } from './page.ts';
import { samples } from './samples.ts';

const FILE = path.resolve(import.meta.dirname, '../../.drill/slack-preview.html');

const program = new Command('slack');
program
  .command('preview')
  .description('Writes one HTML page that shows every message as Slack shows it.')
  .option('--out <file>', 'where to write it', FILE)
  .action(async ({ out }: { readonly out: string }) => {
    await mkdir(path.dirname(path.resolve(out)), { recursive: true });
    await writeFile(out, previewPage(samples()));
    process.stdout.write(`${out}\n`);
  });
await program.parseAsync();
