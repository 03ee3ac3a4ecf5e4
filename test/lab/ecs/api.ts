/** The ECS operations a healer, a drill and an engineer use, over the simulated control plane. */
import * as schemas from '@aws-sdk/client-ecs';
import type { AwsService } from '../gateway/operation.ts';
import type { EcsControlPlane } from './control-plane.ts';
import { makeServiceOperations } from './service-operations.ts';
import { makeTaskOperations } from './task-operations.ts';
import { makeTaskProtectionOperations } from './task-protection-operations.ts';

export function makeEcsApi(plane: EcsControlPlane): AwsService {
  return {
    signingName: 'ecs',
    schemas,
    operations: {
      ...makeTaskOperations(plane),
      ...makeServiceOperations(plane),
      ...makeTaskProtectionOperations(plane),
    },
  };
}
