/**
 * Preloaded into every child (`node --import`): ends the process when its parent is gone, however
 * the parent died.
 *
 * The watch runs on a thread of its own, because the main thread of a task may be blocked, and asks
 * the kernel for the parent instead of listening on a pipe, because a pipe can be inherited and
 * kept open by someone else.
 */
import { isMainThread, Worker } from 'node:worker_threads';

const POLL_MS = 100;

if (isMainThread) {
  const guard = new Worker(new URL(import.meta.url), { execArgv: [], stdout: true, stderr: true });
  guard.unref();
} else {
  const parent = Number(process.env['LAB_PARENT_PID']);
  setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
  }, POLL_MS);
}
