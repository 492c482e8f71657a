// Ends with 0 while the service of this container is ready. `live` as an argument asks only whether it runs.
const [what = 'ready'] = process.argv.slice(2);
const url = `http://127.0.0.1:${process.env.HTTP_PORT}/health/${what}`;
try {
  const answer = await fetch(url, { signal: AbortSignal.timeout(3_000) });
  if (!answer.ok) console.log(await answer.text());
  process.exit(answer.ok ? 0 : 1);
} catch (error) {
  console.log(`${url}: ${error.cause ?? error}`);
  process.exit(1);
}
