/** A drill on a live page, from its first event to its report. */
import { readFile } from 'node:fs/promises';
import type { Progress } from '../progress.ts';
import { verdictOf } from '../result-table.ts';
import { LiveModel } from './live-model.ts';
import { buildLivePage } from './live-page.ts';
import { startLiveServer } from './live-server.ts';
import type { Over } from './view.ts';

export interface LiveUi {
  /** With its token: whoever has it may look, and stop the drill. */
  readonly url: string;
  show(progress: Progress): void;
  /** The tabs show the report, if the drill came to one; then nothing of the page is left. */
  close(): Promise<void>;
}

const NO_REPORT: Over = {
  word: 'STOPPED',
  why: 'it was cleaned up, and there is no report; the terminal has the rest',
};

/** @param stop - called when somebody asks for the end on the page. */
export async function openLiveUi(name: string, stop: () => void): Promise<LiveUi> {
  const model = new LiveModel(name);
  const server = await startLiveServer({
    page: await buildLivePage(),
    view: () => model.view(),
    stop: () => {
      model.stopping();
      server.changed();
      stop();
    },
  });
  let finished: Extract<Progress, { readonly kind: 'finished' }> | undefined;
  return {
    url: server.url,
    show: (progress) => {
      if (progress.kind === 'finished') finished = progress;
      model.show(progress);
      server.changed();
    },
    close: async () => {
      if (finished?.report === undefined) return server.close(NO_REPORT);
      const report = await readFile(finished.report, 'utf8');
      await server.close({ ...verdictOf(finished.journal), report });
    },
  };
}
