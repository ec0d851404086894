import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import wabt from 'wabt'
import { adamStep, MODULE } from './adam-step.ts'

const RATES = { learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, decayFactor: 0.995 }

describe('adamStep', () => {
  it('carries what adam-step.wat says', async () => {
    const source = readFileSync(new URL('adam-step.wat', import.meta.url), 'utf8')
    const { buffer } = (await wabt()).parseWat('adam-step.wat', source, { simd: true }).toBinary({})
    expect(MODULE).toBe(Buffer.from(buffer).toString('base64'))
  })

  it.each([1, 3, 4, 4095, 4096, 4097, 10_001])('computes the formula in 64 bits, for %i numbers', (length) => {
    const numbers = (seed: number): Float32Array =>
      Float32Array.from({ length }, (_, i) => Math.sin(seed * 100 + i * 0.7))
    const [p, m, g] = [numbers(1), numbers(2), numbers(3)] as const
    const v = numbers(4).map(Math.abs)
    // The formula of the paper's algorithm 1, with AdamW's decay, in JavaScript's own 64 bits.
    const [first, second] = [m, v].map((moment, i) => {
      const beta = i ? RATES.beta2 : RATES.beta1
      return Array.from(moment, (old, j) => beta * old + (1 - beta) * (g[j] as number) ** (i + 1))
    }) as [number[], number[]]
    const moved = Array.from(p, (old, j) => {
      const [mean, square] = [(first[j] as number) / (1 - 0.9 ** 3), (second[j] as number) / (1 - 0.999 ** 3)]
      return RATES.decayFactor * old - (RATES.learningRate * mean) / (Math.sqrt(square) + RATES.epsilon)
    })
    adamStep(p, m, v, g, { ...RATES, beta1Power: 0.9 ** 3, beta2Power: 0.999 ** 3 })
    for (const [actual, expected] of [
      [p, moved],
      [m, first],
      [v, second],
    ] as const) {
      expect(actual).toHaveLength(length)
      for (const [i, number] of expected.entries()) expect(actual[i]).toBeCloseTo(number, 5)
    }
  })
})
