import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import wabt from 'wabt'
import { adamStep, MODULE } from './adam-step.ts'

const RATES = { learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, decayFactor: 0.995 }

describe('adamStep', () => {
  it('contains the assembled adam-step.wat', async () => {
    const source = readFileSync(new URL('adam-step.wat', import.meta.url), 'utf8')
    const { buffer } = (await wabt()).parseWat('adam-step.wat', source, { simd: true }).toBinary({})
    expect(MODULE).toBe(Buffer.from(buffer).toString('base64'))
  })

  it.each([1, 3, 4, 4095, 4096, 4097, 10_001])('agrees with the formula in 64 bits, for %i numbers', (length) => {
    const numbers = (seed: number): Float32Array =>
      Float32Array.from({ length }, (_, i) => Math.sin(seed * 100 + i * 0.7))
    const arrays = { param: numbers(1), m: numbers(2), v: numbers(4).map(Math.abs), gradient: numbers(3) }
    const { param, m, v, gradient } = arrays
    // Algorithm 1 of the paper with AdamW's decay, in JavaScript's 64 bits.
    const { beta1, beta2, learningRate, epsilon, decayFactor } = RATES
    const newM = Array.from(m, (old, i) => beta1 * old + (1 - beta1) * (gradient[i] as number))
    const newV = Array.from(v, (old, i) => beta2 * old + (1 - beta2) * (gradient[i] as number) ** 2)
    const newParam = Array.from(param, (old, i) => {
      const mean = (newM[i] as number) / (1 - beta1 ** 3)
      const square = (newV[i] as number) / (1 - beta2 ** 3)
      return decayFactor * old - (learningRate * mean) / (Math.sqrt(square) + epsilon)
    })
    adamStep(arrays, { ...RATES, beta1Power: beta1 ** 3, beta2Power: beta2 ** 3 })
    for (const [actual, expected] of [
      [param, newParam],
      [m, newM],
      [v, newV],
    ] as const) {
      expect(actual).toHaveLength(length)
      const errors = expected.map((number, i) => Math.abs((actual[i] as number) - number))
      expect(Math.max(...errors)).toBeLessThan(5e-6)
    }
  })
})
