import { runInContext } from 'node:vm'
import { TestEnvironment } from 'jest-environment-node'

/** Globals that inner loops use. */
const HOT_GLOBALS = [
  'Math Number BigInt String Boolean Symbol Object Array Map Set WeakMap isNaN isFinite parseInt parseFloat',
  'Float32Array Float64Array Int32Array Int16Array Uint32Array Uint16Array Uint8Array DataView',
].flatMap((names) => names.split(' '))

/**
 * Jest gives each test file a world of its own, with typed arrays of its own. Native modules such as ONNX Runtime make arrays of
 * the outer world, and refuse others: here both are the same.
 *
 * Looking up a global in such a world goes through a handler of Node each time. A constant of the same name is looked up directly, which
 * makes numeric code several times as fast.
 */
export default class extends TestEnvironment {
  constructor(config, context) {
    super(config, context)
    for (const type of [Float32Array, Float64Array, Int32Array, Uint8Array, BigInt64Array])
      this.global[type.name] = type
    const constants = HOT_GLOBALS.map((name) => `${name} = globalThis.${name}`).join(', ')
    runInContext(`const ${constants}`, this.context)
  }
}
