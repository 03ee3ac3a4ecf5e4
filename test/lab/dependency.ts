/** The service that the workload calls on every real request; it can be taken down for everybody at once. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

const SLOW_MS = 1_500;

export class Dependency {
  isDown = false;
  readonly #server: Server;
  #delayMs = 0;

  private constructor() {
    this.#server = createServer((_request, response) => {
      const answer = (): void => {
        response.statusCode = this.isDown ? 503 : 200;
        response.setHeader('content-type', 'application/json');
        response.end(this.isDown ? '{"error":"down"}' : '{"price":1}');
      };
      if (this.#delayMs === 0) return answer();
      const later = setTimeout(answer, this.#delayMs);
      response.once('close', () => clearTimeout(later));
    });
  }

  static async start(): Promise<Dependency> {
    const dependency = new Dependency();
    dependency.#server.listen(0, '127.0.0.1');
    await once(dependency.#server, 'listening');
    return dependency;
  }

  /** `slow` answers, but so many of the machine's own milliseconds late. */
  set(state: 'down' | 'up' | 'slow', ms = SLOW_MS): void {
    this.isDown = state === 'down';
    this.#delayMs = state === 'slow' ? ms : 0;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}
