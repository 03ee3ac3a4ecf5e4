/**
 * The bill of materials of what is deployed.
 *
 * `npm sbom --omit=dev` leaves out every package that a development dependency needs as well, such as half of
 * the SDK; the lockfile knows which are needed for development alone.
 */

/** What CycloneDX and npm agree on, as far as it matters here. */
export interface Bom {
  readonly components?: readonly Component[];
  readonly dependencies?: readonly Dependency[];
}

interface Component {
  readonly 'bom-ref': string;
}

interface Dependency {
  readonly ref: string;
  readonly dependsOn?: readonly string[];
}

export interface Lock {
  readonly packages?: Readonly<Record<string, Locked>>;
}

interface Locked {
  readonly version?: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
}

/** @throws when either is none. */
export function withoutDevelopment(bom: Bom, { packages }: Lock): Bom {
  const { components, dependencies = [] } = bom;
  if (components === undefined) throw new Error('sbom: got no components, wanted CycloneDX of npm');
  if (packages === undefined)
    throw new Error('lockfile: got no packages, wanted lockfileVersion 3');
  const deployed = new Set(
    Object.entries(packages)
      .filter(([place, locked]) => place !== '' && isDeployed(locked))
      .map(([place, { version }]) => `${place.replace(/^.*node_modules\//, '')}@${version}`),
  );
  const kept = components.filter((component) => deployed.has(component['bom-ref']));
  const gone = new Set(
    components.filter((each) => !kept.includes(each)).map((each) => each['bom-ref']),
  );
  return {
    ...bom,
    components: kept,
    dependencies: dependencies
      .filter(({ ref }) => !gone.has(ref))
      .map(({ dependsOn = [], ...rest }) => ({
        ...rest,
        dependsOn: dependsOn.filter((ref) => !gone.has(ref)),
      })),
  };
}

function isDeployed({ dev = false, devOptional = false }: Locked): boolean {
  return !dev && !devOptional;
}
