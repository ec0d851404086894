/**
 * Part 1 of the course: a small network finds the tip of the nose in the IMM Face Database. Options: pnpm part1 --help
 *
 * Leaves in its folder: report.html (open it), summary.json, errors.json, history.jsonl, run.json, model/, plots/, landmarker/, checkpoints/.
 */
import { join } from 'node:path'
import { describeBackends, releaseBackend, useBackend } from '@facekp/backend'
import {
  cacheGray,
  createNetwork,
  measure,
  measureMeanShape,
  part1Recipes,
  previewAugmented,
  selectNose,
  selectRecipe,
  trainTransform,
} from '@facekp/recipes'
import * as run from '@facekp/recipes/node'

await run.runProgram(async () => {
  const options = run.parseCommandLine(process.argv.slice(2), {
    usage: 'pnpm part1: trains the nose-tip network on the IMM Face Database and writes a report',
    options: { ...run.recipeOption(['course', 'tuned'], 'tuned'), ...run.trainOptions },
  })
  const { seed, resume } = options
  const recipe = selectRecipe(part1Recipes, options)
  const out = options.out ?? join('runs', `part1-${options.recipe}`)
  await run.checkRunDir(out, options)
  await useBackend(options.backend)
  console.log(describeBackends())

  // Read: small gray noses, kept in memory.
  const { source, ...faces } = await run.loadImm(options)
  await run.openRunDir(out, options)
  const train = cacheGray(selectNose(faces.train), recipe.cachedCrop)
  const test = cacheGray(selectNose(faces.test), recipe)
  console.log(`\n${train.length} training and ${test.length} validation images: ${source}`)
  await run.preload(train, test)

  // Augment, and look at it: the report begins with the images as the network sees them.
  const transform = trainTransform(recipe, train.scheme)
  const preview = previewAugmented(train, transform, seed)

  // Define and train the network.
  const model = createNetwork(recipe, { numKeypoints: 1, seed })
  const training = await run.runTraining(out, recipe, { model, train, validation: test, transform, seed, resume })

  // Measure, and compare with the mean of the training noses. Save a landmarker, which finds the nose of photographs.
  const measurement = await measure(model, test, recipe, { seed })
  const baseline = await measureMeanShape(train, test)
  await run.saveRunLandmarker(out, { model, recipe, train, test })

  // Draw.
  const labels = { title: 'Part 1: the nose', recipeName: options.recipe, recipe, source, seed }
  const originals = selectNose(faces.test)
  await run.writeRunReport(out, { ...labels, ...baseline, preview, originals, training, measurement })
  model.dispose()
  await releaseBackend()
})
