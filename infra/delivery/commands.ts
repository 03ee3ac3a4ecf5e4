/** The shell commands of a delivery, for the pipeline and the workflows alike. */
import { APP_STACK, OUTPUTS_FILE, RELEASE_FOLDER } from './names.ts';

const SCANNER =
  'ghcr.io/gitleaks/gitleaks:v8.30.0' +
  '@sha256:691af3c7c5a48b16f187ce3446d5f194838f91238f27270ed36eef6359a574d9';

/** Over all commits: a secret that a later one took out again is known all the same. */
export const SCAN = `docker run --rm -v "$PWD:/repo:ro" ${SCANNER} git /repo --redact --no-banner`;

/** Bills of materials, of the functions and of the image. */
export const SBOMS = ['sbom.json', 'sbom-workload.json'] as const;

/** What needs the packages, and stops the delivery. */
export const GATES = [
  'npm run types',
  'npm run lint',
  'npm run dead',
  'npm test',
  'npm audit --omit=dev --audit-level=high',
  'npm audit --omit=dev --audit-level=high --prefix workload',
  'node infra/delivery/main.ts sbom > sbom.json',
  'node infra/delivery/main.ts sbom --of workload > sbom-workload.json',
  'npm run synth',
] as const;

/** Pushes the image of the commit, unless it is there; prints its name. */
export const PUSH = 'bash infra/delivery/push-image.sh';

/** Only the app: a pipeline that changes itself while it runs would stop half way. */
export const DEPLOY = [
  `npx cdk deploy ${APP_STACK} --exclusively --require-approval never`,
  `--context image="$IMAGE" --outputs-file ${OUTPUTS_FILE}`,
].join(' ');

export const REPOSITORY = 'node infra/delivery/main.ts repository';
export const RELEASE = `node infra/delivery/main.ts release --outputs ${OUTPUTS_FILE}`;
export const WRITE_RELEASE = [
  `node infra/delivery/main.ts files --outputs ${OUTPUTS_FILE}`,
  `--folder ${RELEASE_FOLDER}`,
].join(' ');
