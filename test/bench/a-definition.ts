/** A definition with nothing in it but what a test gives. */
import type { Definition } from '../drill/definition.ts';

export function aDefinition(overrides: Partial<Definition> = {}): Definition {
  return {
    name: 'a-scenario',
    title: 'A scenario',
    description: 'Made for a test.',
    hypothesis: 'It is healed.',
    method: [
      {
        name: 'make one task grey',
        do: 'fault',
        on: { tasks: [2] },
        fault: { kind: 'grey', errorShare: 0.8 },
      },
    ],
    until: 'recovered',
    rollbacks: [],
    tolerances: [],
    timeLimit: 900,
    ...overrides,
  };
}
