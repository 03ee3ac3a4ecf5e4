/** The service that the workload calls on every real request; it can be taken down for everybody at once. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export class Dependency {
  isDown = false;
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((_request, response) => {
      response.statusCode = this.isDown ? 503 : 200;
      response.setHeader('content-type', 'application/json');
      response.end(this.isDown ? '{"error":"down"}' : '{"price":1}');
    });
  }

  static async start(): Promise<Dependency> {
    const dependency = new Dependency();
    dependency.#server.listen(0, '127.0.0.1');
    await once(dependency.#server, 'listening');
    return dependency;
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
