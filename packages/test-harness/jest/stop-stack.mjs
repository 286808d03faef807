/** After the medium and e2e tests: ends what start-stack.mjs started, once for both projects. */
export default async function tearDown() {
  const started = globalThis.tidetableTestStack;
  globalThis.tidetableTestStack = undefined;
  const stack = await started;
  await stack?.stop();
}
