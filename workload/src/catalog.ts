/** The dependency every real route calls. */
export interface Catalog {
  /** Asks the catalog for one path; rejects when it does not answer with success in time. */
  lookUp(path: string, traceId: string): Promise<unknown>;
}

export class CatalogError extends Error {
  override readonly name = 'CatalogError';
}

export function makeCatalog(baseUrl: URL, timeoutMs: number): Catalog {
  return {
    async lookUp(path, traceId) {
      const url = new URL(path.replace(/^\//, ''), `${baseUrl.href.replace(/\/$/, '')}/`);
      const response = await ask(url, traceId, timeoutMs);
      if (!response.ok) throw new CatalogError(`catalog answered ${response.status}`);
      return response.json().catch(() => null);
    },
  };
}

async function ask(url: URL, traceId: string, timeoutMs: number): Promise<Response> {
  try {
    return await fetch(url, {
      headers: { 'x-amzn-trace-id': `Root=${traceId}` },
      signal: AbortSignal.timeout(timeoutMs),
    });
  } catch (cause) {
    const timedOut = cause instanceof Error && cause.name === 'TimeoutError';
    const what = timedOut ? `no answer within ${timeoutMs} ms` : 'connection failed';
    throw new CatalogError(`catalog request failed: ${what}`, { cause });
  }
}
