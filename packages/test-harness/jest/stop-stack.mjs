/** After the medium and e2e tests: ends what start-stack.mjs started and removes its data, once for both projects. */
import { removeLocalStackData } from '@tidetable/local-stack';

export default async function tearDown() {
  const started = globalThis.tidetableTestStack;
  globalThis.tidetableTestStack = undefined;
  if (!started) return;
  const { stack, dataFolder } = await started;
  await stack.stop();
  removeLocalStackData(dataFolder);
}
