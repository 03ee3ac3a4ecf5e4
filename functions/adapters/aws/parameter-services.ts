import type { SSMProvider } from '@aws-lambda-powertools/parameters/ssm';
import { HealerError } from '../../core/errors.ts';
import { type GuardedService, parseGuardedServices } from '../../core/guarded-service.ts';
import type { GuardedServices } from '../../ports/guarded-services.ts';
import { calling } from './errors.ts';

/** A change of configuration is seen after this long at the latest. */
const MAX_AGE_SECONDS = 300;

/**
 * Reads the guarded services from the parameters below one path, each a JSON list of services.
 *
 * A path of parameters holds hundreds of services, where a function's environment ends at 4 kB.
 */
export function parameterServices(provider: SSMProvider, path: string): GuardedServices {
  let known: { readonly text: string; readonly services: readonly GuardedService[] } | undefined;
  // A list that could not be read to its end may be in the middle of a deployment: it is not kept.
  let forceFetch = false;
  return {
    async all() {
      const options = {
        maxAge: MAX_AGE_SECONDS,
        forceFetch,
        recursive: true,
        throwOnTransformError: true,
      };
      forceFetch = true;
      const found = await calling('ssm:GetParametersByPath', () =>
        provider.getMultiple(path, options),
      );
      const values = Object.entries(found ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
      if (values.length === 0) {
        throw new HealerError(
          'config.invalid',
          `parameters below ${path}: got none, wanted one or more`,
        );
      }
      const text = JSON.stringify(values);
      if (known?.text !== text) {
        const lists = values.flatMap(([name, value]) => parseList(`${path}/${name}`, value));
        known = { text, services: parseGuardedServices(withoutDuplicates(lists)) };
      }
      forceFetch = false;
      return known.services;
    },
  };
}

/** While a deployment moves a service from one parameter to another, it stands in both. */
function withoutDuplicates(lists: readonly unknown[]): readonly unknown[] {
  return [...new Map(lists.map((entry) => [JSON.stringify(entry), entry])).values()];
}

function parseList(name: string, value: unknown): readonly unknown[] {
  try {
    const list: unknown = JSON.parse(String(value));
    return Array.isArray(list) ? list : [list];
  } catch (error) {
    throw new HealerError('config.invalid', `parameter ${name}: wanted a JSON list of services`, {
      cause: error,
    });
  }
}
