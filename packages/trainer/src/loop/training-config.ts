import { checkArgument, FacekpError, optionsKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { firstIssue } from '@facekp/options'
import { configSchema, type TrainingConfig } from './training-settings.ts'

const PARSE_TRAINING_CONFIG_OPTIONS = optionsKind({ file: KINDS.string, within: KINDS.string })

/**
 * Parses the settings of a training from JSON and adds the defaults. The result can be spread into the options of `train`.
 *
 * @param options.file file that an error names
 * @param options.within path of the settings in that file, such as `config`
 *
 * @throws `TRAIN_CONFIG` naming the path of the first invalid setting, such as `optimizer.momentum`
 *
 * @example
 * ```ts
 * import { parseTrainingConfig } from '@facekp/trainer'
 *
 * parseTrainingConfig({ epochs: 20, batchSize: 8, learningRate: { kind: 'cosine', learningRate: 1e-3 }, loss: { kind: 'wing' } })
 * ```
 */
export function parseTrainingConfig(
  json: unknown,
  options: { readonly file?: string; readonly within?: string } = {},
): TrainingConfig {
  checkArgument(PARSE_TRAINING_CONFIG_OPTIONS, options, 'options', 'parseTrainingConfig')
  const { file, within } = options
  const parsed = configSchema.safeParse(json)
  if (parsed.success) return parsed.data
  const { path, expected, received } = firstIssue(parsed.error, json, configSchema)
  const fullPath = [within, path].filter(Boolean).join('.')
  throw new FacekpError({
    code: 'TRAIN_CONFIG',
    problem: fullPath ? `setting ${fullPath}` : 'settings of a training',
    expected,
    received,
    file,
  })
}
