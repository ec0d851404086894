import { checkArgument } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { loadWeights } from '@facekp/models/node'
import type * as tfl from '@tensorflow/tfjs-layers'
import type { Log } from '../report/log.ts'

/**
 * Loads pretrained weights into a network and prints which weights match.
 *
 * @param source a file, a folder, an address or a name such as `torchvision/resnet50.imagenet1k_v1`
 * @throws what `loadWeights` of `@facekp/models/node` throws
 */
export async function loadPretrained(model: tfl.LayersModel, source: string, log: Log = console.log): Promise<void> {
  checkArgument(KINDS.model, model, 'model', 'loadPretrained')
  checkArgument(KINDS.source, source, 'source', 'loadPretrained')
  checkArgument(KINDS.function, log, 'log', 'loadPretrained')
  const { loaded, adapted, replaced, missingKeys, unexpectedKeys, license } = await loadWeights(model, source)
  log(`weights of ${source}${license ? ` (${license})` : ''}: ${loaded.length} loaded`)
  const channels = adapted.map(({ weight, from, to }) => `${weight} (from ${from} channels to ${to})`)
  const lists = { adapted: channels, replaced, missing: missingKeys, unexpected: unexpectedKeys }
  for (const [label, names] of Object.entries(lists)) {
    if (names.length > 0) log(`  ${label}: ${names.join(', ')}`)
  }
}
