/**
 * The process that is measured: loads a bundle as Lambda does, then runs what it is told to, one after the other.
 * Plain JavaScript that imports nothing, so that all that it weighs is Node and the bundle.
 *
 * `node process.mjs [bundle]`, with a channel to whoever started it.
 */
const [, , bundle] = process.argv;
const fileReads = [];
// Taken before it is watched.
const { readFileSync } = process.getBuiltinModule('node:fs');

/** Notes every path that is opened or looked at from now on. */
function watchReads() {
  const fs = process.getBuiltinModule('node:fs');
  for (const module of [fs, fs.promises]) {
    for (const [name, call] of Object.entries(module)) {
      if (!/^(?:open|read|stat|lstat|access|exists)/.test(name)) continue;
      if (typeof call !== 'function') continue;
      module[name] = function watched(...parameters) {
        if (typeof parameters[0] === 'string') fileReads.push(parameters[0]);
        return Reflect.apply(call, this, parameters);
      };
    }
  }
}

/** Linux counts into `maxRSS` what the parent held when it started this process. */
function peakKb(maxRSS) {
  if (process.platform !== 'linux') return maxRSS;
  const found = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'));
  return found === null ? maxRSS : Number(found[1]);
}

function usage(more) {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  return {
    wallMs: performance.now(),
    cpuMs: (userCPUTime + systemCPUTime) / 1_000,
    peakKb: peakKb(maxRSS),
    hasUndici: process.moduleLoadList.some((name) => name.includes('undici')),
    fileReads,
    ...more,
  };
}

function contextOf(requestId, timeoutMs) {
  const endsAt = Date.now() + timeoutMs;
  return {
    awsRequestId: requestId,
    functionName: 'measured',
    functionVersion: '$LATEST',
    memoryLimitInMB: '512',
    invokedFunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:measured',
    getRemainingTimeInMillis: () => endsAt - Date.now(),
  };
}

const { handler } = bundle === undefined ? {} : await import(bundle);
process.send(usage({}));
watchReads();

process.on('message', async ({ event, requestId, timeoutMs }) => {
  if (event === undefined) process.exit(0);
  let payload;
  try {
    payload = await handler(event, contextOf(requestId, timeoutMs));
  } catch (error) {
    payload = { error: String(error?.stack ?? error) };
  }
  process.send(usage({ payload }));
});
