import { writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import { stripVTControlCharacters } from 'node:util'

/** Writes jest's counts and failures as JSON to the file that FACEKP_JEST_REPORT names, for scripts that report them. */
export default class JsonReporter {
  onRunComplete(_contexts, results) {
    const file = process.env.FACEKP_JEST_REPORT
    if (!file) return
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites, numPendingTests, testResults } = results
    writeFileSync(
      file,
      JSON.stringify({
        numPassedTests,
        numFailedTests,
        numRuntimeErrorTestSuites,
        numPendingTests,
        failures: testResults.flatMap(listFailures),
      }),
    )
  }
}

/** The failed tests of a suite; a suite that did not load is one failure of its own. */
function listFailures({ testFilePath, testExecError, failureMessage, testResults }) {
  const file = relative(process.cwd(), testFilePath)
  if (testExecError) return [{ file, test: 'does not load', message: stripColors(failureMessage) }]
  return testResults
    .filter(({ status }) => status === 'failed')
    .map(({ fullName, failureMessages }) => ({
      file,
      test: fullName,
      message: stripColors(failureMessages.join('\n')),
    }))
}

function stripColors(text) {
  return stripVTControlCharacters(text ?? '')
}
