/**
 * Runs one handler against the Runtime API as AWS's Node.js 24 runtime client does; started once
 * per environment.
 *
 * It installs no handler for uncaught errors on purpose: the real one has none either, so an
 * unhandled rejection ends the process, and the platform reports `Runtime.ExitError`.
 */
import { statSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { format } from 'node:util';

const CALLBACK_REFUSED =
  'ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. ' +
  'You need to modify this function to use a supported handler signature to use Node.js 24 or later. ' +
  'For more information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.';

/** One connection, kept alive, as the real client: requests are never in flight twice. */
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const [hostname, port] = String(process.env.AWS_LAMBDA_RUNTIME_API).split(':');

let currentRequestId = '-';

function runtimeError(name, message) {
  const error = new Error(message);
  error.name = name;
  return error;
}

function call(method, route, body, headers = {}) {
  return new Promise((resolve, reject) => {
    const options = { hostname, port, method, agent, path: `/2018-06-01/runtime${route}`, headers };
    const sent = request(options, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('error', reject);
      response.on('end', () => resolve({ headers: response.headers, body: text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

function isJsonObject(text) {
  if (!text.startsWith('{')) return false;
  try {
    return typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
}

function writeLine(level, message, params) {
  // Structured lines pass as they are: the prefix would hide them from whoever parses the log.
  if (params.length === 0 && typeof message === 'string' && isJsonObject(message)) {
    process.stdout.write(`${message.replaceAll('\n', '\r')}\n`);
    return;
  }
  const fields = [new Date().toISOString(), currentRequestId, level, format(message, ...params)];
  // A line feed would split the entry into two; the reader of the pipe turns it back.
  process.stdout.write(`${fields.join('\t').replaceAll('\n', '\r')}\n`);
}

function patchConsole() {
  const levels = { trace: 'TRACE', debug: 'DEBUG', info: 'INFO', log: 'INFO', warn: 'WARN' };
  for (const [method, level] of Object.entries({ ...levels, error: 'ERROR', fatal: 'FATAL' })) {
    console[method] = (message, ...params) => writeLine(level, message, params);
  }
}

function errorBody(error) {
  if (error instanceof Error) {
    const { name, message, stack } = error;
    return { errorType: name, errorMessage: message, trace: stack?.split('\n') ?? [] };
  }
  return { errorType: typeof error, errorMessage: String(error), trace: [] };
}

function logError(title, thrown) {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const body = { errorType: error.name, errorMessage: error.message, code: error.code, ...error };
  body.stack = String(error.stack).split('\n');
  let text;
  try {
    text = JSON.stringify(body);
  } catch {
    text = JSON.stringify(errorBody(error));
  }
  writeLine('ERROR', title, [`\t${text}`]);
}

function serialize(value) {
  try {
    return JSON.stringify(value === undefined ? null : value);
  } catch {
    throw runtimeError('Runtime.JSONStringifyError', 'Unable to stringify response body');
  }
}

async function importModule(appRoot, moduleRoot, moduleName) {
  const base = path.resolve(appRoot, moduleRoot, moduleName);
  for (const extension of ['', '.js', '.mjs', '.cjs']) {
    const file = `${base}${extension}`;
    if (statSync(file, { throwIfNoEntry: false })?.isFile()) {
      return import(pathToFileURL(file).href);
    }
  }
  const require = createRequire(import.meta.url);
  return require(require.resolve(moduleName, { paths: [appRoot, path.join(appRoot, moduleRoot)] }));
}

async function loadModule(appRoot, moduleRoot, moduleName) {
  try {
    return await importModule(appRoot, moduleRoot, moduleName);
  } catch (error) {
    if (error instanceof SyntaxError) {
      const refused = runtimeError('Runtime.UserCodeSyntaxError', String(error));
      refused.stack = error.stack;
      throw refused;
    }
    if (error instanceof Error && error.code === 'MODULE_NOT_FOUND') {
      throw runtimeError('Runtime.ImportModuleError', String(error));
    }
    throw error;
  }
}

function findExport(module, name) {
  return name.split('.').reduce((value, key) => value?.[key], module);
}

async function loadHandler(appRoot, handlerString) {
  if (handlerString.includes('..')) {
    throw runtimeError(
      'Runtime.MalformedHandlerName',
      `'${handlerString}' is not a valid handler name. ` +
        'Use absolute paths when specifying root directories in handler names.',
    );
  }
  const name = path.basename(handlerString);
  const match = /^([^.]*)\.(.*)$/.exec(name);
  if (!match) throw runtimeError('Runtime.MalformedHandlerName', 'Bad handler');
  const module = await loadModule(appRoot, handlerString.slice(0, -name.length), match[1]);

  const handler = findExport(module, match[2]) ?? findExport(module.default, match[2]);
  if (!handler) {
    const message = `${handlerString} is undefined or not exported`;
    throw runtimeError('Runtime.HandlerNotFound', message);
  }
  if (typeof handler !== 'function') {
    throw runtimeError('Runtime.HandlerNotFound', `${handlerString} is not a function`);
  }
  if (handler.length >= 3) {
    throw runtimeError('Runtime.CallbackHandlerDeprecated', CALLBACK_REFUSED);
  }
  return handler;
}

function contextOf(headers) {
  const deadline = Number.parseInt(headers['lambda-runtime-deadline-ms'], 10);
  const clientContext = headers['lambda-runtime-client-context'];
  const identity = headers['lambda-runtime-cognito-identity'];
  return {
    clientContext: clientContext === undefined ? undefined : JSON.parse(clientContext),
    identity: identity === undefined ? undefined : JSON.parse(identity),
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    tenantId: headers['lambda-runtime-aws-tenant-id'],
    getRemainingTimeInMillis: () => deadline - Date.now(),
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
  };
}

async function nextInvocation() {
  try {
    return await call('GET', '/invocation/next');
  } catch {
    // The platform is gone, so nobody is left to serve: an environment must not outlive it.
    process.exit(0);
  }
}

/**
 * Lets what the handler left behind fail first: a rejection nobody handles must win over the
 * answer.
 */
function settle() {
  return new Promise((resolve) => setImmediate(resolve));
}

async function handleOne(handler) {
  const { headers, body } = await nextInvocation();
  const context = contextOf(headers);
  currentRequestId = context.awsRequestId;
  const traceId = headers['lambda-runtime-trace-id'];
  if (traceId === undefined) delete process.env._X_AMZN_TRACE_ID;
  else process.env._X_AMZN_TRACE_ID = traceId;

  const route = `/invocation/${encodeURIComponent(currentRequestId)}`;
  try {
    const result = await handler(JSON.parse(body), context);
    await settle();
    await call('POST', `${route}/response`, serialize(result));
  } catch (error) {
    await settle();
    logError('Invoke Error', error);
    const failure = errorBody(error);
    const type = String(failure.errorType).replaceAll(/[^\x20-\x7e]/g, '?');
    await call('POST', `${route}/error`, serialize(failure), {
      'Lambda-Runtime-Function-Error-Type': type,
    });
  }
}

async function main() {
  patchConsole();
  let handler;
  try {
    handler = await loadHandler(process.env.LAMBDA_TASK_ROOT, process.env._HANDLER);
  } catch (error) {
    logError('Init Error', error);
    const failure = errorBody(error);
    await call('POST', '/init/error', serialize(failure), {
      'Lambda-Runtime-Function-Error-Type': failure.errorType,
    });
    process.exit(1);
  }
  for (;;) await handleOne(handler);
}

await main();
