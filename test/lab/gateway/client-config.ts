/**
 * How an SDK client inside the lab is pointed at the gateway.
 */

/** Settings for any SDK v3 client; `caller` is the access key id its calls are recorded under. */
export function clientConfig(url: string, region: string, caller: string) {
  return {
    endpoint: url,
    region,
    credentials: { accessKeyId: caller, secretAccessKey: 'lab' },
  };
}
