/** The line that the healer logs once per decision. */

export interface Decided {
  /** The same for decisions that say the same. */
  readonly key: string;
  readonly words: string;
}

export function readDecision(line: string): Decided | undefined {
  if (!line.includes('"message":"decided"')) return undefined;
  const { guarded, verdict, reason, detail } = JSON.parse(line) as Readonly<
    Record<string, string | undefined>
  >;
  const why = reason === undefined ? '' : ` (${reason})`;
  const service = String(guarded).split('/').at(-1);
  return {
    key: `${guarded} ${verdict} ${reason}`,
    words: `${verdict}${why}, ${service}: ${detail}`,
  };
}
