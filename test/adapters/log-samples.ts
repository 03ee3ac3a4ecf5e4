/** Lines as well-known loggers write them, each of a request that failed. */

const pinoHttp = JSON.stringify({
  level: 50,
  time: 1795428221516,
  pid: 1,
  hostname: 'ip-10-0-2-45.eu-west-1.compute.internal',
  req: { id: 7, method: 'POST', url: '/checkout', remoteAddress: '::ffff:10.0.0.9' },
  res: { statusCode: 503, headers: { 'content-type': 'application/json; charset=utf-8' } },
  err: { type: 'PoolError', message: 'pool exhausted', stack: 'PoolError: pool exhausted\n    at' },
  responseTime: 1204,
  msg: 'request errored',
});

const winston = JSON.stringify({
  level: 'error',
  message: 'POST /checkout failed',
  statusCode: 502,
  durationMs: '231ms',
  service: 'checkout-api',
  timestamp: '2026-11-20T10:03:41.516Z',
  error: { message: 'upstream reset', stack: 'Error: upstream reset\n    at' },
});

const powertools = JSON.stringify({
  level: 'ERROR',
  message: 'checkout failed',
  sampling_rate: 0,
  service: 'checkout-api',
  timestamp: '2026-11-20T10:03:41.516Z',
  xray_trace_id: '1-691ee9bd-4f3c2a1b0d9e8f7a6b5c4d3e',
  status: 500,
  duration_ms: 88.5,
  error: { name: 'TypeError', location: 'file:///app/main.js:10', message: 'x is undefined' },
});

const structlog = JSON.stringify({
  event: 'request_finished',
  request_id: '4f0c3a6e',
  status_code: 500,
  elapsed_ms: 12.75,
  level: 'error',
  logger: 'app.http',
  timestamp: '2026-11-20T10:03:41.516Z',
  exception:
    'Traceback (most recent call last):\n  File "/app/db.py", line 3\nOperationalError: no pool\n',
});

const slog = JSON.stringify({
  time: '2026-11-20T10:03:41.516201Z',
  level: 'ERROR+2',
  msg: 'request',
  http: { method: 'GET', status_code: 504 },
  latency_ms: 5001,
  trace: { id: '0af7651916cd43dd8448eb211c80319c' },
  err: 'context deadline exceeded',
});

const datadog = JSON.stringify({
  level: 'fatal',
  status: 'error',
  'http.status_code': '500',
  message: 'unhandled',
  'dd.trace_id': '6943245372134612345',
});

/** Name, line, and what it says: status, milliseconds, trace, level and message. */
export const SAMPLES = [
  ['pino-http', pinoHttp, 503, 1204, undefined, 'error', 'request errored: pool exhausted'],
  ['winston', winston, 502, 231, undefined, 'error', 'POST /checkout failed: upstream reset'],
  [
    'Powertools',
    powertools,
    500,
    88.5,
    '1-691ee9bd-4f3c2a1b0d9e8f7a6b5c4d3e',
    'error',
    'checkout failed: x is undefined',
  ],
  [
    'structlog',
    structlog,
    500,
    12.75,
    undefined,
    'error',
    'request_finished: OperationalError: no pool',
  ],
  [
    'slog',
    slog,
    504,
    5001,
    '0af7651916cd43dd8448eb211c80319c',
    'error+2',
    'request: context deadline exceeded',
  ],
  ['flat keys', datadog, 500, undefined, '6943245372134612345', 'fatal', 'unhandled'],
] as const;
