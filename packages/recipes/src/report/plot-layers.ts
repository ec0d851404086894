import { checkArgument, type Sample } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { convolutionFilters, featureMaps } from '@facekp/models'
import { featureMapSheet, filterSheet } from '@facekp/viz'
import type * as tfl from '@tensorflow/tfjs-layers'
import type { NamedPlot } from './plots.ts'

/** A network of more convolutions is drawn in part. */
const MAX_LAYERS = 6
const PART_OF_FILTERS = { maxFilters: 24, maxInputs: 4 }
const PART_OF_MAPS = { maxMaps: 16 }

/** Plots the learned filters of a network, and the feature maps of one sample. */
export async function plotLayers(model: tfl.LayersModel, sample: Sample): Promise<readonly NamedPlot[]> {
  checkArgument(KINDS.model, model, 'model', 'plotLayers')
  checkArgument(KINDS.sample, sample, 'sample', 'plotLayers')
  const filters = await convolutionFilters(model)
  const isPart = filters.length > MAX_LAYERS
  return [
    {
      name: 'filters',
      plot: await filterSheet(filters, isPart ? PART_OF_FILTERS : {}),
      caption: isPart
        ? `The learned filters of every convolution layer: the first ${PART_OF_FILTERS.maxFilters} of each, and their first ${PART_OF_FILTERS.maxInputs} inputs.`
        : 'The learned filters of every convolution layer.',
    },
    {
      name: 'feature-maps',
      plot: await featureMapSheet(sample.image, await featureMaps(model, sample.image), isPart ? PART_OF_MAPS : {}),
      caption: `Feature maps of ${sample.id}${isPart ? `: the first ${PART_OF_MAPS.maxMaps} of each layer` : ''}.`,
    },
  ]
}
