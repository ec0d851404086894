import Sequencer from '@jest/test-sequencer'

/** Suites that start programs, builds and browsers, which take the longest. */
const SLOW = /\/(tests|examples)\/|\/(killed|sweep|tfjs-specs|train-in-thread)\.test\.ts$/

/**
 * Runs suites that start programs first. A machine that has not run the tests yet knows no durations, and would go by the size of the
 * files: a short file with minutes of work would be left to one process at the end.
 */
export default class extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests)
    if (sorted.some(({ duration }) => duration !== undefined)) return sorted
    return [...sorted.filter(({ path }) => SLOW.test(path)), ...sorted.filter(({ path }) => !SLOW.test(path))]
  }
}
