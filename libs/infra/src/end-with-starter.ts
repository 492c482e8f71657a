/*
 * Loaded into a service's process before its own program: ends it when the test that started it is gone,
 * however that ended. Nothing else would; the service is a process of its own that serves until it is told.
 */
process.stdin.on('close', () => process.kill(process.pid, 'SIGKILL'));
process.stdin.resume();
// A migration ends when its work is done.
process.stdin.unref();
