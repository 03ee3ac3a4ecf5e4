/** `npm run drill -- report FILE`: the report of a drill that was run, made again from its journal. */
import { Command } from 'commander';
import { EXIT, type Exit } from '../exit.ts';
import { reportBeside, writeReport } from './page.ts';
import { JournalError, readControl, readJournal } from './read-journal.ts';

interface ReportFlags {
  readonly out?: string;
  readonly control?: string;
}

/** @param end - takes how it ended. */
export function makeReportCommand(end: (exit: Exit) => void): Command {
  return new Command('report')
    .description('writes one HTML file of a drill, from its journal alone')
    .argument('<journal>', 'journal.json of the drill')
    .option('-o, --out <file>', 'where to; report.html beside the journal if none is given')
    .option('--control <file>', 'journal.json of the same drill with --no-healer, to compare with')
    .allowExcessArguments(false)
    .exitOverride()
    .action(async (file: string, flags: ReportFlags) => end(await report(file, flags)));
}

async function report(
  file: string,
  { out = reportBeside(file), control }: ReportFlags,
): Promise<Exit> {
  try {
    const journal = readJournal(file);
    const other = control === undefined ? undefined : readControl(control, journal);
    await writeReport(out, journal, other);
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
