/** People ask for quiet, end it, look, take an incident, or want one more stop. */
import { isOpen } from '../../functions/core/incident.ts';
import type { Random } from '../bench/world/random.ts';
import { START } from './plan.ts';
import type { Simulation } from './simulation.ts';

const ACTS = [
  'pause',
  'pause-all',
  'resume',
  'resume-all',
  'dry-run',
  'stop-more',
  'acknowledge',
] as const;

type Act = (typeof ACTS)[number];

const MINUTE_MS = 60_000;
const NAMES = ['ana', 'ben', 'cleo'];

export class People {
  readonly #sim: Simulation;
  readonly #random: Random;

  constructor(sim: Simulation, random: Random) {
    this.#sim = sim;
    this.#random = random;
  }

  plan(): void {
    if (this.#random.next() < 0.4) return;
    const count = this.#random.integer(1, 5);
    const minutes = (this.#sim.plan.healAt - START) / MINUTE_MS;
    for (let index = 0; index < count; index += 1) {
      const act = this.#random.pick(ACTS);
      const at = START + this.#random.between(0, minutes) * MINUTE_MS;
      const which = this.#random.next();
      const by = this.#random.pick(NAMES);
      const span = this.#random.integer(1, 12);
      this.#sim.agenda.at(at, () => this.#ask(act, which, by, span));
    }
  }

  #ask(act: Act, which: number, by: string, span: number): void {
    const { sites, queue, table, agenda } = this.#sim;
    const serviceId = sites[Math.floor(which * sites.length)]?.service.id ?? '';
    const { incident } = table.lock(serviceId);
    const send = (body: object): void => queue.send(JSON.stringify(body));
    const pause = { kind: 'pause', by, why: 'sim', for: `PT${span}M` };
    const until = new Date(agenda.now() + span * MINUTE_MS).toISOString();
    const manual = { kind: 'manual', serviceId, requestedBy: by, reason: 'sim' };
    switch (act) {
      case 'pause':
        send({ ...pause, serviceId });
        break;
      case 'pause-all':
        send({ kind: 'pause', by, why: 'sim', until, all: true });
        break;
      case 'resume':
        send({ kind: 'resume', by, serviceId });
        break;
      case 'resume-all':
        send({ kind: 'resume', by, all: true });
        break;
      case 'dry-run':
        send({ ...manual, dryRun: true });
        break;
      case 'stop-more':
        send({ ...manual, ...(isOpen(incident) ? { incidentId: incident.id } : {}) });
        break;
      case 'acknowledge':
        if (incident !== undefined) {
          send({ kind: 'acknowledge', serviceId, incidentId: incident.id, by });
        }
    }
  }
}
