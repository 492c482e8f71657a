// Ends with 0 while the service of this container is ready. `live` as an argument asks only whether it runs, `shop`
// at the gateway whether every service is there.
const [what = 'ready'] = process.argv.slice(2);
const port = what === 'shop' ? process.env.OPS_PORT : process.env.HTTP_PORT;
const url = `http://127.0.0.1:${port}/health/${what}`;
try {
  const answer = await fetch(url, { signal: AbortSignal.timeout(3_000) });
  if (!answer.ok) console.log(await answer.text());
  process.exit(answer.ok ? 0 : 1);
} catch (error) {
  console.log(`${url}: ${error.cause ?? error}`);
  process.exit(1);
}
