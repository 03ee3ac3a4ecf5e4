/** What the AWS SDK carries for other places than Lambda, left out of the bundles. */
import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { OnLoadArgs, Plugin } from 'esbuild';

const ADAPTERS = path.resolve(import.meta.dirname, '../functions/adapters');

interface Replacement {
  /** Of the module's file. */
  readonly filter: RegExp;
  readonly contents: string;
}

const NEVER = '() => { throw new Error("left out of the bundle: infra/lean-sdk.ts"); }';

/**
 * Each stands for a way that a Lambda function never goes. What is asked of one nevertheless throws, and says
 * where to look.
 */
const REPLACEMENTS: readonly Replacement[] = [
  {
    // Lambda gives a function its credentials in the environment; SSO, INI files, processes and EC2 are for others.
    filter: /@aws-sdk\/credential-provider-node\/dist-es\/index\.js$/,
    contents: 'export { fromEnv as defaultProvider } from "@aws-sdk/credential-provider-env";',
  },
  {
    // Nobody's ~/.aws: without this the first calls look for it on disk.
    filter: /shared-ini-file-loader\/loadSharedConfigFiles\.js$/,
    contents: `
      export const CONFIG_PREFIX_SEPARATOR = ".";
      export const loadSharedConfigFiles = async () => ({ configFile: {}, credentialsFile: {} });`,
  },
  {
    // Of CloudWatch Logs' live tail and ECS's sessions; nothing here streams events.
    filter: /@smithy\/core\/dist-es\/submodules\/event-streams\/index\.js$/,
    contents: `
      const never = ${NEVER};
      export const eventStreamSerdeProvider = () => never;
      export const resolveEventStreamSerdeConfig = (config) => config;
      export class EventStreamSerde { constructor() { never(); } }`,
  },
  {
    // Node has both built in.
    filter: /@smithy\/core\/dist-es\/submodules\/checksum\/sha256\/Sha256Js\.js$/,
    contents: `export const Sha256Js = ${NEVER};`,
  },
  {
    filter: /@smithy\/core\/dist-es\/submodules\/checksum\/md5\/Md5Js\.js$/,
    contents: `export const Md5Js = ${NEVER};`,
  },
  {
    // DynamoDB answers at one address for years; only a variable that nobody sets turns the discovery on.
    filter: /@aws-sdk\/endpoint-cache\/dist-es\/index\.js$/,
    contents: 'export class EndpointCache { get() {} set() {} has() { return false; } }',
  },
];

/** Leaves out of the SDK what no function uses. */
export const leanSdk: Plugin = {
  name: 'lean-sdk',
  setup({ onLoad }) {
    for (const { filter, contents } of REPLACEMENTS) {
      onLoad({ filter }, ({ path: file }) => ({ contents, resolveDir: path.dirname(file) }));
    }
    onLoad({ filter: /@(aws-sdk|smithy)\/[^/]+\/package\.json$/ }, versionOnly);
    const asked = readAskedErrors();
    onLoad({ filter: /@aws-sdk\/client-[^/]+\/dist-es\/schemas\/schemas_0\.js$/ }, (args) =>
      leanSchemas(args, asked),
    );
  },
};

/** A client tells its version to AWS; of its dependencies and scripts nobody asks. */
async function versionOnly({ path: file }: OnLoadArgs) {
  const { name, version } = JSON.parse(await readFile(file, 'utf8'));
  return { contents: JSON.stringify({ name, version }), loader: 'json' as const };
}

const REGISTRATION = /^n\d+_registry\.registerError\(\w+\$, (\w+)\);$/gm;
const NAME = /^const (_\w+) = ("[^"]*");$/gm;
const COMPUTED_KEY = /\[(_\w+)\]:/g;

/**
 * A client knows a class for each error of its service, of all operations; SSM alone has 150. Those that no adapter
 * asks for are left to the service's base error, which has the same name, message and status. Only services of the
 * query protocol name their errors otherwise on the wire: there the class is kept for its name.
 */
async function leanSchemas({ path: file }: OnLoadArgs, asked: AskedErrors) {
  const text = await readFile(file, 'utf8');
  const names = new Map([...text.matchAll(NAME)].map(([, name, value]) => [name, value]));
  const kept = /"awsQueryError"/.test(text) ? asked.named : asked.caught;
  const contents = text
    .replaceAll(REGISTRATION, (line, error: string) => (kept.has(error) ? line : ''))
    // A computed key may have a side effect, so esbuild keeps each schema that has one, used or not.
    .replaceAll(COMPUTED_KEY, (key, name: string) => `${names.get(name) ?? key}:`);
  return { contents, resolveDir: path.dirname(file) };
}

interface AskedErrors {
  /** Every word of the adapters. */
  readonly named: ReadonlySet<string>;
  /** By `instanceof`. */
  readonly caught: ReadonlySet<string>;
}

function readAskedErrors(): AskedErrors {
  const files = readdirSync(ADAPTERS, { recursive: true, encoding: 'utf8' });
  const text = files
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(path.join(ADAPTERS, file), 'utf8'))
    .join('\n');
  const caught = [...text.matchAll(/instanceof (\w+)/g)].map(([, name = '']) => name);
  return { named: new Set(text.match(/\w+/g)), caught: new Set(caught) };
}
