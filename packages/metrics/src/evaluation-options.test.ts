import { defineScheme, IBUG_68, IMM_58, type KeypointScheme } from '@facekp/core'
import { expect, it } from '@jest/globals'
import { checkEvaluationOptions, type EvaluationOptions } from './evaluation-options.ts'

const SCHEME = defineScheme({ name: 'nose', pointNames: ['nose'], flipPairs: [], parts: [] })

it.each<[KeypointScheme, EvaluationOptions]>([
  [IBUG_68, {}],
  [
    IMM_58,
    { normalization: 'interpupil', threshold: 0.1, confidence: 0.9, resamples: 10, seed: 3, groupBy: () => 'a' },
  ],
  [SCHEME, { normalization: 'detection' }],
])('accepts options that fit scheme $name', (scheme, options) => {
  expect(() => checkEvaluationOptions(scheme, options)).not.toThrow()
})

it.each<[object, string, RegExp]>([
  [{}, 'METRIC_NORMALIZATION', /interocular: expected a scheme with a normalizationPair.*received scheme nose/],
  [{ normalization: 'interpupil' }, 'METRIC_NORMALIZATION', /interpupil: expected a scheme with a part left eye/],
  [{ normalization: 'iod' }, 'METRIC_NORMALIZATION', /received iod/],
  [{ normalization: 'box', threshold: 0 }, 'METRIC_THRESHOLD', /received 0/],
  [{ normalization: 'box', confidence: 95 }, 'METRIC_BOOTSTRAP', /received 95/],
  // `randomStream` of core takes no other seeds, and would say so only after the predictions.
  [{ normalization: 'box', seed: 0.5 }, 'METRIC_BOOTSTRAP', /option seed.*an integer.*received 0\.5/],
  [{ normalization: 'box', seed: 2 ** 53 }, 'METRIC_BOOTSTRAP', /received 9007199254740992/],
  [{ normalization: 'box', groupBy: 'subset' }, 'ARGUMENT', /options\.groupBy.*expected a function.*received 'subset'/],
  [{ normalization: 'box', tresh: 1 }, 'METRIC_OPTION', /tresh/],
])('rejects %j for a scheme of one point', (options, code, message) => {
  const matches = expect.objectContaining({ code, message: expect.stringMatching(message) })
  expect(() => checkEvaluationOptions(SCHEME, options)).toThrow(matches)
})
