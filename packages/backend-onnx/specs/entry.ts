// The bundle of TensorFlow.js' specs: its core, backend cpu, this backend, and the specs.
import 'core-dist/index.js'
import 'core-dist/public/chained_ops/register_all_chained_ops.js'
import 'core-dist/register_all_gradients.js'
import '@tensorflow/tfjs-backend-cpu'
import '../src/register.ts'
// @ts-expect-error: the specs' own helper has no types
import { setTestEnvs, setupTestFilters } from 'core-dist/jasmine_util.js'
import { setThreads } from '../src/configure.ts'

const backend = process.env['SPECS_BACKEND'] ?? 'onnx'
// A session with more threads starts them, which takes longer than a small graph.
setThreads(1)
setTestEnvs([{ name: backend, backendName: backend, isDataSync: true, flags: {} }])
setupTestFilters([], () => true)
require('core-dist/tests.js')
