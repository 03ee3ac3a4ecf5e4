/** Every way in. */
import type { Door } from './door.ts';
import { DRILL } from './door-drill.ts';
import { FILES } from './door-files.ts';
import { NOTIFY } from './door-notify.ts';
import { REMEDIATE } from './door-remediate.ts';
import { RESPOND } from './door-respond.ts';

export const DOORS: readonly Door[] = [REMEDIATE, NOTIFY, RESPOND, DRILL, FILES];
