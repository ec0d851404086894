import { FacekpError } from '@facekp/core'

/** The functions of tfjs-node's backend through which all operations go. */
export interface TensorflowBackend {
  executeSingleOutput(name: string, ...rest: readonly unknown[]): unknown
  executeMultipleOutputs(name: string, ...rest: readonly unknown[]): unknown
}

const STATUS = /^Invalid TF_Status: (\d+)\s*(?:Message: )?([\s\S]*)$/

/** What the codes of TensorFlow's C library mean, and what helps; others are shown as they are. */
const MEANINGS: Readonly<Record<string, readonly [problem: string, fix: string]>> = {
  3: [
    'refuses its input',
    'another size, data type or option, or another backend (useBackend): TensorFlow supports fewer',
  ],
  5: ['is unknown to this TensorFlow', 'another backend (useBackend)'],
  8: ['needs more memory than there is', 'a smaller batch or smaller images'],
  12: ['is not implemented here', 'another backend (useBackend)'],
}

const explained = new WeakSet<object>()

/**
 * Makes a backend throw a {@link FacekpError} `TENSORFLOW_RUN` that names the operation, where TensorFlow's C library reports
 * "Invalid TF_Status: 3".
 *
 * Source: TF_Code in https://github.com/tensorflow/tensorflow/blob/v2.9.1/tensorflow/c/tf_status.h
 */
export function explainTensorflowErrors(backend: TensorflowBackend): void {
  if (explained.has(backend)) return
  explained.add(backend)
  for (const method of ['executeSingleOutput', 'executeMultipleOutputs'] as const) {
    const execute = backend[method].bind(backend)
    backend[method] = (name, ...rest) => {
      try {
        return execute(name, ...rest)
      } catch (cause) {
        throw explain(name, cause)
      }
    }
  }
}

function explain(name: string, cause: unknown): unknown {
  const [, code, message] = STATUS.exec(cause instanceof Error ? cause.message : '') ?? []
  if (code === undefined || message === undefined) return cause
  const [problem, expected] = MEANINGS[code] ?? [
    `failed with code ${code} of TensorFlow`,
    'another backend (useBackend)',
  ]
  return new FacekpError({
    code: 'TENSORFLOW_RUN',
    problem: `operation ${name} of backend tensorflow ${problem}`,
    received: message.trim(),
    expected,
    cause,
  })
}
