import { execFileSync } from 'node:child_process'

/** Runs a program and parses the last line of its output as JSON. */
export function runJson(command: string, args: readonly string[]): unknown {
  const lines = execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
    .trim()
    .split('\n')
  return JSON.parse(lines.at(-1) ?? '')
}

/**
 * Finds a Python that has the modules that a peer imports.
 *
 * @returns undefined without one: the benchmark then reports its peer as not measured
 */
export function findPython(modules: readonly string[]): string | undefined {
  return ['/usr/bin/python3', 'python3'].find((python) => {
    try {
      execFileSync(python, ['-c', `import ${modules.join(', ')}`], { stdio: 'ignore' })
      return true
    } catch {
      return false
    }
  })
}

/** Prints 1 if PyTorch was built with MKL or Accelerate, or a product loads another fast library. Debian's reference BLAS is slow. */
const HAS_FAST_BLAS = `
import os, torch
torch.rand(8, 8) @ torch.rand(8, 8)
config = torch.__config__.show()
# Only Linux lists the libraries of a process there.
maps = open("/proc/self/maps").read() if os.path.exists("/proc/self/maps") else ""
print(int("BLAS_INFO=mkl" in config or "BLAS_INFO=accelerate" in config or "openblas" in maps or "blis" in maps))
`

/**
 * Ends the program with a message if PyTorch multiplies matrices with the reference BLAS: on one thread, a ResNet-50 is then seven times
 * as slow.
 */
export function requireFastBlas(python: string): void {
  if (runJson(python, ['-c', HAS_FAST_BLAS]) === 1) return
  console.error(`PyTorch of ${python} has a slow BLAS: install libopenblas0 (apt-get install libopenblas0).`)
  process.exit(1)
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  return ((sorted[Math.ceil(middle) - 1] as number) + (sorted[Math.floor(middle)] as number)) / 2
}

/** Computes the median; undefined without values. */
export function medianOrNone(values: readonly number[]): number | undefined {
  return values.length > 0 ? median(values) : undefined
}

/** Computes the mean; undefined without values. */
export function mean(values: readonly number[]): number | undefined {
  return values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : undefined
}
