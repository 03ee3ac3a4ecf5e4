/** A whole service of AWS that throttles, is slow, breaks or is down, in its own words. */
import type { FaultHandle, Faults } from './faults.ts';

export const SERVICE_FAULTS = ['throttle', 'slow', '500', 'down'] as const;
export type ServiceFault = (typeof SERVICE_FAULTS)[number];

/** How each service says that it is asked too often, and that it broke; a name alone means HTTP 400. */
const SAYS = {
  dynamodb: { throttle: ['ThrottlingException', 400], '500': ['InternalServerError', 500] },
  ecs: { throttle: ['ThrottlingException', 400], '500': ['ServerException', 500] },
  elasticloadbalancing: { throttle: ['Throttling', 400], '500': ['InternalFailure', 500] },
  monitoring: { throttle: ['Throttling', 400], '500': ['InternalServiceFault', 500] },
  logs: { throttle: ['ThrottlingException', 400], '500': ['ServiceUnavailableException', 500] },
  sns: { throttle: ['ThrottledException', 429], '500': ['InternalErrorException', 500] },
  sqs: { throttle: ['RequestThrottled', 403], '500': ['InternalError', 500] },
  ssm: { throttle: ['ThrottlingException', 400], '500': ['InternalServerError', 500] },
} as const satisfies Readonly<
  Record<string, Readonly<Record<'throttle' | '500', readonly [string, number]>>>
>;

/** By SigV4 signing name. */
export type FaultyService = keyof typeof SAYS;
export const FAULTY_SERVICES = Object.keys(SAYS) as readonly FaultyService[];

interface ServiceFaultOptions {
  readonly service: FaultyService;
  readonly how: ServiceFault;
  /** @default - every operation */
  readonly operation?: string;
  /** Access key id; every caller when absent. */
  readonly caller?: string;
  /** What an answer takes longer, when it is slow. @default 1 s */
  readonly delayMs?: number;
}

/** Begins now and lasts until it is cancelled. */
export function breakService(faults: Faults, options: ServiceFaultOptions): FaultHandle {
  const { service, how, operation = '*', caller, delayMs = 1_000 } = options;
  const target = { service, operation, ...(caller === undefined ? {} : { caller }) };
  switch (how) {
    case 'throttle':
    case '500': {
      const [code, status] = SAYS[service][how];
      return faults.inject({ ...target, kind: 'error', code, status, message: how });
    }
    case 'slow':
      return faults.inject({ ...target, kind: 'delay', delayMs });
    case 'down':
      return faults.inject({ ...target, kind: 'down' });
  }
}
