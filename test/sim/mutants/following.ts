/** Looks that are not planned, and what is told too early, in the wrong order, or never. */
import type { Mutant } from './mutant.ts';

export const FOLLOWING: readonly Mutant[] = [
  {
    name: 're-check-not-scheduled',
    file: 'app/reconcile.ts',
    find: 'recheckAt === undefined ? undefined : scheduleRecheck(deps, request, next, recheckAt),',
    replace: '',
    from: 1,
    within: 50,
  },
  {
    name: 'superseded-check-dropped',
    file: 'app/look-again.ts',
    find: 'recheck.token < incident.token;',
    replace: 'recheck.token < 0;',
    from: 3,
    within: 600,
  },
  {
    name: 'broken-chain-of-looks-not-mended',
    file: 'app/reconcile.ts',
    find: 'await Promise.all([tell(deps, request, lock, []), watch(deps, request, lock, delivery)]);',
    replace: 'await tell(deps, request, lock, []);',
    from: 10,
    within: 300,
  },
  {
    name: 'announced-before-recorded',
    file: 'app/reconcile.ts',
    find: '  const written = await write(deps, request, change, writer);\n',
    replace: `  for (const entry of entries) {
    if (entry.announce) await deps.announcer.publish(entry, signal).catch(() => {});
  }
  const written = await write(deps, request, change, writer);
`,
    from: 1,
    within: 50,
  },
  {
    name: 'cleared-though-not-told',
    file: 'app/announce.ts',
    find: 'if (!(await succeeds(deps, service, what, publish))) return line.slice(0, index);',
    replace: 'await succeeds(deps, service, what, publish); if (index < 0) return [];',
    from: 13,
    within: 300,
  },
  {
    name: 'cleared-though-not-kept',
    file: 'app/announce.ts',
    find: 'const done = kept ? told.flat() : [];',
    replace: 'const done = kept ? told.flat() : told.flat();',
    from: 10,
    within: 300,
  },
  {
    name: 'told-in-the-wrong-order',
    file: 'app/announce.ts',
    find: 'return line.slice(0, line.findLastIndex(due) + 1);',
    replace: 'return line.filter(due);',
    from: 36,
    within: 1_500,
  },
  {
    name: 'nobody-comes-back-to-tell',
    file: 'app/reconcile.ts',
    find: '  await scheduleRecheck(deps, request, lock, later(now, durationMillis(wait)));\n',
    replace: '',
    from: 32,
    within: 600,
  },
  {
    name: 'end-of-a-pause-not-checked',
    file: 'app/pause.ts',
    find: '    checkAfter(deps, asked, { pause, entries }),\n',
    replace: '',
    from: 1,
    within: 300,
  },
];
