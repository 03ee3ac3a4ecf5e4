/** `npm run drill -- report FILE`: the report of a drill that was run, made again from its journal. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Command, Option } from 'commander';
import { EXIT, type Exit } from '../exit.ts';
import type { Journal } from '../journal.ts';
import { renderJunit } from './junit.ts';
import { renderMarkdown } from './markdown.ts';
import { renderReport } from './page.ts';
import { JournalError, readControl, readJournal } from './read-journal.ts';
import { readRunsBeside } from './trend.ts';

const FILES = { html: 'report.html', markdown: 'report.md', junit: 'report.xml' } as const;
type Format = keyof typeof FILES;

interface ReportFlags {
  readonly format: Format;
  readonly out?: string;
  readonly control?: string;
}

/** @param end - takes how it ended. */
export function makeReportCommand(end: (exit: Exit) => void): Command {
  const beside = Object.values(FILES).join(', ');
  return new Command('report')
    .description('writes the report of a drill, from its journal alone')
    .argument('<journal>', 'journal.json of the drill')
    .addOption(
      new Option('-f, --format <format>', 'html for people, markdown for a comment, junit for CI')
        .choices(Object.keys(FILES))
        .default('html'),
    )
    .option('-o, --out <file>', `where to; ${beside} beside the journal if none is given`)
    .option('--control <file>', 'journal.json of the same drill with --no-healer, to compare with')
    .allowExcessArguments(false)
    .exitOverride()
    .action(async (file: string, flags: ReportFlags) => end(await report(file, flags)));
}

async function report(file: string, flags: ReportFlags): Promise<Exit> {
  const { format, control, out = path.join(path.dirname(file), FILES[format]) } = flags;
  try {
    const journal = readJournal(file);
    const other = control === undefined ? undefined : readControl(control, journal);
    await writeFile(out, render(format, file, journal, other));
  } catch (error) {
    if (error instanceof JournalError) {
      process.stderr.write(`error: ${error.message}\n`);
      return EXIT.badInput;
    }
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    process.stderr.write(`error: --out: got ${out} (${code}), wanted a file that can be written\n`);
    return EXIT.badInput;
  }
  process.stdout.write(`report: ${out}\n`);
  return EXIT.held;
}

function render(format: Format, file: string, journal: Journal, control?: Journal): string {
  switch (format) {
    case 'html': {
      const runs = readRunsBeside(file, journal);
      return renderReport(journal, { runs, ...(control && { control }) });
    }
    case 'markdown':
      return renderMarkdown(journal);
    case 'junit':
      return renderJunit(journal);
  }
}
