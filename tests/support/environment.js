import { TestEnvironment } from 'jest-environment-node'

/**
 * Jest gives each test file a world of its own, with typed arrays of its own. Native modules such as ONNX Runtime make arrays of
 * the outer world, and refuse others: here both are the same.
 */
export default class extends TestEnvironment {
  constructor(config, context) {
    super(config, context)
    for (const type of [Float32Array, Float64Array, Int32Array, Uint8Array, BigInt64Array])
      this.global[type.name] = type
  }
}
