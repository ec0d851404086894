/**
 * Runs the specs in tfjs-core's npm package on a backend and prints the results as one line of JSON.
 *
 * Usage: node specs/run.mjs onnx|cpu
 */

import { rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { build } from 'esbuild'
import Jasmine from 'jasmine'

const require = createRequire(import.meta.url)
const folder = import.meta.dirname
const core = dirname(require.resolve('@tensorflow/tfjs-core/package.json'))
const bundle = join(folder, `.specs-${process.pid}.cjs`)
const [backend = 'onnx'] = process.argv.slice(2)
process.env.SPECS_BACKEND = backend

/** Makes specs, backend cpu and this backend share one instance of TensorFlow.js. */
const shareCore = {
  name: 'share-core',
  setup(builder) {
    builder.onResolve({ filter: /^core-dist\// }, ({ path }) => ({ path: join(core, 'dist', path.slice(10)) }))
    builder.onResolve({ filter: /^@tensorflow\/tfjs(-core)?$/ }, () => ({ path: join(core, 'dist/index.js') }))
    builder.onResolve({ filter: /^@tensorflow\/tfjs-core\/dist\// }, ({ path }) => {
      const file = join(core, path.slice('@tensorflow/tfjs-core/'.length))
      return { path: file.endsWith('.js') ? file : `${file}.js` }
    })
    builder.onResolve({ filter: /^@tensorflow\/tfjs-backend-cpu$/ }, () => ({
      path: join(dirname(require.resolve('@tensorflow/tfjs-backend-cpu/package.json')), 'dist/index.js'),
    }))
  },
}

await build({
  entryPoints: [join(folder, 'entry.ts')],
  outfile: bundle,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  conditions: ['@facekp/source'],
  // tfjs-core declares that its modules have no side effects, but its specs and gradients have.
  ignoreAnnotations: true,
  define: { 'import.meta.url': JSON.stringify(`file://${resolve(folder, '../src/register.ts')}`) },
  logLevel: 'error',
  plugins: [shareCore],
})

const jasmine = new Jasmine()
jasmine.loadConfig({ random: false })
jasmine.jasmine.DEFAULT_TIMEOUT_INTERVAL = 60_000
jasmine.exitOnCompletion = false
const result = { passed: [], pending: [], failed: [] }
jasmine.clearReporters()
jasmine.addReporter({
  specDone({ status, fullName, failedExpectations }) {
    if (status === 'passed') result.passed.push(fullName)
    else if (status === 'failed') result.failed.push({ name: fullName, message: failedExpectations[0]?.message ?? '' })
    else result.pending.push(fullName)
  },
})
console.warn = () => {}
// Jasmine makes a stack for each spec, of which nothing is used.
Error.stackTraceLimit = 1
try {
  require(bundle)
  await jasmine.execute()
} finally {
  rmSync(bundle, { force: true })
}
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0))
