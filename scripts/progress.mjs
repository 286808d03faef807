/** Progress for a person who waits: each step in a line, with the seconds since the beginning. */
import process from 'node:process';

const startedAt = performance.now();
const reminderMs = 10_000;
let current = '';
let reminder;

/** Seconds since the script began. */
export function elapsedSeconds() {
  return (performance.now() - startedAt) / 1000;
}

/** Says what is being done now. A step that lasts is repeated every ten seconds, so that nobody takes it for dead. */
export function say(sentence) {
  current = sentence;
  print(sentence);
  clearInterval(reminder);
  reminder = setInterval(() => print(`… ${current}`), reminderMs);
  reminder.unref();
}

/** Says what is no step: nothing is being waited for afterwards. */
export function note(sentence) {
  clearInterval(reminder);
  print(sentence);
}

function print(sentence) {
  process.stdout.write(`[${elapsedSeconds().toFixed(1).padStart(6)} s] ${sentence}\n`);
}
