import { writeFileSync } from 'node:fs'

/** Writes jest's result as JSON to the file that FACEKP_JEST_REPORT names, for scripts that count what ran. */
export default class JsonReporter {
  onRunComplete(_contexts, results) {
    const file = process.env.FACEKP_JEST_REPORT
    if (!file) return
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites, numPendingTests } = results
    writeFileSync(file, JSON.stringify({ numPassedTests, numFailedTests, numRuntimeErrorTestSuites, numPendingTests }))
  }
}
