/**
 * Part 2 of the course: a network finds all 58 points of the IMM Face Database. Options: pnpm part2 --help
 * Leaves in its folder: report.html (open it), summary.json, errors.json, history.jsonl, run.json, model/, landmarker/, plots/, checkpoints/.
 */
import { join } from 'node:path'
import { describeBackends, releaseBackend, useBackend } from '@facekp/backend'
import {
  cacheGray,
  createNetwork,
  evalDataset,
  measure,
  measureMeanShape,
  part2Recipes,
  previewAugmented,
  selectRecipe,
  trainTransform,
} from '@facekp/recipes'
import * as run from '@facekp/recipes/node'

await run.runProgram(async () => {
  const options = run.parseCommandLine(process.argv.slice(2), {
    usage: 'pnpm part2: trains a network on all 58 points of the IMM Face Database and writes a report',
    options: { ...run.recipeOption(['course', 'tuned'], 'tuned'), ...run.trainOptions },
  })
  const { seed, resume } = options
  const recipe = selectRecipe(part2Recipes, options)
  const out = options.out ?? join('runs', `part2-${options.recipe}`)
  await run.checkRunDir(out, options)
  await useBackend(options.backend)
  console.log(describeBackends())

  // Read: gray faces, kept in memory larger than the network sees them.
  const { source, ...faces } = await run.loadImm(options)
  await run.openRunDir(out, options)
  const train = cacheGray(faces.train, recipe.cachedCrop)
  const test = cacheGray(faces.test, recipe.cachedCrop)
  const validation = evalDataset(test, recipe)
  console.log(`\n${train.length} training and ${test.length} validation images: ${source}`)
  await run.preload(train, validation)

  // Augment, and look at it: rotation, scale, shift, flip and light, as far as the recipe goes.
  const transform = trainTransform(recipe, train.scheme)
  const preview = previewAugmented(train, transform, seed)

  // Define the network, the course's convolutions and dense layers or one of heatmaps, and train it.
  const model = createNetwork(recipe, { numKeypoints: train.scheme.pointNames.length, seed })
  const training = await run.runTraining(out, recipe, { model, train, validation, transform, seed, resume })

  // Measure; the tuned recipe takes the mean over several views of each face. Save a landmarker, which finds the points of photographs.
  const measurement = await measure(model, test, recipe, { seed })
  const baseline = await measureMeanShape(train, validation)
  await run.saveRunLandmarker(out, { model, recipe, train, test })

  // Draw: errors by point and part, the learned filters, and the feature maps of one face.
  const plots = await run.plotLayers(model, await validation.get(0))
  const labels = { title: 'Part 2: the face', recipeName: options.recipe, recipe, source, seed, plots }
  await run.writeRunReport(out, { ...labels, ...baseline, preview, originals: faces.test, training, measurement })
  model.dispose()
  await releaseBackend()
})
