/** What the doctor finds. */
import { type Deployment, SECRET } from './heal-world.ts';

/** Told everything; later options win. */
export function examination({ inbox }: Deployment): readonly string[] {
  return [
    ...['doctor', '--inbox', inbox.url, '--slack-secret', SECRET],
    ...['--function', 'remediate', '--try'],
  ];
}

/** Its findings, as `<check>: <finding>`, and what it says of one check. */
export async function diagnose(healer: Deployment, ...options: readonly string[]) {
  return readFindings(await healer.heal([...examination(healer), '--json', ...options]));
}

export function readFindings({ code, facts }: Awaited<ReturnType<Deployment['heal']>>) {
  const of = (check: string, finding: string): string =>
    facts
      .filter((fact) => fact['check'] === check && fact['finding'] === finding)
      .map((fact) => `${String(fact['detail'])} → ${String(fact['mend'])}`)
      .join('\n');
  return { code, of, found: facts.map((fact) => [fact['check'], fact['finding']].join(': ')) };
}
