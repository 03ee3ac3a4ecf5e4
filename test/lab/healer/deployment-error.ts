/** What AWS would not deploy, or the lab cannot. */
export class DeploymentError extends Error {
  override readonly name = 'DeploymentError';
}
