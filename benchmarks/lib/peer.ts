import { execFileSync } from 'node:child_process'
import { cpus } from 'node:os'

/** The last line that a program prints, read as JSON. */
export function jsonFrom(command: string, args: readonly string[]): unknown {
  const lines = execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
    .trim()
    .split('\n')
  return JSON.parse(lines.at(-1) ?? '')
}

/** A Python that has PyTorch, or undefined: a benchmark then says that its peer was not measured. */
export function pythonWithTorch(): string | undefined {
  return ['/usr/bin/python3', 'python3'].find((python) => {
    try {
      execFileSync(python, ['-c', 'import torch, torchvision, PIL'], { stdio: 'ignore' })
      return true
    } catch {
      return false
    }
  })
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  return ((sorted[Math.ceil(middle) - 1] as number) + (sorted[Math.floor(middle)] as number)) / 2
}

/** Undefined of no values. */
export function mean(values: readonly number[]): number | undefined {
  return values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : undefined
}

/** What the figures were measured on. */
export function machine(): Record<string, unknown> {
  return { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version, platform: process.platform }
}
